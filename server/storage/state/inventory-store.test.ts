import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostIdentifiers } from '../../assets/identifiers.ts';
import {
  entityNames,
  type Identifier,
  identifierOf,
  keyOf,
  type Observation,
  observe,
  type Pair,
  regroup,
  SightingCollector,
  strongestOf,
} from '../../assets/index.ts';
import { pairsOf, partition } from '../../assets/partition.ts';
import { PostgresAssetCare } from './asset-care-store.ts';
import { PostgresAssets } from './asset-store.ts';
import { PostgresInventory } from './inventory-store.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';

const TENANT = 'acme';
let state: TestState;
let inventory: PostgresInventory;
let assets: PostgresAssets;
let care: PostgresAssetCare;
let clock = 1_000;

beforeAll(async () => {
  state = await openTestState();
  inventory = new PostgresInventory(state.db);
  assets = new PostgresAssets(state.db);
  care = new PostgresAssetCare(state.db, entityNames);
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  await state.db.deleteFrom('tenant').execute();
  await addTenants(state.db, [TENANT, 'globex']);
});

const see = (...observations: Observation[]) =>
  inventory.transaction(TENANT, (tx) => observe(tx, observations, ++clock));
const host = (
  identifiers: readonly Identifier[],
  more: Partial<NonNullable<Observation['host']>> = {},
): Observation => ({
  firstAt: clock,
  lastAt: clock,
  source: 'logs',
  host: { identifiers, ...more },
});
const named = (name: string, id?: string) =>
  hostIdentifiers({
    'host.name': name,
    'event.module': 'agent',
    ...(id === undefined ? {} : { 'host.id': id }),
  });
const detail = async (id: string) => (await assets.get('all', TENANT, id))!;

