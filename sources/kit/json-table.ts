import { type EcsFields, type EcsValue, flatten, type JsonObject } from '@vigie/contracts';
import { parseDate, putDate } from './dates.ts';
import { ecsField } from './ecs-types.ts';
import { fieldKeys } from './field-keys.ts';
import { type FieldKind, fieldTable } from './field-table.ts';
import { baseName } from './file.ts';
import { osTypeOf } from './os-type.ts';
import { putSeverity } from './severity.ts';
import { putList } from './types.ts';
import { outcomeOf } from './verdict.ts';

const PROGRAM = fieldKeys('executable', 'name');

/** Kinds that only JSON tables have; the others are {@link FieldKind}. */
const OWN_KINDS: Readonly<Record<string, (doc: EcsFields, field: string, value: EcsValue) => boolean>> = {
  /** A program below the prefix (`process`): `.executable` where it is a path, and `.name`. */
  exe(doc, prefix, value) {
    const path = String(first(value));
    const name = baseName(path);
    const keys = PROGRAM(prefix);
    if (name.length < path.length) doc[keys.executable] = path;
    if (name !== '') doc[keys.name] ??= name;
    return true;
  },
  /** The last part of a path. */
  base(doc, field, value) {
    const name = baseName(String(first(value)));
    if (name !== '') doc[field] = name;
    return name !== '';
  },
  /** `host.os.type` from any spelling of a system's name; what is no known system does not fit. */
  'os-type'(doc, field, value) {
    const type = osTypeOf(String(first(value)));
    if (type !== undefined) doc[field] = type;
    return type !== undefined;
  },
  /** A severity without a scale: number or word. */
  severity(doc, _field, value) {
    putSeverity(doc, first(value));
    return true;
  },
  /** A status word as `event.outcome`. */
  outcome(doc, field, value) {
    const outcome = outcomeOf(String(first(value)));
    if (outcome !== undefined) doc[field] = outcome;
    return outcome !== undefined;
  },
  /** An instant: text with its zone or UTC, or seconds, milliseconds, … since 1970. */
  date(doc, field, value) {
    const item = first(value);
    return typeof item !== 'boolean' && putDate(doc, field, parseDate(item, UTC));
  },
};

const UTC = { timeZone: 'UTC', receivedAt: 0 };

/** What a prefix has when a kind has written below it: tells whether an earlier line was first. */
const WRITTEN: Readonly<Record<string, string>> = {
  account: '.name',
  file: '.name',
  url: '.original',
  side: '.address',
  endpoint: '.address',
  exe: '.name',
};

const ascending = (a: number, b: number): number => a - b;

function isNothing(value: EcsValue): boolean {
  return typeof value === 'string' && value.length < 7 && NOTHING.has(value);
}

const first = (value: EcsValue) => (Array.isArray(value) ? value[0]! : value);

interface Line {
  readonly key: string;
  readonly field: string;
  /** Field whose presence says that another key has already given the value; `''` where every key counts. */
  readonly taken: string;
  readonly own?: (doc: EcsFields, field: string, value: EcsValue) => boolean;
  readonly isList: boolean;
  readonly keep: boolean;
  /** Neither written nor kept. */
  readonly silent: boolean;
}

/** A compiled table of a JSON log's members. */
export interface JsonTable {
  /**
   * Writes a JSON object by the table; what is left goes below the vendor's prefix.
   *
   * @returns the object's members by their dotted paths, for what the parser reads itself
   */
  put(doc: EcsFields, json: JsonObject): EcsFields;
  /** As `put`, for members that are already flat. */
  putFlat(doc: EcsFields, flat: EcsFields): void;
}

const MAX_KEYS = 4_096;
/** Written by products where they have no value. */
const NOTHING = new Set<unknown>(['-', 'N/A', 'n/a', 'null', 'NULL', '(null)', 'None', '']);

