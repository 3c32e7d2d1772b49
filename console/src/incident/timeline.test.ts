import { expect, it } from 'vitest';
import type { TimelineEntry } from '../api/types.ts';
import { fold } from './timeline.tsx';

const entries = (kinds: string): TimelineEntry[] =>
  [...kinds].map((kind, at) => ({ at, text: `${at}`, kind: kind === 'e' ? 'evidence' : 'alert' }));
const shape = (kinds: string, opened: number[] = []) =>
  fold(entries(kinds), new Set(opened))
    .map((group) => (group.kind === 'fold' ? `(${group.count})` : group.index))
    .join(' ');

it('folds the middle of a long run of evidence and nothing else', () => {
  expect(shape('eeeee')).toBe('0 1 2 3 4');
  expect(shape('aeeeeeeea')).toBe('0 1 2 (4) 7 8');
  expect(shape('eeeeeeaeeeeee')).toBe('0 1 (3) 5 6 7 8 (3) 12');
  expect(shape('')).toBe('');
});
it('shows every entry of a run the reader opened', () => {
  expect(shape('aeeeeeee', [1])).toBe('0 1 2 3 4 5 6 7');
});
