import { expect, test } from 'vitest';
import { candidates, mentionBegun, mentioned } from './mentions.ts';

const PEOPLE = [
  { id: '1', name: 'Ann', side: 'provider' },
  { id: '2', name: 'Ann Marie', side: 'provider' },
  { id: '3', name: 'Eve Adams', side: 'client' },
] as const;

test('the longest name is meant, and nobody who may not read it', () => {
  expect(mentioned('@Ann Marie, please', PEOPLE, 'client')).toEqual(['2']);
  expect(mentioned('@Ann Marie and @Ann and @Eve Adams', PEOPLE, 'client').sort()).toEqual(['1', '2', '3']);
  expect(mentioned('@Eve Adams and @Ann', PEOPLE, 'internal')).toEqual(['1']);
});

test('names are offered after an @, but not within an address', () => {
  expect(mentionBegun('ask @an', 7)).toBe('an');
  expect(mentionBegun('ask @', 5)).toBe('');
  expect(mentionBegun('mail ann@ex', 11)).toBeUndefined();
  expect(candidates('ad', PEOPLE, 'client').map(({ id }) => id)).toEqual(['3']);
  expect(candidates('', PEOPLE, 'internal').map(({ id }) => id)).toEqual(['1', '2']);
});
