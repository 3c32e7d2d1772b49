import type {
  MappingDetail,
  MappingExport,
  MappingMove,
  MappingPage,
  MappingPreview,
  MappingPreviewRequest,
  MappingSuggestion,
  NewMapping,
  NewMappingVersion,
} from '@vigie/contracts/api';
import type { Author, Scope } from './access.ts';

/** Why something about a mapping can't be done, for the person who asked. */
export interface MappingRefused {
  /** `not-ready`: what is wrong is in `details`, a `MappingPreview`; `conflict`: somebody changed it meanwhile. */
  readonly refused: 'not-found' | 'invalid' | 'exists' | 'conflict' | 'not-ready' | 'live';
  readonly message: string;
  readonly details?: unknown;
}

/** What people make of a source's lines. Mappings of other tenants are not found. */
export interface MappingBook {
  list(scope: Scope): Promise<MappingPage>;
  get(scope: Scope, key: string): Promise<MappingDetail | undefined>;
  add(scope: Scope, mapping: NewMapping, by: Author): Promise<MappingDetail | MappingRefused>;
  save(
    scope: Scope,
    key: string,
    version: NewMappingVersion,
    by: Author,
  ): Promise<MappingDetail | MappingRefused>;
  /** Puts a version in force, an older one again, or none. Refused unless it reads all of its samples. */
  move(scope: Scope, key: string, move: MappingMove, by: Author): Promise<MappingDetail | MappingRefused>;
  remove(scope: Scope, key: string): Promise<true | MappingRefused>;
  /** A YAML file as a new mapping, or as a further version of the one with its id. */
  import(
    scope: Scope,
    file: { readonly tenant: string | null; readonly yaml: string; readonly note: string },
    by: Author,
  ): Promise<MappingDetail | MappingRefused>;
  /** A version as a YAML file; without a number the newest. */
  export(scope: Scope, key: string, number?: number): Promise<MappingExport | undefined>;
  preview(request: MappingPreviewRequest): MappingPreview;
  /** Undefined: the lines have no form that a mapping reads. */
  suggest(lines: readonly string[]): MappingSuggestion | undefined;
}
