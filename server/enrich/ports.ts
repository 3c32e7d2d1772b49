import type { EcsFields } from '@vigie/contracts';

/** What the client and the provider have written down about a machine or a person. */
export interface AssetFacts {
  readonly criticality: 'low' | 'normal' | 'high' | 'critical';
  /** Empty when nobody is named. */
  readonly owner: string;
  /** "MRI console, never isolate without calling"; empty when there is none. */
  readonly note: string;
  /** `never-isolate`, `call-first`, `no-scan`. */
  readonly handling: readonly string[];
}

/** The inventory as enrichment sees it: look-ups in memory, by all that an event says of its machine and its user. */
export interface AssetDirectory {
  host(tenant: string, fields: EcsFields): AssetFacts | undefined;
  user(tenant: string, fields: EcsFields): AssetFacts | undefined;
}
