import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, embedded, object, objects, strings, text } from '../../kit/json.ts';
import { parseMac } from '../../kit/mac.ts';
import { putDirection, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { outcomeOf } from '../../kit/verdict.ts';
import { categoriesOf, typesOf } from './classes.ts';
import { FILE_TABLE, TABLE } from './fields.ts';

const MAX_ITEMS = 50;

function instant(value: unknown, input: ParseInput): number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? parseDate(value, input) : undefined;
}

function putSide(doc: EcsFields, side: 'source' | 'destination', endpoint: JsonObject | undefined): void {
  if (endpoint === undefined) return;
  const ip = parseIp(text(endpoint['ip']) ?? '');
  const name = text(endpoint['hostname']) ?? text(endpoint['domain']);
  if (ip !== undefined) doc[`${side}.ip`] = ip;
  if (name !== undefined) doc[`${side}.domain`] = name;
  const address = name ?? ip;
  if (address !== undefined) doc[`${side}.address`] = address;
}

function putHost(doc: EcsFields, device: JsonObject | undefined): void {
  if (device === undefined) return;
  const name = text(device['hostname']) ?? text(device['name']);
  if (name !== undefined) doc['host.name'] = name;
  const ip = parseIp(text(device['ip']) ?? '');
  if (ip !== undefined) doc['host.ip'] = [ip];
  const mac = parseMac(text(device['mac']) ?? '');
  if (mac !== undefined) doc['host.mac'] = [mac];
  const system = text(at(device, 'os', 'type'))?.toLowerCase();
  if (system !== undefined && /^(?:linux|macos|unix|windows|ios|android)$/.test(system))
    doc['host.os.type'] = system;
}

/** The file that the event is about: its own, that of the driver, else that of the process. */
function putFile(doc: EcsFields, json: JsonObject, input: ParseInput): void {
  const file =
    object(json['file']) ??
    object(at(json, 'driver', 'file')) ??
    object(at(json, 'module', 'file')) ??
    object(at(json, 'process', 'file')) ??
    object(at(json, 'actor', 'process', 'file'));
  if (file === undefined) return;
  const { hashes, ...rest } = file;
  FILE_TABLE.putObject(doc, rest);
  for (const hash of objects(hashes).slice(0, MAX_ITEMS)) {
    const value = text(hash['value']);
    const name = text(hash['algorithm'])?.toLowerCase();
    if (
      value === undefined ||
      (name !== undefined && !/^(?:md5|sha-?\d{1,3}|tlsh|ssdeep|unknown)$/.test(name))
    )
      continue;
    if (name === 'tlsh' || name === 'ssdeep') doc[`file.hash.${name}`] = value;
    else putHash(doc, 'file.hash', value);
  }
  for (const [key, field] of FILE_TIMES) putDate(doc, field, instant(at(file, ...key.split('.')), input));
}

const FILE_TIMES = [
  ['accessed_time', 'file.accessed'],
  ['modified_time', 'file.mtime'],
  ['created_time', 'file.created'],
  ['signature.certificate.expiration_time', 'file.x509.not_after'],
  ['signature.certificate.created_time', 'file.x509.not_before'],
] as const;

const TIMES = [
  ['start_time', 'event.start'],
  ['end_time', 'event.end'],
  ['process.created_time', 'process.start'],
  ['process.terminated_time', 'process.end'],
  ['process.parent_process.created_time', 'process.parent.start'],
  ['process.parent_process.terminated_time', 'process.parent.end'],
] as const;

/** Who is acted upon; where nobody acts, it is who the event is about. */
function putUser(doc: EcsFields, json: JsonObject): void {
  const user = object(json['user']);
  if (user === undefined) return;
  const prefix = object(at(json, 'actor', 'user')) === undefined ? 'user' : 'user.target';
  for (const [key, field] of USER) {
    const value = text(user[key]);
    if (value !== undefined) doc[`${prefix}.${field}`] = value;
  }
}

