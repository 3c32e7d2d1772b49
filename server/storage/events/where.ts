import type { EventQuery, QueryNode } from '@vigie/contracts';
import { StorageError } from '../errors.ts';
import { formatAddress, parseNetwork } from './address.ts';
import { HOT_BY_FIELD, type HotColumn, ORIGINAL_FIELD } from './columns.ts';
import { numberLiteral, stringList, stringLiteral, timeLiteral } from './sql.ts';
import { escapeText } from './values.ts';

/** More nodes, deeper trees or longer texts than a person's query or a compiled rule has. */
const MAX_NODES = 2_000;
const MAX_DEPTH = 64;
const MAX_TEXT = 10_000;

/**
 * The condition of a query as SQL, tenants and time range included.
 *
 * @returns undefined where the query can match nothing (no tenants, empty range)
 * @throws `VIGIE_EVENTS_QUERY_INVALID`
 */
export function whereOf({ tenants, range, source, where }: EventQuery): string | undefined {
  if (tenants.length === 0 || !(range.from < range.to)) return undefined;
  const parts = [
    `tenant IN ${stringList(tenants)}`,
    `time >= ${timeLiteral(range.from)}`,
    `time < ${timeLiteral(range.to)}`,
    'expires >= today()',
  ];
  if (source !== undefined) parts.push(`source IN ${stringList([source])}`);
  if (where) parts.push(new Conditions().of(where, 0));
  return parts.join(' AND ');
}

function invalid(message: string): StorageError {
  return new StorageError('VIGIE_EVENTS_QUERY_INVALID', message);
}

/** Upper-case ASCII letters to lower case, as ClickHouse's `lower` does; other letters stay. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Where a field's value is, as SQL. */
interface Place {
  /** The encoded value (see `values.ts`), lower case and without marks of type; empty where absent. */
  readonly text: string;
  readonly hot: HotColumn | undefined;
}

function place(field: string): Place {
  if (field.length === 0 || field.length > MAX_TEXT) throw invalid('field name is empty or too long');
  const hot = HOT_BY_FIELD.get(field);
  const encoded =
    hot?.kind === 'text'
      ? hot.column
      : `${hot || field === ORIGINAL_FIELD ? 'spill' : 'rest'}[${stringLiteral(field)}]`;
  return { hot, text: `replaceAll(lower(${encoded}), '\\x02', '')` };
}

/** A condition on a spilled value, asked only of the few rows that have any. */
function spilled(condition: string): string {
  return `(notEmpty(spill) AND (${condition}))`;
}

/** A pattern of `*` and `?` as one of `LIKE`. */
function likeOf(pattern: string): string {
  let like = '';
  for (const character of escapeText(pattern))
    like +=
      character === '*'
        ? '%'
        : character === '?'
          ? '_'
          : /[%_\\]/.test(character)
            ? `\\${character}`
            : character;
  return stringLiteral(lowerAscii(like).replace(/%{2,}/g, '%'));
}

/** The items of an encoded value; one for a scalar. */
function itemsOf(text: string): string {
  return `if(startsWith(${text}, '\\x03'), arraySlice(splitByChar('\\x03', ${text}), 2, -1), [${text}])`;
}

function checked(text: string): string {
  if (text.length > MAX_TEXT) throw invalid('text is too long');
  return text;
}

class Conditions {
  #nodes = 0;

  of(node: QueryNode, depth: number): string {
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw invalid('the query is too large');
    switch (node.op) {
      case 'and':
      case 'or': {
        if (node.items.length === 0) return node.op === 'and' ? 'true' : 'false';
        const items = node.items.map((item) => this.of(item, depth + 1));
        return `(${items.join(node.op === 'and' ? ' AND ' : ' OR ')})`;
      }
      case 'not':
        return `NOT ${this.of(node.item, depth + 1)}`;
      case 'eq':
        return equals(node.field, checked(node.value));
      case 'wildcard':
        return wildcard(node.field, checked(node.pattern));
      case 'range':
        return range(node);
      case 'cidr':
        return cidr(node.field, node.network);
      case 'exists':
        return exists(node.field);
      case 'text':
        return text(checked(node.value));
      default:
        throw invalid(`unknown operator ${String((node as { op: unknown }).op).slice(0, 40)}`);
    }
  }
}

function equals(field: string, value: string): string {
  if (value === '') return 'false';
  const { hot, text: encoded } = place(field);
  const wanted = lowerAscii(escapeText(value));
  const inText = `position(concat('\\x03', ${encoded}, '\\x03'), ${stringLiteral(`\x03${wanted}\x03`)}) > 0`;
  if (field === ORIGINAL_FIELD)
    return `(lower(original) = ${stringLiteral(lowerAscii(value))} OR ${spilled(inText)})`;
  if (hot?.kind === 'long') {
    const number = Number(value);
    const typed = Number.isSafeInteger(number) && String(number) === value;
    return typed
      ? `(ifNull(${hot.column} = ${numberLiteral(number)}, false) OR ${spilled(inText)})`
      : spilled(inText);
  }
  if (hot?.kind === 'ip') {
    // However the address is written in the query, its canonical form is looked for too.
    const parsed = value.includes('/') ? undefined : parseNetwork(value);
    if (!parsed) return spilled(inText);
    const canonical = formatAddress(parsed.first);
    const inSpill = `position(concat('\\x03', ${encoded}, '\\x03'), ${stringLiteral(`\x03${canonical}\x03`)}) > 0`;
    const inEither = spilled(`${inText} OR ${inSpill}`);
    return canonical === '::' ? inEither : `(${hot.column} = ${addressLiteral(parsed.first)} OR ${inEither})`;
  }
  return `(${inText})`;
}

