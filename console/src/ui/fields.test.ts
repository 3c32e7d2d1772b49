import { expect, it } from 'vitest';
import { isSlug, slugOf } from './fields.tsx';

it('makes an id that the server takes, from any name', () => {
  expect(slugOf('Clinique Sainte-Anne')).toBe('clinique-sainte-anne');
  expect(slugOf('  Zürich / Göteborg (Nord)  ')).toBe('zurich-goteborg-nord');
  expect(slugOf('日本')).toBe('');
  for (const name of ['A', `${'x'.repeat(63)} y`, '--a--']) expect(isSlug(slugOf(name))).toBe(true);
  for (const id of ['', '-a', 'a-', 'A', 'a_b', 'x'.repeat(65)]) expect(isSlug(id)).toBe(false);
});
