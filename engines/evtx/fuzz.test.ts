import { expect, it } from 'vitest';
import { type EvtxProblem, readEvtx } from './index.ts';
import { event, eventData, processEvent } from './test/events.ts';
import { value, writeEvtx } from './test/writer.ts';
import { ARRAY_FLAG, TYPE } from './values.ts';

/** Rounds of the short form; `VIGIE_FUZZ_ROUNDS` makes it longer. */
const ROUNDS = Number(process.env['VIGIE_FUZZ_ROUNDS'] ?? 1500);

/** A small generator of repeatable numbers (mulberry32), so a failing round can be run again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const types = eventData(
  3,
  ['Sids', 'Texts', 'Time', 'Nested'],
  [TYPE.sid | ARRAY_FLAG, TYPE.string | ARRAY_FLAG, TYPE.fileTime, TYPE.binXml],
);
const SEED = writeEvtx([
  [
    processEvent(1, 'first'),
    processEvent(2, 'second with a longer command line'),
    event(3, 5, {
      template: types,
      values: [
        value.raw(TYPE.sid | ARRAY_FLAG, [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]),
        value.texts(['a', 'b']),
        value.time(0, 0),
        value.xml({ element: { name: 'Inner', content: ['text', { entity: 'amp' }] } }),
      ],
    }),
    {
      id: 4,
      time: 0,
      body: { element: { name: 'Event', content: [{ name: 'System', content: ['x'] }] } },
    },
  ],
]);
/** End of the written part: mutations beyond it would hit zeroes. */
const USED = 4096 + new DataView(SEED.buffer).getUint32(4096 + 48, true);
const INTERESTING = [0x00, 0x01, 0x0c, 0x0f, 0x21, 0x40, 0x7f, 0x80, 0x81, 0xa1, 0xff];

function mutate(next: (below: number) => number): Uint8Array {
  const bytes = SEED.slice(0, next(10) === 0 ? 4096 + next(USED - 4096) : SEED.length);
  const changes = 1 + next(8);
  for (let change = 0; change < changes; change++) {
    // Nine in ten hit the records: everything in front of them is short and has its own tests.
    const at = next(10) === 0 ? next(USED) : 4096 + 512 + next(USED - 4608);
    switch (next(4)) {
      case 0:
        bytes[at] = INTERESTING[next(INTERESTING.length)]!;
        break;
      case 1:
        bytes[at] = next(256);
        break;
      case 2:
        bytes.set(
          Array.from({ length: Math.min(4, Math.max(0, bytes.length - at)) }, () => 0xff),
          Math.min(at, bytes.length),
        );
        break;
      default: {
        const from = 4608 + next(USED - 4608);
        bytes.copyWithin(at, from, from + next(64));
      }
    }
  }
  return bytes;
}

it(`survives ${ROUNDS} damaged files: no throw, no hang, bounded answers`, () => {
  let read = 0;
  let problems = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = mutate(generator(round));
    const onProblem = (problem: EvtxProblem): void => {
      problems++;
      expect(problem.offset).toBeGreaterThanOrEqual(0);
    };
    for (const record of readEvtx(bytes, { onProblem })) {
      read++;
      const json = JSON.stringify(record.toJson());
      expect(json.length, `round ${round}`).toBeLessThan(16_000_000);
      for (const name of record.dataNames()) record.data(name);
      expect(record.eventId === undefined || Number.isInteger(record.eventId)).toBe(true);
    }
  }
  // The rounds really exercise both: most files keep some records and show some damage.
  expect(read).toBeGreaterThan(ROUNDS);
  expect(problems).toBeGreaterThan(ROUNDS);
});
