import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { type DateContext, parseDate, putDate } from '../../kit/dates.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { classify } from './classify.ts';
import { canonicalType, columnsOf, impliedSubtype, isKnownType } from './columns.ts';
import { putForwarded, putMisc, putPeople, putRecord, putSession, putTls, VENDOR } from './fields.ts';
import { fromCef, fromJson, fromLeef, type PanRecord } from './names.ts';
import { putSystem } from './system.ts';

/** `1,2026/03/01 10:00:00,0123456789,TRAFFIC,end,…`; some relays leave a colon in front. */
const CSV_START = /^[:\s]{0,4}\d{0,4},[^,]{8,32},[^,]{0,64},([A-Z][A-Z-]{2,24}),/;

/**
 * The same of a type that is not documented, and behind a header that no reader takes for a date (`May 00`): the
 * receive time in PAN-OS's own form, and the serial number, tell it.
 */
const CSV_OTHER =
  /^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S{1,255}) )?(?=\d{0,4},\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,[0-9A-Z]{6,16},[A-Z][A-Z-]{2,24},)/;

/** `<threat name>(<id>)` */
const THREAT = /^(.*?)\((\d{1,12})\)$/;

function readCsv(line: string): PanRecord | undefined {
  const header = CSV_OTHER.exec(line);
  const text = header === null ? line : line.slice(header[0].length);
  const match = CSV_START.exec(text);
  if (match === null) return undefined;
  const columns = columnsOf(match[1]!);
  const fields = parseCsv(text, { limit: 200 });
  const record: PanRecord = new Map();
  if (columns === undefined) {
    // A type that is not known: the seven columns that all types share.
    for (const [name, at] of [
      ['receive_time', 1],
      ['serial', 2],
      ['type', 3],
      ['subtype', 4],
      ['time_generated', 6],
    ] as const) {
      const value = fields[at];
      if (value !== undefined && value !== '') record.set(name, value);
    }
    return record;
  }
  const shift = columns === columnsOf('CONFIG') ? configShift(fields) : 0;
  const count = Math.min(columns.length, fields.length + shift);
  for (let i = 0; i < count; i++) {
    const name = columns[i]!;
    if (name === '_') continue;
    // Without the details of the change, CONFIG's later columns stand two places earlier.
    let at = i;
    if (shift > 0 && i >= 14) {
      if (i < 16) continue;
      at = i - shift;
    }
    const value = fields[at];
    if (value !== undefined && value !== '') record.set(name, value);
  }
  return record;
}

/** CONFIG has the two change columns only in custom formats: the action flags (`0x…`) show which. */
function configShift(fields: readonly string[]): number {
  return fields[15]?.startsWith('0x') === true ? 2 : 0;
}

function readTime(record: PanRecord, context: DateContext): number | undefined {
  for (const name of ['high_res_timestamp', 'time_generated', 'receive_time']) {
    const value = record.get(name);
    const time = value === undefined ? undefined : parseDate(value, context);
    if (time !== undefined) return time;
  }
  return undefined;
}

function putThreat(doc: EcsFields, record: PanRecord): void {
  const threat = record.get('threatid');
  if (threat !== undefined) {
    const match = THREAT.exec(threat);
    const id = match === null ? undefined : match[2]!;
    const name = (match === null ? threat : match[1]!).trim();
    if (id !== undefined) {
      doc['event.code'] = id;
      doc[`${VENDOR}threat.id`] = id;
    }
    if (name !== '') {
      doc[`${VENDOR}threat.name`] = name;
      doc['event.reason'] = name;
    }
  }
  const digest = record.get('filedigest');
  if (digest !== undefined && !putHash(doc, 'file.hash', digest)) doc[`${VENDOR}filedigest`] = digest;
  const categories = record.get('url_category_list');
  if (categories !== undefined) {
    const list = categories.split(',', 50).flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
    if (list.length > 0) doc[`${VENDOR}url_category_list`] = list;
  }
}

