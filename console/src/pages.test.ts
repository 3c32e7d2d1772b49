import { expect, it } from 'vitest';
import { PAGES } from './pages.ts';
import { SECTIONS } from './sections.ts';

it('lists each page once, with a key of its own', () => {
  const once = (of: readonly string[]) => expect(of).toEqual([...new Set(of)]);
  once(PAGES.map(({ path }) => path));
  once(PAGES.map(({ key }) => key));
  once(PAGES.map(({ title }) => title));
});

it('has each page of the rail in one section', () => {
  const listed = SECTIONS.flatMap(({ paths }) => paths).filter((path) => path !== '/');
  const pages = PAGES.map(({ path }) => path).filter((path) => path !== '/');
  expect([...listed].sort()).toEqual([...pages].sort());
});
