import { expect, it } from 'vitest';
import { PAGES } from './pages.ts';

it('lists each page once, with a key of its own', () => {
  const once = (of: readonly string[]) => expect(of).toEqual([...new Set(of)]);
  once(PAGES.map(({ path }) => path));
  once(PAGES.map(({ key }) => key));
  once(PAGES.map(({ title }) => title));
});
