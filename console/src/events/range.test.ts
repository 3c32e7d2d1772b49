import { expect, it } from 'vitest';
import { interval, rangeOf, rangeParams, zoomOut } from './range.ts';

const read = (text: string) => rangeOf(new URLSearchParams(text));

it('reads what it writes', () => {
  for (const text of ['', 'range=7d', 'from=1000&to=2000']) {
    const params = Object.entries(rangeParams(read(text))).filter(([, value]) => value !== undefined);
    expect(new URLSearchParams(params as [string, string][]).toString()).toBe(
      new URLSearchParams([...new URLSearchParams(text)].sort()).toString(),
    );
  }
});
it('falls back to a day for what a person mistyped', () => {
  for (const text of ['range=__proto__', 'range=9y', 'from=9&to=3', 'from=x&to=4', 'from=-5&to=4'])
    expect(read(text)).toEqual({ kind: 'quick', quick: '24h' });
});
it('zooms out around the middle and not into the future', () => {
  expect(zoomOut(1000, 3000, 100_000)).toEqual({ kind: 'absolute', from: 0, to: 4000 });
  expect(zoomOut(1000, 3000, 3100)).toEqual({ kind: 'absolute', from: 0, to: 3100 });
  expect(interval({ kind: 'absolute', from: 1, to: 2 }, 99)).toEqual({ from: 1, to: 2 });
});
