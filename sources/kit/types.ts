import type { EcsFields, EcsScalar, EcsValue } from '@vigie/contracts';
import { parseIso } from './dates.ts';
import { type EcsType, ecsField } from './ecs-types.ts';
import { fieldKeys } from './field-keys.ts';
import { parseIp } from './ip.ts';

/** Fields of one side of a connection. */
export const SIDE_KEYS = fieldKeys('address', 'ip', 'domain');

const LONG = /^[+-]?\d{1,18}$/;
const HEX = /^0x[0-9a-f]{1,12}$/i;

/** Text values that stand for "no value" in logs. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '-';
}

/**
 * An integer from a number or its text (decimal, or hexadecimal after `0x`), or `undefined`. Integers that
 * a double can't hold exactly are refused rather than rounded.
 */
export function toLong(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const length = value.length;
  if (length > 0 && length < 16) {
    let result = 0;
    let i = 0;
    for (; i < length; i++) {
      const digit = value.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) break;
      result = result * 10 + digit;
    }
    if (i === length) return result;
  }
  if (LONG.test(value) || HEX.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  return undefined;
}

/** A finite number from a number or its text, or `undefined`. */
export function toFloat(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length === 0 || value.length > 40) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && value.trim() !== '' ? number : undefined;
}

/** `true`/`false`, `yes`/`no`, `1`/`0`, in any case; else `undefined`. */
export function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string' || value.length > 5) return undefined;
  switch (value.toLowerCase()) {
    case 'true':
    case 'yes':
    case '1':
      return true;
    case 'false':
    case 'no':
    case '0':
      return false;
    default:
      return undefined;
  }
}

/** The text of a scalar; objects give `undefined`. */
export function toKeyword(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return undefined;
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

function convert(type: EcsType, value: unknown): EcsScalar | undefined {
  switch (type) {
    case 'keyword':
      return toKeyword(value);
    case 'ip':
      return typeof value === 'string' ? parseIp(value) : undefined;
    case 'long':
      return toLong(value);
    case 'float':
      return toFloat(value);
    case 'boolean':
      return toBoolean(value);
    case 'date':
      return typeof value === 'string' && ISO.test(value) && parseIso(value, 'UTC') !== undefined
        ? value
        : undefined;
    default:
      return undefined;
  }
}

/**
 * Writes a value to an ECS field, converted to the type that ECS gives the field.
 *
 * - `undefined`, `null`, `''` and `-` are no value: nothing is written.
 * - A value of another type is not written; where `spill` names a vendor field, its text is kept there.
 * - A field that is no ECS field takes any scalar as it is.
 * - Dates must already be ISO 8601 UTC text (see `dates.ts`).
 *
 * @returns whether `field` was written
 */
export function put(doc: EcsFields, field: string, value: unknown, spill?: string): boolean {
  if (isBlank(value)) return false;
  const definition = ecsField(field);
  if (Array.isArray(value)) return putList(doc, field, value, spill);
  let converted: EcsScalar | undefined;
  if (definition === undefined) {
    if (typeof value === 'string' || typeof value === 'boolean') converted = value;
    else if (typeof value === 'number' && Number.isFinite(value)) converted = value;
  } else converted = convert(definition.type, value);
  if (converted !== undefined && converted !== '') {
    doc[field] = definition?.list === true ? [converted] : converted;
    return true;
  }
  if (spill !== undefined) {
    const text = toKeyword(value);
    if (text !== undefined) doc[spill] = text;
  }
  return false;
}

/** As {@link put} for a list: elements of a wrong type are spilled, the others written. */
export function putList(doc: EcsFields, field: string, values: readonly unknown[], spill?: string): boolean {
  const type = ecsField(field)?.type;
  const good: EcsScalar[] = [];
  const bad: string[] = [];
  for (const value of values) {
    if (isBlank(value)) continue;
    const converted = type === undefined ? toScalar(value) : convert(type, value);
    if (converted !== undefined) good.push(converted);
    else {
      const text = toKeyword(value);
      if (text !== undefined) bad.push(text);
    }
  }
  if (bad.length > 0 && spill !== undefined) doc[spill] = bad;
  if (good.length === 0) return false;
  doc[field] = good as EcsValue;
  return true;
}

function toScalar(value: unknown): EcsScalar | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

/**
 * Writes where an endpoint is an address or a name: `<side>.address` always, then `<side>.ip` or
 * `<side>.domain`.
 *
 * @param side `source`, `destination`, `client` or `server`
 */
export function putEndpoint(doc: EcsFields, side: string, value: string | undefined): void {
  if (value === undefined || isBlank(value)) return;
  const ip = parseIp(value);
  const keys = SIDE_KEYS(side);
  doc[keys.address] = ip ?? value;
  if (ip === undefined) doc[keys.domain] = value;
  else doc[keys.ip] = ip;
}
