import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { compileMessages } from '../_shared/messages.ts';
import { readConsolidated } from './consolidated.ts';
import { RULES } from './rules.ts';
import { WRITERS } from './writers.ts';

const readMessage = compileMessages(RULES, WRITERS);

/** `Mon Mar  2 10:00:00 2026 Info: `: date of the file, level. */
const HEAD =
  /^ ?(?:[A-Z][a-z]{2} ([A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \d{4}) )?(?:(Critical|Warning|Info|Debug|Trace): )?/;
const LEVELS = new Set(['Critical', 'Warning', 'Info', 'Debug', 'Trace']);
/** How a line of the mail log begins behind its head. */
const START =
  /^(?:(?:Start |Message (?:done|finished|aborted) |Delivery start |Bounced: |Delayed: )?(?:MID|ICID|DCID) \d{1,18}\b|New \w{2,8} (?:ICID|DCID) \d{1,18} |SMTP Auth: \(ICID \d|LDAP: \w{3,10} query )/;

interface Line {
  readonly message: string;
  readonly level?: string;
  readonly date?: string;
}

function readLine({ text, syslog }: ParseInput): Line {
  const head = HEAD.exec(text)!;
  const app = syslog?.app;
  return {
    message: text.slice(head[0].length).trim(),
    // `esa1 Info: MID …`: the header has taken the level for the application.
    level: head[2] ?? (app !== undefined && LEVELS.has(app) ? app : undefined),
    date: head[1],
  };
}

function isMailLog(input: ParseInput): boolean {
  const { message } = readLine(input);
  return START.test(message);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.text.includes('|ESA_CONSOLIDATED_LOG_EVENT|') && readConsolidated(input, doc)) {
    putDevice(input, doc);
    return 'parsed';
  }
  const { message, level, date } = readLine(input);
  if (level === undefined && !START.test(message)) return 'rejected';
  const blank = message.indexOf(' ');
  const word = blank < 0 ? message : message.slice(0, blank);
  // What begins otherwise is ours only when one of the forms fits; until then nothing may stand in the document.
  const found: EcsFields = {};
  const reading = readMessage(word.startsWith('login:') ? 'login' : word, message, found);
  if (reading !== 'read' && !START.test(message) && !isOwnLog(input)) return 'rejected';
  Object.assign(doc, found);
  if (date !== undefined) putDate(doc, '@timestamp', parseDate(date, input));
  if (level !== undefined) doc['log.level'] = level.toLowerCase();
  if (message !== '') doc['message'] = message;
  putDevice(input, doc);
  if (reading === 'unknown') {
    categorise(doc, { category: ['email'], type: ['info'] });
    doc['event.reason'] = message;
  }
  return reading === 'read' ? 'parsed' : 'partial';
}

function putDevice(input: ParseInput, doc: EcsFields): void {
  putObserver(doc, { vendor: 'Cisco', product: 'Secure Email Gateway' });
  if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
}

/** Names that log subscriptions of the appliance have unless somebody changes them. */
const SUBSCRIPTIONS = [
  'mail_logs',
  'authentication',
  'gui_logs',
  'cli_logs',
  'antispam',
  'amp',
  'error_logs',
];

/** Whether the header names a subscription of the mail log. */
function isOwnLog(input: ParseInput): boolean {
  return input.syslog?.app === 'mail_logs';
}

export default defineSource({
  id: 'cisco.esa',
  signatures: [
    { kind: 'text', literals: ['CEF:', '|Cisco|', '|ESA_CONSOLIDATED_LOG_EVENT|'] },
    { kind: 'app', names: SUBSCRIPTIONS, test: ({ text }) => LEVELS.has(text.slice(0, text.indexOf(':'))) },
    ...['MID ', 'ICID ', 'DCID '].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: isMailLog,
    })),
    ...['LDAP: ', 'SMTP Auth: (ICID '].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: isMailLog,
    })),
  ],
  parse,
});
