/**
 * Where an event's fields are in a table: the one thing the generator has to be told about a store.
 *
 * A field's value is one `String` in this encoding, as SQL that is never null:
 *
 * - a text is itself, with `\x01`, `\x02`, `\x03` in it written `\x01A`, `\x01B`, `\x01C`;
 * - a number or boolean is its JavaScript text after a `\x02`;
 * - a list is its items, each between `\x03`: `\x03a\x03b\x03`; the empty list is `\x03`.
 */
export interface FieldSql {
  /** Condition: the field has at least one text (so it is false for an empty list). */
  readonly present: string;
  /** The encoded value; the empty string where the field is absent, or held by {@link direct}. */
  readonly encoded: string;
  /** A typed column that holds the value of most rows. */
  readonly direct?: DirectColumn;
}

/**
 * A column that holds one value as it is.
 *
 * - `integer`: a number whose text is what JavaScript writes;
 * - `address`: type `IPv6`, IPv4 in its mapped form; the text is RFC 5952's, IPv4 dotted;
 * - `text`: a text without the encoding.
 */
export interface DirectColumn {
  readonly kind: 'integer' | 'address' | 'text';
  /** The column, not null; of no meaning where {@link has} is false. */
  readonly column: string;
  /** Condition: this row's value is in the column. */
  readonly has: string;
}

/** The table's fields. Names come from rules: they are data, to be escaped like any other. */
export interface EventColumns {
  field(name: string): FieldSql;
  /** What keyword searches read where the taxonomy names no fields. */
  everything(): EverythingSql;
}

/** All values of an event: some fields of their own, and lists of encoded values as `Array(String)`. */
export interface EverythingSql {
  readonly fields: readonly FieldSql[];
  readonly lists: readonly string[];
}
