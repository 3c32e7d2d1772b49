/**
 * Time placeholders of shipped logs. Each log format writes time in its own way, so a line says which:
 *
 * | placeholder | example |
 * |---|---|
 * | `{{syslog}}` | `Mar  4 10:00:00` (RFC 3164) |
 * | `{{iso}}` | `2026-03-04T10:00:00.000Z` |
 * | `{{seconds}}` | `2026-03-04T10:00:00Z` |
 * | `{{local}}` | `2026-03-04T10:00:00` |
 * | `{{micro}}` | `2026-03-04T10:00:00.000000+0000` (Suricata) |
 * | `{{space}}` | `2026-03-04 10:00:00.000` (Sysmon's UtcTime) |
 * | `{{date}}`, `{{time}}` | `2026-03-04`, `10:00:00` |
 * | `{{slash}}` | `2026/03/04 10:00:00` (PAN-OS) |
 * | `{{clf}}` | `04/Mar/2026:10:00:00 +0000` (web servers) |
 * | `{{epoch}}`, `{{epoch.ms}}`, `{{nanos}}` | `1772618400`, `1772618400.000`, `1772618400000000000` |
 *
 * `{{n}}` is the number of the repetition, from 0; `{{n+1}}` counts from another number on. All times are UTC.
 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PLACEHOLDER = /\{\{([a-z]+(?:\.ms)?)(?:\+(\d{1,9}))?\}\}/g;

/**
 * Fills the placeholders of a line.
 *
 * @param time epoch milliseconds
 * @param n number of the repetition
 * @throws RangeError for a placeholder that does not exist
 */
export function stamp(line: string, time: number, n = 0): string {
  return line.replace(PLACEHOLDER, (_whole, name: string, plus: string | undefined) =>
    name === 'n' ? String(n + Number(plus ?? 0)) : format(name, time),
  );
}

function format(name: string, time: number): string {
  const iso = new Date(time).toISOString();
  switch (name) {
    case 'syslog': {
      const day = String(Number(iso.slice(8, 10))).padStart(2, ' ');
      return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${day} ${iso.slice(11, 19)}`;
    }
    case 'iso':
      return iso;
    case 'seconds':
      return `${iso.slice(0, 19)}Z`;
    case 'local':
      return iso.slice(0, 19);
    case 'micro':
      return `${iso.slice(0, 23)}000+0000`;
    case 'space':
      return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
    case 'date':
      return iso.slice(0, 10);
    case 'time':
      return iso.slice(11, 19);
    case 'slash':
      return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`;
    case 'clf':
      return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
    case 'epoch':
      return String(Math.floor(time / 1000));
    case 'epoch.ms':
      return (time / 1000).toFixed(3);
    case 'nanos':
      return `${Math.floor(time)}000000`;
    default:
      throw new RangeError(`no time placeholder {{${name}}}`);
  }
}
