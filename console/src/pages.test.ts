import { permissionsOf, ROLE_TABLE, ROLES, type Role } from '@vigie/contracts/api';
import { describe, expect, it } from 'vitest';
import type { SessionView } from './api/types.ts';
import { PAGES } from './pages.ts';
import { CLIENT_SECTIONS, pagesOf, railOf, SECTIONS } from './sections.ts';

/** What somebody of a role is told of themselves. */
const session = (role: Role): SessionView => ({
  user: { id: 'u', email: 'u@example.org', name: 'U', role, language: null },
  permissions: [...permissionsOf(role)],
  tenants: [{ id: 'hospital', name: 'Elm Hill Hospital', demo: false }],
  provider: ROLE_TABLE[role].side === 'provider',
  mustChangePassword: false,
  mustEnrol: false,
  version: '0',
});
const offered = (role: Role) => railOf(session(role)).flatMap(({ pages }) => pages);

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

describe.each(ROLES)('the rail of %s', (role) => {
  it('offers only what they may open', () => {
    const may = new Set(pagesOf(session(role)).map(({ path }) => path));
    expect(offered(role).filter(({ path }) => !may.has(path))).toEqual([]);
    expect(
      offered(role)
        .slice(0, 2)
        .map(({ path }) => path),
    ).toEqual(['/', '/incidents']);
  });

  it('offers all of it to the provider, in plain words what concerns them to a client', () => {
    const paths = offered(role).map(({ path }) => path);
    if (ROLE_TABLE[role].side === 'provider')
      expect([...paths].sort()).toEqual(
        pagesOf(session(role))
          .map(({ path }) => path)
          .sort(),
      );
    else {
      for (const hidden of ['/alerts', '/quality', '/status', '/rotas', '/campaigns'])
        expect(paths).not.toContain(hidden);
      const names = new Map(offered(role).map(({ path, title }) => [path, title]));
      expect(names.get('/outbox')).toBe('Mails to you');
      expect(names.get('/tenants')).toBe('Contacts & contract');
      // What is offered is explained, but for the page that explains itself.
      expect(offered(role).filter(({ about, path }) => about === undefined && path !== '/')).toEqual([]);
    }
  });
});

it('has no page twice in the rail of a client', () => {
  const paths = CLIENT_SECTIONS.flatMap(({ paths }) => paths);
  expect(paths).toEqual([...new Set(paths)]);
});
