import { byHeader, parseCsv } from '../../kit/csv.ts';

const MAX_KEYS = 500;

/**
 * Reads Log Exporter's syslog form, `[key:"value"; key:"value"; ]`, from behind its bracket. `\"`, `\\` and `\]` are
 * escapes; one pass.
 */
export function readSyslog(text: string, from: number): Map<string, string> {
  const pairs = new Map<string, string>();
  let at = from;
  while (at < text.length && pairs.size < MAX_KEYS) {
    while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 59) at++;
    const colon = text.indexOf(':"', at);
    if (colon < 0 || colon - at > 100) break;
    const key = text.slice(at, colon);
    let end = colon + 2;
    let escaped = false;
    while (end < text.length && text.charCodeAt(end) !== 34) {
      if (text.charCodeAt(end) === 92) {
        escaped = true;
        end++;
      }
      end++;
    }
    const raw = text.slice(colon + 2, end);
    if (key !== '' && !pairs.has(key)) pairs.set(key, escaped ? raw.replace(/\\(["\\\]])/g, '$1') : raw);
    at = end + 1;
  }
  return pairs;
}

/** Columns of a SmartView Tracker table exported as text. */
const COLUMNS = [
  'number',
  'date',
  'clock',
  'ifname',
  'hostname',
  'type',
  'action',
  'service',
  's_port',
  'src',
  'dst',
  'proto',
  'rule',
  'rule_name',
  'current_rule',
  'user',
  'information',
  'product',
  'source_machine',
  'source_user',
];
const DATE = /^(\d{1,2})([A-Z][a-z]{2})(\d{4})$/;

/**
 * Reads a record of a SmartView Tracker table: blanks between quoted columns.
 *
 * @returns `undefined` where it is none
 */
export function readTable(text: string): Map<string, string> | undefined {
  const columns = parseCsv(text.trimEnd(), { separator: ' ', limit: 40 });
  const date = DATE.exec(columns[1] ?? '');
  if (date === null || columns.length < 12) return undefined;
  const pairs = byHeader(COLUMNS, columns);
  pairs.set('time', `${date[1]!.padStart(2, '0')} ${date[2]} ${date[3]} ${pairs.get('clock') ?? '00:00:00'}`);
  for (const name of ['date', 'clock', 'current_rule', 'number']) pairs.delete(name);
  // `inzone: External; outzone: Internal`
  const information = pairs.get('information');
  if (information !== undefined) {
    for (const item of information.split(';', 50)) {
      const colon = item.indexOf(': ');
      if (colon <= 0) continue;
      const key = item.slice(0, colon).trim();
      if (key !== '' && !pairs.has(key)) pairs.set(key, item.slice(colon + 2).trim());
    }
    pairs.delete('information');
  }
  return pairs;
}
