import { expect, test } from 'vitest';
import { type Membership, Places, siteOf } from './places.ts';

const host = (name: string, site: string): Membership => ({ kind: 'host', name, site });
const network = (name: string, site: string): Membership => ({ kind: 'network', name, site });
const MEMBERS: readonly Membership[] = [
  host('WS-GVA-007', 'lausanne'),
  host('ws-*', 'anywhere'),
  host('ws-gva-*', 'geneva'),
  host('*-gva-*.clinic.example', 'geneva'),
  { kind: 'user', name: 'Anna', site: 'geneva' },
  network('10.0.0.0/8', 'anywhere'),
  network('10.2.0.0/16', 'geneva'),
  network('2001:db8:2::/48', 'geneva'),
  { kind: 'source', name: 'fw-gva', site: 'geneva' },
];
const places = new Places(MEMBERS);
const of = (names: string[], addresses: string[] = []) => places.of({ kind: 'host', names, addresses });

test('a name goes before a pattern, a pattern before a network, what says more before what says less', () => {
  expect(of(['ws-gva-007'], ['10.2.0.7'])).toEqual({
    site: 'lausanne',
    by: 'name',
    rule: 'WS-GVA-007',
    address: null,
  });
  expect(of(['WS-GVA-008'], ['10.9.0.7'])).toMatchObject({ site: 'geneva', by: 'pattern', rule: 'ws-gva-*' });
  expect(of(['ws-par-1'])).toMatchObject({ site: 'anywhere', rule: 'ws-*' });
  expect(of(['srv-gva-1.clinic.example'])).toMatchObject({ rule: '*-gva-*.clinic.example' });
  // Any of its names will do.
  expect(of(['10x', 'ws-gva-007'])).toMatchObject({ site: 'lausanne' });
  expect(of(['srv-1'], ['10.2.3.4'])).toEqual({
    site: 'geneva',
    by: 'network',
    rule: '10.2.0.0/16',
    address: '10.2.3.4',
  });
  expect(of(['srv-1'], ['10.3.3.4'])).toMatchObject({ site: 'anywhere', rule: '10.0.0.0/8' });
  expect(of(['srv-1'], ['2001:db8:2::9'])).toMatchObject({ site: 'geneva' });
  for (const addresses of [[], ['192.0.2.1'], ['2001:db8:3::9'], ['no address']])
    expect(of(['srv-1'], addresses)).toBeUndefined();
});

test('a person belongs by name alone, and a pattern is of machines', () => {
  expect(places.of({ kind: 'user', names: ['anna'], addresses: [] })).toMatchObject({ site: 'geneva' });
  expect(places.of({ kind: 'user', names: ['ws-gva-1'], addresses: ['10.2.0.1'] })).toBeUndefined();
});

test('a pattern is no regular expression, and a hostile name does not make it slow', () => {
  const dots = new Places([host('a.c*', 's')]);
  expect(dots.of({ kind: 'host', names: ['abc1'], addresses: [] })).toBeUndefined();
  const nasty = new Places([host(`${'*a'.repeat(140)}*b`, 's')]);
  expect(nasty.of({ kind: 'host', names: ['a'.repeat(300)], addresses: [] })).toBeUndefined();
  expect(nasty.of({ kind: 'host', names: [`${'a'.repeat(299)}b`], addresses: [] })).toBeDefined();
});

test('an incident is of one site: of machines and people, else of addresses, else of sources', () => {
  const incident = { members: MEMBERS, assets: [], addresses: [], sources: [] };
  const machine = (name: string) => ({ kind: 'host' as const, names: [name], addresses: [] });
  expect(siteOf(incident)).toBeNull();
  expect(siteOf({ ...incident, sources: ['fw-gva', 'other'] })).toBe('geneva');
  expect(siteOf({ ...incident, sources: ['fw-gva'], addresses: ['10.3.0.1', '198.51.100.9'] })).toBe(
    'anywhere',
  );
  expect(siteOf({ ...incident, addresses: ['10.3.0.1'], assets: [machine('ws-gva-1')] })).toBe('geneva');
  expect(siteOf({ ...incident, assets: [machine('ws-gva-1'), machine('ws-gva-007')] })).toBeNull();
});
