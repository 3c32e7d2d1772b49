import { afterAll, expect, test } from 'vitest';
import { ChdbProcess } from './chdb-process.ts';
import { TestStores } from './test-store.ts';
import { Turns } from './turns.ts';

const stores = new TestStores();
afterAll(() => stores.cleanUp());

test('more heavy searches than can run at once: none is taken for one that hangs, and nothing is killed', async () => {
  const process = await ChdbProcess.start({
    directory: await stores.folder(),
    childPath: await stores.childPath(),
  });
  try {
    const { pid } = process;
    const search = () => process.run('read', 'SELECT sleep(2)', 'JSONCompactEachRow', 7_000);
    // Two run at a time, so the last begins after six seconds: it would be over time had it begun to count at once.
    const answers = await Promise.allSettled(Array.from({ length: 8 }, search));
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(process.pid).toBe(pid);
  } finally {
    await process.close();
  }
});

test('whoever asks for much waits for themselves: a search of another party comes next', async () => {
  const turns = new Turns({ width: 1, most: 10, patience: 60_000 });
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const run = (party: string) =>
    turns.run(party, async () => {
      order.push(party);
      await new Promise<void>((end) => ends.push(end));
    });
  const all = [run('flood'), run('flood'), run('flood'), run('flood'), run('quiet'), run('other')];
  for (let n = 0; n < all.length; n++) {
    while (ends.length <= n) await new Promise(setImmediate);
    ends[n]!();
  }
  await Promise.all(all);
  expect(order).toEqual(['flood', 'flood', 'quiet', 'other', 'flood', 'flood']);
});

test('what waits is bounded, in number and in time, and what failed makes room', async () => {
  const turns = new Turns({ width: 1, most: 2, patience: 50 });
  let end = () => {};
  const first = turns.run('a', () => new Promise<void>((_, fail) => (end = () => fail(new Error('broken')))));
  const waiting = [turns.run('a', async () => 'late'), turns.run('a', async () => 'late')];
  await expect(turns.run('a', async () => 'one too many')).rejects.toMatchObject({
    code: 'VIGIE_EVENTS_BUSY',
    retryable: true,
  });
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'VIGIE_EVENTS_BUSY' });
  end();
  await expect(first).rejects.toThrow('broken');
  expect(await turns.run('b', async () => 'on')).toBe('on');
});
