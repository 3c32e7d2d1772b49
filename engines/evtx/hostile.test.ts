/** Event logs made to cost more than they hold. */
import { expect, it } from 'vitest';
import { type EvtxProblem, readEvtx } from './index.ts';
import { processEvent } from './test/events.ts';
import { int, writeEvtx } from './test/writer.ts';

const CHUNK = 4096;
const RECORD = CHUNK + 512;
const BODY = RECORD + 24;

it('templates that lead from one to the next a thousand times are no way into the stack', () => {
  const file = writeEvtx([[processEvent(1, 'x'), processEvent(2, 'y')]]);
  // Each definition: next (4), GUID (16), size (4), and binary XML that holds the next one's instance.
  const size = 4 + 14 + 4 + 1;
  const first = 20_000;
  const count = 950;
  for (let at = 0; at < count; at++) {
    const start = first + at * (24 + size);
    const next = start + 24 + size;
    const body =
      at === count - 1 ? [0] : [0x0f, 1, 1, 0, 0x0c, 1, ...int(1, 4), ...int(next, 4), ...int(0, 4), 0];
    file.set([...int(0, 20), ...int(body.length, 4), ...body], CHUNK + start);
  }
  expect([...file.subarray(BODY, BODY + 6)]).toEqual([0x0f, 1, 1, 0, 0x0c, 1]);
  file.set(int(first, 4), BODY + 10);
  const problems: EvtxProblem[] = [];
  const records = [...readEvtx(file, { onProblem: (problem) => problems.push(problem) })];
  for (const record of records) JSON.stringify(record.toJson());
  expect(problems.some(({ reason }) => reason === 'templates nested too deep')).toBe(true);
});
