import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

/** Its own date and level, in the file and behind syslog's header: `2026-03-02 10:33:01 ERROR: `. */
const HEAD =
  /^(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) )?(FATAL ERROR|CRITICAL|ERROR|WARNING|INFO\d?|DEBUG\d{0,2}|NOTICE): /;
/** Codes of firewalld's errors: words in capitals, with what they are about. */
const CODE = /^([A-Z][A-Z0-9]{1,20}(?:_[A-Z0-9]{1,20}){1,6})(?:: (.*))?$/s;
const COMMAND = /^'([^']{1,2000})' failed(?:: (.*))?/s;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const app = input.syslog?.app?.toLowerCase();
  const text = input.text.trim();
  const head = HEAD.exec(text);
  if (app !== 'firewalld' && (head?.[1] === undefined || !CODE.test(text.slice(head[0].length))))
    return 'rejected';
  if (head?.[1] !== undefined) putDate(doc, '@timestamp', parseIso(head[1], input.timeZone));
  const level = head?.[2]?.replace(/\d+$/, '').toLowerCase();
  if (level !== undefined) doc['log.level'] = level;
  doc['process.name'] = 'firewalld';
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['host.os.type'] = 'linux';
  const message = head === null ? text : text.slice(head[0].length).trim();
  doc['message'] = message;
  const code = CODE.exec(message);
  const rest = code === null ? message : (code[2] ?? '');
  if (code !== null) doc['event.code'] = code[1]!;
  const command = COMMAND.exec(rest);
  if (command !== null) {
    doc['linux.firewalld.command'] = command[1]!;
    if (command[2] !== undefined) doc['error.message'] = command[2].trim();
  } else if (rest !== '') doc['event.reason'] = rest;
  const failed = level === 'error' || level === 'critical' || level === 'fatal error' || command !== null;
  let what: Categorisation = failed ? WHAT.hostError : WHAT.hostInfo;
  if (command !== null) what = { ...WHAT.configurationChanged, action: 'command-failed', outcome: 'failure' };
  else if (code !== null)
    what = {
      category: ['configuration'],
      type: ['change'],
      action: code[1]!.toLowerCase().replaceAll('_', '-'),
      // What is there already or not there at all was not changed.
      outcome: 'failure',
    };
  else if (/^(?:Started|Starting|Reload)/i.test(message))
    what = { ...WHAT.processStart, action: 'service-started' };
  else if (/^(?:Stopped|Stopping)/i.test(message)) what = { ...WHAT.processEnd, action: 'service-stopped' };
  categorise(doc, what);
  return head === null && code === null ? 'partial' : 'parsed';
}

/** The service firewalld, 0.3 to 2.x. */
export default defineSource({
  id: 'linux.firewalld',
  signatures: [
    { kind: 'app', names: ['firewalld'] },
    ...['ERROR: ', 'WARNING: '].flatMap((level) =>
      ['COMMAND_FAILED: ', 'ZONE_', 'ALREADY_ENABLED', 'NOT_ENABLED', 'INVALID_', 'NAME_CONFLICT'].map(
        (code) => ({
          kind: 'text' as const,
          prefix: '20',
          literals: [level + code],
        }),
      ),
    ),
  ],
  parse: (input: ParseInput, doc: EcsFields) => parse(input, doc),
});
