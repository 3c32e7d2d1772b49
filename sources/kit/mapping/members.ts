import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import type { MappingDefinition, MappingFormat } from '@vigie/contracts/mapping.ts';
import { parseCef } from '../cef.ts';
import { labelled } from '../cef-fields.ts';
import { parseCsv } from '../csv.ts';
import { parseObject } from '../envelope.ts';
import { parseKeyValue } from '../key-value.ts';
import { parseLeef } from '../leef.ts';
import type { ParseInput } from '../source.ts';

/** A payload taken apart. */
export interface Members {
  /** Members by their dotted path; lists of objects are one list a member. */
  readonly flat: EcsFields;
  /** Present where the payload is JSON: for paths with places. */
  readonly json?: JsonObject;
}

/** Takes a payload apart; `undefined` where it is not of the format. */
export type MemberReader = (input: Pick<ParseInput, 'text' | 'json'>) => Members | undefined;

/** Makes the reader of a mapping's format. */
export function memberReader({ format, after }: Pick<MappingDefinition, 'format' | 'after'>): MemberReader {
  const read = formatReader(format);
  if (after === undefined) return read;
  return ({ text }) => {
    const at = text.indexOf(after);
    if (at < 0) return undefined;
    return read({ text: text.slice(at + after.length) });
  };
}

function formatReader(format: MappingFormat): MemberReader {
  switch (format.kind) {
    case 'json':
      return ({ text, json = parseObject(text) }) =>
        json === undefined ? undefined : { flat: flatten(json), json };
    case 'key-value': {
      const { assign } = format;
      const options = format.separator === ' ' ? { assign } : { assign, separator: format.separator };
      return ({ text }) => {
        const flat = fromPairs(parseKeyValue(text, options));
        return isEmpty(flat) ? undefined : { flat };
      };
    }
    case 'cef':
      return ({ text }) => {
        const cef = parseCef(text);
        if (cef === undefined) return undefined;
        const flat = fromPairs(labelled(cef.extension));
        put(flat, 'cef.vendor', cef.vendor);
        put(flat, 'cef.product', cef.product);
        put(flat, 'cef.version', cef.deviceVersion);
        put(flat, 'cef.id', cef.signatureId);
        put(flat, 'cef.name', cef.name);
        put(flat, 'cef.severity', cef.severity);
        return { flat };
      };
    case 'leef':
      return ({ text }) => {
        const leef = parseLeef(text);
        if (leef === undefined) return undefined;
        const flat = fromPairs(leef.attributes);
        put(flat, 'leef.vendor', leef.vendor);
        put(flat, 'leef.product', leef.product);
        put(flat, 'leef.version', leef.productVersion);
        put(flat, 'leef.id', leef.eventId);
        return { flat };
      };
    case 'csv': {
      const { separator, columns } = format;
      const limit = columns.length + 1;
      return ({ text }) => fromColumns(columns, parseCsv(text, { separator, limit }));
    }
    case 'delimited': {
      const { separator, columns } = format;
      const limit = columns.length + 1;
      return ({ text }) => fromColumns(columns, text.split(separator, limit));
    }
  }
}

/** A line has the columns or it is another kind of line: one value tells nothing of a record of several. */
function fromColumns(columns: readonly string[], values: readonly string[]): Members | undefined {
  if (values.length < Math.min(2, columns.length) || values.length > columns.length) return undefined;
  // A file's first line names the columns: it is no record.
  if (values[0]!.trim() === columns[0] && values.every((value, i) => value.trim() === columns[i]))
    return undefined;
  const flat: EcsFields = {};
  for (let i = 0; i < values.length; i++) if (columns[i] !== '') put(flat, columns[i]!, values[i]!.trim());
  return isEmpty(flat) ? undefined : { flat };
}

function fromPairs(pairs: ReadonlyMap<string, string>): EcsFields {
  const flat: EcsFields = {};
  for (const [key, value] of pairs) put(flat, key, value);
  return flat;
}

function put(flat: EcsFields, key: string, value: string): void {
  if (value === '') return;
  // A line can name a key `__proto__`: data, never a prototype.
  if (key === '__proto__')
    Object.defineProperty(flat, key, { value, enumerable: true, writable: true, configurable: true });
  else flat[key] = value;
}

function isEmpty(flat: EcsFields): boolean {
  for (const _ in flat) return false;
  return true;
}
