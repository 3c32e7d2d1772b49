import type {
  AssetBulk,
  AssetDetail,
  AssetImport,
  AssetImportReport,
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
import type { z } from 'zod';
import type { Identity } from './access.ts';

/** Why something about an asset can't be done, for the person who asked. */
export interface AssetProblem {
  readonly code: 'not_found' | 'invalid' | 'ambiguous';
  readonly message: string;
}

/** The inventory as people see and keep it. What concerns other tenants is not found. */
/** An asset that somebody said something about, and the open incidents that name it, the newest first. */
export interface AssetSpokenOf {
  readonly tenant: string;
  readonly asset: string;
  readonly name: string;
  /** `owner`: id of the account; null: nobody has it. */
  readonly incidents: readonly { readonly id: number; readonly owner: string | null }[];
}

/** Tells who works on those incidents. */
export interface AssetComments {
  commented(by: Identity, about: AssetSpokenOf, text: string): Promise<void>;
}

export interface AssetBook {
  list(identity: Identity, query: AssetQuery): Promise<AssetPage>;
  /** The tenant has been checked to be the caller's. Undefined: there is none. */
  get(identity: Identity, tenant: string, id: string): Promise<AssetDetail | undefined>;
  /** Adds assets by name, or changes those that have it. @returns how many were saved; a problem: nothing was */
  put(
    identity: Identity,
    items: readonly NewAsset[],
  ): Promise<{ readonly saved: number; readonly ids: readonly string[] } | AssetProblem>;
  change(identity: Identity, bulk: z.infer<typeof AssetBulk>): Promise<number>;
  patch(identity: Identity, tenant: string, id: string, patch: AssetPatch): Promise<AssetDetail | undefined>;
  /** Undefined: there is no such asset for the caller. */
  comment(identity: Identity, tenant: string, id: string, text: string): Promise<AssetSpokenOf | undefined>;
  timeline(
    identity: Identity,
    tenant: string,
    id: string,
    before: number,
    limit: number,
  ): Promise<AssetTimeline | undefined>;
  peers(identity: Identity, tenant: string, id: string): Promise<AssetPeers | undefined>;
  /** Makes two assets one. */
  merge(identity: Identity, tenant: string, id: string, other: string): Promise<AssetDetail | AssetProblem>;
  /** Takes an asset out again of the one it went into, and keeps them apart. */
  undo(identity: Identity, tenant: string, id: string, merge: string): Promise<AssetDetail | AssetProblem>;
  import(identity: Identity, wanted: AssetImport): Promise<AssetImportReport | AssetProblem>;
  resolve(identity: Identity, wanted: AssetResolve): Promise<z.infer<typeof AssetMarks>>;
  /** Takes out of the inventory what tells who it is. */
  erase(identity: Identity, tenant: string, id: string): Promise<boolean>;
  directories(identity: Identity, tenant?: string): DirectoryView[];
  /** Reads a directory now. Undefined: there is none of that name. */
  sync(identity: Identity, tenant: string, name: string): Promise<DirectoryView | undefined>;
}
