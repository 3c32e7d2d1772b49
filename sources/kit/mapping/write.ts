import type { EcsFields, EcsScalar, EcsValue } from '@vigie/contracts';
import type { MappingField, MappingShape } from '@vigie/contracts/mapping.ts';
import { putDate } from '../dates.ts';
import { ALLOWED, type EcsType, ecsField } from '../ecs-types.ts';
import { isHostName } from '../field-table.ts';
import { putFile } from '../file.ts';
import { hashName, putHash } from '../hash.ts';
import { parseIp, parsePort, splitHostPort } from '../ip.ts';
import { parseMac } from '../mac.ts';
import { putDirection, transportKeyword } from '../network.ts';
import { toBoolean, toFloat, toKeyword, toLong } from '../types.ts';
import { putUrl } from '../url.ts';
import { putAccount } from '../user.ts';
import { dateReader } from './date-pattern.ts';

/** What a date needs beside its text. */
export interface WriteContext {
  readonly timeZone: string;
  readonly receivedAt: number;
}

/** Writes a value; false where it does not fit, and then nothing is written. */
export type MappingWriter = (doc: EcsFields, value: EcsValue, context: WriteContext) => boolean;

/** Converts one value for a field; `undefined` where it does not fit. */
export type Converter = (value: EcsScalar, context: WriteContext) => EcsScalar | undefined;

/** Shapes that write below a prefix, and what stands for the whole in a table of fields. */
export const BELOW: Readonly<Partial<Record<MappingShape, readonly string[]>>> = {
  'host-port': ['.address', '.ip', '.domain', '.port'],
  endpoint: ['.address', '.ip', '.domain'],
  account: ['.name', '.domain', '.email'],
  url: ['.original', '.domain', '.path'],
  file: ['.path', '.name', '.extension'],
  hash: ['.md5', '.sha1', '.sha256', '.sha512'],
};

/** ECS's type of a field, or the one that the mapping names for a field of its own; `keyword` where neither says. */
export function typeOf(field: string, own: MappingField['type']): EcsType {
  return ecsField(field)?.type ?? own ?? 'keyword';
}

/** Makes the converter of a field. */
export function converterOf(rule: Pick<MappingField, 'field' | 'type' | 'date' | 'zone'>): Converter {
  const { field, zone } = rule;
  if (Object.hasOwn(ALLOWED, field)) {
    const allowed: readonly string[] = ALLOWED[field as keyof typeof ALLOWED];
    return (value) => {
      const word = String(value).toLowerCase();
      return allowed.includes(word) ? word : undefined;
    };
  }
  if (field.endsWith('.mac')) return (value) => parseMac(String(value));
  if (field === 'network.transport')
    return (value) => {
      const word = String(value).toLowerCase();
      return transportKeyword(word) ?? (/^[a-z][a-z0-9-]*$/.test(word) ? word : undefined);
    };
  if (field === 'network.direction')
    return (value) => {
      const doc: EcsFields = {};
      return putDirection(doc, String(value)) ? (doc['network.direction'] as string) : undefined;
    };
  switch (typeOf(field, rule.type)) {
    case 'ip':
      return (value) => (typeof value === 'string' ? parseIp(value) : undefined);
    case 'long':
      return field.endsWith('.port') ? (value) => parsePort(String(value)) : toLong;
    case 'float':
      return toFloat;
    case 'boolean':
      return toBoolean;
    case 'date': {
      const read = dateReader(rule.date ?? 'auto');
      return (value, { timeZone, receivedAt }) => {
        if (typeof value === 'boolean') return undefined;
        const doc: EcsFields = {};
        return putDate(doc, 'date', read(value, zone ?? timeZone, receivedAt))
          ? (doc['date'] as string)
          : undefined;
      };
    }
    case 'keyword':
      return toKeyword;
    default:
      // Objects and points of a map have no form as one value of a line.
      return () => undefined;
  }
}

