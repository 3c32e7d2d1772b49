import { z } from 'zod';
import {
  ASSET_SORTS,
  ASSET_TYPES,
  CRITICALITIES,
  HANDLINGS,
  IMPORT_FIELDS,
  MAX_IMPORT_BYTES,
} from '../asset-words.ts';
import { Instant, LevelSchema, pageOf, Slug } from './common.ts';
import { EntityView } from './incidents.ts';

export const ASSET_KINDS = ['host', 'user'] as const;
export const AssetKind = z.enum(ASSET_KINDS);
export type AssetKind = z.infer<typeof AssetKind>;

export const AssetType = z.enum(ASSET_TYPES);
export type AssetType = z.infer<typeof AssetType>;

export const Criticality = z.enum(CRITICALITIES);
export type Criticality = z.infer<typeof Criticality>;

export const Handling = z.enum(HANDLINGS);
export type Handling = z.infer<typeof Handling>;

/** The hours in which an asset may be touched; days by ISO number, Monday 1. */
export const MaintenanceHours = z.strictObject({
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  /** `22:00`; an end before the beginning is on the next day. */
  from: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
  to: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
  timeZone: z
    .string()
    .max(64)
    .refine((zone) => {
      try {
        new Intl.DateTimeFormat('en', { timeZone: zone });
        return true;
      } catch {
        return false;
      }
    }, 'a time zone of IANA, such as Europe/Rome'),
});
export type MaintenanceHours = z.infer<typeof MaintenanceHours>;

const Line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'one line of text');

/** What people write down about an asset. */
export const AssetFields = z.strictObject({
  type: AssetType,
  criticality: Criticality,
  owner: Line(200),
  /** Name of the site; a reference of the client's own. */
  site: Line(200),
  /** "MRI console, never isolate without calling". */
  note: z
    .string()
    .trim()
    .max(1000)
    .regex(/^[^\0]*$/, 'text without NUL'),
  handling: z.array(Handling).max(HANDLINGS.length),
  /** Whom to call first. */
  phone: Line(60),
  maintenance: MaintenanceHours.nullable(),
  tags: z.array(Line(50).min(1)).max(30),
});
export type AssetFields = z.infer<typeof AssetFields>;

export const AssetPatch = AssetFields.partial();
export type AssetPatch = z.infer<typeof AssetPatch>;

export const AssetView = AssetFields.extend({
  tenant: Slug,
  id: z.string(),
  kind: AssetKind,
  name: z.string(),
  os: z.string(),
  /** Null: not seen in logs yet. */
  firstAt: Instant.nullable(),
  lastAt: Instant.nullable(),
  /** 0–100; the page of the asset explains it. */
  risk: z.number().int(),
  erased: z.boolean(),
});
export type AssetView = z.infer<typeof AssetView>;

