import type {
  AssetPatch,
  AssetQuery,
  AssetType,
  AssetView,
  Handling,
  MaintenanceHours,
} from '@vigie/contracts/api';
import { type Selectable, sql } from 'kysely';
import type { AssetTable } from './schema.ts';

type Row = Selectable<AssetTable>;

/** How a list is ordered: the value of a row, its direction, and how a cursor's text becomes such a value. */
export function sortOf(sort: AssetQuery['sort']) {
  const number = (text: string) => sql`${Number(text)}::float8`;
  switch (sort) {
    case 'risk':
      return { value: sql`asset.risk::float8`, down: true, cast: number };
    case 'seen':
      return { value: sql`coalesce(asset.last_at, 0)`, down: true, cast: number };
    case 'criticality':
      return {
        value: sql`array_position(ARRAY['low','normal','high','critical'], asset.criticality)::float8`,
        down: true,
        cast: number,
      };
    case 'name':
      return { value: sql`asset.name`, down: false, cast: (text: string) => sql`${text}` };
  }
}

export function writeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Undefined for none, and for what is no cursor: that is the first page. */
export function readCursor(cursor: string | undefined): [string, string, string] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const valid =
      Array.isArray(values) &&
      values.length === 3 &&
      values.every((one) => typeof one === 'string' && !one.includes('\0'));
    return valid ? (values as [string, string, string]) : undefined;
  } catch {
    // A cursor is typed by nobody; a broken one begins at the beginning.
    return undefined;
  }
}

/** An asset as people see it. */
export function assetView(row: Row): AssetView {
  return {
    tenant: row.tenant,
    id: row.id,
    kind: row.kind,
    name: row.name,
    type: row.type as AssetType,
    criticality: row.criticality,
    owner: row.owner,
    site: row.site,
    note: row.note,
    handling: row.handling as Handling[],
    phone: row.phone,
    maintenance: row.maintenance as MaintenanceHours | null,
    tags: row.tags,
    os: row.os,
    firstAt: row.first_at,
    lastAt: row.last_at,
    risk: row.risk,
    erased: row.erased_at !== null,
  };
}

/** The columns that a patch sets. */
export function patchColumns(patch: AssetPatch) {
  const { maintenance, handling, tags, ...texts } = patch;
  return {
    ...texts,
    ...(handling === undefined ? {} : { handling: [...new Set(handling)] }),
    ...(tags === undefined ? {} : { tags: [...new Set(tags)] }),
    ...(maintenance === undefined
      ? {}
      : { maintenance: maintenance === null ? null : JSON.stringify(maintenance) }),
  };
}

/** What a patch changes, in words for the record. */
export function differences(row: Row, patch: AssetPatch): { field: string; text: string }[] {
  const told = (value: unknown) =>
    Array.isArray(value)
      ? value.join(', ')
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return (Object.keys(patch) as (keyof AssetPatch)[]).flatMap((field) => {
    const [before, after] = [told(row[field]), told(patch[field])];
    return patch[field] === undefined || before === after
      ? []
      : [{ field, text: `${field}: ${before || '–'} → ${after || '–'}` }];
  });
}
