import { expect, test } from 'vitest';
import { neighbourOf, rememberQueue, settle } from './order.ts';

const none = new Set<number>();

test('what is new among the shown waits; what is new after them is added', () => {
  expect(settle([1, 2, 3], [9, 1, 2, 8, 3, 7], none)).toEqual({
    shown: [1, 2, 3, 7],
    waiting: 2,
    moved: false,
  });
});

test('what left the list keeps its place, unless the person has dealt with it', () => {
  expect(settle([1, 2, 3], [1, 3], none).shown).toEqual([1, 2, 3]);
  expect(settle([1, 2, 3], [1, 3], new Set([2])).shown).toEqual([1, 3]);
  expect(settle([1, 2, 3], [1, 2, 3], new Set([2])).shown).toEqual([1, 2, 3]);
});

test('another order is told, not shown', () => {
  expect(settle([1, 2, 3], [3, 1, 2], none)).toEqual({ shown: [1, 2, 3], waiting: 0, moved: true });
});

test('everything gone, and nothing shown yet', () => {
  expect(settle([1, 2], [], new Set([1, 2]))).toEqual({ shown: [], waiting: 0, moved: false });
  expect(settle([], [5, 6], none)).toEqual({ shown: [5, 6], waiting: 0, moved: false });
});

test('from incident to incident in the order last seen', () => {
  rememberQueue([4, 8, 6]);
  expect([neighbourOf(8, 1), neighbourOf(8, -1), neighbourOf(6, 1), neighbourOf(99, 1)]).toEqual([
    6,
    4,
    undefined,
    4,
  ]);
});