export const AssetQuery = z.object({
  tenant: Slug.optional(),
  kind: AssetKind.optional(),
  type: AssetType.optional(),
  /** At least. */
  criticality: Criticality.optional(),
  handling: Handling.optional(),
  tag: z.string().max(50).optional(),
  site: z.string().max(200).optional(),
  source: Slug.optional(),
  /** In the name, an identifier, the owner, the note, or an address that it has had. */
  q: z.string().max(200).optional(),
  sort: z.enum(ASSET_SORTS).default('name'),
  cursor: z.string().max(800).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AssetQuery = z.infer<typeof AssetQuery>;

/** `total` is at most one more than `ASSETS_COUNTED`. */
export const AssetPage = pageOf(AssetView);
export type AssetPage = z.infer<typeof AssetPage>;

/** How risk came about: the points add up to it, at most 100. */
export const RiskTerm = z.object({
  term: z.enum(['criticality', 'incidents', 'alerts', 'unusual']),
  points: z.number().int(),
  /** The criticality, or how many. */
  value: z.string(),
});
export type RiskTerm = z.infer<typeof RiskTerm>;

export const AssetDetail = AssetView.extend({
  /** Fields that a person set; imports of directories leave them. */
  byHand: z.array(z.string()),
  identifiers: z.array(
    z.object({
      type: z.string(),
      value: z.string(),
      lastAt: Instant,
      /** Other assets have it, too. */
      shared: z.boolean(),
    }),
  ),
  riskTerms: z.array(RiskTerm),
  /** Site of the tenant that it belongs to, and why; null: to none. */
  place: z
    .object({
      /** Name of the site. */
      site: z.string(),
      by: z.enum(['name', 'pattern', 'network']),
      rule: z.string(),
      /** The address that lies in the network. */
      address: z.string().nullable(),
    })
    .nullable(),
  addresses: z.array(z.object({ ip: z.string(), firstAt: Instant, lastAt: Instant })),
  sources: z.array(z.object({ id: z.string(), firstAt: Instant, lastAt: Instant })),
  /** Of a host: who used it; of a user: which machines. */
  uses: z.array(z.object({ id: z.string(), name: z.string(), criticality: Criticality, lastAt: Instant })),
  software: z.array(z.object({ name: z.string(), version: z.string(), firstAt: Instant, lastAt: Instant })),
  /** Assets that are one with it by rule or hand and can be taken out again; `actor` null: by rule. */
  merges: z.array(
    z.object({
      id: z.string(),
      gone: z.string(),
      name: z.string(),
      at: Instant,
      actor: z.string().nullable(),
    }),
  ),
  /** Assets that may be the same, and why; a person decides. */
  proposals: z.array(z.object({ id: z.string(), name: z.string(), because: z.string() })),
  /** May the reader edit and merge. */
  mayEdit: z.boolean(),
  mayComment: z.boolean(),
  mayErase: z.boolean(),
});
export type AssetDetail = z.infer<typeof AssetDetail>;

/** With whom it speaks most, of the last day. */
export const AssetPeers = z.object({
  items: z.array(
    z.object({
      ip: z.string(),
      count: z.number().int(),
      asset: z.object({ id: z.string(), name: z.string() }).nullable(),
    }),
  ),
  /** Sources that are configured at the tenant and have not seen it: what the platform can't see of it. */
  unseen: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type AssetPeers = z.infer<typeof AssetPeers>;

export const ASSET_TIMELINE_KINDS = [
  'incident',
  'alert',
  'logon',
  'change',
  'software',
  'comment',
  'record',
] as const;
export const AssetTimelineEntry = z.object({
  at: Instant,
  kind: z.enum(ASSET_TIMELINE_KINDS),
  text: z.string(),
  level: LevelSchema.optional(),
  incident: z.number().int().optional(),
  event: z.object({ id: z.string(), at: Instant }).optional(),
  actor: z.string().optional(),
});
export type AssetTimelineEntry = z.infer<typeof AssetTimelineEntry>;
/** Newest first; `next` is the time to ask `before`. */
export const AssetTimeline = z.object({ items: z.array(AssetTimelineEntry), next: Instant.optional() });
export type AssetTimeline = z.infer<typeof AssetTimeline>;

/** `POST /api/assets`: one asset by hand. */
export const NewAsset = AssetPatch.extend({
  tenant: Slug,
  kind: AssetKind,
  name: Line(255).min(1),
});
export type NewAsset = z.infer<typeof NewAsset>;

/** `PUT /api/assets`: several at once, by name. */
export const AssetList = z.strictObject({ items: z.array(NewAsset).max(10_000) });

/** `POST /api/assets/bulk`: the same change to several. */
export const AssetBulk = z.strictObject({
  items: z
    .array(z.strictObject({ tenant: Slug, id: z.string().max(64) }))
    .min(1)
    .max(1000),
  patch: AssetPatch.omit({ tags: true }),
  addTags: z.array(Line(50).min(1)).max(30).default([]),
  removeTags: z.array(Line(50).min(1)).max(30).default([]),
});
export type AssetBulk = z.infer<typeof AssetBulk>;

export const AssetComment = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(10_000)
    .regex(/^[^\0]*$/, 'text without NUL'),
});

export const ImportField = z.enum(IMPORT_FIELDS);
export type ImportField = z.infer<typeof ImportField>;

export const MAX_IMPORT_LINES = 20_000;

/** `POST /api/assets/import`: reads a CSV file; `save` false shows only what would be done. */
export const AssetImport = z.strictObject({
  tenant: Slug,
  text: z.string().max(MAX_IMPORT_BYTES),
  /** By column, from 0: its field, or null to leave it out; left out altogether: from the head. */
  mapping: z.array(ImportField.nullable()).max(100).optional(),
  /** Kind of lines without one. */
  kind: AssetKind.default('host'),
  save: z.boolean().default(false),
});
export type AssetImport = z.infer<typeof AssetImport>;

export const AssetImportReport = z.object({
  columns: z.array(z.object({ title: z.string(), field: ImportField.nullable(), sample: z.string() })),
  lines: z.number().int(),
  /** Lines that can be taken. */
  good: z.number().int(),
  /** Assets that are new, and those that were known; counted only when saved. */
  added: z.number().int(),
  updated: z.number().int(),
  /** Line numbers from 1, the head is 1; at most 200. */
  errors: z.array(z.object({ line: z.number().int(), message: z.string() })),
  errorCount: z.number().int(),
  saved: z.boolean(),
});
export type AssetImportReport = z.infer<typeof AssetImportReport>;

/** `POST /api/assets/resolve`: what is known of the machines and people that incidents and events name. */
export const AssetResolve = z.strictObject({
  items: z
    .array(z.strictObject({ tenant: Slug, entities: z.array(EntityView).max(100), at: Instant.optional() }))
    .max(500),
});
export type AssetResolve = z.infer<typeof AssetResolve>;

/** What must be minded of a machine or a person before anything is done. */
export const AssetMind = z.object({
  name: z.string(),
  criticality: Criticality,
  note: z.string(),
  handling: z.array(Handling),
  phone: z.string(),
  maintenance: MaintenanceHours.nullable(),
});
export type AssetMind = z.infer<typeof AssetMind>;

/** A machine or person that an entity names. */
export const AssetMark = AssetMind.extend({
  entity: EntityView,
  id: z.string(),
  kind: AssetKind,
});
export type AssetMark = z.infer<typeof AssetMark>;
export const AssetMarks = z.object({ items: z.array(z.array(AssetMark)) });

/** A directory (LDAP, Active Directory) that assets are read from. */
export const DirectoryView = z.object({
  tenant: Slug,
  name: z.string(),
  url: z.string(),
  lastAt: Instant.nullable(),
  assets: z.number().int(),
  problem: z.string().nullable(),
});
export type DirectoryView = z.infer<typeof DirectoryView>;
