import { type EcsFields, type EcsValue, flatten } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { COMMON_NAMES, TIME_NAMES } from '../_shared/common-names.ts';

const OWN = 'generic.json.';
const TABLE = jsonTable(OWN, COMMON_NAMES);
const KNOWN = new Set(
  COMMON_NAMES.split('\n')
    .map((line) => line.trim().split(/\s+/)[0]!)
    .filter((name) => name !== ''),
);

/** `remoteAddr` and `RemoteAddr` are `remoteaddr`; a name that means nothing common stays as the product writes it. */
function commonName(name: string): string {
  const small = name.toLowerCase();
  return KNOWN.has(small) ? small : name;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json === undefined) return 'rejected';
  const flat = flatten(input.json);
  const members: Record<string, EcsValue> = Object.create(null) as Record<string, EcsValue>;
  const times = new Map<string, EcsValue>();
  for (const name of Object.keys(flat)) {
    const small = name.toLowerCase();
    if ((TIME_NAMES as readonly string[]).includes(small)) times.set(small, flat[name]!);
    members[commonName(name)] ??= flat[name]!;
  }
  if (Object.keys(members).length === 0) return 'rejected';
  TABLE.putFlat(doc, members);
  for (const name of TIME_NAMES) {
    const value = times.get(name);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (putDate(doc, '@timestamp', parseDate(value, input))) break;
  }
  return 'partial';
}

/** Any JSON object of a product that has no source: every member stays searchable. */
export default defineSource({
  id: 'generic.json',
  signatures: [{ kind: 'general', test: ({ json }) => json !== undefined }],
  parse,
});