const USER = [
  ['name', 'name'],
  ['uid', 'id'],
  ['domain', 'domain'],
  ['email_addr', 'email'],
  ['full_name', 'full_name'],
] as const;

/** The process that acted, where the event is not about one. */
function putActor(doc: EcsFields, process: JsonObject | undefined): void {
  if (process === undefined) return;
  const pid = toLong(process['pid']);
  if (pid !== undefined) doc['process.pid'] = pid;
  for (const [key, field] of ACTOR) {
    const value = text(process[key]);
    if (value !== undefined) doc[`process.${field}`] = value;
  }
  const parent = toLong(at(process, 'parent_process', 'pid'));
  if (parent !== undefined) doc['process.parent.pid'] = parent;
}

const ACTOR = [
  ['name', 'name'],
  ['uid', 'entity_id'],
  ['cmd_line', 'command_line'],
] as const;

/** ATT&CK, vulnerabilities and answers: OCSF has lists of objects there. */
function putLists(doc: EcsFields, json: JsonObject): void {
  const attacks = [...objects(json['attacks']), ...objects(at(json, 'finding_info', 'attacks'))].slice(
    0,
    MAX_ITEMS,
  );
  const collect = (paths: readonly (readonly string[])[]): string[] => [
    ...new Set(attacks.flatMap((attack) => paths.flatMap((path) => text(at(attack, ...path)) ?? []))),
  ];
  for (const [field, paths] of ATTACK) {
    const values = collect(paths);
    if (values.length > 0) doc[field] = values;
  }
  const vulnerability = objects(json['vulnerabilities'])[0];
  if (vulnerability !== undefined) {
    const cve = text(at(vulnerability, 'cve', 'uid'));
    if (cve !== undefined) doc['vulnerability.id'] = [cve];
    const vendor = text(vulnerability['vendor_name']);
    if (vendor !== undefined) doc['vulnerability.scanner.vendor'] = vendor;
    const severity = text(vulnerability['severity']);
    if (severity !== undefined) doc['vulnerability.severity'] = severity;
  }
  const forwarded = strings(at(json, 'http_request', 'x_forwarded_for'))[0];
  const ip = forwarded === undefined ? undefined : parseIp(forwarded);
  if (ip !== undefined) doc['network.forwarded_ip'] = ip;
  const answers = objects(json['answers'])
    .slice(0, MAX_ITEMS)
    .flatMap((answer) => parseIp(text(answer['rdata']) ?? '') ?? []);
  if (answers.length > 0) doc['dns.resolved_ip'] = answers;
}

const ATTACK: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ['threat.technique.id', [['technique', 'uid']]],
  ['threat.technique.name', [['technique', 'name']]],
  ['threat.tactic.id', [['tactic', 'uid']]],
  ['threat.tactic.name', [['tactic', 'name']]],
];

function putMeaning(doc: EcsFields, json: JsonObject): void {
  const stated = toLong(json['class_uid']) ?? Math.floor((toLong(json['type_uid']) ?? 0) / 100);
  const klass = stated > 0 ? stated : guessClass(json);
  const category = toLong(json['category_uid']) ?? Math.floor(klass / 1_000);
  // Extensions number their classes from a hundred thousand on.
  const categories = categoriesOf(klass, category);
  const activity =
    text(json['activity_name'])?.toLowerCase() ??
    /: (.{1,80})$/.exec(text(json['type_name']) ?? '')?.[1]?.toLowerCase() ??
    '';
  if (activity !== '') doc['event.action'] ??= activity;
  doc['event.category'] = [...categories];
  doc['event.type'] = typesOf(activity, categories.includes('network') && category === 4);
  if (klass === 2001 || klass === 2004 || klass === 2005) doc['event.kind'] = 'alert';
  const status =
    text(json['status']) ??
    ({ 1: 'success', 2: 'failure', 0: 'unknown' } as Record<number, string>)[toLong(json['status_id']) ?? -1];
  const outcome = outcomeOf(status);
  if (outcome !== undefined) doc['event.outcome'] = outcome;
  const disposition = text(json['disposition'])?.toLowerCase() ?? '';
  if (/^(?:blocked|denied|dropped|quarantined|rejected|isolated)/.test(disposition))
    (doc['event.type'] as string[]).push('denied');
  else if (/^allowed/.test(disposition)) (doc['event.type'] as string[]).push('allowed');
}

