import type { Event, EventBatch, RawLog } from '@vigie/contracts';
import { expect, test } from 'vitest';
import { inArrivalOrder } from './arrival-order.ts';
import { contentDigest, keyedId, liveId, placeOf } from './event-id.ts';

const SEQUENCE = 70_001;

function raw(text: string, key?: string): RawLog {
  return {
    tenant: 'acme',
    source: 'in',
    transport: 'http',
    receivedAt: 1_780_000_000_000,
    text,
    length: text.length,
    ...(key === undefined ? {} : { key }),
  };
}

function event(id: string): Event {
  return {
    id,
    tenant: 'acme',
    source: 'in',
    time: 1_780_000_000_000,
    receivedAt: 1_780_000_000_000,
    fields: {},
  };
}

async function arranged(events: readonly Event[]): Promise<string[]> {
  async function* one(): AsyncGenerator<EventBatch> {
    yield { sequence: SEQUENCE, events };
  }
  const out: string[] = [];
  for await (const batch of inArrivalOrder(one())) out.push(...batch.events.map(({ id }) => id));
  return out;
}

test('events of one instant come back as they arrived, whatever their content', async () => {
  const ids = Array.from({ length: 300 }, (_, n) => liveId(contentDigest(raw(`line ${n}`)), SEQUENCE, n));
  const stored = [...ids].sort();
  expect(stored).not.toEqual(ids);
  expect(await arranged(stored.map(event))).toEqual(ids);
});

test('an imported log has no place and comes after, in the order of the store', async () => {
  const live = [0, 1].map((n) => liveId(contentDigest(raw(`line ${n}`)), SEQUENCE, n));
  const imported = ['one', 'two'].map((key) => keyedId(raw('line', key)));
  expect(placeOf(imported[0]!, SEQUENCE)).toBeUndefined();
  expect(await arranged([imported[0]!, live[1]!, imported[1]!, live[0]!].map(event))).toEqual([
    ...live,
    ...imported,
  ]);
});

test('an id says its place only within its own batch', () => {
  const id = liveId('00112233aabbccdd', SEQUENCE, 7_999);
  expect(placeOf(id, SEQUENCE)).toBe(7_999);
  expect(placeOf(id, SEQUENCE + 1)).toBeUndefined();
});
