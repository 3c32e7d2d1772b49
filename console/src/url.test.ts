import { expect, it } from 'vitest';
import { oneOf, patchSearch } from './url.ts';

it('sets, replaces and takes away, and keeps the rest', () => {
  expect(patchSearch('?a=1&b=2', { b: '3', c: 'x y' })).toBe('?a=1&b=3&c=x+y');
  expect(patchSearch('?a=1', { a: undefined })).toBe('');
  expect(patchSearch('?a=1&q=z', { q: '' })).toBe('?a=1');
});
it('falls back when the address holds something else', () => {
  expect(oneOf('b', ['a', 'b'], 'a')).toBe('b');
  expect(oneOf('toString', ['a', 'b'], 'a')).toBe('a');
  expect(oneOf(null, ['a', 'b'], 'a')).toBe('a');
});
