export interface CsvOptions {
  readonly separator?: ',' | ';' | '\t' | '|' | ' ';
  /** Fields beyond this are left unread; default 2,000. */
  readonly limit?: number;
}

/**
 * Splits one CSV record (RFC 4180): fields bare or in double quotes, `""` for a quote inside. Blanks around
 * a quoted field are dropped; a field cut in its quotes runs to the end.
 */
export function parseCsv(text: string, options: CsvOptions = {}): string[] {
  const separator = options.separator ?? ',';
  const separatorCode = separator.charCodeAt(0);
  const limit = options.limit ?? 2_000;
  const fields: string[] = [];
  const length = text.length;
  let i = 0;
  while (fields.length < limit) {
    let start = i;
    while (separatorCode !== 32 && text.charCodeAt(start) === 32) start++;
    if (text.charCodeAt(start) !== 34) {
      const end = text.indexOf(separator, i);
      if (end < 0) {
        fields.push(text.slice(i, length));
        return fields;
      }
      fields.push(text.slice(i, end));
      i = end + 1;
      continue;
    }
    let from = start + 1;
    let value = '';
    let close = text.indexOf('"', from);
    while (close >= 0 && text.charCodeAt(close + 1) === 34) {
      value += text.slice(from, close + 1);
      from = close + 2;
      close = text.indexOf('"', from);
    }
    value += text.slice(from, close < 0 ? length : close);
    fields.push(value);
    if (close < 0) return fields;
    const next = text.indexOf(separator, close + 1);
    if (next < 0) return fields;
    i = next + 1;
  }
  return fields;
}

/** A record as column name → value, by a header; columns without a name and empty values are left out. */
export function byHeader(header: readonly string[], fields: readonly string[]): Map<string, string> {
  const record = new Map<string, string>();
  const count = Math.min(header.length, fields.length);
  for (let i = 0; i < count; i++) {
    const name = header[i]!;
    const value = fields[i]!;
    if (name !== '' && value !== '') record.set(name, value);
  }
  return record;
}
