import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import { parseDate, putDate } from './dates.ts';
import { fieldKeys } from './field-keys.ts';
import { baseName, putFile } from './file.ts';
import { putHash } from './hash.ts';
import { parseIp, parsePort } from './ip.ts';
import { parseMac } from './mac.ts';
import { putDirection, putTransport } from './network.ts';
import { putTlsVersion } from './tls.ts';
import { SIDE_KEYS, toBoolean, toFloat, toLong } from './types.ts';
import { putUrl } from './url.ts';
import { putAccount } from './user.ts';

/** Writes one value; false where it does not fit, so that it is kept below the vendor's prefix. */
type Writer = (doc: EcsFields, field: string, value: string) => boolean;

const MAX_LIST = 100;
const PROGRAM = fieldKeys('executable', 'name');

/** How a column of the table is read, by the word that stands in it. */
const WRITERS = {
  /** As it is. */
  text(doc, field, value) {
    doc[field] = value;
    return true;
  },
  lower(doc, field, value) {
    doc[field] = value.toLowerCase();
    return true;
  },
  /** An address. */
  ip(doc, field, value) {
    const ip = parseIp(value);
    if (ip !== undefined) doc[field] = ip;
    return ip !== undefined;
  },
  /** An address, for a field that ECS has as a list. */
  'ip-list'(doc, field, value) {
    const ip = parseIp(value);
    if (ip !== undefined) doc[field] = [ip];
    return ip !== undefined;
  },
  /** An address; all zeros say that there is none (nothing translated, no tunnel). */
  'ip?'(doc, field, value) {
    const ip = parseIp(value);
    if (ip === undefined) return false;
    if (ip !== '0.0.0.0' && ip !== '::') doc[field] = ip;
    return true;
  },
  /** A side (`source`): writes `.address` and `.ip`. A name does not fit. */
  side(doc, field, value) {
    const ip = parseIp(value);
    if (ip === undefined) return false;
    const keys = SIDE_KEYS(field);
    doc[keys.address] = ip;
    doc[keys.ip] = ip;
    return true;
  },
  /** As `side`; a host name goes to `.address` and, where nothing stands there yet, to `.domain`. */
  endpoint(doc, field, value) {
    const ip = parseIp(value);
    const keys = SIDE_KEYS(field);
    if (ip !== undefined) {
      doc[keys.address] = ip;
      doc[keys.ip] = ip;
      return true;
    }
    if (!isHostName(value)) return false;
    doc[keys.address] = value;
    doc[keys.domain] ??= value;
    return true;
  },
  /** A host name; an address does not fit. */
  domain(doc, field, value) {
    if (!isHostName(value) || parseIp(value) !== undefined) return false;
    doc[field] = value;
    return true;
  },
  port(doc, field, value) {
    const port = parsePort(value);
    if (port !== undefined) doc[field] = port;
    return port !== undefined;
  },
  /** A port; 0 says that there is none. */
  'port?'(doc, field, value) {
    const port = parsePort(value);
    if (port !== undefined && port !== 0) doc[field] = port;
    return port !== undefined;
  },
  long(doc, field, value) {
    const number = toLong(value);
    if (number !== undefined) doc[field] = number;
    return number !== undefined;
  },
  float(doc, field, value) {
    const number = toFloat(value);
    if (number !== undefined) doc[field] = number;
    return number !== undefined;
  },
  boolean(doc, field, value) {
    const found = toBoolean(value);
    if (found !== undefined) doc[field] = found;
    return found !== undefined;
  },
  /** Two letters (ISO 3166-1 alpha-2), which is what ECS means; products also write three, or marks of their own. */
  country(doc, field, value) {
    const isCode = /^[A-Za-z]{2}$/.test(value);
    if (isCode) doc[field] = value.toUpperCase();
    return isCode;
  },
  mac(doc, field, value) {
    const mac = parseMac(value);
    if (mac !== undefined) doc[field] = mac;
    return mac !== undefined;
  },
  /** As `mac`, for a field that ECS has as a list. */
  'mac-list'(doc, field, value) {
    const mac = parseMac(value);
    if (mac !== undefined) doc[field] = [mac];
    return mac !== undefined;
  },
  /** Values separated by commas or semicolons, for fields that ECS has as lists. */
  list(doc, field, value) {
    const items: string[] = [];
    for (const item of value.split(/[,;]/, MAX_LIST)) {
      const bare = item.trim();
      if (bare !== '') items.push(bare);
    }
    if (items.length > 0) doc[field] = items;
    return items.length > 0;
  },
  /** An account below the prefix: name, domain, email. */
  account(doc, field, value) {
    putAccount(doc, field, value);
    return true;
  },
  /** An instant in any format that carries its zone, or UTC. */
  date(doc, field, value) {
    return putDate(doc, field, parseDate(value, UTC));
  },
  /** A digest below the prefix (`file.hash`), named by its length. */
  hash: putHash,
  /** A path or name below the prefix (`file`). */
  file(doc, field, value) {
    putFile(doc, value, field);
    return true;
  },
  /** A program below the prefix (`process`): `.executable` where it is a path, and `.name`. */
  exe(doc, prefix, value) {
    const name = baseName(value);
    if (name === '') return false;
    const keys = PROGRAM(prefix);
    if (name.length < value.length) doc[keys.executable] = value;
    doc[keys.name] = name;
    return true;
  },
  /** A URL below the prefix (`url`). */
  url(doc, field, value) {
    putUrl(doc, value, field);
    return true;
  },
  transport: (doc, _field, value) => putTransport(doc, value),
  direction: (doc, _field, value) => putDirection(doc, value),
  'tls-version': (doc, _field, value) => putTlsVersion(doc, value),
  /** Read by the parser itself: neither written nor kept. */
  own: () => true,
} as const satisfies Record<string, Writer>;