/** The assets as stored, each as its identifiers. */
async function stored(): Promise<string[][]> {
  const { rows } = await sql<{
    keys: string[];
  }>`SELECT array_agg(key ORDER BY key) AS keys FROM asset_identifier
    WHERE tenant = ${TENANT} AND asset_id IS NOT NULL GROUP BY asset_id`.execute(state.db);
  return rows.map(({ keys }) => keys).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

const sighting = fc
  .record(
    {
      'host.id': fc.constantFrom('id-1', 'id-2'),
      'host.name': fc.constantFrom('a.x.example', 'b.x.example', 'a.y.example', 'a'),
      'host.mac': fc.constantFrom('02-00-00-00-00-01', '02-00-00-00-00-02'),
      'event.module': fc.constantFrom('one', 'two'),
    },
    { requiredKeys: ['event.module'] },
  )
  .map((fields) => hostIdentifiers(fields));

describe('the inventory', () => {
  it('comes to the same assets one by one, in any order, as all at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sighting, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (list, together) => {
          await sql`DELETE FROM asset_pair`.execute(state.db);
          await sql`DELETE FROM asset_identifier`.execute(state.db);
          await sql`DELETE FROM asset`.execute(state.db);
          if (together) await see(...list.map((one) => host(one)));
          else for (const one of list) await see(host(one));
          const { groups } = partition({
            kind: 'host',
            nodes: list.flatMap((one) => one.map(keyOf)),
            seen: list.flatMap(pairsOf),
          });
          const wanted = groups.map((group) => [...group].sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
          expect(await stored()).toEqual(wanted);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps warnings through merges and splits, and remembers both', async () => {
    const [bare] = await see(host(named('mri')));
    await assets.change(
      'all',
      [{ tenant: TENANT, id: bare!.hostId! }],
      { criticality: 'critical', note: 'call first' },
      { add: [], remove: [] },
      'Ann',
      5,
    );
    const [full] = await see(
      host(named('mri.clinic.example', 'id-1'), {
        ips: ['192.0.2.7'],
        software: [{ name: 'viewer', version: '4.1' }],
      }),
    );
    expect(full!.hostId).toBe(bare!.hostId);
    expect(await detail(full!.hostId!)).toMatchObject({
      name: 'mri.clinic.example',
      criticality: 'critical',
      addresses: [{ ip: '192.0.2.7' }],
      software: [{ name: 'viewer', version: '4.1' }],
      sources: [{ id: 'logs' }],
    });
    // A second machine of that name: they are two, and the bare name warns of the marked one still.
    const [second] = await see(host(named('mri.other.example', 'id-2')));
    expect(second!.hostId).not.toBe(full!.hostId);
    expect(await detail(second!.hostId!)).toMatchObject({
      criticality: 'normal',
      proposals: [{ id: full!.hostId, because: 'name:mri' }],
    });
    const marked = await care.marked();
    expect(marked.find(({ id }) => id === full!.hostId)?.keys).toContain('name:mri');
  });

  it('undoes a merge by hand: both are as they were, and stay two', async () => {
    const [one, two] = await see(
      host(named('left.x.example', 'id-1')),
      host(named('right.x.example', 'id-2')),
    );
    const keys = [
      strongestOf('host', ['host-id:agent:id-1'])!,
      strongestOf('host', ['host-id:agent:id-2'])!,
    ] as unknown as Pair;
    await inventory.transaction(TENANT, async (tx) => {
      await tx.addPairs('host', [keys], 'together');
      await regroup(tx, 'host', keys, 2, 'Ann');
    });
    const merged = await detail(two!.hostId!);
    const kept = merged.id;
    expect([one!.hostId, two!.hostId]).toContain(kept);
    expect(merged.merges).toMatchObject([{ actor: 'Ann' }]);
    expect(merged.identifiers).toHaveLength(6);
    await inventory.transaction(TENANT, async (tx) => {
      await tx.removePairs('host', [keys], 'together');
      await tx.addPairs('host', [keys], 'apart');
      await regroup(tx, 'host', keys, 3, 'Ann');
    });
    await see(host(named('left.x.example', 'id-1')), host(named('right.x.example', 'id-2')));
    expect((await detail(one!.hostId!)).id).toBe(one!.hostId);
    expect((await detail(two!.hostId!)).id).toBe(two!.hostId);
    expect((await detail(kept)).merges).toEqual([]);
  });

  it('knows who had an address when it was given to another', async () => {
    const DAY = 86_400_000;
    const at = (time: number, name: string) => ({
      ...host(named(name), { ips: ['198.51.100.7'] }),
      firstAt: time,
      lastAt: time + 1000,
    });
    await see(at(100 * DAY, 'first'));
    await see(at(103 * DAY, 'second'));
    await see(at(105 * DAY, 'first'));
    const had = async (time: number) =>
      (await assets.byAddress('all', TENANT, ['198.51.100.7'], time)).map(({ name }) => name);
    expect(await had(100 * DAY)).toEqual(['first']);
    expect(await had(103 * DAY)).toEqual(['second']);
    expect(await had(105 * DAY)).toEqual(['first']);
    const [first] = await see(at(105 * DAY, 'first'));
    expect((await detail(first!.hostId!)).addresses).toHaveLength(2);
  });

  it('IDOR: another tenant’s asset is neither read, listed, changed, commented nor erased', async () => {
    const [own] = await see(host(named('secret-host')));
    const id = own!.hostId!;
    const stranger = ['globex'];
    expect(await assets.get(stranger, TENANT, id)).toBeUndefined();
    expect((await assets.list(stranger, { sort: 'name', limit: 10, q: 'secret' })).items).toEqual([]);
    expect(
      await assets.change(
        stranger,
        [{ tenant: TENANT, id }],
        { note: 'x' },
        { add: [], remove: [] },
        'Eve',
        1,
      ),
    ).toBe(0);
    expect(
      await assets.comment(stranger, TENANT, id, [], { text: 'x', actor: 'Eve', at: 1 }),
    ).toBeUndefined();
    expect(await assets.erase(stranger, TENANT, id, 'Eve', 1)).toBe(false);
    expect(await detail(id)).toMatchObject({ note: '', erased: false });
  });

  it('erases a person: nothing that tells who it was is left in the inventory', async () => {
    const collector = new SightingCollector();
    collector.note({
      id: '0'.repeat(32),
      tenant: TENANT,
      source: 'logs',
      time: 1,
      receivedAt: 1,
      fields: {
        'event.module': 'windows',
        'user.name': 'Ana.Rossi',
        'user.domain': 'DOM',
        'user.email': 'ana.rossi@dom.example',
        'user.id': 'S-1-5-21-1-2-3-9',
        'host.name': 'ws01',
      },
    });
    const [placed] = await see(...collector.take());
    const id = placed!.userId!;
    await assets.change(
      'all',
      [{ tenant: TENANT, id }],
      { owner: 'Rossi family', phone: '0123' },
      { add: ['rossi'], remove: [] },
      'Ann',
      5,
    );
    await assets.comment('all', TENANT, id, [], { text: 'Ana Rossi is on leave', actor: 'Ann', at: 6 });
    expect(await assets.erase('all', TENANT, id, 'Ann', 7)).toBe(true);
    const tables = [
      'asset',
      'asset_identifier',
      'asset_pair',
      'asset_log',
      'asset_merge',
      'asset_software',
      'asset_shared',
    ];
    for (const table of tables) {
      const { rows } = await sql<{ text: string }>`SELECT t::text AS text FROM ${sql.table(table)} t`.execute(
        state.db,
      );
      for (const { text } of rows) expect(text).not.toMatch(/rossi|ana|1-2-3-9|0123/i);
    }
    expect(await detail(id)).toMatchObject({ erased: true, owner: '', tags: [], uses: [{ name: 'ws01' }] });
  });

  it('pages through more assets than a page holds, in every order, and bounds the count', async () => {
    await see(...Array.from({ length: 230 }, (_, n) => host(named(`ws${String(n).padStart(3, '0')}`))));
    for (const sort of ['name', 'risk', 'seen', 'criticality'] as const) {
      const seen = new Set<string>();
      for (let cursor: string | undefined, pages = 0; pages < 5; pages++) {
        const page = await assets.list('all', {
          sort,
          limit: 100,
          tenant: TENANT,
          ...(cursor === undefined ? {} : { cursor }),
        });
        expect(page.total).toBe(230);
        for (const { id } of page.items) seen.add(id);
        cursor = page.next;
        if (cursor === undefined) break;
      }
      expect(seen.size).toBe(230);
    }
    expect(identifierOf('fqdn:a.b')).toEqual({ type: 'fqdn', value: 'a.b' });
  });

  it('forgets what was only seen, long ago', async () => {
    const [gone, kept] = await see(host(named('gone')), host(named('kept')));
    await assets.change(
      'all',
      [{ tenant: TENANT, id: kept!.hostId! }],
      { owner: 'IT' },
      { add: [], remove: [] },
      'Ann',
      5,
    );
    await care.forget(clock + 1_000);
    expect(await assets.get('all', TENANT, gone!.hostId!)).toBeUndefined();
    expect(await detail(kept!.hostId!)).toMatchObject({ owner: 'IT' });
  });
});
