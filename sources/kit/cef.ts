/** A CEF record (ArcSight Common Event Format, revision 25): the seven header fields and the extension. */
export interface Cef {
  readonly version: string;
  readonly vendor: string;
  readonly product: string;
  readonly deviceVersion: string;
  readonly signatureId: string;
  readonly name: string;
  readonly severity: string;
  readonly extension: ReadonlyMap<string, string>;
}

const MAX_KEYS = 500;

/**
 * Reads `CEF:0|vendor|product|version|id|name|severity|extension`, anywhere in `text` (relays put words in
 * front). `\|` and `\\` are escapes in the header, `\=`, `\\`, `\n` and `\r` in the extension. A value runs to
 * the last blank before the next `key=`.
 *
 * @returns `undefined` where there is no complete header
 */
export function parseCef(text: string): Cef | undefined {
  const start = text.indexOf('CEF:');
  if (start < 0) return undefined;
  const header: string[] = [];
  let from = start + 4;
  let i = from;
  let escaped = false;
  while (i < text.length && header.length < 7) {
    const code = text.charCodeAt(i);
    if (code === 92) {
      escaped = true;
      i++;
    } else if (code === 124) {
      const raw = text.slice(from, i);
      header.push(escaped ? raw.replace(/\\([\\|])/g, '$1') : raw);
      escaped = false;
      from = i + 1;
    }
    i++;
  }
  // A record without extension may lack the last bar.
  if (header.length === 6) {
    header.push(text.slice(from));
    from = text.length;
  }
  if (header.length < 7) return undefined;
  return {
    version: header[0]!.trim(),
    vendor: header[1]!,
    product: header[2]!,
    deviceVersion: header[3]!,
    signatureId: header[4]!,
    name: header[5]!,
    severity: header[6]!.trim(),
    extension: parseExtension(text, from),
  };
}

function parseExtension(text: string, at: number): Map<string, string> {
  const pairs = new Map<string, string>();
  let key = '';
  let valueFrom = at;
  let wordFrom = at;
  const store = (to: number): void => {
    if (key !== '' && !pairs.has(key)) pairs.set(key, unescapeValue(text.slice(valueFrom, to).trim()));
  };
  for (let i = at; i < text.length && pairs.size < MAX_KEYS; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === 32) wordFrom = i + 1;
    else if (code === 61 && i > wordFrom && isKey(text, wordFrom, i)) {
      store(wordFrom);
      key = text.slice(wordFrom, i);
      valueFrom = i + 1;
      // A second `=` in the same word belongs to the value (`request=/a?b=c`).
      wordFrom = text.length;
    }
  }
  store(text.length);
  return pairs;
}

function isKey(text: string, from: number, to: number): boolean {
  if (to - from > 100) return false;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!letter && !(code >= 48 && code <= 57) && code !== 95 && code !== 45 && code !== 46) return false;
  }
  return true;
}

function unescapeValue(raw: string): string {
  if (raw.indexOf('\\') < 0) return raw;
  return raw.replace(/\\([\\=|nr])/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 'r' ? '\r' : character,
  );
}