/**
 * Compiles a table of the members of a product's JSON, in the form of `fieldTable`: `path field kind`. It differs
 * from `FieldTable.putObject` in this: where several members mean one field, the line that stands first in the table
 * wins, whatever the order in the log; lists stay lists; marks for "no value" are left out.
 *
 * Besides the kinds of `fieldTable` it has `exe`, `base`, `os-type`, `severity` and `outcome`.
 *
 * @param vendor prefix of what has no ECS field, with its dot
 * @throws Error naming the line where the table itself is wrong
 */
export function jsonTable(vendor: string, table: string): JsonTable {
  const lines: Line[] = [];
  const rest: string[] = [];
  for (const text of table.split('\n')) {
    const columns = text.trim().split(/\s+/);
    if (columns[0] === '' || columns[0] === undefined) continue;
    const [key, field = '', word = ''] = columns;
    const kind = word.endsWith('+') ? word.slice(0, -1) : word;
    const own = Object.hasOwn(OWN_KINDS, kind) ? OWN_KINDS[kind] : undefined;
    if (own === undefined) rest.push(text);
    if (lines.some((line) => line.key === key)) throw new Error(`JSON table: twice: ${key}`);
    const below = WRITTEN[kind];
    lines.push({
      key,
      field,
      taken: kind === 'hash' || kind === 'own' ? '' : field + (below ?? ''),
      ...(own === undefined ? {} : { own }),
      // Attachments are objects of their own in ECS: flat, each of their fields is a list.
      isList:
        below === undefined &&
        kind !== 'list' &&
        kind !== 'hash' &&
        (ecsField(field)?.list === true || field.startsWith('email.attachments.')),
      keep: word.endsWith('+'),
      silent: kind === ('own' satisfies FieldKind),
    });
  }
  const simple = fieldTable(vendor, rest.join('\n'));
  const vendorKeys = new Map<string, string>();
  const vendorKey = (key: string): string => {
    let name = vendorKeys.get(key);
    if (name === undefined) {
      name = vendor + key;
      if (vendorKeys.size < MAX_KEYS) vendorKeys.set(key, name);
    }
    return name;
  };

  const putLine = (doc: EcsFields, line: Line, value: EcsValue): void => {
    if (line.silent) return;
    if (line.taken !== '' && doc[line.taken] !== undefined) {
      if (doc[line.taken] !== value) doc[vendorKey(line.key)] = value;
      return;
    }
    if (line.own !== undefined) {
      if (!line.own(doc, line.field, value) || line.keep) doc[vendorKey(line.key)] = value;
    } else if (line.isList) {
      const values = Array.isArray(value) ? value : [value];
      // The kind reads one value: a MAC address in ECS's spelling, an address in its canonical form.
      const read: EcsValue[] = [];
      for (const item of values) {
        const one: EcsFields = {};
        simple.put(one, line.key, String(item));
        const found = one[line.field];
        if (found !== undefined) read.push(found);
      }
      if (!putList(doc, line.field, read.flat()) || line.keep) doc[vendorKey(line.key)] = value;
    } else {
      if (Array.isArray(value) && value.length > 1) doc[vendorKey(line.key)] = value;
      simple.put(doc, line.key, String(first(value)));
    }
  };

  // A table has more lines than a log has members: the members are looked up, then put into the table's order.
  const lineOf = new Map(lines.map((line, index) => [line.key, index]));
  const putFlat = (doc: EcsFields, flat: EcsFields): void => {
    const found: number[] = [];
    const others: string[] = [];
    for (const key of Object.keys(flat)) {
      const index = lineOf.get(key);
      if (index === undefined) others.push(key);
      else found.push(index);
    }
    found.sort(ascending);
    for (const index of found) {
      const line = lines[index]!;
      const value = flat[line.key]!;
      if (!isNothing(value)) putLine(doc, line, value);
    }
    for (const key of others) {
      const value = flat[key]!;
      if (!isNothing(value)) doc[vendorKey(key)] = value;
    }
  };
  return {
    putFlat,
    put(doc, json) {
      const flat = flatten(json);
      putFlat(doc, flat);
      return flat;
    },
  };
}
