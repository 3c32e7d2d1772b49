import type { Criticality, Handling, MaintenanceHours } from '@vigie/contracts/api';
import type { AssetKind, Identifier } from './identifiers.ts';
import type { Pair } from './partition.ts';

export type { AssetKind, Identifier } from './identifiers.ts';
export type { MarkedAsset } from './marks.ts';
export type { Pair } from './partition.ts';
export type { RiskFigures } from './risk.ts';

/** A machine or person as one sighting or record names it. */
export interface Sighted {
  /** Strongest first; empty: it can't be told which. */
  readonly identifiers: readonly Identifier[];
  readonly ips?: readonly string[];
  readonly os?: string;
  readonly software?: readonly { readonly name: string; readonly version: string }[];
}

/** What logs said of a machine and its user in a span of time (epoch milliseconds). */
export interface Observation {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly source?: string;
  /** Somebody wrote it down; it was not seen in logs. */
  readonly recorded?: boolean;
  readonly host?: Sighted;
  readonly user?: Sighted;
}

/** What is written down about an asset, as far as people or a directory say it. */
export interface Facts {
  readonly type: string;
  readonly criticality: Criticality;
  readonly owner: string;
  readonly site: string;
  readonly note: string;
  readonly handling: readonly Handling[];
  readonly phone: string;
  readonly maintenance: MaintenanceHours | null;
  readonly tags: readonly string[];
  readonly byHand: readonly string[];
}

/** An asset as the inventory changes it. */
export interface AssetRecord extends Facts {
  readonly id: string;
  readonly kind: AssetKind;
  readonly name: string;
  /** A person or a directory chose the name. */
  readonly named: boolean;
  readonly createdAt: number;
  readonly mergedInto: string | null;
}

/** Identifiers that hang together, with the assets they are of at present. */
export interface Component {
  readonly nodes: ReadonlyMap<string, { readonly assetId: string | null; readonly lastAt: number }>;
  readonly seen: readonly Pair[];
  readonly together: readonly Pair[];
  readonly apart: readonly Pair[];
}

/** A merge that was not undone. */
export interface MergeRecord {
  readonly id: string;
  readonly kept: string;
  readonly gone: string;
  readonly keys: readonly string[];
}

/** One transaction on a tenant's inventory; its changes are made one after the other. Implemented in `server/storage/state`. */
export interface InventoryTransaction {
  /** Adds identifiers or moves when they were seen. @returns those that are new */
  addIdentifiers(
    kind: AssetKind,
    seen: ReadonlyMap<
      string,
      { readonly firstAt: number; readonly lastAt: number; readonly bare: string | null }
    >,
  ): Promise<string[]>;
  /** Adds pairs; what has too many already is left out. @returns those that are new */
  addPairs(kind: AssetKind, pairs: readonly Pair[], what: 'seen' | 'together' | 'apart'): Promise<Pair[]>;
  removePairs(kind: AssetKind, pairs: readonly Pair[], what: 'together' | 'apart'): Promise<void>;
  /** Everything that hangs together with these; undefined: too much to be looked at. */
  component(kind: AssetKind, keys: readonly string[]): Promise<Component | undefined>;
  assets(ids: readonly string[]): Promise<AssetRecord[]>;
  create(records: readonly AssetRecord[]): Promise<void>;
  save(records: readonly AssetRecord[], at: number): Promise<void>;
  own(kind: AssetKind, owners: ReadonlyMap<string, string | null>): Promise<void>;
  share(kind: AssetKind, shared: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** Merges in which one of the assets was kept, not undone, newest first. */
  merges(kept: readonly string[]): Promise<MergeRecord[]>;
  recordMerge(merge: Omit<MergeRecord, 'id'>, at: number, actor: string | null): Promise<void>;
  undoMerge(id: string, at: number): Promise<void>;
  owners(kind: AssetKind, keys: readonly string[]): Promise<Map<string, string | null>>;
  /** Notes when, where and with what assets were seen; by asset id. */
  note(
    seen: readonly (Sighted & {
      readonly assetId: string;
      readonly firstAt: number;
      readonly lastAt: number;
      readonly source?: string;
      readonly recorded?: boolean;
    })[],
    uses: readonly {
      readonly hostId: string;
      readonly userId: string;
      readonly firstAt: number;
      readonly lastAt: number;
    }[],
  ): Promise<void>;
  log(
    entries: readonly {
      readonly assetId: string;
      readonly at: number;
      readonly kind: 'comment' | 'change' | 'merge' | 'split';
      readonly text: string;
      readonly actor: string | null;
    }[],
  ): Promise<void>;
}

/** The inventory as its rules see it. */
export interface InventoryStore {
  transaction<T>(tenant: string, work: (tx: InventoryTransaction) => Promise<T>): Promise<T>;
}

/** What automation may ask before it touches a machine or an account. */
export type AutomatedAction = 'isolate' | 'disable' | 'scan' | 'change';

/** Whether automation may act; where not, `reasons` are sentences for people. */
export interface HandlingAnswer {
  readonly allowed: boolean;
  /** A person has to be called first, and where. */
  readonly call: { readonly phone: string; readonly owner: string } | null;
  readonly reasons: readonly string[];
}

/** Asked by automation before each action; what is not known is allowed. */
export interface HandlingGuard {
  mayAct(
    tenant: string,
    entity: { readonly type: string; readonly value: string },
    action: AutomatedAction,
    at: number,
  ): Promise<HandlingAnswer>;
}
