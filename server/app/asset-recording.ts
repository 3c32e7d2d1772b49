import type { AssetImport, AssetImportReport, AssetPatch, NewAsset } from '@vigie/contracts/api';
import type { AssetProblem, Identity } from '../api/ports.ts';
import {
  type Observation,
  observe,
  type Pair,
  type Placed,
  readImport,
  regroup,
  strongestOf,
  writtenIdentifier,
} from '../assets/index.ts';
import type { PostgresAssets } from '../storage/state/asset-store.ts';
import type { PostgresInventory } from '../storage/state/inventory-store.ts';
import { keysOf, recordFacts } from './asset-facts.ts';

/** What is written down in one transaction: PostgreSQL takes at most 65,535 parameters a statement. */
const PART = 500;

export interface AssetRecordingOptions {
  readonly inventory: PostgresInventory;
  readonly store: Pick<PostgresAssets, 'get'>;
  readonly exists: (tenant: string) => boolean;
  readonly now: () => number;
}

/** Writes into the inventory what logs, people, files and directories say of which asset is which. */
export class AssetRecording {
  readonly #inventory: PostgresInventory;
  readonly #store: Pick<PostgresAssets, 'get'>;
  readonly #options: AssetRecordingOptions;

  constructor(options: AssetRecordingOptions) {
    this.#inventory = options.inventory;
    this.#store = options.store;
    this.#options = options;
  }

  /** Takes what logs named. */
  observe(tenant: string, observations: readonly Observation[]): Promise<Placed[]> {
    return this.#inventory.transaction(tenant, (tx) => observe(tx, observations, this.#options.now()));
  }

  /** @see AssetBook.put */
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
      if (!this.#options.exists(tenant)) return { code: 'not_found', message: `tenant ${tenant} not found` };
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
    return { saved: new Set(ids).size, ids };
  }

  /** @see AssetBook.import */
  async import(identity: Identity, wanted: AssetImport): Promise<AssetImportReport | AssetProblem> {
    const { tenant } = wanted;
    if (!this.#options.exists(tenant)) return { code: 'not_found', message: `tenant ${tenant} not found` };
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
        const { ids, unclear } = await this.#inventory.transaction(tenant, async (tx) => {
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
          const unclear: { line: number; message: string }[] = [];
          for (const [index, { kind, line, name, patch }] of part.entries()) {
            const id = places[index]![`${kind}Id`];
            if (id === null) unclear.push({ line, message: new Ambiguous(name).message });
            else facts.set(id, { ...facts.get(id), ...patch });
          }
          return { ids: await recordFacts(tx, facts, { at, actor: identity.name, byHand: true }), unclear };
        });
        errors.push(...unclear);
        for (const { fresh } of ids)
          if (fresh) added++;
          else updated++;
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

  /** Takes what a directory says; what people set by hand stays. @returns how many assets it speaks of */
  async fromDirectory(
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

  /** @see AssetBook.merge */
  async merge(
    identity: Identity,
    tenant: string,
    id: string,
    other: string,
  ): Promise<AssetProblem | undefined> {
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
    return undefined;
  }

  /** @see AssetBook.undo */
  async undo(
    identity: Identity,
    tenant: string,
    id: string,
    merge: string,
  ): Promise<AssetProblem | undefined> {
    const asset = await this.#store.get(identity.scope, tenant, id);
    if (asset === undefined || asset.merges.every((each) => each.id !== merge)) return NOT_FOUND;
    const { kind } = asset;
    return this.#inventory.transaction(tenant, async (tx): Promise<AssetProblem | undefined> => {
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
    });
  }
}

/** A name that several assets have. */
class Ambiguous extends Error {
  constructor(name: string) {
    super(`several assets are called ${name}: say its full name, or open the one that is meant`);
  }
}

const NOT_FOUND: AssetProblem = { code: 'not_found', message: 'asset not found' };
