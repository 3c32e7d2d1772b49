import { z } from 'zod';
import { AssetQuery } from './assets.ts';
import { Instant, Language, Slug } from './common.ts';
import { QueueFilter } from './queue.ts';
import { RuleQuery } from './rules.ts';

/** Exports: what a page shows, with its filter, as a file. CSV for people's spreadsheets, NDJSON for programs. */
export const TABLE_FORMATS = ['csv', 'ndjson'] as const;
const Format = z.enum(TABLE_FORMATS).default('csv');

export const INCIDENT_FORMATS = ['pdf', 'stix', 'csv', 'json'] as const;
/** `language` of the report's texts; left out: the tenant's. */
export const IncidentExportQuery = z.object({
  format: z.enum(INCIDENT_FORMATS),
  language: Language.optional(),
});

export const IncidentsExportQuery = QueueFilter.extend({
  format: Format,
});

export const EventsExportQuery = z.object({
  format: Format,
  /** Ids with commas between; left out: all that the caller sees. */
  tenants: z.string().max(65_000).optional(),
  from: z.coerce.number().pipe(Instant),
  to: z.coerce.number().pipe(Instant),
  q: z.string().max(4000).default(''),
  /** Fields of the CSV with commas between. */
  columns: z.string().max(4000).optional(),
});

export const SourcesExportQuery = z.object({ format: Format, tenant: Slug.optional() });
export const AssetsExportQuery = AssetQuery.omit({ cursor: true, limit: true }).extend({ format: Format });

export const RulesExportQuery = RuleQuery.omit({ cursor: true, limit: true }).extend({ format: Format });