function wildcard(field: string, pattern: string): string {
  if (pattern === '') return 'false';
  const { hot, text: encoded } = place(field);
  const like = likeOf(pattern);
  const inText = `(${encoded} != '' AND if(startsWith(${encoded}, '\\x03'), arrayExists(item -> item LIKE ${like}, ${itemsOf(encoded)}), ${encoded} LIKE ${like}))`;
  if (field === ORIGINAL_FIELD) return `((original != '' AND ${originalLike(like)}) OR ${spilled(inText)})`;
  if (hot?.kind === 'long')
    return `((isNotNull(${hot.column}) AND toString(ifNull(${hot.column}, 0)) LIKE ${like}) OR ${inText})`;
  if (hot?.kind === 'ip')
    return `((${present(hot)} AND ${addressText(hot.column)} LIKE ${like}) OR ${inText})`;
  return inText;
}

function range(node: Extract<QueryNode, { op: 'range' }>): string {
  const bounds = (
    [
      ['>', node.gt],
      ['>=', node.gte],
      ['<', node.lt],
      ['<=', node.lte],
    ] as const
  ).flatMap(([operator, bound]) => {
    if (bound === undefined) return [];
    if (Number.isNaN(bound)) throw invalid('a bound of the range is not a number');
    // Beyond every stored number an infinite bound is either always or never met.
    const finite = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, bound));
    return [[operator, numberLiteral(finite)] as const];
  });
  const meets = (value: string) =>
    bounds.map(([operator, bound]) => `${value} ${operator} ${bound}`).join(' AND ') || 'true';
  const { hot, text: encoded } = place(node.field);
  const number = (item: string) => `toFloat64OrNull(${item})`;
  const decimal = (item: string) =>
    `match(${item}, '^-?[0-9]+(\\\\.[0-9]+)?(e[+-]?[0-9]+)?$') AND isNotNull(${number(item)}) AND ${meets(`ifNull(${number(item)}, 0)`)}`;
  const inText = `arrayExists(item -> ${decimal('item')}, ${itemsOf(encoded)})`;
  if (node.field === ORIGINAL_FIELD) return `((${decimal('lower(original)')}) OR ${spilled(inText)})`;
  if (hot?.kind === 'long')
    return `((isNotNull(${hot.column}) AND ${meets(`ifNull(${hot.column}, 0)`)}) OR ${spilled(inText)})`;
  return `(${inText})`;
}

function addressLiteral(bytes: Uint8Array): string {
  return `toIPv6('${formatAddress(bytes)}')`;
}

/** IPv4 without the prefix of its mapped form. */
function addressText(column: string): string {
  return `replaceRegexpOne(toString(${column}), '^::ffff:([0-9.]+)$', '\\\\1')`;
}

function present({ column, kind }: HotColumn): string {
  if (kind === 'text') return `${column} != ''`;
  return kind === 'long' ? `isNotNull(${column})` : `${column} != toIPv6('::')`;
}

function cidr(field: string, network: string): string {
  const parsed = parseNetwork(network);
  if (!parsed) throw invalid(`not a network: ${network.slice(0, 80)}`);
  const { hot, text: encoded } = place(field);
  const inside = (address: string) => {
    const within = `${address} >= ${addressLiteral(parsed.first)} AND ${address} <= ${addressLiteral(parsed.last)}`;
    // An IPv6 network holds no IPv4 address, although the mapped forms lie within ::/n.
    return parsed.mapped
      ? within
      : `${within} AND NOT (${address} >= toIPv6('::ffff:0.0.0.0') AND ${address} <= toIPv6('::ffff:255.255.255.255'))`;
  };
  const address = (item: string) =>
    `isNotNull(toIPv6OrNull(${item})) AND ${inside(`ifNull(toIPv6OrNull(${item}), toIPv6('::'))`)}`;
  const inText = `arrayExists(item -> ${address('item')}, ${itemsOf(encoded)})`;
  if (field === ORIGINAL_FIELD) return `((${address('lower(original)')}) OR ${spilled(inText)})`;
  if (hot?.kind === 'ip') return `((${present(hot)} AND ${inside(hot.column)}) OR ${spilled(inText)})`;
  return `(${inText})`;
}

function exists(field: string): string {
  const { hot } = place(field);
  if (hot?.kind === 'text') return `(${present(hot)})`;
  const inSpill = `mapContains(spill, ${stringLiteral(field)})`;
  if (hot) return `(${present(hot)} OR ${inSpill})`;
  if (field === ORIGINAL_FIELD) return `(original != '' OR ${inSpill})`;
  return `(mapContains(rest, ${stringLiteral(field)}))`;
}

/** Substring of the original. */
function text(value: string): string {
  if (value === '') return "(original != '')";
  const like = stringLiteral(`%${lowerAscii(value).replace(/[\\%_]/g, '\\$&')}%`);
  return `(${originalLike(like)})`;
}

/**
 * `LIKE` on the original, ignoring ASCII case. `ILIKE` is what the text index answers (see `schema.ts`), but it
 * ignores the case of all letters, so a pattern with others is checked again.
 */
function originalLike(like: string): string {
  const ascii = /^[\0-\x7f]*$/.test(like);
  return ascii ? `original ILIKE ${like}` : `(original ILIKE ${like} AND lower(original) LIKE ${like})`;
}
