import type { QuarantineView, SourceSecret, SourceView, TenantView } from '@vigie/contracts/api';
import type { Scope } from './access.ts';

/** Tenants and their configured sources. */
export interface TenantStore {
  list(scope: Scope): TenantView[];
  add(
    tenant: Omit<TenantView, 'createdAt' | 'demo'> & { readonly demo?: boolean },
  ): Promise<TenantView | undefined>;
  update(
    id: string,
    patch: Partial<Omit<TenantView, 'id' | 'createdAt' | 'demo'>>,
  ): Promise<TenantView | undefined>;
  /** Removes the tenant with everything that belongs to it, events included. */
  remove(id: string): Promise<boolean>;
}

export interface SourceStore {
  list(scope: Scope, tenant?: string): Promise<SourceView[]>;
  get(scope: Scope, tenant: string, id: string): Promise<SourceView | undefined>;
  /** Undefined: the tenant has a source of that id. */
  add(source: {
    readonly tenant: string;
    readonly id: string;
    readonly name: string;
    readonly type: string | null;
    readonly timeZone: string;
    readonly addresses: readonly string[];
    readonly demo?: boolean;
  }): Promise<{ readonly source: SourceView; readonly secret: SourceSecret } | undefined>;
  update(
    tenant: string,
    id: string,
    patch: {
      name?: string;
      type?: string | null;
      timeZone?: string;
      addresses?: readonly string[];
      enabled?: boolean;
    },
  ): Promise<SourceView | undefined>;
  remove(tenant: string, id: string): Promise<boolean>;
  rotate(tenant: string, id: string): Promise<SourceSecret | undefined>;
  failures(
    tenant: string,
    id: string,
  ): readonly {
    readonly at: number;
    readonly text: string;
    readonly reason: string;
    readonly dataset: string | null;
  }[];
  /** Whether this technology exists, or is a mapping in force at the tenant. */
  knowsType(type: string, tenant: string): boolean;
}

export interface QuarantineStore {
  list(): Promise<QuarantineView[]>;
  /** Binds the sender's address to the source and replays what was held; undefined: no such entry or source. */
  assign(id: string, tenant: string, source: string): Promise<number | undefined>;
  remove(id: string): Promise<boolean>;
}
