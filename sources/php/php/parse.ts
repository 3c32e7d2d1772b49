import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

/** `[02-Mar-2026 10:31:01 Europe/Paris] `, or a web server's date and level in front. */
const DATE =
  /^(?:\[(\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: ([A-Za-z][\w/+-]{1,40}))?\] |(\d{4}[/-]\d\d[/-]\d\d \d\d:\d\d:\d\d) (?:\[[a-z]{3,8}\] )?)?(?:\[[a-z]{3,8}\] )?/;
const ERROR =
  /^PHP (Fatal error|Parse error|Recoverable fatal error|Catchable fatal error|Core error|Compile error|Warning|Core Warning|Compile Warning|Notice|Strict Standards|Deprecated|User Error|User Warning|User Notice|User Deprecated|Unknown error|Startup|Stack trace)(?::|$) {0,2}/i;
const TRACE = /^PHP {1,4}\d{1,3}\. /;
/** PHP-FPM's own: `WARNING: [pool www] child 4711 exited on signal 11`. */
const FPM = /^(ALERT|ERROR|WARNING|NOTICE|DEBUG): (?:\[pool ([\w.-]{1,64})\] )?(?=\S)/;
const PLACE = / in (\S[^\n]{0,400}?)(?: on line |:)(\d{1,7})$/;

/** PHP's kinds of error by syslog's scale. */
function severityOf(kind: string): number {
  if (/fatal|parse|core error|compile error|user error/i.test(kind)) return 3;
  if (/warning|startup/i.test(kind)) return 4;
  return 5;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const date = DATE.exec(input.text)!;
  const text = input.text.slice(date[0].length).trim();
  const error = ERROR.exec(text);
  const isTrace = TRACE.test(text);
  const app = input.syslog?.app?.toLowerCase() ?? '';
  const fpm = date[1] !== undefined || app.startsWith('php') ? FPM.exec(text) : null;
  if (error === null && !isTrace && fpm === null) return 'rejected';
  const stamp = date[1] ?? date[3]?.replaceAll('/', '-');
  if (stamp !== undefined)
    putDate(
      doc,
      '@timestamp',
      parseDate(date[2] === undefined ? stamp : `${stamp} ${date[2]}`, input) ?? parseDate(stamp, input),
    );
  doc['process.name'] = fpm === null ? 'php' : 'php-fpm';
  doc['message'] = text;
  if (fpm !== null && error === null) {
    const level = fpm[1]!;
    doc['log.level'] = level.toLowerCase();
    put(doc, 'php.php.pool', fpm[2]);
    doc['event.reason'] = text.slice(fpm[0].length);
    const isError = level === 'ALERT' || level === 'ERROR' || /exited on signal|terminated/.test(text);
    categorise(doc, { category: ['web', 'process'], type: [isError ? 'error' : 'info'] });
    return 'parsed';
  }
  const kind = error?.[1] ?? 'Stack trace';
  doc['error.type'] = kind;
  const severity = severityOf(kind);
  putSyslogSeverity(doc, severity);
  const rest = error === null ? text : text.slice(error[0].length);
  if (rest !== '') doc['error.message'] = rest;
  const place = PLACE.exec(rest);
  if (place !== null) {
    putFile(doc, place[1]);
    put(doc, 'log.origin.file.line', place[2]);
  }
  categorise(doc, { category: ['web'], type: [severity <= 4 ? 'error' : 'info'] });
  if (severity <= 3) doc['event.outcome'] = 'failure';
  return 'parsed';
}

const WORDS = [
  'Fatal error',
  'Parse error',
  'Warning',
  'Notice',
  'Deprecated',
  'Strict Standards',
  'Catchable fatal error',
  'Recoverable fatal error',
  'Stack trace',
  'Startup',
];

const isPhp = ({ text }: ParseInput): boolean =>
  ERROR.test(text.slice(DATE.exec(text)![0].length).trimStart());

/** Errors of PHP 4 to 8, and PHP-FPM's log. */
export default defineSource({
  id: 'php.php',
  signatures: [
    {
      kind: 'app',
      names: [
        'php',
        'php-fpm',
        'php7',
        'php8',
        'php7.4-fpm',
        'php8.1-fpm',
        'php8.2-fpm',
        'php8.3-fpm',
        'ool www',
        'php-cgi',
      ],
    },
    ...WORDS.map((word) => ({ kind: 'text' as const, literals: [`PHP ${word}:`], test: isPhp })),
    ...['WARNING: [pool ', 'NOTICE: [pool ', 'ERROR: [pool ', 'ALERT: [pool '].map((word) => ({
      kind: 'text' as const,
      prefix: '[',
      literals: [word],
    })),
  ],
  parse,
});