const UTC = { timeZone: 'UTC', receivedAt: 0 };

/** The words that a table's third column may hold. */
export type FieldKind = keyof typeof WRITERS;

interface Target {
  readonly field: string;
  readonly write: Writer;
  /** The value is also kept below the vendor's prefix, because rules ask for it there. */
  readonly keep: boolean;
}

/** A compiled table: a log's keys and the fields they mean. */
export interface FieldTable {
  /** ECS field (or prefix) that a key is written to. */
  fieldOf(key: string): string | undefined;
  /** Writes one pair; what the table does not know or what does not fit goes below the vendor's prefix. */
  put(doc: EcsFields, key: string, value: string): void;
  /** Writes a JSON object: nested members by their dotted path, what is left below the vendor's prefix. */
  putObject(doc: EcsFields, json: JsonObject): void;
}

const MAX_KEYS = 4_096;

/**
 * Compiles a table of a product's keys: one a line, `key field kind`, in columns. `kind` is one of
 * {@link FieldKind}; with a `+` behind it the value is kept under its own name as well.
 *
 *     srcip     source            endpoint
 *     spt       source.port       port
 *     policyid  rule.id           text+
 *     time      @timestamp        own
 *
 * @param vendor prefix of what has no ECS field, with its dot: `acme.wall.`
 * @throws Error naming the line where the table itself is wrong
 */
export function fieldTable(vendor: string, table: string): FieldTable {
  const targets = new Map<string, Target>();
  for (const line of table.split('\n')) {
    if (line.trim() === '') continue;
    const [key, field, word, more] = line.trim().split(/\s+/);
    const keep = word?.endsWith('+') === true;
    const kind = keep ? word.slice(0, -1) : word;
    if (key === undefined || field === undefined || kind === undefined || more !== undefined)
      throw new Error(`field table: three columns are needed: ${line.trim()}`);
    if (!Object.hasOwn(WRITERS, kind)) throw new Error(`field table: unknown kind: ${line.trim()}`);
    if (targets.has(key)) throw new Error(`field table: twice: ${key}`);
    targets.set(key, { field, write: WRITERS[kind as FieldKind], keep });
  }
  const vendorKeys = new Map<string, string>();
  // Building a key for every pair costs more than finding it; names come from logs, so they are bounded.
  const vendorKey = (key: string): string => {
    let name = vendorKeys.get(key);
    if (name === undefined) {
      name = vendor + key;
      if (vendorKeys.size < MAX_KEYS) vendorKeys.set(key, name);
    }
    return name;
  };
  const put = (doc: EcsFields, key: string, value: string): void => {
    const target = targets.get(key);
    if (target === undefined || !target.write(doc, target.field, value) || target.keep)
      doc[vendorKey(key)] = value;
  };
  return {
    fieldOf: (key) => targets.get(key)?.field,
    put,
    putObject(doc, json) {
      const flat: EcsFields = flatten(json);
      for (const key of Object.keys(flat)) {
        const value = flat[key]!;
        const target = targets.get(key);
        if (target === undefined) {
          doc[vendorKey(key)] = value;
          continue;
        }
        const text = Array.isArray(value) ? value.join(',') : String(value);
        if (!target.write(doc, target.field, text) || target.keep) doc[vendorKey(key)] = value;
      }
    },
  };
}

/** A name that could be a host's: letters, digits, `.`, `-`, `_` and a leading `*`, not digits alone. */
export function isHostName(value: string): boolean {
  const length = value.length;
  if (length === 0 || length > 255) return false;
  let letters = false;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    const small = code | 32;
    if (small >= 97 && small <= 122) letters = true;
    else if (
      !((code >= 48 && code <= 57) || code === 46 || code === 45 || code === 95 || (code === 42 && i === 0))
    )
      return false;
  }
  const last = value.charCodeAt(length - 1);
  return letters && last !== 45 && value.charCodeAt(0) !== 45 && value.charCodeAt(0) !== 46;
}
