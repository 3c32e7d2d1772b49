import { afterAll, describe, expect, it } from 'vitest';
import type { TimePart } from './ast.ts';
import { timePart } from './time-part.ts';

const zone = process.env['TZ'];
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Text of an event, and its minute, hour, day, week, month and year as they are written. */
const table: readonly (readonly [string, readonly number[]])[] = [
  // The night in which clocks of Europe and of America go forward, and the hour that does not exist there.
  ['2026-03-29T02:30:00', [30, 2, 29, 13, 3, 2026]],
  ['2026-03-08T02:30:00Z', [30, 2, 8, 10, 3, 2026]],
  // Back again: an hour that comes twice.
  ['2026-10-25T02:59:59+01:00', [59, 2, 25, 43, 10, 2026]],
  ['2026-11-01T01:00:00.000Z', [0, 1, 1, 44, 11, 2026]],
  ['2025-12-31T23:59:59+14:00', [59, 23, 31, 1, 12, 2025]],
  ['2027-01-01 00:00:00-11:00', [0, 0, 1, 53, 1, 2027]],
  ['2024-02-29T12:34:56Z', [34, 12, 29, 9, 2, 2024]],
  // Epoch seconds and milliseconds are UTC.
  ['1774744200', [30, 0, 29, 13, 3, 2026]],
  ['1774744200123', [30, 0, 29, 13, 3, 2026]],
];
const PARTS: readonly TimePart[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];

describe.each([
  'UTC', 'Europe/Paris', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kolkata', 'Australia/Lord_Howe',
])('in %s', (name) => {
  it.each(table)('the parts of %s are as written', (text, expected) => {
    process.env['TZ'] = name;
    expect(PARTS.map((part) => timePart(text, part))).toEqual(expected);
  });
}); // biome-ignore format: a list

it('a date without a time has no hour, and what is no date has nothing', () => {
  expect(PARTS.map((part) => timePart('2026-03-29', part))).toEqual([undefined, undefined, 29, 13, 3, 2026]);
  for (const text of ['', '2026-02-29', '2026-13-01', '29/03/2026', '12:30', '99999999999999999'])
    expect(PARTS.map((part) => timePart(text, part))).toEqual(PARTS.map(() => undefined));
});
