import type { EcsFields } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

/** The dates that applications begin their lines with; every repetition is bounded. */
const DATES = [
  /^\[?(\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)\]?/,
  /^\[?((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? {1,2}[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [A-Z]{2,5})? \d{4})\]?/,
  /^\[?(\d{4}[-/][A-Z][a-z]{2}[-/]\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\]?/,
  /^\[?(\d{1,2}[-/](?:\d\d|[A-Z][a-z]{2})[-/]\d{4}[: ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[+-]\d{4})?)\]?/,
] as const;

const LEVEL =
  /^[\s|:,-]{0,4}[[(<]?(TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|ALERT|EMERG|FATAL|SEVERE)\b[\])>]?[\s:|-]{0,4}/i;

interface Dated {
  readonly time: number;
  readonly rest: string;
}

function dated(input: ParseInput): Dated | undefined {
  const { text } = input;
  const code = text.charCodeAt(0) === 91 ? text.charCodeAt(1) : text.charCodeAt(0);
  const isDigit = code >= 48 && code <= 57;
  if (!isDigit && !(code >= 65 && code <= 90)) return undefined;
  for (const pattern of DATES) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const time = parseDate(found[1]!, input);
    if (time !== undefined) return { time, rest: text.slice(found[0].length) };
  }
  return undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const found = input.json === undefined ? dated(input) : undefined;
  if (found === undefined) return 'rejected';
  putDate(doc, '@timestamp', found.time);
  const level = LEVEL.exec(found.rest);
  if (level !== null) doc['log.level'] = level[1]!.toLowerCase();
  const message = (level === null ? found.rest : found.rest.slice(level[0].length)).trim();
  if (message !== '') doc['message'] = message;
  return 'partial';
}

/** Lines of an application that has no source, which begin with a date. */
export default defineSource({
  id: 'generic.text',
  signatures: [{ kind: 'general', test: ({ json }) => json === undefined }],
  parse,
});
