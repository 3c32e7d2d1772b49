/** Text that cannot leave its place in a statement. Every literal of every statement is made here. */

const SPECIAL = /[\\'\x00-\x1f\x7f]/g;

/** A string literal; quotes, backslashes and control characters are escaped. */
export function stringLiteral(text: string): string {
  // A lone surrogate would become three bytes that are no UTF-8.
  const escaped = text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(SPECIAL, (character) =>
      character === "'" || character === '\\'
        ? `\\${character}`
        : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  return `'${escaped}'`;
}

/** A numeric literal; negative numbers in parentheses. */
export function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  return value < 0 || Object.is(value, -0) ? `(${value})` : String(value);
}

/** A list of string literals in parentheses, for `IN`; it must not be empty. */
export function stringList(items: readonly string[]): string {
  if (items.length === 0) throw new RangeError('an empty list');
  return `(${items.map(stringLiteral).join(', ')})`;
}

/** The 16 bytes of an event id. @throws RangeError */
export function idLiteral(id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new RangeError(`not an event id: ${id.slice(0, 40)}`);
  return `unhex('${id}')`;
}

/**
 * Epoch microseconds that both `DateTime64(6)` and a double hold exactly: from 1900 to 2255. Times beyond are
 * moved to the nearer end.
 */
export function clampMicros(micros: number): number {
  return Math.min(9_000_000_000_000_000, Math.max(-2_208_988_800_000_000, micros));
}

/** Event time as `DateTime64(6)`, from epoch milliseconds. */
export function timeLiteral(milliseconds: number): string {
  return microsLiteral(Math.round(milliseconds * 1000));
}

/** Event time as `DateTime64(6)`, from epoch microseconds. */
export function microsLiteral(micros: number): string {
  return `fromUnixTimestamp64Micro(${numberLiteral(clampMicros(micros))}, 'UTC')`;
}
