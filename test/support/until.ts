import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither `undefined` nor `false`.
 *
 * @param what what is waited for, as the failure names it
 * @param patience milliseconds
 * @throws Error with the last failure of the question as its cause
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  patience = 20_000,
): Promise<T> {
  const end = Date.now() + patience;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      // A server on its way up or down refuses questions; only the end of our patience makes it a failure.
      cause = error;
    }
    if (Date.now() > end) throw new Error(`waited ${patience} ms in vain for ${what}`, { cause });
    await sleep(100);
  }
}
