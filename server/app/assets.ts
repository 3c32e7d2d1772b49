import type { Entity, QueryNode } from '@vigie/contracts';
import type {
  AssetBulk,
  AssetDetail,
  AssetImport,
  AssetImportReport,
  AssetMark,
  AssetMarks,
  AssetPage,
  AssetPatch,
  AssetPeers,
  AssetQuery,
  AssetResolve,
  AssetTimeline,
  DirectoryView,
  NewAsset,
} from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { AssetBook, AssetProblem, AssetSpokenOf, Identity } from '../api/ports.ts';
import {
  Discovery,
  entityNames,
  type HandlingAnswer,
  type HandlingGuard,
  judgeHandling,
  type Mark,
  MarkIndex,
  type MarkTable,
  markTable,
  namesOf,
  riskOf,
  type Sighting,
} from '../assets/index.ts';
import { Places } from '../clocks/index.ts';
import type { EventStore } from '../detect/index.ts';
import { PostgresAssetCare } from '../storage/state/asset-care-store.ts';
import { PostgresAssets } from '../storage/state/asset-store.ts';
import { ClientStore } from '../storage/state/client-store.ts';
import type { Directory } from '../storage/state/directory.ts';
import { PostgresInventory } from '../storage/state/inventory-store.ts';
import type { Database } from '../storage/state/schema.ts';
import { keysOf } from './asset-facts.ts';
import { AssetRecording } from './asset-recording.ts';
import { assetTimeline, peersOf } from './asset-story.ts';
import { AssetWeights, figuresOf } from './asset-weights.ts';
import { AssetDirectories } from './directories.ts';
import type { Base } from './parts/base.ts';

const DAY = 86_400_000;
const RISK_EVERY = 5 * 60_000;

export interface AssetOptions {
  readonly db: Kysely<Database>;
  readonly directory: Pick<Directory, 'tenant' | 'tenants' | 'sources'>;
  readonly events: Pick<EventStore, 'search'>;
  readonly now: () => number;
  readonly log: Logger;
  /** Days after which what was only ever seen is forgotten. */
  readonly forgetDays: number;
}

/** The inventory: what logs, files, directories and people say of machines and people, and what it means. */
export class Assets implements AssetBook, HandlingGuard {
  readonly #options: AssetOptions;
  readonly #store: PostgresAssets;
  readonly #clients: ClientStore;
  readonly #care: PostgresAssetCare;
  readonly #recording: AssetRecording;
  readonly #marks = new MarkIndex();
  readonly discovery: Discovery;
  /** Reads of the marks follow each other, so that an older one never wins. */
  #reading: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  readonly #weights: AssetWeights;
  /** Told what must be said of assets, after every change of it. */
  onMarks: (marks: MarkTable) => void = () => undefined;
  /** Set when directories are configured. */
  readers: AssetDirectories | undefined;