function putHost(doc: EcsFields, record: PanRecord): void {
  const name = record.get('machinename');
  if (name !== undefined) doc['host.name'] = name;
  const id = record.get('hostid');
  if (id !== undefined) doc['host.id'] = id;
  const os = record.get('os') ?? record.get('client_os_ver') ?? record.get('client_os');
  if (os !== undefined) doc['host.os.full'] = os;
  const mac = record.get('mac');
  const address = mac === undefined ? undefined : parseMac(mac);
  if (address !== undefined) doc['host.mac'] = [address];
}

/** GlobalProtect: the public address is where the client comes from, the private one what it got. */
function putGlobalProtect(doc: EcsFields, record: PanRecord): void {
  putHost(doc, record);
  for (const [name, field] of [
    ['public_ip', 'source'],
    ['public_ipv6', 'source'],
  ] as const) {
    const ip = parseIp(record.get(name) ?? '');
    if (ip === undefined || ip === '0.0.0.0' || ip === '::' || doc[`${field}.ip`] !== undefined) continue;
    doc[`${field}.address`] = ip;
    doc[`${field}.ip`] = ip;
  }
  for (const name of ['private_ip', 'private_ipv6']) {
    const ip = parseIp(record.get(name) ?? '');
    if (ip === undefined || ip === '0.0.0.0' || ip === '::') continue;
    doc['host.ip'] = [ip];
    break;
  }
  const duration = record.get('login_duration');
  if (duration !== undefined && duration !== '0') putDuration(doc, duration);
  const reason = record.get('error') ?? record.get('reason') ?? record.get('opaque');
  if (reason !== undefined) doc['event.reason'] = reason;
  const code = record.get('error_code');
  if (code !== undefined && code !== '0') doc['error.code'] = code;
}

/** DNS Security telemetry of the logging service. */
function putDns(doc: EcsFields, record: PanRecord): void {
  const name = record.get('fqdn') ?? record.get('misc');
  if (name !== undefined) doc['dns.question.name'] = name;
  const type = record.get('record_type');
  if (type !== undefined) put(doc, 'dns.question.type', type.split(',', 1)[0]!.toUpperCase());
  const response = record.get('dns_response');
  doc['dns.type'] = response === undefined ? 'query' : 'answer';
  if (response === undefined) return;
  const data = response.split(',', 100);
  doc['dns.answers.data'] = data;
  const resolved: string[] = [];
  for (const item of data) {
    const ip = parseIp(item);
    if (ip !== undefined && !resolved.includes(ip)) resolved.push(ip);
  }
  if (resolved.length > 0) doc['dns.resolved_ip'] = resolved;
}

function isServiceLog(json: JsonObject): boolean {
  return typeof json['LogType'] === 'string' && isKnownType(json['LogType']);
}

function read(input: ParseInput): { record: PanRecord; version?: string; severity?: string } | undefined {
  if (input.json !== undefined)
    return isServiceLog(input.json) ? { record: fromJson(input.json) } : undefined;
  const text = input.text;
  if (text.startsWith('CEF:')) return fromCef(text);
  if (text.startsWith('LEEF:')) return fromLeef(text);
  const record = readCsv(text);
  return record === undefined ? undefined : { record };
}

