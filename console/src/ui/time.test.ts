import { expect, it } from 'vitest';
import { distance, duration, inputValue } from './time.ts';

it('says a duration in its largest unit, whole', () => {
  expect([0, 999, 1000, 59_999, 60_000, 3_600_000, 90_000_000].map(duration)).toEqual([
    '0 s',
    '0 s',
    '1 s',
    '59 s',
    '1 min',
    '1 h',
    '1 d',
  ]);
});
it('says a distance in two units, and small ones exactly', () => {
  expect([0, 120, 3000, 95_000, 7_500_000, 86_400_000].map(distance)).toEqual([
    '0 ms',
    '120 ms',
    '3 s',
    '1 min 35 s',
    '2 h 5 min',
    '1 d',
  ]);
});
it('fills a date field so that reading it back gives the same second', () => {
  for (const at of [0, 1_700_000_000_000, Date.UTC(2026, 2, 29, 1, 30), Date.UTC(2026, 9, 25, 0, 30)])
    expect(new Date(inputValue(at)).getTime()).toBe(at);
});
