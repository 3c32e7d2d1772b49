import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { parseAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const TABLE = fieldTable(
  'wallix.bastion.',
  `
  client_ip      source                 endpoint
  target_ip      destination            endpoint
  service        service.name           text
  account        destination.user       account
  session_id     session.id             own
  user           user                   own
  infos          event.reason           text
  type           event.action           text+
  command_line   process.command_line   text
  begin          event.start            own
  end            event.end              own
`,
);

/** The word in brackets in front of the pairs; a header that is no syslog by any standard may come before it. */
const TAG = /\[((?:SSH|RDP|VNC|TELNET|RLOGIN|APP) Session|wabaudit|wabauth|sessionintegrity)\]\s?/;
const MAX_HEADER = 300;
/** Objects of the configuration that say who may do what. */
const ACCESS =
  /^(?:account|user|usergroup|user group|profile|authorization|apikey|userauth|approval|cred\w{1,20}|targetgroup|localdomain|globaldomain|ldapdomain)$/i;
const STEPS: Readonly<Record<string, 'creation' | 'change' | 'deletion' | 'access'>> = {
  add: 'creation',
  edit: 'change',
  delete: 'deletion',
  list: 'access',
};

/** Kinds of session event, by the end of their names. */
function sessionEvent(type: string): Categorisation {
  if (/^SESSION_ESTABLISHED|^CONNECTION_TO_TARGET/.test(type)) return WHAT.sessionStart;
  if (/DISCONNECT|^SESSION_END/.test(type)) return WHAT.sessionEnd;
  if (type === 'NEW_PROCESS') return WHAT.processStart;
  if (type === 'COMPLETED_PROCESS') return WHAT.processEnd;
  if (/^SFTP|^SCP|FILE/.test(type)) return { category: ['file', 'session'], type: ['info'] };
  return { category: ['session'], type: ['info'] };
}

/**
 * Writes who logged in to the bastion: `alice`, `alice@corp.example.com`, or with the client's address behind it,
 * `alice@corp.example.com@192.0.2.7`.
 */
function putUser(doc: EcsFields, login: string | undefined): void {
  if (login === undefined || login === '') return;
  const first = login.indexOf('@');
  const second = first < 0 ? -1 : login.indexOf('@', first + 1);
  if (second > 0) putEndpoint(doc, 'source', login.slice(second + 1));
  const account = parseAccount(second > 0 ? login.slice(0, second) : login);
  doc['user.name'] = account.name;
  put(doc, 'user.domain', account.domain);
}

/** Writes a target as the bastion names it: `account@domain@device:SERVICE`. */
function putTarget(doc: EcsFields, target: string | undefined): void {
  if (target === undefined) return;
  const at = target.lastIndexOf('@');
  const colon = target.indexOf(':', at + 1);
  if (at <= 0) return;
  putEndpoint(doc, 'destination', target.slice(at + 1, colon < 0 ? undefined : colon));
  doc['destination.user.name'] = target.slice(0, target.indexOf('@'));
}

function parse({ text, timeZone, receivedAt }: ParseInput, doc: EcsFields): ParseOutcome {
  const tag = TAG.exec(text.length > MAX_HEADER ? text.slice(0, MAX_HEADER) : text);
  const pairs = parseKeyValue(tag === null ? text : text.slice(tag.index + tag[0].length));
  const action = pairs.get('action');
  const type = pairs.get('type');
  if (tag === null && action !== 'authentify') return 'rejected';
  if (action === undefined && type === undefined && !pairs.has('session_id')) return 'rejected';

  for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
  putObserver(doc, { vendor: 'WALLIX', product: 'Bastion' });
  putUser(doc, pairs.get('user'));
  const status = pairs.get('status');
  const outcome = outcomeOf(status);
  const name = tag?.[1] ?? 'wabauth';
  put(doc, 'wallix.bastion.session_id', pairs.get('session_id') ?? pairs.get('session_uid'));
  for (const [key, field] of [
    ['begin', 'event.start'],
    ['end', 'event.end'],
  ] as const) {
    const value = pairs.get(key);
    if (value !== undefined) putDate(doc, field, parseDate(value, { timeZone, receivedAt }));
  }

  if (action === 'authentify') {
    doc['event.dataset'] = 'wallix.bastion.authentication';
    categorise(doc, { ...WHAT.login, action, outcome });
  } else if (name === 'sessionintegrity') {
    doc['event.dataset'] = 'wallix.bastion.integrity';
    categorise(doc, { category: ['session'], type: ['info'], outcome });
    putTarget(doc, pairs.get('target'));
  } else if (action !== undefined) {
    doc['event.dataset'] = 'wallix.bastion.audit';
    doc['event.provider'] = 'wabengine';
    const isAccess = ACCESS.test(type ?? '');
    const step = Object.hasOwn(STEPS, action) ? STEPS[action]! : 'info';
    categorise(doc, { category: [isAccess ? 'iam' : 'configuration'], type: [step], outcome });
    return step === 'info' || type === undefined ? 'partial' : 'parsed';
  } else {
    doc['event.dataset'] = 'wallix.bastion.session';
    doc['event.provider'] = name;
    categorise(doc, { ...sessionEvent(type ?? ''), outcome });
    // What runs, runs on the target.
    if (doc['process.command_line'] !== undefined) put(doc, 'host.name', pairs.get('device'));
  }
  return 'parsed';
}

/** WALLIX Bastion: key-value pairs behind a word in brackets that names the kind of log. */
export default defineSource({
  id: 'wallix.bastion',
  signatures: [
    { kind: 'text', literals: ['[wabaudit] '] },
    { kind: 'text', literals: ['[wabauth] '] },
    { kind: 'text', literals: ['[sessionintegrity] '] },
    { kind: 'text', literals: [' Session] ', 'session_id='] },
    { kind: 'text', prefix: 'action=', literals: ['authentify', 'client_ip='] },
  ],
  parse,
});
