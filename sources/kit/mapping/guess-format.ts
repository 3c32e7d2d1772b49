import type { MappingFormat } from '@vigie/contracts/mapping.ts';
import { parseCef } from '../cef.ts';
import { parseCsv } from '../csv.ts';
import { parseObject } from '../envelope.ts';
import { parseKeyValue } from '../key-value.ts';
import { parseLeef } from '../leef.ts';
import type { ParseInput } from '../source.ts';

/** How lines are written, as far as they show it. */
export interface GuessedFormat {
  readonly format: MappingFormat;
  readonly after?: string;
  readonly reason: string;
  /** The first line names the columns. */
  readonly header?: true;
  /** Texts that tell the product apart. */
  readonly literals?: string[];
}

/** Lines that may be of another form: a start-up message among records. */
const MOST = 0.8;

/** @param payloads of each line, the payloads that it may be read as */
export function guessFormat(payloads: readonly (readonly ParseInput[])[]): GuessedFormat | undefined {
  const total = payloads.length;
  if (total === 0) return undefined;
  const share = (test: (input: ParseInput) => boolean): number =>
    payloads.filter((inputs) => inputs.some(test)).length;
  const json = share((input) => input.json !== undefined);
  if (json >= total * MOST)
    return { format: { kind: 'json' }, reason: `${json} of ${total} lines are JSON objects` };
  const texts = payloads.map(([input]) => input?.text ?? '');
  const cefs = texts.map(parseCef).filter((cef) => cef !== undefined);
  if (cefs.length >= total * MOST)
    return {
      format: { kind: 'cef' },
      reason: `${cefs.length} of ${total} lines are CEF records`,
      ...headOf(cefs),
    };
  const leefs = texts.map(parseLeef).filter((leef) => leef !== undefined);
  if (leefs.length >= total * MOST)
    return {
      format: { kind: 'leef' },
      reason: `${leefs.length} of ${total} lines are LEEF records`,
      ...headOf(leefs),
    };
  return behindText(texts) ?? pairs(texts) ?? columns(texts);
}

function headOf(records: readonly { vendor: string; product: string }[]): { literals?: string[] } {
  const { vendor, product } = records[0]!;
  const literal = `|${vendor}|${product}|`;
  const isSame = records.every((record) => record.vendor === vendor && record.product === product);
  return isSame && literal.length <= 200 ? { literals: [literal] } : {};
}

/** `word: {…}`: JSON behind the same text in all lines. */
function behindText(texts: readonly string[]): GuessedFormat | undefined {
  const heads = texts.map((text) => {
    const at = text.indexOf('{');
    return at > 0 && parseObject(text.slice(at)) !== undefined ? text.slice(0, at) : undefined;
  });
  const known = heads.filter((head) => head !== undefined);
  if (known.length < texts.length * MOST) return undefined;
  let common = known[0]!;
  for (const head of known) while (!head.endsWith(common)) common = common.slice(1);
  // From a word's beginning: half a word would be a strange text to look for.
  const after = common.replace(/^\S*\s+(?=\S)/, '').slice(-100);
  if (after.trim() === '') return undefined;
  return {
    format: { kind: 'json' },
    after,
    reason: `${known.length} of ${texts.length} lines have a JSON object behind "${after.trim()}"`,
    ...(after.trim().length >= 3 ? { literals: [after.trim()] } : {}),
  };
}

const PAIR_SEPARATORS = [' ', ',', ';', '|', '\t'] as const;

function pairs(texts: readonly string[]): GuessedFormat | undefined {
  let best: { format: MappingFormat; score: number; lines: number } | undefined;
  for (const assign of ['=', ':'] as const)
    for (const separator of PAIR_SEPARATORS) {
      const options = separator === ' ' ? { assign } : { assign, separator };
      const keys = new Map<string, number>();
      let lines = 0;
      for (const text of texts) {
        const found = [...parseKeyValue(text, options).keys()].filter((key) =>
          /^[A-Za-z_][\w.-]{0,60}$/.test(key),
        );
        if (found.length >= 3) lines++;
        for (const key of found) keys.set(key, (keys.get(key) ?? 0) + 1);
      }
      if (lines < texts.length * MOST) continue;
      const shared = [...keys.values()].filter((times) => times >= texts.length / 2).length;
      if (shared > (best?.score ?? 2))
        best = { format: { kind: 'key-value', separator, assign }, score: shared, lines };
    }
  return (
    best && {
      format: best.format,
      reason: `${best.lines} of ${texts.length} lines are pairs of key and value`,
    }
  );
}

function columns(texts: readonly string[]): GuessedFormat | undefined {
  for (const separator of ['\t', ';', '|', ','] as const) {
    const records = texts.map((text) => parseCsv(text, { separator, limit: 201 }));
    const count = records[0]!.length;
    if (count < 3 || count > 200) continue;
    const same = records.filter((record) => record.length === count).length;
    if (same < texts.length * MOST) continue;
    const header = headerOf(records);
    return {
      ...(header === undefined ? {} : { header: true }),
      format: {
        kind: 'csv',
        separator,
        columns: header ?? Array.from({ length: count }, (_, i) => `column${i + 1}`),
      },
      reason: `${same} of ${texts.length} lines have ${count} columns`,
    };
  }
  return undefined;
}

/** The first record, where it holds names and the others do not. */
function headerOf(records: readonly (readonly string[])[]): string[] | undefined {
  const [first, ...others] = records;
  if (first === undefined || others.length === 0) return undefined;
  const names = first.map((name) => name.trim().replace(/^#\s*/, ''));
  const isHeader =
    names.every((name) => /^[A-Za-z_][\w .()/-]{0,60}$/.test(name)) &&
    new Set(names).size === names.length &&
    others.some((record) => record.some((value) => /\d/.test(value)));
  return isHeader ? names.map((name) => name.replaceAll(' ', '_')) : undefined;
}
