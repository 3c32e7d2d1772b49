/** Lines of one sender in one round, and what they must lead to. */
export interface Workload {
  readonly batches: readonly (readonly string[])[];
  /** Hosts on which exactly one account of id 0 is made: one alert, one incident, one mail each. */
  readonly rootHosts: readonly string[];
  /** Hosts on which passwords are guessed from one address: one alert, one incident, one mail each. */
  readonly guessedHosts: readonly string[];
}

/** Failures that make a brute force: the threshold of the rule and some more, which must not make a second. */
const GUESSES = 18;

/**
 * Numbered lines, no two alike; among them attacks that are told apart by their hosts. The guesses of a brute
 * force are spread over several batches, so that a process that dies in between must remember the first ones.
 *
 * @param name unique among all workloads of a run; letters, digits and hyphens
 * @param index unique number, for addresses
 */
export function workload(name: string, index: number, batches: number, size: number): Workload {
  const at = new Date().toISOString();
  const lines: string[][] = Array.from({ length: batches }, () => []);
  const rootHosts: string[] = [];
  const guessedHosts: string[] = [];
  for (let batch = 2; batch < batches; batch += 5) {
    const host = `${name}-r${batch}`;
    rootHosts.push(host);
    lines[batch]!.push(
      `<86>1 ${at} ${host} useradd 900 - - new user: name=${host}, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
    );
  }
  for (let attack = 0; attack < 3; attack++) {
    const host = `${name}-g${attack}`;
    guessedHosts.push(host);
    const address = `10.${100 + Math.floor(index / 80)}.${(index % 80) * 3 + attack}.7`;
    for (let guess = 0; guess < GUESSES; guess++)
      lines[Math.floor((guess * batches) / GUESSES)]!.push(
        `<86>1 ${at} ${host} sshd 900 - - Failed password for ${host} from ${address} port ${20_000 + guess} ssh2`,
      );
  }
  let number = 0;
  for (const batch of lines)
    while (batch.length < size)
      batch.push(`<30>1 ${at} ${name} counter 900 - - line ${name} number ${number++} of many`);
  return { batches: lines, rootHosts, guessedHosts };
}
