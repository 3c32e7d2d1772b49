import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { type Cef, parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { parseLeef } from '../../kit/leef.ts';
import { leefTable, putLeef } from '../../kit/leef-fields.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'forcepoint.ngfw.';

const CEF_TABLE = cefTable(
  VENDOR,
  `
  deviceExternalId  device.id            text
  dvchost           observer.hostname    text
  dvc               observer.ip          own
  act               forcepoint.ngfw.act  text
  app               network.application  text
  msg               event.reason         text
  RuleID            rule.id              text
  deviceFacility    forcepoint.ngfw.deviceFacility  text
  `,
);
const LEEF_TABLE = leefTable(
  VENDOR,
  `
  action    forcepoint.ngfw.action  text
  msg       event.reason            text
  sender    observer.name           text
  app       network.application     text
  ruleId    rule.id                 text
  `,
);
/** Keys of audit records of the management server. */
const AUDIT_TABLE = fieldTable(
  VENDOR,
  `
  Timestamp         @timestamp           own
  NodeId            observer.ip          own
  CompId            observer.hostname    text
  InfoMsg           event.reason         text
  EventId           event.id             text
  UserOriginator    user.name            text
  ClientIpAddress   source               side
  TypeDescription   event.action         text
  Result            event.outcome        own
  RuleId            rule.id              text
  `,
);

const COMMAND = /^HISTORY: PID\\?=(\d{1,9}) UID\\?=(\d{1,9}) USER\\?=(\S{1,64}) (.{1,4000})$/;
const WHO = /\bfor user (\S{1,128})/;

/** What an engine's event is about, by the beginning of its name. */
function classify(name: string, action: string | undefined, message: string): Categorisation {
  const verdict = /discard|refuse|block|terminat|drop/i.test(name)
    ? 'denied'
    : /allow|permit/i.test(name)
      ? 'allowed'
      : verdictOf(action);
  if (name.startsWith('Connection')) {
    const types: EventType[] = ['connection'];
    if (verdict !== undefined) types.push(verdict);
    const failed = verdict === 'denied';
    return {
      category: ['network'],
      type: types,
      outcome: verdict === undefined ? undefined : failed ? 'failure' : 'success',
    };
  }
  if (/User_Command/.test(name)) return { category: ['process'], type: ['info'] };
  if (/^(?:Sandbox|File)/.test(name)) return { category: ['file'], type: ['info'] };
  if (/(?:log(?:in|on)|auth)/i.test(name)) {
    const failed = /fail|denied|reject/i.test(`${name} ${message}`);
    return { ...WHAT.login, outcome: failed ? 'failure' : 'success' };
  }
  const types: EventType[] = ['info'];
  if (verdict !== undefined) types.push(verdict);
  return { category: ['network'], type: types };
}

function putEvent(doc: EcsFields, name: string, action: string | undefined): void {
  doc['event.action'] = name;
  doc['observer.vendor'] = 'Forcepoint';
  doc['observer.product'] = 'NGFW';
  doc['observer.type'] = 'firewall';
  const message = doc['event.reason'];
  const text = typeof message === 'string' ? message : '';
  const command = COMMAND.exec(text);
  if (command !== null) {
    doc['process.pid'] = Number(command[1]);
    doc['process.user.id'] = command[2]!;
    doc['process.user.name'] = command[3]!;
    doc['process.command_line'] = command[4]!;
  }
  categorise(doc, classify(name, action, text));
}

/** Audit records: who did what to which object. */
function classifyAudit(type: string): Categorisation {
  if (/admin\.log(?:in|on)|authent/.test(type))
    return { category: ['authentication'], type: ['admin', 'start'] };
  if (/log(?:out|off)/.test(type)) return WHAT.logout;
  if (/^audit\./.test(type))
    return { category: ['process'], type: [type.endsWith('start') ? 'start' : 'end'] };
  if (/object\.(?:insert|new|create)/.test(type)) return WHAT.configurationCreated;
  if (/object\.(?:delete|remove)/.test(type)) return WHAT.configurationDeleted;
  if (type.endsWith('.start')) return { category: ['configuration'], type: ['start'] };
  if (type.endsWith('.end')) return { category: ['configuration'], type: ['end'] };
  return WHAT.configurationChanged;
}

function putOwnAddress(doc: EcsFields, text: string | undefined): void {
  const ip = parseIp(text ?? '');
  if (ip !== undefined) doc['observer.ip'] = [ip];
}

function parseAudit(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = parseKeyValue(input.text, { separator: ',' });
  const type = pairs.get('TypeDescription');
  if (type === undefined || !pairs.has('CompId')) return 'rejected';
  for (const [key, value] of pairs) if (value !== '') AUDIT_TABLE.put(doc, key, value);
  putDate(doc, '@timestamp', parseDate(pairs.get('Timestamp') ?? '', input));
  doc['observer.vendor'] = 'Forcepoint';
  doc['observer.product'] = 'Forcepoint Management Server';
  putOwnAddress(doc, pairs.get('NodeId'));
  categorise(doc, { ...classifyAudit(type), outcome: outcomeOf(pairs.get('Result')) });
  if (/login/.test(type)) {
    const who = WHO.exec(pairs.get('InfoMsg') ?? '')?.[1] ?? pairs.get('ObjectName');
    if (who !== undefined) doc['client.user.name'] = who;
  }
  return 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text;
  if (text.includes('CEF:')) {
    const cef: Cef | undefined = parseCef(text);
    if (cef === undefined || cef.vendor.toUpperCase() !== 'FORCEPOINT') return 'rejected';
    const pairs = putCef(doc, cef, CEF_TABLE, input);
    putOwnAddress(doc, pairs.get('dvc'));
    putEvent(doc, cef.name, pairs.get('act'));
    return 'parsed';
  }
  if (text.includes('LEEF:')) {
    const leef = parseLeef(text);
    if (leef === undefined || leef.vendor.toLowerCase() !== 'forcepoint') return 'rejected';
    putLeef(doc, leef, LEEF_TABLE, input);
    delete doc['event.code'];
    putEvent(doc, leef.eventId, leef.attributes.get('action'));
    return 'parsed';
  }
  return parseAudit(input, doc);
}

/** Forcepoint NGFW engines and their management server, 6.3 to 7.2. */
export default defineSource({
  id: 'forcepoint.ngfw',
  signatures: [
    { kind: 'text', prefix: 'CEF:', literals: ['|FORCEPOINT|'] },
    { kind: 'text', prefix: 'CEF:', literals: ['|Forcepoint|Firewall|'] },
    { kind: 'text', prefix: 'LEEF:', literals: ['|Forcepoint|'] },
    { kind: 'text', prefix: 'LEEF:', literals: ['|FORCEPOINT|'] },
    { kind: 'text', literals: ['SenderType="', 'CompId="', 'TypeDescription="'] },
  ],
  parse,
});
