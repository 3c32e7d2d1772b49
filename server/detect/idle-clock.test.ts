import { describe, expect, it } from 'vitest';
import { IdleClock } from './idle-clock.ts';
import type { MatchedEvent } from './matched.ts';

const IDLE = 60_000;
const HOUR = 3_600_000;

function clock() {
  let now = 1_000_000_000;
  const made = new IdleClock({ idle: IDLE, now: () => now });
  return {
    made,
    wait: (ms: number) => {
      now += ms;
      return now;
    },
    now: () => now,
    late: (tenant: string, delay: number) =>
      made.note([
        { event: { tenant, time: now - delay, receivedAt: now }, hits: [] } as unknown as MatchedEvent,
      ]),
  };
}

describe('IdleClock', () => {
  it('moves time of tenants that are silent, as far as their windows need it', () => {
    const { made, wait, now } = clock();
    const start = now();
    made.heard([
      ['acme', start],
      ['globex', start],
    ]);
    wait(IDLE - 1);
    expect(made.over([['acme', start - 10 * HOUR]])).toEqual([]);
    wait(1);
    made.heard([['globex', now()]]);
    expect(
      made.over([
        ['acme', start - 1],
        ['globex', start - 1],
      ]),
    ).toEqual([['acme', start]]);
    expect(made.over([['acme', start]])).toEqual([]);
  });

  it('gives senders the time to come back after a start', () => {
    const { made, wait, now } = clock();
    const long = now() - HOUR;
    expect(made.over([['acme', long]])).toEqual([]);
    wait(IDLE);
    expect(made.over([['acme', long]])).toHaveLength(1);
  });

  it('waits for as long as the events of a tenant take to arrive, for some hours', () => {
    const { made, wait, now, late } = clock();
    late('acme', 10 * 60_000);
    wait(IDLE);
    const due = now() - 5 * 60_000;
    expect(made.over([['acme', due]])).toEqual([]);
    expect(made.over([['globex', due]])).toHaveLength(1);
    wait(5 * 60_000 + 1);
    expect(made.over([['acme', due]])).toEqual([['acme', due + 1]]);
    wait(7 * HOUR);
    expect(made.over([['acme', now() - 11 * 60_000]])).toHaveLength(1);
    expect(made.over([['acme', now() - 9 * 60_000]])).toEqual([]);
    wait(7 * HOUR);
    expect(made.over([['acme', now() - 9 * 60_000]])).toHaveLength(1);
  });

  it('takes history that is sent for history, not for a slow source', () => {
    const { made, wait, now, late } = clock();
    late('acme', 400 * 24 * HOUR);
    wait(IDLE);
    expect(made.over([['acme', now() - IDLE - 1]])).toHaveLength(1);
  });
});
