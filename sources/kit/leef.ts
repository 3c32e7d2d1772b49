/** A LEEF record (IBM Log Event Extended Format 1.0 and 2.0). */
export interface Leef {
  readonly version: '1.0' | '2.0';
  readonly vendor: string;
  readonly product: string;
  readonly productVersion: string;
  readonly eventId: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const MAX_KEYS = 500;

/**
 * Reads `LEEF:1.0|vendor|product|version|id|` and `LEEF:2.0|…|id|delimiter|`, anywhere in `text`. Attributes
 * are separated by tabs; 2.0 may name another character, as itself or as `0x5E`/`x5E`.
 *
 * @returns `undefined` where there is no complete header
 */
export function parseLeef(text: string): Leef | undefined {
  const start = text.indexOf('LEEF:');
  if (start < 0) return undefined;
  const parts: string[] = [];
  let from = start + 5;
  while (parts.length < 5) {
    const bar = text.indexOf('|', from);
    if (bar < 0) return undefined;
    parts.push(text.slice(from, bar));
    from = bar + 1;
  }
  const version = parts[0]!.trim() === '2.0' ? '2.0' : '1.0';
  let delimiter = '\t';
  if (version === '2.0') {
    const bar = text.indexOf('|', from);
    const stated = bar < 0 ? undefined : readDelimiter(text.slice(from, bar));
    if (stated !== undefined) {
      delimiter = stated;
      from = bar + 1;
    }
  }
  const attributes = new Map<string, string>();
  for (const pair of text.slice(from).split(delimiter, MAX_KEYS)) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const key = pair.slice(0, equals).trim();
    if (key !== '' && !attributes.has(key)) attributes.set(key, pair.slice(equals + 1));
  }
  return {
    version,
    vendor: parts[1]!,
    product: parts[2]!,
    productVersion: parts[3]!,
    eventId: parts[4]!,
    attributes,
  };
}

/** An empty field means the default; more than one character that is no hexadecimal code is no delimiter. */
function readDelimiter(text: string): string | undefined {
  if (text === '') return '\t';
  if (text.length === 1) return text;
  const match = /^0?x([0-9a-f]{1,4})$/i.exec(text);
  return match === null ? undefined : String.fromCharCode(Number.parseInt(match[1]!, 16));
}
