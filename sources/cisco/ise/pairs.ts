/** Attributes of a message; repeated ones keep all their values. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

const MAX_ATTRIBUTES = 500;
const MAX_VALUES = 60;
/** A message ends in a comma, with some relays' line feed behind it as `#15`. */
const END = /,? ?(?:#\d{1,3})?\s?$/;

/**
 * Reads `Name=value, Name=value,`: values run to the next `, `, because names of directories hold commas without a
 * blank behind them; `\,` is a comma of the value. A piece without `=` belongs to the value before it. A piece cut
 * at the beginning of a segment is left out when it has no name.
 *
 * @param separator `; ` in alarms
 */
export function readAttributes(whole: string, separator: ', ' | '; ' = ', '): Attributes {
  const found = new Map<string, string[]>();
  let last: string[] | undefined;
  let at = 0;
  const text = whole.replace(END, '');
  while (at < text.length && found.size < MAX_ATTRIBUTES) {
    let end = text.indexOf(separator, at);
    while (end > 0 && text.charCodeAt(end - 1) === 92) end = text.indexOf(separator, end + 1);
    const piece = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + separator.length;
    const equals = piece.indexOf('=');
    const name = equals <= 0 ? '' : piece.slice(0, equals).trim();
    if (name === '' || name.length > 80) {
      if (last !== undefined && piece.trim() !== '') last.push(`${last.pop()!}${separator}${piece}`);
      continue;
    }
    const value = piece.slice(equals + 1).trim();
    last = found.get(name);
    if (last === undefined) {
      last = [];
      found.set(name, last);
    }
    if (last.length < MAX_VALUES) last.push(value);
  }
  return found;
}

/** First value of an attribute that says something. */
export function first(attributes: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name)?.[0];
    if (value !== undefined && value !== '' && value !== 'None' && value !== 'N/A') return value;
  }
  return undefined;
}
