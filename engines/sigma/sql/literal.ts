/** Text and numbers that cannot leave their place in a statement. Every literal of every rule is made here. */

/** Why a rule has no SQL form that means the same; never leaves the folder, where it is a value. */
export class UnsupportedError extends Error {}

const SPECIAL = /[\\'\x00-\x1f\x7f]/g;

/**
 * A string literal of ClickHouse.
 *
 * @throws UnsupportedError for half of a surrogate pair, which no stored text can hold
 */
export function stringLiteral(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new UnsupportedError('a value holds half of a surrogate pair');
  const escaped = text.replace(SPECIAL, (character) =>
    character === "'" || character === '\\'
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `'${escaped}'`;
}

/** A list of string literals in brackets. */
export function stringArray(items: readonly string[]): string {
  return `[${items.map(stringLiteral).join(', ')}]`;
}

/** A number as ClickHouse reads back exactly; integers that a double holds only roughly are written as floats. */
export function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '(-inf)' : 'inf';
  const text = Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential() : String(value);
  return value < 0 || Object.is(value, -0) ? `(${text})` : text;
}

/** `value` under a name within `body`, so that a long expression is written and computed once. */
export function bind(name: string, value: string, body: string): string {
  return `arrayMap(${name} -> ${body}, [${value}])[1]`;
}

/** Joins conditions. */
export function allOf(items: readonly string[]): string {
  if (items.length === 0) return 'true';
  return items.length === 1 ? items[0]! : `(${items.join(' AND ')})`;
}

/** Joins conditions. */
export function anyOf(items: readonly string[]): string {
  const kept = [...new Set(items)].filter((item) => item !== 'false');
  if (kept.length === 0) return 'false';
  return kept.length === 1 ? kept[0]! : `(${kept.join(' OR ')})`;
}
