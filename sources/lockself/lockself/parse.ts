import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventCategory, type EventType } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';

const TABLE = fieldTable(
  'lockself.',
  `
  userEmail          source.user.email      text
  organisationName   organization.name      text
  logType            lockself.type          own
  logMessage         event.action           own
  logObject          lockself.object        own
  userIp             source                 own
  userAgent          user_agent.original    text
  time               @timestamp             own
`,
);

/** Types of log that are about people and groups. */
const IAM = new Set(['User', 'Group', 'SyncroAD', 'Profile']);
const STEPS: readonly (readonly [RegExp, EventType])[] = [
  [/^(?:creat|add|import)/i, 'creation'],
  [/^(?:delet|remov)/i, 'deletion'],
  [
    /^(?:chang|mov|edit|updat|modif|renam|promot|downgrad|configur|deletable|readable|editable)|(?: - (?:ON|OFF)$)/i,
    'change',
  ],
  [/^(?:view|display|cop|download|decrypt)/i, 'access'],
];
const EMAIL = /[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,24}/i;

/** The verb of a message, without the names that follow it: `Deleting farmer a@example.com` → `Deleting`. */
function actionOf(type: string, message: string, object: string): string {
  if (type === 'Option') return /^[^-]{1,60} - (.{1,120}?) to /.exec(object)?.[1] ?? message;
  if (type === 'SyncroAD') return / has (\w{1,30}) /.exec(object)?.[1] ?? message;
  const change = /^(Changed (?:the )?\w{1,30}) to /.exec(message);
  if (change !== null) return change[1]!;
  const flag = /^(.{1,60}) - (?:ON|OFF)$/.exec(message);
  if (flag !== null) return flag[1]!;
  if (/^(?:Deleting|Deleted|Adding|Promote|Downgrade)\b./.test(message))
    return message.slice(0, message.indexOf(' '));
  return message;
}

function parse({ json, timeZone, receivedAt }: ParseInput, doc: EcsFields): ParseOutcome {
  const type = text(json?.['logType']);
  const message = text(json?.['logMessage'])?.trim();
  if (json === undefined || type === undefined || message === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const object = text(json['logObject']) ?? '';
  put(doc, 'lockself.logType', type);
  put(doc, 'lockself.logMessage', message);
  put(doc, 'lockself.logObject', object);
  const when = text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseDate(when, { timeZone, receivedAt }));
  doc['observer.vendor'] = 'LockSelf';
  doc['observer.product'] = /^Credential/.test(type)
    ? 'LockPass'
    : /^(?:Transfer|File)/.test(type)
      ? 'LockTransfer'
      : 'Global';
  // Jobs of the platform itself write `script`.
  const from = text(json['userIp']);
  if (from !== undefined && parseIp(from) !== undefined) putEndpoint(doc, 'source', from);

  const action = actionOf(type, message, object);
  if (type === 'Connection') {
    categorise(doc, {
      category: ['authentication'],
      type: ['start'],
      action,
      outcome: object === 'OK' ? 'success' : object === '' ? undefined : 'failure',
    });
    return 'parsed';
  }
  const isMember = /\b(?:farmer|moderator|member|user)s? /i.test(message);
  const category: EventCategory = IAM.has(type) || isMember ? 'iam' : 'configuration';
  const step = type === 'Option' ? 'change' : (STEPS.find(([verb]) => verb.test(message))?.[1] ?? 'info');
  categorise(doc, { category: [category], type: [step], action });
  const target =
    type === 'SyncroAD'
      ? / with user (\S{3,254})/.exec(object)?.[1]
      : type === 'User'
        ? EMAIL.exec(object)?.[0]
        : undefined;
  put(doc, 'user.target.email', target);
  return 'parsed';
}

/** Events of LockSelf. */
export default defineSource({
  id: 'lockself.lockself',
  signatures: [
    {
      kind: 'json',
      keys: ['logType', 'logMessage'],
      test: (json) => 'userEmail' in json || 'organisationName' in json,
    },
  ],
  parse,
});