/** Makes the writer of a rule. Fields that ECS has as lists gather the values of all rules that name them. */
export function writerOf(rule: MappingField): MappingWriter {
  const { field } = rule;
  switch (rule.as) {
    case 'host-port':
      return (doc, value) => {
        const { host, port } = splitHostPort(textOf(value).trim());
        if (!putSide(doc, field, host)) return false;
        if (port !== undefined) doc[`${field}.port`] ??= port;
        return true;
      };
    case 'endpoint':
      return (doc, value) => putSide(doc, field, textOf(value).trim());
    case 'account':
      return (doc, value) => {
        putAccount(doc, field, textOf(value));
        return true;
      };
    case 'url':
      return (doc, value) => {
        putUrl(doc, textOf(value), field);
        return true;
      };
    case 'file':
      return (doc, value) => {
        putFile(doc, textOf(value), field);
        return true;
      };
    case 'hash':
      return (doc, value) => hashName(textOf(value)) !== undefined && putHash(doc, field, textOf(value));
    case 'list':
      return listWriter(rule, true);
    case 'value':
      return ecsField(field)?.list === true ? listWriter(rule, false) : valueWriter(rule);
  }
}

function valueWriter(rule: MappingField): MappingWriter {
  const { field } = rule;
  const convert = converterOf(rule);
  // A field of one's own takes lists as they are.
  const takesLists = ecsField(field) === undefined;
  return (doc, value, context) => {
    if (doc[field] !== undefined) return false;
    if (Array.isArray(value)) {
      if (takesLists) {
        const items = convertAll(convert, value, context);
        if (items !== undefined) doc[field] = items;
        return items !== undefined;
      }
      if (value.length !== 1) return false;
    }
    const converted = convert(Array.isArray(value) ? value[0]! : value, context);
    if (converted === undefined) return false;
    doc[field] = converted;
    return true;
  };
}

const MAX_LIST = 100;

function listWriter(rule: MappingField, split: boolean): MappingWriter {
  const { field } = rule;
  const convert = converterOf(rule);
  return (doc, value, context) => {
    let values: readonly EcsScalar[] = Array.isArray(value) ? value : [value];
    if (split)
      values = values.flatMap((item): EcsScalar[] =>
        typeof item === 'string'
          ? item
              .split(/[,;]/, MAX_LIST)
              .map((part) => part.trim())
              .filter((part) => part !== '')
          : [item],
      );
    const items = convertAll(convert, values, context);
    if (items === undefined) return false;
    addItems(doc, field, items);
    return true;
  };
}

/** All of them converted; `undefined` where one does not fit: half a list would say something else. */
function convertAll(
  convert: Converter,
  values: readonly EcsScalar[],
  context: WriteContext,
): EcsScalar[] | undefined {
  const items: EcsScalar[] = [];
  for (const value of values) {
    const converted = convert(value, context);
    if (converted === undefined) return undefined;
    items.push(converted);
  }
  return items.length === 0 ? undefined : items;
}

/** Adds items that a list does not have yet. */
export function addItems(doc: EcsFields, field: string, items: readonly EcsScalar[]): void {
  const own = doc[field];
  if (!Array.isArray(own)) {
    doc[field] = own === undefined ? items.slice() : [own, ...items];
    return;
  }
  for (const item of items) if (own.length < MAX_LIST && !own.includes(item)) own.push(item);
}

function putSide(doc: EcsFields, side: string, host: string): boolean {
  const ip = parseIp(host);
  if (ip === undefined && !isHostName(host)) return false;
  doc[`${side}.address`] ??= ip ?? host;
  if (ip === undefined) doc[`${side}.domain`] ??= host;
  else if (ecsField(`${side}.ip`)?.list === true) addItems(doc, `${side}.ip`, [ip]);
  else doc[`${side}.ip`] ??= ip;
  return true;
}

function textOf(value: EcsValue): string {
  return String(Array.isArray(value) ? value[0] : value);
}
