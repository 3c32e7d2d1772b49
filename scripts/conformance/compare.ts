import { type EcsFields, type EcsScalar, type EcsValue, flatten } from '@vigie/contracts';
import { ALLOWED, ecsField } from '../../sources/kit/ecs-types.ts';
import { parseIp } from '../../sources/kit/ip.ts';

/**
 * Fields that are not compared: the raw text and what a platform writes about itself, and what enrichment
 * adds (`geo`, `as`), which needs data that a parser does not have.
 */
const LEFT_OUT =
  /^(message|tags|labels\..*|event\.(original|ingested|module|dataset|created|id|hash)|ecs\.version|data_stream\..*|(.*\.)?(geo|as)\..*)$/;

/** The comparison of one document, in fields. */
export interface Difference {
  readonly equal: readonly string[];
  /** Expected and absent. */
  readonly missing: readonly string[];
  /** Present and not expected. */
  readonly extra: readonly string[];
  /** Present with another value. */
  readonly other: readonly { readonly field: string; readonly expected: string; readonly found: string }[];
}

/**
 * Compares a document with an expected one (nested), over ECS fields with values that ECS allows. Instants are
 * compared as instants, a scalar equals its one-element list, and the order in a list does not count.
 */
export function compareDocuments(expected: object, found: EcsFields): Difference {
  const want = comparable(flatten(expected));
  const have = comparable(found);
  const equal: string[] = [];
  const missing: string[] = [];
  const other: { field: string; expected: string; found: string }[] = [];
  for (const [field, value] of want) {
    const seen = have.get(field);
    if (seen === undefined) missing.push(field);
    else if (seen === value) equal.push(field);
    else other.push({ field, expected: value, found: seen });
  }
  const extra = [...have.keys()].filter((field) => !want.has(field));
  return { equal, missing, extra, other };
}

/** ECS fields with their values in a form in which equal ones are the same text. */
function comparable(fields: EcsFields): Map<string, string> {
  const out = new Map<string, string>();
  for (const [field, value] of Object.entries(fields)) {
    const type = ecsField(field)?.type;
    if (type === undefined || type === 'object' || LEFT_OUT.test(field)) continue;
    const allowed: readonly EcsScalar[] | undefined = Object.hasOwn(ALLOWED, field)
      ? ALLOWED[field as keyof typeof ALLOWED]
      : undefined;
    const values = listOf(value);
    if (allowed !== undefined && !values.every((item) => allowed.includes(item))) continue;
    const texts = values.map((item) => textOf(item, type));
    if (texts.some((text) => text === undefined)) continue;
    out.set(field, [...new Set(texts)].sort().join('\n'));
  }
  return out;
}

function listOf(value: EcsValue): readonly EcsScalar[] {
  return Array.isArray(value) ? value : [value];
}

/** A value as its field's type has it; undefined where it is not of that type, so not ECS. */
function textOf(value: EcsScalar, type: string): string | undefined {
  if (type === 'date') {
    const instant = Date.parse(String(value));
    return Number.isNaN(instant) ? undefined : String(instant);
  }
  if (type === 'ip') return parseIp(String(value));
  if (type === 'long' || type === 'float') {
    const number = Number(value);
    return Number.isFinite(number) ? String(number) : undefined;
  }
  return String(value);
}