/** Classes by the members that only their objects have, for objects that a query has taken out of their record. */
function guessClass(json: JsonObject): number {
  if (object(json['api']) !== undefined) return 3_005;
  if (object(json['query']) !== undefined) return 4_003;
  if (object(json['finding']) !== undefined || object(json['finding_info']) !== undefined) return 2_001;
  if (object(json['http_request']) !== undefined) return 4_002;
  if (object(json['src_endpoint']) !== undefined && object(json['dst_endpoint']) !== undefined) return 4_001;
  if (object(json['logon_type']) !== undefined || json['is_mfa'] !== undefined) return 3_002;
  return 0;
}

/** What every OCSF object has: who made it, in which version of the schema. */
function isOcsf(json: JsonObject): boolean {
  const metadata = object(json['metadata']);
  const product = object(metadata?.['product']);
  return (
    text(metadata?.['version']) !== undefined &&
    product !== undefined &&
    ('vendor_name' in product || 'name' in product)
  );
}

/** The first object of a line that holds several, one behind the other. */
function firstObject(line: string): JsonObject | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (quoted) {
      if (code === 92) i++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123) depth++;
    else if (code === 125 && --depth === 0) return object(embedded(line.slice(0, i + 1)));
  }
  return undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const whole = input.json;
  const json = whole ?? firstObject(input.text.trimStart());
  if (json === undefined || !(isOcsf(json) || 'class_uid' in json || 'type_uid' in json)) return 'rejected';
  const { file: _file, driver: _driver, ...rest } = json;
  TABLE.putObject(doc, rest);
  putSide(doc, 'source', object(json['src_endpoint']));
  putSide(doc, 'destination', object(json['dst_endpoint']));
  putHost(doc, object(json['device']));
  putFile(doc, json, input);
  putUser(doc, json);
  if (json['process'] === undefined) putActor(doc, object(at(json, 'actor', 'process')));
  putLists(doc, json);
  putTransport(doc, text(at(json, 'connection_info', 'protocol_name'))?.toLowerCase());
  putDirection(doc, text(at(json, 'connection_info', 'direction')));
  putMeaning(doc, json);
  for (const [key, field] of TIMES) putDate(doc, field, instant(at(json, ...key.split('.')), input));
  const duration = json['duration'];
  if (typeof duration === 'number' && duration >= 0 && duration < 9e12)
    doc['event.duration'] = Math.round(duration * 1e6);
  putDate(doc, '@timestamp', instant(json['time'], input) ?? instant(json['time_dt'], input));
  doc['message'] = text(json['message']) ?? text(json['type_name']) ?? '';
  // What stands behind the first object of a line is kept in the original alone.
  return whole === undefined ? 'partial' : 'parsed';
}

/** Events in the Open Cybersecurity Schema Framework, of any product. */
export default defineSource({
  id: 'generic.ocsf',
  signatures: [
    { kind: 'json', keys: ['class_uid', 'metadata'] },
    { kind: 'json', keys: ['type_uid', 'category_uid'] },
    { kind: 'json', keys: ['class_uid', 'activity_id'] },
    // Amazon Security Lake's queries leave columns out, the class among them.
    {
      kind: 'json',
      keys: ['metadata', 'time'],
      test: (json) => isOcsf(json) && guessClass(json) !== 0,
    },
    {
      kind: 'json',
      keys: ['metadata', 'severity'],
      test: (json) => isOcsf(json) && guessClass(json) !== 0,
    },
    { kind: 'text', prefix: '{', literals: ['"metadata"', '"product"', '"vendor_name"', '} {'] },
  ],
  parse,
});
