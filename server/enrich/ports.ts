/** What the client and the provider have written down about a machine or a person. */
export interface AssetFacts {
  readonly criticality: 'low' | 'normal' | 'high' | 'critical';
  /** Empty when nobody is named. */
  readonly owner: string;
  /** "MRI console, never isolate without calling"; empty when there is none. */
  readonly note: string;
}

/** The inventory as enrichment sees it: look-ups in memory, names compared without case. */
export interface AssetDirectory {
  host(tenant: string, name: string): AssetFacts | undefined;
  user(tenant: string, name: string): AssetFacts | undefined;
}
