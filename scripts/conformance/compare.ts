import { type EcsFields, type EcsScalar, type EcsValue, flatten } from '@vigie/contracts';
import { ALLOWED, ecsField } from '../../sources/kit/ecs-types.ts';
import { parseIp } from '../../sources/kit/ip.ts';

/**
 * Fields that are not compared: the raw text and what a platform writes about itself, and what enrichment
 * adds (`geo`, `as`), which needs data that a parser does not have.
 */
const LEFT_OUT =
  /^(message|tags|labels\..*|event\.(original|ingested|module|dataset|created|id|hash)|ecs\.version|data_stream\..*|(.*\.)?(geo|as)\..*)$/;

/** A field in which two documents differ; values are texts, lists sorted and joined by line breaks. */
export interface FieldDifference {
  readonly field: string;
  /** Absent where only our document has the field. */
  readonly expected?: string;
  /** Absent where only the expected document has it. */
  readonly found?: string;
}

/** The comparison of one document, in fields. */
export interface Difference {
  readonly equal: readonly string[];
  readonly differences: readonly FieldDifference[];
  /** The expected document's fields, in comparable form. */
  readonly want: ReadonlyMap<string, string>;
  /** Our document's. */
  readonly have: ReadonlyMap<string, string>;
}

/**
 * Compares a document with an expected one (nested), over ECS fields with values that ECS allows. Instants are
 * compared as instants, a scalar equals its one-element list, and the order in a list does not count.
 */
export function compareDocuments(expected: object, found: EcsFields): Difference {
  const want = comparable(flatten(expected));
  const have = comparable(found);
  const equal: string[] = [];
  const differences: FieldDifference[] = [];
  for (const [field, value] of want) {
    const seen = have.get(field);
    if (seen === value) equal.push(field);
    else differences.push({ field, expected: value, found: seen });
  }
  for (const [field, value] of have) if (!want.has(field)) differences.push({ field, found: value });
  return { equal, differences, want, have };
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
