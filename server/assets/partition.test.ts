import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AssetKind,
  hostIdentifiers,
  type Identifier,
  identifierOf,
  keyOf,
  userIdentifiers,
} from './identifiers.ts';
import { type Pair, pairsOf, partition } from './partition.ts';

function assetsOf(
  kind: AssetKind,
  sightings: readonly (readonly Identifier[])[],
  decided: { together?: Pair[]; apart?: Pair[] } = {},
) {
  return partition({
    kind,
    nodes: sightings.flatMap((one) => one.map(keyOf)),
    seen: sightings.flatMap(pairsOf),
    ...decided,
  });
}

const host = (fields: Record<string, string | string[]>) =>
  hostIdentifiers({ 'event.module': 'agent', ...fields });
const user = (fields: Record<string, string>) => userIdentifiers({ 'event.module': 'windows', ...fields });
const SID = 'S-1-5-21-1-2-3-1104';

/** Sightings over few values, so that they collide in every way. */
const sighting = (kind: AssetKind) =>
  kind === 'host'
    ? fc
        .record(
          {
            'host.id': fc.constantFrom('id-1', 'id-2', 'id-3'),
            'host.name': fc.constantFrom('a.x.example', 'b.x.example', 'a.y.example', 'a', 'b'),
            'host.mac': fc.constantFrom('02-00-00-00-00-01', '02-00-00-00-00-02'),
            'event.module': fc.constantFrom('one', 'two'),
          },
          { requiredKeys: ['event.module'] },
        )
        .map((fields) => hostIdentifiers(fields))
    : fc
        .record(
          {
            'user.id': fc.constantFrom(SID, 'S-1-5-21-1-2-3-1105', '6f1c6d52-1111-4222-8333-444455556666'),
            'user.name': fc.constantFrom('ana', 'ana@dom.example', 'ben', 'administrator'),
            'user.domain': fc.constantFrom('DOM', 'dom.example', 'WS01'),
            'user.email': fc.constantFrom('ana@dom.example', 'ana@dom.other', 'a.rossi@clinic.example'),
            'host.name': fc.constantFrom('ws01', 'ws02.dom.example'),
          },
          { requiredKeys: [] },
        )
        .map((fields) => userIdentifiers({ 'event.module': 'windows', ...fields }));

describe.each(['host', 'user'] as const)('which identifiers are one %s', (kind) => {
  const sightings = fc.array(sighting(kind), { maxLength: 14 });
  const inAnyOrder = sightings.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );

  it('does not depend on the order in which they were seen, nor on how often', () => {
    fc.assert(
      fc.property(inAnyOrder, ([list, shuffled]) => {
        expect(assetsOf(kind, [...shuffled, ...shuffled.slice(0, 3)])).toEqual(assetsOf(kind, list));
      }),
      { numRuns: 500 },
    );
  });

  it('never puts two different strong ids into one asset, and loses no identifier', () => {
    fc.assert(
      fc.property(sightings, (list) => {
        const { groups, shared } = assetsOf(kind, list);
        for (const group of groups) {
          const strong = group
            .map(identifierOf)
            .filter(({ type }) => ['guid', 'sid', 'host-id'].includes(type))
            .map(({ type, value }) => (type === 'sid' ? type : `${type}/${value.split(':', 1)[0]}`));
          expect(strong).toEqual([...new Set(strong)]);
        }
        const placed = [...groups.flat(), ...shared.keys()].sort();
        expect(placed).toEqual([...new Set(list.flat().map(keyOf))].sort());
        for (const owners of shared.values()) for (const key of owners) expect(shared.has(key)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the rule', () => {
  it('takes what Windows, a cloud and a person write of one user as one', () => {
    const { groups } = assetsOf('user', [
      user({ 'user.name': 'ana', 'user.domain': 'DOM', 'user.id': SID }),
      user({ 'user.name': 'ana@dom.example' }),
      user({ 'user.name': 'DOM\\ana' }),
    ]);
    expect(groups).toEqual([[`sid:${SID.toLowerCase()}`, 'address:ana@dom.example', 'account:dom\\ana']]);
  });

  it('takes administrator of two machines as two users', () => {
    const { groups } = assetsOf('user', [
      user({ 'user.name': 'administrator', 'user.domain': 'WS01', 'host.name': 'ws01' }),
      user({ 'user.name': 'administrator', 'user.domain': 'WS02', 'host.name': 'ws02' }),
      user({ 'user.name': 'administrator', 'host.name': 'web01.dom.example' }),
    ]);
    expect(groups).toHaveLength(3);
  });

  it('joins a bare name to the one machine that has it, and to none when a second one has', () => {
    const full = host({ 'host.name': 'ws01.a.example' });
    const bare = host({ 'host.name': 'WS01' });
    expect(assetsOf('host', [bare, full]).groups).toEqual([['fqdn:ws01.a.example', 'name:ws01']]);
    const two = assetsOf('host', [bare, full, host({ 'host.name': 'ws01.b.example' })]);
    expect(two.groups).toEqual([['fqdn:ws01.a.example'], ['fqdn:ws01.b.example']]);
    expect(two.shared.get('name:ws01')).toEqual(['fqdn:ws01.a.example', 'fqdn:ws01.b.example']);
  });

  it('keeps laptops apart that share the address of a docking station', () => {
    const dock = '02-00-00-00-00-09';
    const { groups, shared } = assetsOf('host', [
      host({ 'host.id': 'aaa', 'host.name': 'lap1', 'host.mac': [dock, '02-00-00-00-00-01'] }),
      host({ 'host.id': 'bbb', 'host.name': 'lap2', 'host.mac': [dock, '02-00-00-00-00-02'] }),
    ]);
    expect(groups.map((group) => group.length)).toEqual([3, 3]);
    expect([...shared.keys()]).toEqual([`mac:${dock}`]);
  });

  it('takes two products’ ids of one machine as one, and a renamed machine as the same', () => {
    const { groups } = assetsOf('host', [
      host({ 'event.module': 'one', 'host.id': '001', 'host.name': 'srv.x.example' }),
      host({ 'event.module': 'two', 'host.id': 'd-77', 'host.name': 'srv.x.example' }),
      host({ 'event.module': 'two', 'host.id': 'd-77', 'host.name': 'srv-new.x.example' }),
    ]);
    expect(groups).toHaveLength(1);
  });

  it('obeys a person: tied is one whatever their ids, kept apart is two', () => {
    const [a, b] = [
      host({ 'host.id': 'aaa', 'host.name': 'srv' }),
      host({ 'host.id': 'bbb', 'host.name': 'srv' }),
    ];
    const pair: Pair = ['host-id:agent:aaa', 'host-id:agent:bbb'];
    expect(assetsOf('host', [a, b]).groups).toHaveLength(2);
    expect(assetsOf('host', [a, b], { together: [pair] }).groups).toEqual([[...pair, 'name:srv']]);
    const c = host({ 'host.name': 'srv.x.example', 'host.mac': '02-00-00-00-00-01' });
    const d = host({ 'host.id': 'aaa', 'host.name': 'srv.x.example' });
    expect(assetsOf('host', [c, d]).groups).toHaveLength(1);
    expect(
      assetsOf('host', [c, d], { apart: [['host-id:agent:aaa', 'mac:02-00-00-00-00-01']] }).groups.length,
    ).toBeGreaterThan(1);
  });
});
