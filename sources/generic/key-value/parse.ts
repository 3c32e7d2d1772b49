import type { EcsFields } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { COMMON_NAMES, TIME_NAMES } from '../_shared/common-names.ts';

const TABLE = fieldTable('generic.key-value.', COMMON_NAMES);
/** Fewer pairs than these are words with an equals sign between them. */
const MIN_PAIRS = 4;
const MAX_PAIRS = 500;
const NAME = /^[A-Za-z_][\w.-]{0,63}$/;
const NOTHING = new Set(['', '-', 'N/A', 'n/a', 'none', 'null', '(null)']);

/** Whether text is pairs for the most part: names that are names, and little between them. */
function pairsOf(text: string): Map<string, string> | undefined {
  if (!text.includes('=')) return undefined;
  const pairs = parseKeyValue(text, { limit: MAX_PAIRS });
  let named = 0;
  let length = 0;
  for (const [name, value] of pairs) {
    if (!NAME.test(name)) continue;
    named++;
    length += name.length + value.length + 2;
  }
  return named >= MIN_PAIRS && length * 2 >= text.length ? pairs : undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = pairsOf(input.text);
  if (pairs === undefined) return 'rejected';
  const small = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!NAME.test(name) || NOTHING.has(value)) continue;
    TABLE.put(doc, name, value);
    small.set(name.toLowerCase(), value);
  }
  doc['message'] ??= input.text;
  const { date, time } = Object.fromEntries(
    (['date', 'time'] as const).map((name) => [name, small.get(name)]),
  );
  const zone = small.get('tz') ?? small.get('timezone') ?? '';
  // Date and time apart are the rule in this format.
  if (date !== undefined && time !== undefined) {
    const clean = `${date} ${time}`;
    if (
      putDate(doc, '@timestamp', parseDate(`${clean} ${zone}`, input)) ||
      putDate(doc, '@timestamp', parseDate(clean, input))
    )
      return 'partial';
  }
  for (const name of TIME_NAMES) {
    const value = small.get(name);
    if (value !== undefined && putDate(doc, '@timestamp', parseDate(value, input))) break;
  }
  return 'partial';
}

/** Lines of `key=value` pairs of a product that has no source. */
export default defineSource({
  id: 'generic.key-value',
  signatures: [{ kind: 'general', test: ({ json, text }) => json === undefined && text.includes('=') }],
  parse,
});
