import type { JsonObject } from '@vigie/contracts';
import { byHeader, parseCsv } from '@vigie/sources/kit/csv.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;
type Separator = (typeof SEPARATORS)[number];

/** A name of a column: words, never a date, an address or a number. */
const NAME = /^[@_]{0,2}[A-Za-z][\w@ .:()/#-]{0,127}$/;

/** The header line of a CSV table, where the text begins with one. */
export function csvHeader(head: Buffer): string | undefined {
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  const end = text.indexOf('\n');
  if (end < 0) return undefined;
  const header = text.slice(0, end).replace(/\r$/, '');
  const separator = separatorOf(header);
  if (separator === undefined) return undefined;
  const names = parseCsv(header, { separator });
  if (
    names.length < 3 ||
    !names.every((name) => NAME.test(name.trim())) ||
    new Set(names).size < names.length
  )
    return undefined;
  const next = text.slice(end + 1, text.indexOf('\n', end + 1) < 0 ? undefined : text.indexOf('\n', end + 1));
  // A sentence with commas is followed by another one, not by a row with as many values.
  if (next.trim() === '' || next.includes('"')) return header;
  return parseCsv(next.replace(/\r$/, ''), { separator }).length === names.length ? header : undefined;
}

function separatorOf(header: string): Separator | undefined {
  let best: Separator | undefined;
  let most = 1;
  for (const separator of SEPARATORS) {
    const count = header.split(separator).length;
    if (count > most) {
      best = separator;
      most = count;
    }
  }
  return best;
}

/** Turns the rows of a CSV table into objects. */
export class CsvRows {
  readonly #names: readonly string[];
  readonly #separator: Separator;

  constructor(header: string) {
    this.#separator = separatorOf(header) ?? ',';
    this.#names = parseCsv(header.replace(/^\uFEFF/, ''), { separator: this.#separator }).map((name) =>
      name.trim(),
    );
  }

  /** A row as column → value, empty values left out. */
  row(line: string): JsonObject {
    const values = parseCsv(line, { separator: this.#separator });
    return Object.fromEntries(byHeader(this.#names, values));
  }

  /** Whether a line ends inside quotes, so that the row goes on in the next. */
  isOpen(line: string): boolean {
    let quotes = 0;
    for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) quotes++;
    return quotes % 2 === 1;
  }
}
