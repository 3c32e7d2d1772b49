import { createRecogniser } from '../recognise.ts';
import type { ParseInput, SourceDefinition } from '../source.ts';
import type { CompiledMapping } from './compile.ts';

/** The mappings that hold for one tenant; asked before the technologies that come with Vigie. */
export interface MappingSet {
  byId(id: string): SourceDefinition | undefined;
  /** Offers the mappings whose signature fits, the most specific first, until one is accepted. */
  recognise(
    input: ParseInput,
    accept: (definition: SourceDefinition) => boolean,
  ): SourceDefinition | undefined;
  /** Tells a mapping that a source is set to that a line of the source was not its. */
  refused(id: string): void;
}

/** Joins mappings; of two with the same id the first counts, so a tenant's own stand before those of all tenants. */
export function mappingSet(mappings: readonly CompiledMapping[]): MappingSet {
  const byId = new Map<string, CompiledMapping>();
  for (const mapping of mappings)
    if (!byId.has(mapping.definition.id)) byId.set(mapping.definition.id, mapping);
  const recogniser = createRecogniser([...byId.values()]);
  return {
    byId: (id) => byId.get(id)?.definition,
    recognise: recogniser.recognise,
    refused: (id) => byId.get(id)?.refuse(),
  };
}