  constructor(options: AssetOptions) {
    this.#options = options;
    this.#store = new PostgresAssets(options.db);
    this.#clients = new ClientStore(options.db);
    this.#care = new PostgresAssetCare(options.db, entityNames);
    this.#weights = new AssetWeights({
      store: this.#care,
      tenants: () => options.directory.tenants().map(({ id }) => id),
      now: options.now,
      log: options.log,
    });
    this.#recording = new AssetRecording({
      inventory: new PostgresInventory(options.db),
      store: this.#store,
      exists: (tenant) => options.directory.tenant(tenant) !== undefined,
      now: options.now,
    });
    this.discovery = new Discovery({
      save: (tenant, sightings) => this.#discovered(tenant, sightings),
      now: options.now,
      log: options.log,
    });
  }

  /** Begins to write down what logs name, to weigh risks and to forget. */
  start(): void {
    this.discovery.start();
    const { log, now, forgetDays } = this.#options;
    const every = (milliseconds: number, what: string, work: () => Promise<unknown>) => {
      const timer = setInterval(() => {
        work().catch((error: unknown) => log.warn({ err: error }, what));
      }, milliseconds);
      timer.unref();
      this.#timers.push(timer);
    };
    every(RISK_EVERY, 'the risk of assets could not be weighed', () => this.#weights.weigh());
    every(DAY / 4, 'assets not seen any more could not be forgotten', () =>
      this.#care.forget(now() - forgetDays * DAY),
    );
    this.readers?.start();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#weights.stop();
    await this.readers?.stop();
    await this.discovery.stop();
  }

  /** Reads what must be said of assets anew. */
  reload(): Promise<void> {
    const read = this.#reading.then(async () => {
      const table = markTable(await this.#care.marked());
      this.#marks.set(table);
      this.onMarks(table);
    });
    this.#reading = read.catch(() => undefined);
    return read;
  }

  /** What must be minded of the assets that an incident's entities name, each once. */
  minded(tenant: string, entities: readonly Entity[]): Mark[] {
    const found = new Map<string, Mark>();
    for (const entity of entities)
      for (const mark of this.#marks.entity(tenant, entity, entities))
        if (mark.handling.length > 0 || mark.criticality === 'high' || mark.criticality === 'critical')
          found.set(mark.id, mark);
    return [...found.values()];
  }

  async mayAct(
    ...[tenant, entity, action, at]: Parameters<HandlingGuard['mayAct']>
  ): Promise<HandlingAnswer> {
    const named = { type: entity.type, value: entity.value } as Entity;
    const marks = named.type === 'ip' ? await this.#marksAt('all', tenant, [named.value], at) : new Map();
    return judgeHandling(marks.get(named.value) ?? this.#marks.entity(tenant, named), action, at);
  }

  async #discovered(tenant: string, sightings: readonly Sighting[]): Promise<void> {
    if (this.#options.directory.tenant(tenant) === undefined) return;
    await this.#recording.observe(tenant, sightings);
    // An identifier may be new to an asset that something must be said of.
    if (this.#marks.knows(tenant)) await this.reload();
  }

  list(identity: Identity, query: AssetQuery): Promise<AssetPage> {
    return this.#store.list(identity.scope, query);
  }

  /** By what it is known as in evidence, and the address that it had last: as for the clocks of an incident. */
  async #place(
    { scope }: Identity,
    tenant: string,
    { kind, name, addresses }: Pick<AssetDetail, 'kind' | 'name' | 'addresses'>,
    names: readonly string[],
  ): Promise<AssetDetail['place']> {
    const sites = await this.#clients.sites(scope, tenant);
    if (sites.length === 0) return null;
    const [last] = [...addresses].sort((a, b) => b.lastAt - a.lastAt);
    const found = new Places(
      sites.flatMap(({ id, members }) => members.map((member) => ({ ...member, site: id }))),
    ).of({
      kind,
      names: [name, ...names.map((each) => each.slice(each.indexOf(':') + 1))],
      addresses: last === undefined ? [] : [last.ip],
    });
    return found === undefined
      ? null
      : { ...found, site: sites.find(({ id }) => id === found.site)?.name ?? found.site };
  }

  async get(identity: Identity, tenant: string, id: string): Promise<AssetDetail | undefined> {
    const stored = await this.#store.get(identity.scope, tenant, id);
    if (stored === undefined) return undefined;
    const names = namesOf(stored.kind, keysOf(stored));
    const place = await this.#place(identity, tenant, stored, names);
    const { risk, terms } = riskOf(
      stored.criticality,
      figuresOf(names, await this.#weights.figuresOf(tenant)),
    );
    return {
      ...stored,
      risk,
      riskTerms: terms,
      place,
      mayEdit: identity.permissions.has('assets.write') && !stored.erased,
      mayComment: identity.permissions.has('comments.write') && !stored.erased,
      mayErase: identity.permissions.has('people.erase') && !stored.erased,
    };
  }

  async put(
    identity: Identity,
    items: readonly NewAsset[],
  ): Promise<{ saved: number; ids: string[] } | AssetProblem> {
    const outcome = await this.#recording.put(identity, items);
    if ('ids' in outcome) await this.#written(items.map(({ tenant }) => tenant));
    return outcome;
  }

  async import(identity: Identity, wanted: AssetImport): Promise<AssetImportReport | AssetProblem> {
    const report = await this.#recording.import(identity, wanted);
    if (wanted.save) await this.#written([wanted.tenant]);
    return report;
  }

  async merge(identity: Identity, tenant: string, id: string, other: string) {
    const problem = await this.#recording.merge(identity, tenant, id, other);
    return problem ?? this.#afresh(identity, tenant, id);
  }

  async undo(identity: Identity, tenant: string, id: string, merge: string) {
    const problem = await this.#recording.undo(identity, tenant, id, merge);
    return problem ?? this.#afresh(identity, tenant, id);
  }

  async #afresh(identity: Identity, tenant: string, id: string): Promise<AssetDetail | AssetProblem> {
    await this.#written([tenant]);
    return (await this.get(identity, tenant, id)) ?? NOT_FOUND;
  }

  /** Tells of what was written down. */
  async #written(tenants: readonly string[]): Promise<void> {
    await this.reload();
    this.#weights.weighSoon(tenants);
  }

  async change(identity: Identity, bulk: z.infer<typeof AssetBulk>): Promise<number> {
    const { items, patch, addTags: add, removeTags: remove } = bulk;
    const changed = await this.#store.change(
      identity.scope,
      items,
      patch,
      { add, remove },
      identity.name,
      this.#options.now(),
    );
    await this.reload();
    this.#weights.weighSoon(items.map(({ tenant }) => tenant));
    return changed;
  }

  async patch(
    identity: Identity,
    tenant: string,
    id: string,
    patch: AssetPatch,
  ): Promise<AssetDetail | undefined> {
    const current = await this.#store.get(identity.scope, tenant, id);
    if (current === undefined || current.erased) return undefined;
    await this.#store.change(
      identity.scope,
      [{ tenant, id: current.id }],
      patch,
      { add: [], remove: [] },
      identity.name,
      this.#options.now(),
    );
    await this.reload();
    this.#weights.weighSoon([tenant]);
    return this.get(identity, tenant, id);
  }

  async comment(
    identity: Identity,
    tenant: string,
    id: string,
    text: string,
  ): Promise<AssetSpokenOf | undefined> {
    const asset = await this.#store.get(identity.scope, tenant, id);
    if (asset === undefined) return undefined;
    const names = namesOf(asset.kind, keysOf(asset));
    return this.#store.comment(identity.scope, tenant, asset.id, names, {
      text,
      actor: identity.name,
      at: this.#options.now(),
    });
  }

  async timeline(
    identity: Identity,
    tenant: string,
    id: string,
    before: number,
    limit: number,
  ): Promise<AssetTimeline | undefined> {
    const asset = await this.#store.get(identity.scope, tenant, id);
    if (asset === undefined) return undefined;
    return assetTimeline({
      asset,
      before,
      limit,
      story: () =>
        this.#store.story(
          identity.scope,
          tenant,
          asset.id,
          namesOf(asset.kind, keysOf(asset)),
          before,
          limit,
        ),
      search: (where: QueryNode, from: number) =>
        this.#options.events.search({ tenants: [tenant], range: { from, to: before }, where }, { limit }),
    });
  }

  async peers(identity: Identity, tenant: string, id: string): Promise<AssetPeers | undefined> {
    const asset = await this.#store.get(identity.scope, tenant, id);
    if (asset === undefined) return undefined;
    const now = this.#options.now();
    const counted = await peersOf(asset, (where) =>
      this.#options.events.search(
        { tenants: [tenant], range: { from: now - DAY, to: now + 60_000 }, where },
        { limit: 2_000 },
      ),
    );
    const known = await this.#store.byAddress(
      identity.scope,
      tenant,
      counted.map(({ ip }) => ip),
      now,
    );
    const byIp = new Map(known.map(({ ip, id: asset, name }) => [ip, { id: asset, name }]));
    const seen = new Set(asset.sources.map((source) => source.id));
    return {
      items: counted.map(({ ip, count }) => ({ ip, count, asset: byIp.get(ip) ?? null })),
      unseen: this.#options.directory
        .sources()
        .filter((source) => source.tenant === tenant && source.enabled && !seen.has(source.id))
        .slice(0, 100)
        .map((source) => ({ id: source.id, name: source.name })),
    };
  }

  async resolve(identity: Identity, { items }: AssetResolve): Promise<z.infer<typeof AssetMarks>> {
    const answers: AssetMark[][] = [];
    for (const { tenant, entities, at } of items) {
      const ips = entities.filter(({ type }) => type === 'ip').map(({ value }) => value);
      const atAddress = this.#marks.knows(tenant)
        ? await this.#marksAt(identity.scope, tenant, ips, at ?? this.#options.now())
        : new Map<string, readonly Mark[]>();
      answers.push(
        entities.flatMap((entity) =>
          (entity.type === 'ip'
            ? (atAddress.get(entity.value) ?? [])
            : this.#marks.entity(tenant, entity, entities)
          ).map(({ owner: _, ...mark }): AssetMark => ({ ...mark, handling: [...mark.handling], entity })),
        ),
      );
    }
    return { items: answers };
  }

  /** What must be said of the machines that had addresses at a time. */
  async #marksAt(
    scope: Identity['scope'],
    tenant: string,
    ips: readonly string[],
    at: number,
  ): Promise<Map<string, readonly Mark[]>> {
    const found = new Map<string, readonly Mark[]>();
    const valid = ips.filter((ip) => /^[0-9a-f.:]{2,39}$/i.test(ip)).slice(0, 100);
    if (valid.length === 0) return found;
    for (const { ip, id } of await this.#store.byAddress(scope, tenant, valid, at)) {
      const mark = this.#marks.byId(tenant, id);
      if (mark !== undefined) found.set(ip, [mark]);
    }
    return found;
  }

  async erase(identity: Identity, tenant: string, id: string): Promise<boolean> {
    const erased = await this.#store.erase(identity.scope, tenant, id, identity.name, this.#options.now());
    if (erased) await this.reload();
    return erased;
  }

  directories(identity: Identity, tenant?: string): DirectoryView[] {
    return (this.readers?.views() ?? []).filter(
      (view) =>
        (identity.scope === 'all' || identity.scope.includes(view.tenant)) &&
        (tenant === undefined || view.tenant === tenant),
    );
  }

  /** @see AssetRecording.fromDirectory */
  fromDirectory(...record: Parameters<AssetRecording['fromDirectory']>): Promise<number> {
    return this.#recording.fromDirectory(...record);
  }

  async sync(_identity: Identity, tenant: string, name: string): Promise<DirectoryView | undefined> {
    return this.readers?.sync(tenant, name);
  }
}

const NOT_FOUND: AssetProblem = { code: 'not_found', message: 'asset not found' };

/** Makes the inventory; nothing runs before it is started. */
export function createAssets(
  base: Base,
  { db, directory, events }: Pick<AssetOptions, 'db' | 'directory' | 'events'>,
): Assets {
  const { config, log } = base.options;
  const assets = new Assets({
    db,
    directory,
    events,
    now: base.now,
    log,
    forgetDays: config.assets.forgetDays,
  });
  if (config.assets.directories.length > 0)
    assets.readers = new AssetDirectories({
      directories: config.assets.directories,
      exists: (tenant) => directory.tenant(tenant) !== undefined,
      record: (...record) => assets.fromDirectory(...record),
      done: () => assets.reload(),
      now: base.now,
      log,
    });
  base.onStop(() => assets.stop());
  return assets;
}
