/** The forms in which the values of a field are tested. */
import type { ResolvedField } from '../taxonomy.ts';
import type { DirectColumn, EventColumns, FieldSql } from './columns.ts';
import { anyOf, bind, stringLiteral } from './literal.ts';

/** Separator of texts; see the encoding in `columns.ts`. */
export const ITEM = '\x03';
/** Stands for the control characters 1 to 3 of a text where these separate texts: no character of Unicode. */
export const HIDDEN = '\ufdd0';
/**
 * Follows every character beyond U+FFFF in an *image*, so that the image has as many characters as the text has
 * UTF-16 units, which is what a rule's `?` and `.` count.
 */
export const FILLER = '\u{10ffff}';

/** The values that one test looks at; they are one field's, or stand for several. */
export interface Texts {
  readonly present: string;
  /**
   * All texts in one string, each between {@link ITEM}, with empty ones in between possibly; `lower` in
   * lower case as JavaScript makes it. For tests that need no exact borders of an empty text.
   */
  search(lower: boolean): string;
  /** All texts as `Array(String)`. */
  list(lower: boolean): string;
  /** Where a typed column holds the value; the rest is in `otherwise`. */
  readonly direct?: DirectColumn;
  readonly otherwise?: Texts;
}

function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce(
    (sql, [from, to]) => `replaceAll(${sql}, ${stringLiteral(from)}, ${stringLiteral(to)})`,
    text,
  );
}

const ESCAPE = [
  ['\x01', '\x01A'],
  ['\x02', '\x01B'],
  ['\x03', '\x01C'],
] as const;
// `\x01A` comes last: what it makes could otherwise be taken for the start of the others.
const UNESCAPE = [
  ['\x01C', '\x03'],
  ['\x01B', '\x02'],
  ['\x01A', '\x01'],
] as const;
// A negative zero is stored as such, but its text is `0`.
const UNMARK = [
  ['\x02-0\x03', '0\x03'],
  ['\x02', ''],
] as const;
const HIDE = [...UNMARK, ['\x01A', HIDDEN], ['\x01B', HIDDEN], ['\x01C', HIDDEN]] as const;

function lowered(sql: string, lower: boolean): string {
  return lower ? `lowerUTF8(${sql})` : sql;
}

function wrapped(sql: string): string {
  return `concat('\\x03', ${sql}, '\\x03')`;
}

/** Texts of one encoded value that is present, as an array of encoded texts without marks of type. */
function split(encoded: string): string {
  const items = `splitByChar('\\x03', ${replaceAll(`concat(e, '\\x03')`, UNMARK)})`;
  return bind(
    'e',
    encoded,
    `if(startsWith(e, '\\x03'), arraySlice(${items}, 2, -2), arraySlice(${items}, 1, -1))`,
  );
}

function decoded(list: string, lower: boolean): string {
  return `arrayMap(t -> ${lowered(replaceAll('t', UNESCAPE), lower)}, ${list})`;
}

/** The value of a typed column as text. */
export function directText({ kind, column }: DirectColumn): string {
  if (kind === 'text') return column;
  if (kind === 'integer') return `toString(${column})`;
  // ClickHouse writes the last four bytes of `::/96` dotted, RFC 5952 does not.
  const group = (at: number) =>
    `replaceRegexpOne(substring(lower(hex(${column})), ${at}, 4), '^0+(.)', '\\\\1')`;
  const dotted = `startsWith(hex(${column}), '${'0'.repeat(24)}') AND substring(hex(${column}), 25, 4) != '0000'`;
  const text = `replaceRegexpOne(toString(${column}), '^::ffff:([0-9.]+)$', '\\\\1')`;
  return `if(${dotted}, concat('::', ${group(25)}, ':', ${group(29)}), ${text})`;
}

function encodedOf({ encoded, direct }: FieldSql): string {
  if (direct === undefined) return encoded;
  const text = directText(direct);
  return `if(${direct.has}, ${direct.kind === 'text' ? replaceAll(text, ESCAPE) : text}, ${encoded})`;
}

/** The texts of a field as the store keeps it. */
export function textsOfField(field: FieldSql): Texts {
  const { present, direct } = field;
  const encoded = encodedOf(field);
  const bySearch = (lower: boolean) => {
    const hidden = replaceAll(wrapped(field.encoded), HIDE);
    if (direct === undefined) return lowered(hidden, lower);
    const text = directText(direct);
    const own = direct.kind === 'text' ? replaceAll(text, [[ITEM, HIDDEN]]) : text;
    return lowered(`if(${direct.has}, ${wrapped(own)}, ${hidden})`, lower);
  };
  return {
    present,
    search: bySearch,
    list: (lower) => `if(${present}, ${decoded(split(encoded), lower)}, [])`,
    ...(direct === undefined
      ? {}
      : {
          direct,
          otherwise: textsOfField({
            present: `(${present} AND NOT ${direct.has})`,
            encoded: field.encoded,
          }),
        }),
  };
}

/** The texts of every encoded value of an `Array(String)`. */
function textsOfList(list: string): Texts {
  return {
    present: `notEmpty(${list})`,
    search: (lower) => lowered(replaceAll(wrapped(`arrayStringConcat(${list}, '\\x03')`), HIDE), lower),
    list: (lower) => decoded(`arrayFlatten(arrayMap(v -> ${split('v')}, ${list}))`, lower),
  };
}

/** What an item looks at: one of these that holds is enough. */
export function textsOf(columns: EventColumns, resolved: ResolvedField | undefined): Texts[] {
  if (resolved === undefined) {
    const { fields, lists } = columns.everything();
    return [...fields.map(textsOfField), ...lists.map(textsOfList)];
  }
  const candidates = resolved.candidates.map((name) => columns.field(name));
  if (candidates.length === 0) return [];
  return resolved.any ? candidates.map(textsOfField) : [firstOf(candidates)];
}

/** The first field that is present. */
function firstOf(fields: readonly FieldSql[]): Texts {
  const [first, ...rest] = fields;
  if (rest.length === 0) return textsOfField(first!);
  const last = fields.at(-1)!;
  const encoded = fields
    .slice(0, -1)
    .reduceRight((after, field) => `if(${field.present}, ${encodedOf(field)}, ${after})`, encodedOf(last));
  const present = anyOf(fields.map((field) => field.present));
  const merged = textsOfField({ present, encoded });
  if (first!.direct === undefined) return merged;
  // Tests that a typed column answers by itself leave the others the rows where it has nothing.
  return {
    ...merged,
    direct: first!.direct,
    otherwise: textsOfField({
      present: `(${present} AND NOT ${first!.direct.has})`,
      encoded: `if(${first!.direct.has}, '', ${encoded})`,
    }),
  };
}

/** The image of a text; see {@link FILLER}. */
export function imageOf(sql: string): string {
  return `replaceRegexpAll(${sql}, '([\\\\x{10000}-\\\\x{10FFFF}])', concat('\\\\1', ${stringLiteral(FILLER)}))`;
}
