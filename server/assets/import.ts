import { isIP } from 'node:net';
import { ASSET_TYPES, CRITICALITIES, HANDLINGS } from '@vigie/contracts';
import {
  AssetFields,
  type AssetImport,
  type AssetImportReport,
  type AssetKind,
  type AssetPatch,
  type ImportField,
  MAX_IMPORT_LINES,
} from '@vigie/contracts/api';
import { guessMapping, plainCell, readCsv } from './csv.ts';
import { type Identifier, keyOf, rankOf, writtenIdentifier } from './identifiers.ts';

/** A line of an import that can be taken. */
export interface ImportedAsset {
  readonly line: number;
  readonly kind: AssetKind;
  /** As it was written. */
  readonly name: string;
  /** Strongest first. */
  readonly identifiers: readonly Identifier[];
  readonly patch: AssetPatch;
  readonly os: string | undefined;
  readonly ips: readonly string[];
  readonly software: readonly { readonly name: string; readonly version: string }[];
}

export interface ReadImport {
  readonly columns: AssetImportReport['columns'];
  readonly lines: number;
  readonly good: readonly ImportedAsset[];
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

const IDENTIFIERS = ['guid', 'sid', 'host-id', 'fqdn', 'mac', 'address'] as const;

/**
 * Reads an import; what can't be taken is told by line, and never stops the others.
 *
 * @throws SyntaxError when it is no CSV
 */
export function readImport({
  text,
  mapping,
  kind,
}: Pick<AssetImport, 'text' | 'mapping' | 'kind'>): ReadImport {
  const [head, ...records] = readCsv(text, MAX_IMPORT_LINES);
  if (head === undefined) throw new SyntaxError('the file is empty');
  const guessed = guessMapping(head.cells);
  const fields = head.cells.map((_, index) =>
    mapping === undefined ? guessed[index]! : (mapping[index] ?? null),
  );
  const columns = head.cells.map((title, index) => ({
    title: title.slice(0, 100),
    field: fields[index]!,
    sample: (records.find(({ cells }) => (cells[index] ?? '') !== '')?.cells[index] ?? '').slice(0, 100),
  }));
  const good: ImportedAsset[] = [];
  const errors: { line: number; message: string }[] = [];
  if (!fields.some((field) => field === 'name' || IDENTIFIERS.includes(field as never)))
    errors.push({ line: 1, message: 'no column says which machine or person it is: choose one as name' });
  else
    for (const { line, cells } of records) {
      const row = new Map<ImportField, string>();
      fields.forEach((field, index) => {
        const cell = plainCell((cells[index] ?? '').trim());
        if (field !== null && cell !== '') row.set(field, cell);
      });
      try {
        good.push(readLine(line, row, kind));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        errors.push({ line, message: error.message });
      }
    }
  return { columns, lines: records.length, good, errors };
}

function readLine(line: number, row: ReadonlyMap<ImportField, string>, otherwise: AssetKind): ImportedAsset {
  const kind = choice(['host', 'user'] as const, row.get('kind') ?? otherwise, 'kind');
  const identifiers = new Map<string, Identifier>();
  for (const type of IDENTIFIERS) {
    const given = row.get(type);
    if (given === undefined) continue;
    if (rankOf(kind, type) < 0) throw new RangeError(`a ${kind} has no ${type}`);
    for (const one of writtenIdentifier(kind, type, given)) identifiers.set(keyOf(one), one);
  }
  const name = row.get('name');
  if (name !== undefined)
    // A user's bare name beside an address or number says no more than these.
    for (const one of writtenIdentifier(kind, 'name', name))
      if (kind === 'host' || one.type !== 'name' || identifiers.size === 0) identifiers.set(keyOf(one), one);
  if (identifiers.size === 0) throw new RangeError('the line names nobody');
  const patch: Record<string, unknown> = {};
  for (const field of ['owner', 'site', 'note', 'phone'] as const)
    if (row.has(field)) patch[field] = row.get(field);
  if (row.has('type')) patch['type'] = choice(ASSET_TYPES, row.get('type')!.replaceAll(' ', '-'), 'type');
  if (row.has('criticality'))
    patch['criticality'] = choice(CRITICALITIES, row.get('criticality')!, 'criticality');
  if (row.has('handling'))
    patch['handling'] = list(row.get('handling')!).map((one) =>
      choice(HANDLINGS, one.replaceAll(' ', '-'), 'handling'),
    );
  if (row.has('tags')) patch['tags'] = list(row.get('tags')!);
  const read = AssetFields.partial().safeParse(patch);
  if (!read.success)
    throw new RangeError(
      read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const ips = list(row.get('ip') ?? '');
  for (const ip of ips) if (isIP(ip) === 0) throw new RangeError(`"${ip.slice(0, 60)}" is no IP address`);
  return {
    line,
    kind,
    name: name ?? [...identifiers.values()][0]!.value,
    identifiers: [...identifiers.values()].sort((a, b) => rankOf(kind, a.type) - rankOf(kind, b.type)),
    patch: read.data,
    os: row.get('os')?.slice(0, 200),
    ips,
    software: list(row.get('software') ?? '')
      .slice(0, 500)
      .map((one) => {
        const cut = one.lastIndexOf(' ');
        const versioned = cut > 0 && /^\s*v?\d/.test(one.slice(cut));
        return versioned
          ? { name: one.slice(0, cut).slice(0, 200), version: one.slice(cut + 1).slice(0, 100) }
          : { name: one.slice(0, 200), version: '' };
      }),
  };
}

function choice<T extends string>(allowed: readonly T[], given: string, what: string): T {
  const found = allowed.find((one) => one === given.toLowerCase());
  if (found === undefined || found === '')
    throw new RangeError(
      `${what} must be ${allowed.filter((one) => one !== '').join(', ')}, not "${given.slice(0, 60)}"`,
    );
  return found;
}

function list(text: string): string[] {
  return text
    .split(/[,;|]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
