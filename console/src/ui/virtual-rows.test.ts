import { expect, it } from 'vitest';
import { windowOf } from './virtual-rows.ts';

it('covers the view and a little more, within the list', () => {
  expect(windowOf(0, 500, 1000, 50)).toEqual({ first: 0, end: 22 });
  expect(windowOf(5025, 500, 1000, 50)).toEqual({ first: 88, end: 123 });
  expect(windowOf(49_500, 500, 1000, 50)).toEqual({ first: 978, end: 1000 });
});
it('survives a list that shrank under the scrollbar', () => {
  const { first, end } = windowOf(49_500, 500, 3, 50);
  expect(first).toBe(0);
  expect(end).toBe(3);
  expect(windowOf(0, 500, 0, 50)).toEqual({ first: 0, end: 0 });
});
