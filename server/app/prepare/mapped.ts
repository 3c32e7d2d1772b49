import type { MappingDefinition } from '@vigie/contracts/mapping.ts';
import type { ReadHint } from '@vigie/sources';
import {
  type CompiledMapping,
  compileMapping,
  type MappingCounts,
  type MappingSet,
  mappingSet,
} from '@vigie/sources/kit/mapping/index.ts';

/** A mapping in force. */
export interface LiveMapping {
  readonly key: string;
  /** Null: all tenants. */
  readonly tenant: string | null;
  readonly definition: MappingDefinition;
}

/** What a mapping did, by its key; `broken` says why it can't be used at all. */
export interface MappingTally extends MappingCounts {
  readonly key: string;
  readonly broken?: string;
}

/** The mappings of one thread: each compiled once, joined by tenant. */
export class Mapped {
  #compiled: { readonly key: string; readonly tenant: string | null; readonly mapping: CompiledMapping }[] =
    [];
  #sets = new Map<string, MappingSet | undefined>();
  #broken: MappingTally[] = [];

  /** Exchanges them. One that can't be compiled, which saving refuses, is told and reads nothing. */
  set(mappings: readonly LiveMapping[]): void {
    this.#sets = new Map();
    this.#compiled = [];
    for (const { key, tenant, definition } of mappings)
      try {
        this.#compiled.push({ key, tenant, mapping: compileMapping(definition) });
      } catch (error) {
        const broken = error instanceof Error ? error.message : String(error);
        this.#broken.push({ key, id: definition.id, read: 0, refused: 0, failed: 0, misfits: [], broken });
      }
  }

  /** A source's hint with the mappings of its tenant: its own before those of all tenants. */
  hint(tenant: string, hint: ReadHint | undefined): ReadHint | undefined {
    if (this.#compiled.length === 0) return hint;
    let set = this.#sets.get(tenant);
    if (set === undefined && !this.#sets.has(tenant)) {
      const of = (wanted: string | null) =>
        this.#compiled.filter((one) => one.tenant === wanted).map(({ mapping }) => mapping);
      const all = [...of(tenant), ...of(null)];
      set = all.length === 0 ? undefined : mappingSet(all);
      this.#sets.set(tenant, set);
    }
    return set === undefined ? hint : { ...hint, mappings: set };
  }

  /** What they did since the last call. */
  take(): MappingTally[] {
    const tallies: MappingTally[] = this.#broken.splice(0);
    for (const { key, mapping } of this.#compiled) {
      const counts = mapping.take();
      if (counts !== undefined) tallies.push({ key, ...counts });
    }
    return tallies;
  }
}