const OBSERVER: Observer = { vendor: 'Palo Alto Networks', product: 'PAN-OS', type: 'firewall' };

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const found = read(input);
  if (found === undefined) return 'rejected';
  const { record, version, severity } = found;
  const stated = record.get('type') ?? '';
  const type = canonicalType(stated);
  const subtype = (impliedSubtype(stated) ?? record.get('subtype') ?? '').toLowerCase();
  const zone = record.get('dtz');
  const context: DateContext = zone === 'UTC' ? { timeZone: 'UTC', receivedAt: input.receivedAt } : input;

  const time = readTime(record, context);
  putDate(doc, '@timestamp', time);
  if (zone !== undefined) doc['event.timezone'] = zone;
  putObserver(doc, OBSERVER);
  if (version !== undefined) doc['observer.version'] = version;
  if (severity !== undefined) put(doc, 'event.severity', severity);
  doc[`${VENDOR}type`] = type;
  if (subtype !== '') doc[`${VENDOR}sub_type`] = subtype;
  putRecord(doc, record);
  putPeople(doc, record);

  const description = record.get('opaque');
  let action = record.get('action') ?? record.get('eventid') ?? record.get('event_id');
  switch (type) {
    case 'TRAFFIC':
      putForwarded(doc, record);
      putSession(doc, record, context);
      break;
    case 'TUNNEL':
    case 'GTP':
    case 'SCTP':
      putSession(doc, record, context);
      break;
    case 'THREAT':
      putForwarded(doc, record);
      putThreat(doc, record);
      putMisc(doc, record, subtype);
      break;
    case 'DECRYPTION':
      putTls(doc, record, context);
      if (record.has('error')) doc['error.message'] = record.get('error')!;
      break;
    case 'GLOBALPROTECT':
      putGlobalProtect(doc, record);
      break;
    case 'HIPMATCH':
      putHost(doc, record);
      if (record.has('matchname')) doc['rule.name'] = record.get('matchname')!;
      break;
    case 'CONFIG': {
      const host = parseIp(record.get('host') ?? '');
      if (host !== undefined) {
        doc['source.address'] = host;
        doc['source.ip'] = host;
      }
      action = record.get('cmd');
      break;
    }
    case 'AUDIT':
      doc['process.command_line'] = record.get('cmd') ?? '';
      if (doc['process.command_line'] === '') delete doc['process.command_line'];
      break;
    case 'AUTHENTICATION':
      action = record.get('event');
      if (record.has('desc')) doc['event.reason'] = record.get('desc')!;
      break;
    case 'USERID':
      action = subtype === '' ? undefined : subtype;
      break;
    case 'CORRELATION':
      if (record.has('objectname')) doc['rule.name'] = record.get('objectname')!;
      if (record.has('evidence')) doc['message'] = record.get('evidence')!;
      break;
    case 'DNS':
      putDns(doc, record);
      break;
    default:
  }
  const what =
    type === 'SYSTEM'
      ? putSystem(doc, subtype, record.get('eventid'), description)
      : classify(type, subtype, action, record);
  // These logs are about the firewall itself: it is the host as well as the observer.
  if ((type === 'SYSTEM' || type === 'CONFIG' || type === 'AUDIT') && doc['observer.name'] !== undefined)
    doc['host.name'] = doc['observer.name'];
  if (type !== 'SYSTEM' && description !== undefined) doc['message'] = description;
  categorise(doc, what);
  doc['event.kind'] = 'alert' in what && what.alert === true ? 'alert' : 'event';
  if (action !== undefined) doc['event.action'] = action;
  if (columnsOf(type) === undefined && type !== 'DNS') return 'partial';
  // A record without a time that can be, and without addresses, was cut or made unreadable on its way.
  return time === undefined && doc['source.address'] === undefined && doc['user.name'] === undefined
    ? 'partial'
    : 'parsed';
}

/** Palo Alto Networks firewalls and their logging service: CSV, CEF, LEEF and JSON. */
export default defineSource({
  id: 'paloalto.ngfw',
  signatures: [
    { kind: 'text', literals: [','], test: (input) => isKnownType(CSV_START.exec(input.text)?.[1] ?? '') },
    { kind: 'text', literals: [',20', '/', ':'], test: ({ text }) => CSV_OTHER.test(text.slice(0, 400)) },
    { kind: 'text', prefix: 'CEF:', literals: ['|Palo Alto Networks|PAN-OS'] },
    { kind: 'text', prefix: 'CEF:', literals: ['|Palo Alto Networks|LF|'] },
    { kind: 'text', prefix: 'LEEF:', literals: ['|Palo Alto Networks|PAN-OS'] },
    { kind: 'text', prefix: 'LEEF:', literals: ['|Palo Alto Networks|', '|LF|'] },
    {
      kind: 'json',
      keys: ['LogType'],
      test: (json) =>
        isServiceLog(json) && ('DeviceSN' in json || 'LogSourceID' in json || 'DGHierarchyLevel1' in json),
    },
  ],
  parse,
});
