import { z } from 'zod';
import {
  MAX_MAPPING_SAMPLES,
  MappingConstant,
  MappingField,
  MappingFile,
  MappingFormat,
  MappingLines,
  MappingSignature,
  MappingValue,
} from '../mapping.ts';
import { Instant, Slug } from './common.ts';

export {
  MAPPING_FORMATS,
  MAPPING_SHAPES,
  MAPPING_TYPES,
  MAX_MAPPING_SAMPLES,
  MappingConstant,
  MappingDefinition,
  MappingField,
  MappingFile,
  MappingFormat,
  type MappingShape,
  MappingSignature,
  MappingValue,
} from '../mapping.ts';

/** Longest YAML file of a mapping, characters. */
export const MAX_MAPPING_FILE = 2_000_000;

/** `draft`: reads nothing; `live`: in force; `retired`: was live once. At most one version is live. */
export const MAPPING_STATES = ['draft', 'live', 'retired'] as const;
export const MappingState = z.enum(MAPPING_STATES);

const Note = z.string().max(2_000).default('');
const Revision = z.number().int().min(0);

/** What is wrong with a mapping, or worth a thought. */
export const MappingProblem = z.object({
  path: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
});
export type MappingProblem = z.infer<typeof MappingProblem>;

/** What a live mapping did since the server's start. */
export const MappingFigures = z.object({
  read: z.number().int(),
  /** Lines of sources that are set to it, and that are not of its format. */
  refused: z.number().int(),
  /** Lines at which it failed; they are kept, tagged `_parsefailure`. */
  failed: z.number().int(),
  error: z.string().nullable(),
  /** Values that do not fit their field: kept under the mapping's own namespace. */
  misfits: z.array(
    z.object({ field: z.string(), member: z.string(), times: z.number().int(), value: z.string() }),
  ),
});
export type MappingFigures = z.infer<typeof MappingFigures>;

export const MappingView = z.object({
  /** Names the mapping in the API; its id may be there once a tenant. */
  key: z.string(),
  /** Null: all tenants. */
  tenant: z.string().nullable(),
  id: z.string(),
  name: z.string(),
  format: z.string(),
  fields: z.number().int(),
  revision: Revision,
  /** Number of the newest version, and of the one in force. */
  newest: z.number().int(),
  live: z.number().int().nullable(),
  changedAt: Instant,
  changedBy: z.string(),
  /** Sources that are set to it. */
  sources: z.array(z.object({ tenant: z.string(), id: z.string(), name: z.string() })),
  figures: MappingFigures,
});
export type MappingView = z.infer<typeof MappingView>;

export const MappingVersion = z.object({
  number: z.number().int(),
  state: MappingState,
  author: z.string(),
  note: z.string(),
  createdAt: Instant,
  definition: MappingFile,
});
export type MappingVersion = z.infer<typeof MappingVersion>;

export const MappingDetail = MappingView.extend({
  /** Newest first. */
  versions: z.array(MappingVersion),
});
export type MappingDetail = z.infer<typeof MappingDetail>;

export const MappingPage = z.object({ items: z.array(MappingView) });
export type MappingPage = z.infer<typeof MappingPage>;

export const NewMapping = z.object({ tenant: Slug.nullable(), definition: MappingFile, note: Note });
export type NewMapping = z.infer<typeof NewMapping>;

/** A further version; `revision` is the one that was edited, so that two people never overwrite each other. */
export const NewMappingVersion = z.object({ definition: MappingFile, note: Note, revision: Revision });
export type NewMappingVersion = z.infer<typeof NewMappingVersion>;

/** `live` with an older number rolls back; `retired` takes what is live out of force. */
export const MappingMove = z.object({
  to: z.enum(['live', 'retired']),
  number: z.number().int().min(1),
  revision: Revision,
});
export type MappingMove = z.infer<typeof MappingMove>;

/** A YAML file: a new mapping, or a further version of the one with its id. */
export const MappingImport = z.object({
  tenant: Slug.nullable(),
  yaml: z.string().max(MAX_MAPPING_FILE),
  note: Note,
});

export const MappingExport = z.object({ yaml: z.string(), fileName: z.string() });
export type MappingExport = z.infer<typeof MappingExport>;

/** A definition that may still be wrong, and the lines to read with it. */
export const MappingPreviewRequest = z.object({
  tenant: Slug.nullable(),
  definition: z.unknown(),
  lines: MappingLines,
  /** Zone of dates without one. */
  timeZone: z.string().max(60).default('UTC'),
});
export type MappingPreviewRequest = z.input<typeof MappingPreviewRequest>;

export const MappingLinePreview = z.object({
  outcome: z.enum(['read', 'refused', 'failed']),
  recognised: z.boolean(),
  /** Technology that would read the line without the mapping. */
  otherwise: z.string().nullable(),
  /** Flat ECS document. */
  fields: z.record(z.string(), MappingValue),
  rules: z.array(
    z.object({
      rule: z.number().int(),
      state: z.enum(['written', 'absent', 'misfit', 'dropped']),
      member: z.string().nullable(),
      value: MappingValue.nullable(),
    }),
  ),
  members: z.array(z.object({ path: z.string(), value: MappingValue })),
  /** What is not right in ECS, as sentences. */
  faults: z.array(z.string()),
  error: z.string().nullable(),
});
export type MappingLinePreview = z.infer<typeof MappingLinePreview>;

export const MappingPreview = z.object({
  problems: z.array(MappingProblem),
  /** One a line; empty where the definition is too wrong to be tried. */
  lines: z.array(MappingLinePreview),
});
export type MappingPreview = z.infer<typeof MappingPreview>;

export const MappingSuggestRequest = z.object({ lines: MappingLines.min(1) });

export const MappingSuggestion = z.object({
  format: MappingFormat,
  after: z.string().nullable(),
  formatReason: z.string(),
  signatures: z.array(z.object({ signature: MappingSignature, reason: z.string() })),
  fields: z.array(z.object({ rule: MappingField, reason: z.string() })),
  constants: z.array(z.object({ constant: MappingConstant, reason: z.string() })),
  lines: z.number().int(),
});
export type MappingSuggestion = z.infer<typeof MappingSuggestion>;

export const MappingLinesQuery = z.object({
  tenant: Slug,
  source: Slug,
  limit: z.coerce.number().int().min(1).max(MAX_MAPPING_SAMPLES).default(20),
});

/** The last lines of a source, newest first. */
export const SourceLines = z.object({
  items: z.array(z.object({ text: z.string(), receivedAt: Instant, dataset: z.string().nullable() })),
});
export type SourceLines = z.infer<typeof SourceLines>;

/** ECS fields with their types, for completion. */
export const MappingFieldList = z.object({
  items: z.array(
    z.object({
      field: z.string(),
      type: z.string(),
      list: z.boolean(),
      /** The only values it may have. */
      allowed: z.array(z.string()).nullable(),
    }),
  ),
});
export type MappingFieldList = z.infer<typeof MappingFieldList>;
