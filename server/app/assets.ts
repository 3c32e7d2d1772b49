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
import type { AssetBook, AssetProblem, Identity } from '../api/ports.ts';
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
  NO_FIGURES,
  namesOf,
  type Observation,
  observe,
  type Pair,
  type Placed,
  RISK_DAYS,
  type RiskFigures,
  readImport,
  regroup,
  riskOf,
  type Sighting,
  strongestOf,
  writtenIdentifier,
} from '../assets/index.ts';
import type { EventStore } from '../detect/index.ts';
import { PostgresAssets } from '../storage/state/asset-store.ts';
import type { Directory } from '../storage/state/directory.ts';
import { PostgresInventory } from '../storage/state/inventory-store.ts';
import type { Database } from '../storage/state/schema.ts';
import { assetLines } from './asset-export.ts';
import { recordFacts } from './asset-facts.ts';
import { assetTimeline, peersOf } from './asset-story.ts';
import { AssetDirectories } from './directories.ts';
import type { Base } from './parts/base.ts';

const DAY = 86_400_000;
const RISK_EVERY = 5 * 60_000;
/** A change is weighed after so long, together with those that follow it, milliseconds. */
const RISK_SOON = 2_000;
/** Figures of a tenant that a page may be shown with, milliseconds. */
const FIGURES_FRESH = 15_000;
/** What is written down in one transaction: PostgreSQL takes at most 65,535 parameters a statement. */
const PART = 500;

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
  readonly #inventory: PostgresInventory;
  readonly #marks = new MarkIndex();
  readonly #figures = new Map<string, { at: number; figures: Promise<Map<string, RiskFigures>> }>();
  readonly discovery: Discovery;
  /** Reads of the marks follow each other, so that an older one never wins. */
  #reading: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  #soon: NodeJS.Timeout | undefined;
  readonly #toWeigh = new Set<string>();
  /** Told what must be said of assets, after every change of it. */
  onMarks: (marks: MarkTable) => void = () => undefined;
  /** Set when directories are configured. */
  readers: AssetDirectories | undefined;

  constructor(options: AssetOptions) {
    this.#options = options;
    this.#store = new PostgresAssets(options.db, entityNames);
    this.#inventory = new PostgresInventory(options.db);
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
    every(RISK_EVERY, 'the risk of assets could not be weighed', () => this.weigh());
    every(DAY / 4, 'assets not seen any more could not be forgotten', () =>
      this.#store.forget(now() - forgetDays * DAY),
    );
    this.readers?.start();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    await this.readers?.stop();
    await this.discovery.stop();
  }

  /** Reads what must be said of assets anew. */
  reload(): Promise<void> {
    const read = this.#reading.then(async () => {
      const table = markTable(await this.#store.marked());
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
    await this.#observe(tenant, sightings);
    // An identifier may be new to an asset that something must be said of.
    if (this.#marks.knows(tenant)) await this.reload();
  }

  #observe(tenant: string, observations: readonly Observation[]): Promise<Placed[]> {
    return this.#inventory.transaction(tenant, (tx) => observe(tx, observations, this.#options.now()));
  }

  list(identity: Identity, query: AssetQuery): Promise<AssetPage> {
    return this.#store.list(identity.scope, query);
  }

  export(identity: Identity, query: AssetQuery): AsyncIterable<string> {
    return assetLines((cursor) =>
      this.#store.list(identity.scope, { ...query, ...(cursor === undefined ? {} : { cursor }) }),
    );
  }

  async get(identity: Identity, tenant: string, id: string): Promise<AssetDetail | undefined> {
    const stored = await this.#store.get(identity.scope, tenant, id);
    if (stored === undefined) return undefined;
    const names = namesOf(stored.kind, keysOf(stored));
    const { risk, terms } = riskOf(stored.criticality, figuresOf(names, await this.#figuresOf(tenant)));
    return {
      ...stored,
      risk,
      riskTerms: terms,
      mayEdit: identity.permissions.has('assets.write') && !stored.erased,
      mayComment: identity.permissions.has('comments.write') && !stored.erased,
      mayErase: identity.permissions.has('people.erase') && !stored.erased,
    };
  }

  async put(
    identity: Identity,
    items: readonly NewAsset[],
  ): Promise<{ saved: number; ids: string[] } | AssetProblem> {
    const observations: {
      tenant: string;
      patch: AssetPatch;
      observation: Observation;
      kind: 'host' | 'user';
    }[] = [];
    const at = this.#options.now();
    for (const { tenant, kind, name, ...patch } of items) {
      if (this.#options.directory.tenant(tenant) === undefined)
        return { code: 'not_found', message: `tenant ${tenant} not found` };
      try {
        const identifiers = writtenIdentifier(kind, 'name', name);
        observations.push({
          tenant,
          kind,
          patch,
          observation: { firstAt: at, lastAt: at, recorded: true, [kind]: { identifiers } },
        });
      } catch (error) {
        if (error instanceof RangeError) return { code: 'invalid', message: error.message };
        throw error;
      }
    }
    const ids: string[] = [];
    for (const tenant of new Set(items.map((item) => item.tenant))) {
      const own = observations.filter((each) => each.tenant === tenant);
      const placed = await this.#inventory
        .transaction(tenant, async (tx) => {
          const found: string[] = [];
          for (let from = 0; from < own.length; from += PART) {
            const part = own.slice(from, from + PART);
            const places = await observe(
              tx,
              part.map(({ observation }) => observation),
              at,
            );
            const facts = new Map<string, AssetPatch>();
            for (const [index, { kind, patch, observation }] of part.entries()) {
              const id = places[index]![`${kind}Id`];
              if (id === null) throw new Ambiguous(observation[kind]!.identifiers[0]!.value);
              facts.set(id, { ...facts.get(id), ...patch });
              found.push(id);
            }
            await recordFacts(tx, facts, { at, actor: identity.name, byHand: true });
          }
          return found;
        })
        .catch((error: unknown) => {
          if (error instanceof Ambiguous) return { code: 'ambiguous' as const, message: error.message };
          throw error;
        });
      if ('code' in placed) return placed;
      ids.push(...placed);
    }
    await this.reload();
    this.#weighSoon(items.map(({ tenant }) => tenant));
    return { saved: new Set(ids).size, ids };
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
    this.#weighSoon(items.map(({ tenant }) => tenant));
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
    this.#weighSoon([tenant]);
    return this.get(identity, tenant, id);
  }

  comment(identity: Identity, tenant: string, id: string, text: string): Promise<boolean> {
    return this.#store.comment(identity.scope, tenant, id, text, identity.name, this.#options.now());
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

  async merge(
    identity: Identity,
    tenant: string,
    id: string,
    other: string,
  ): Promise<AssetDetail | AssetProblem> {
    const [one, two] = [
      await this.#store.get(identity.scope, tenant, id),
      await this.#store.get(identity.scope, tenant, other),
    ];
    if (one === undefined || two === undefined || one.erased || two.erased) return NOT_FOUND;
    if (one.id === two.id) return { code: 'invalid', message: 'they are one already' };
    if (one.kind !== two.kind) return { code: 'invalid', message: 'a machine and a person can’t be one' };
    const pair = [strongestOf(one.kind, keysOf(one)), strongestOf(two.kind, keysOf(two))];
    if (pair[0] === undefined || pair[1] === undefined)
      return { code: 'invalid', message: 'one of them has no identifier of its own' };
    await this.#inventory.transaction(tenant, async (tx) => {
      const cross = keysOf(one).flatMap((a) => keysOf(two).map((b): Pair => [a, b]));
      await tx.removePairs(one.kind, cross, 'apart');
      await tx.addPairs(one.kind, [pair as unknown as Pair], 'together');
      await regroup(tx, one.kind, pair as string[], this.#options.now(), identity.name);
    });
    await this.reload();
    return (await this.get(identity, tenant, id)) ?? NOT_FOUND;
  }

  async undo(
    identity: Identity,
    tenant: string,
    id: string,
    merge: string,
  ): Promise<AssetDetail | AssetProblem> {
    const asset = await this.#store.get(identity.scope, tenant, id);
    if (asset === undefined || asset.merges.every((each) => each.id !== merge)) return NOT_FOUND;
    const { kind } = asset;
    const problem = await this.#inventory.transaction(
      tenant,
      async (tx): Promise<AssetProblem | undefined> => {
        const record = (await tx.merges([asset.id])).find((each) => String(each.id) === merge);
        if (record === undefined) return NOT_FOUND;
        const gone = new Set(record.keys);
        const rest = keysOf(asset).filter((key) => !gone.has(key));
        const pair = [strongestOf(kind, rest), strongestOf(kind, record.keys)];
        if (pair[0] === undefined || pair[1] === undefined)
          return { code: 'invalid', message: 'nothing tells the two apart any more' };
        const cross = rest.flatMap((a) => record.keys.map((b): Pair => [a, b]));
        await tx.removePairs(kind, cross, 'together');
        await tx.addPairs(kind, [pair as unknown as Pair], 'apart');
        await regroup(tx, kind, pair as string[], this.#options.now(), identity.name);
        return undefined;
      },
    );
    if (problem !== undefined) return problem;
    await this.reload();
    return (await this.get(identity, tenant, id)) ?? NOT_FOUND;
  }

  async import(identity: Identity, wanted: AssetImport): Promise<AssetImportReport | AssetProblem> {
    const { tenant } = wanted;
    if (this.#options.directory.tenant(tenant) === undefined)
      return { code: 'not_found', message: `tenant ${tenant} not found` };
    let read: ReturnType<typeof readImport>;
    try {
      read = readImport(wanted);
    } catch (error) {
      if (error instanceof SyntaxError) return { code: 'invalid', message: error.message };
      throw error;
    }
    const { columns, lines, good } = read;
    const errors = [...read.errors];
    const at = this.#options.now();
    let added = 0;
    let updated = 0;
    if (wanted.save)
      for (let from = 0; from < good.length; from += PART) {
        const part = good.slice(from, from + PART);
        const ids = await this.#inventory.transaction(tenant, async (tx) => {
          const places = await observe(
            tx,
            part.map(({ kind, identifiers, ips, os, software }) => ({
              firstAt: at,
              lastAt: at,
              recorded: true,
              [kind]: { identifiers, ips, software, ...(os === undefined ? {} : { os }) },
            })),
            at,
          );
          const facts = new Map<string, AssetPatch>();
          for (const [index, { kind, line, name, patch }] of part.entries()) {
            const id = places[index]![`${kind}Id`];
            if (id === null) errors.push({ line, message: new Ambiguous(name).message });
            else facts.set(id, { ...facts.get(id), ...patch });
          }
          return recordFacts(tx, facts, { at, actor: identity.name, byHand: true });
        });
        for (const { fresh } of ids)
          if (fresh) added++;
          else updated++;
      }
    if (wanted.save) {
      await this.reload();
      this.#weighSoon([tenant]);
    }
    errors.sort((a, b) => a.line - b.line);
    return {
      columns,
      lines,
      good: good.length,
      added,
      updated,
      errors: errors.slice(0, 200),
      errorCount: errors.length,
      saved: wanted.save,
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

  async sync(_identity: Identity, tenant: string, name: string): Promise<DirectoryView | undefined> {
    return this.readers?.sync(tenant, name);
  }

  /** Takes what a directory says; what people set by hand stays. @returns how many assets it speaks of */
  async recordDirectory(
    tenant: string,
    records: readonly {
      readonly observation: Observation;
      readonly kind: 'host' | 'user';
      readonly name: string;
      readonly patch: AssetPatch;
    }[],
    actor: string,
  ): Promise<number> {
    const at = this.#options.now();
    return this.#inventory.transaction(tenant, async (tx) => {
      const places = await observe(
        tx,
        records.map(({ observation }) => observation),
        at,
      );
      const facts = new Map<string, AssetPatch>();
      const names = new Map<string, string>();
      for (const [index, { kind, name, patch }] of records.entries()) {
        const id = places[index]![`${kind}Id`];
        if (id === null) continue;
        facts.set(id, patch);
        if (kind === 'user' && name !== '') names.set(id, name);
      }
      return (await recordFacts(tx, facts, { at, actor, byHand: false, names })).length;
    });
  }

  /** Weighs anew the tenants of which a person has just changed something. */
  #weighSoon(tenants: Iterable<string>): void {
    for (const tenant of tenants) this.#toWeigh.add(tenant);
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      const wanted = [...this.#toWeigh];
      this.#toWeigh.clear();
      this.weigh(wanted).catch((error: unknown) =>
        this.#options.log.warn({ err: error }, 'the risk of assets could not be weighed'),
      );
    }, RISK_SOON);
    this.#soon.unref();
  }

  /** Writes the risk of all assets, where it has changed. */
  async weigh(tenants = this.#options.directory.tenants().map(({ id }) => id)): Promise<void> {
    for (const tenant of tenants) {
      const figures = await this.#figuresOf(tenant);
      for await (const part of this.#store.forRisk(tenant)) {
        const changed = new Map<string, number>();
        for (const { id, kind, criticality, risk: before, keys } of part) {
          const { risk } = riskOf(criticality, figuresOf(namesOf(kind, keys), figures));
          if (risk !== before) changed.set(id, risk);
        }
        await this.#store.setRisks(tenant, changed);
      }
    }
  }

  #figuresOf(tenant: string): Promise<Map<string, RiskFigures>> {
    const now = this.#options.now();
    const known = this.#figures.get(tenant);
    if (known !== undefined && now - known.at < FIGURES_FRESH) return known.figures;
    const figures = this.#store.riskFigures(tenant, now - RISK_DAYS * DAY);
    this.#figures.set(tenant, { at: now, figures });
    figures.catch(() => this.#figures.delete(tenant));
    return figures;
  }
}

/** A name that several assets have. */
class Ambiguous extends Error {
  constructor(name: string) {
    super(`several assets are called ${name}: say its full name, or open the one that is meant`);
  }
}

const NOT_FOUND: AssetProblem = { code: 'not_found', message: 'asset not found' };

function keysOf(asset: Pick<AssetDetail, 'identifiers'>): string[] {
  return asset.identifiers.filter(({ shared }) => !shared).map(({ type, value }) => `${type}:${value}`);
}

/** The figures of an asset, by all its names together: the most that one of them says. */
function figuresOf(names: readonly string[], figures: ReadonlyMap<string, RiskFigures>): RiskFigures {
  return names.reduce((most, name) => {
    const own = figures.get(name);
    if (own === undefined) return most;
    return {
      incidents: Math.max(most.incidents, own.incidents),
      level: Math.max(most.level, own.level),
      alerts: Math.max(most.alerts, own.alerts),
      unusual: Math.max(most.unusual, own.unusual),
    };
  }, NO_FIGURES);
}

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
      record: (...record) => assets.recordDirectory(...record),
      done: () => assets.reload(),
      now: base.now,
      log,
    });
  base.onStop(() => assets.stop());
  return assets;
}
