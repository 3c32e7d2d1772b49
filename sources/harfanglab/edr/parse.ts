import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { dnsRecordType } from '../../kit/dns-record-types.ts';
import { baseName } from '../../kit/file.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { AGENT_LOG, ALERT, AUDIT, DRIVER, OTHER, PROCESS, STATE, THREAT } from './table.ts';

type What = Pick<Categorisation, 'category' | 'type'>;

const KINDS: ReadonlyMap<string, What> = new Map<string, What>([
  ['process', WHAT.processStart],
  ['network', WHAT.connection],
  ['dns_resolution', WHAT.dns],
  ['dns', WHAT.dns],
  ['driverload', { category: ['driver'], type: ['info'] }],
  ['library', { category: ['library'], type: ['start'] }],
  ['loadlibrary', { category: ['library'], type: ['start'] }],
  ['file', { category: ['file'], type: ['info'] }],
  ['file_download', { category: ['file'], type: ['creation'] }],
  ['url_request', { category: ['web'], type: ['access'] }],
  ['registry', { category: ['registry'], type: ['change'] }],
  ['authentication', WHAT.authentication],
  ['injectedthread', { category: ['process'], type: ['change'] }],
  ['processaccess', { category: ['process'], type: ['access'] }],
  ['processtamper', { category: ['process'], type: ['change'] }],
  ['rawdiskaccess', { category: ['file'], type: ['access'] }],
  ['rawdeviceaccess', { category: ['file'], type: ['access'] }],
  ['namedpipe', { category: ['file'], type: ['info'] }],
  ['powershell', { category: ['process'], type: ['info'] }],
  ['amsi', { category: ['process'], type: ['info'] }],
  ['wmi', { category: ['configuration'], type: ['change'] }],
  ['audit', WHAT.apiCall],
  ['investigation', WHAT.hostInfo],
]);

/** Windows' own events that HarfangLab forwards, by id. */
const WINDOWS: ReadonlyMap<string, Categorisation> = new Map<string, Categorisation>([
  ['4624', { ...WHAT.login, action: 'authentication_network', outcome: 'success' }],
  ['4625', { ...WHAT.login, action: 'authentication_network', outcome: 'failure' }],
  ['4634', { category: ['authentication'], type: ['end'] }],
  ['4648', WHAT.login],
  ['4720', WHAT.userCreated],
  ['4726', WHAT.userDeleted],
  ['4728', WHAT.groupChanged],
  ['4732', WHAT.groupChanged],
  ['4688', WHAT.processStart],
]);

function putAlert(json: JsonObject, doc: EcsFields): What {
  ALERT.put(doc, json);
  doc['event.kind'] = 'alert';
  const registry = text(at(json, 'details_registry', 'target_object'));
  if (registry !== undefined) putRegistryPath(doc, registry);
  putDirection(doc, text(json['direction']));
  putQuestion(doc, json['query_type'] ?? at(json, 'details_dns', 'query_type'));
  if (text(json['alert_type']) === 'driver' || object(json['driverload']) !== undefined)
    return { category: ['driver'], type: ['info'] };
  const subtype = text(json['alert_subtype']) ?? '';
  if (subtype === 'eventlog') {
    const code = String(doc['event.code'] ?? '');
    return WINDOWS.get(code) ?? WHAT.hostInfo;
  }
  return KINDS.get(subtype) ?? WHAT.processStart;
}

/** `in` and `out`, seen from the machine. */
function putDirection(doc: EcsFields, word: string | undefined): void {
  if (word === 'in') doc['network.direction'] = 'inbound';
  else if (word === 'out') doc['network.direction'] = 'outbound';
}

/** The type of a DNS question, which agents write as a word or as its number. */
function putQuestion(doc: EcsFields, type: unknown): void {
  const word = text(type);
  if (word === undefined) return;
  doc['dns.question.type'] = /^\d{1,5}$/.test(word) ? (dnsRecordType(word) ?? word) : word.toUpperCase();
}

/** Records of the manager and of its agents, which have no description of a machine. */
function putRecord(kind: string, json: JsonObject, doc: EcsFields): void {
  (kind === 'auditlog' ? AUDIT : AGENT_LOG).put(doc, json);
  putCommon(json, doc);
  if (kind === 'agentlog') categorise(doc, WHAT.hostInfo);
  else if (kind === 'connectionlog') categorise(doc, { category: ['network'], type: ['info'] });
  else {
    const status = doc['http.response.status_code'];
    const failed = typeof status === 'number' ? status >= 400 : undefined;
    categorise(doc, {
      category: ['web'],
      type: ['access'],
      outcome: failed === undefined ? undefined : failed ? 'failure' : 'success',
    });
  }
}

const RECORDS = new Set(['auditlog', 'agentlog', 'connectionlog']);

function putRegistryPath(doc: EcsFields, path: string): void {
  const cut = path.lastIndexOf('\\');
  if (cut > 0) putRegistryKey(doc, path.slice(0, cut), path.slice(cut + 1));
}

function putCommon(json: JsonObject, doc: EcsFields): void {
  doc['agent.name'] = 'harfanglab';
  doc['observer.vendor'] = 'HarfangLab';
  doc['observer.product'] = 'EDR';
  const name = doc['host.name'];
  if (typeof name === 'string') doc['host.hostname'] = name;
  const executable = doc['process.executable'];
  if (typeof executable === 'string') doc['process.name'] ??= baseName(executable);
  const library = doc['dll.path'];
  if (typeof library === 'string') doc['dll.name'] = baseName(library);
  const groups = objects(json['groups']).flatMap((group) => strings(group['name']));
  if (groups.length > 0) doc['harfanglab.groups'] = groups;
}

export default defineSource({
  id: 'harfanglab.edr',
  signatures: [
    { kind: 'json', keys: ['agent', 'log_type'], test: isAgent },
    { kind: 'json', keys: ['agent', '@event_create_date'], test: isAgent },
    { kind: 'json', keys: ['agent', 'alert_unique_id'], test: isAgent },
    { kind: 'json', keys: ['agent', 'rule_name', 'msg'], test: isAgent },
    { kind: 'json', keys: ['agent', 'groups', 'tenant'], test: isAgent },
    { kind: 'json', keys: ['log_type', 'osproducttype'] },
    { kind: 'json', keys: ['log_type', 'agent_id'], test: isRecord },
    { kind: 'json', keys: ['log_type', 'log_slug'], test: isRecord },
    { kind: 'json', keys: ['log_type', 'total_security_event_count'] },
    { kind: 'json', keys: ['rule_name', 'alert_type', '@event_create_date'] },
    { kind: 'json', keys: ['rule_name', 'alert_subtype', 'level_int'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    const kind = kindOf(json);
    if (kind === 'agent') {
      STATE.put(doc, json);
      putCommon(json, doc);
      categorise(doc, WHAT.hostInfo);
      return 'parsed';
    }
    if (kind === 'threat') {
      THREAT.put(doc, json);
      putCommon(json, doc);
      const rules = objects(json['rules']);
      put(doc, 'rule.name', text(rules[0]?.['rule_name']));
      put(doc, 'rule.id', text(rules[0]?.['rule_id']));
      const agent = objects(json['agents'])[0];
      put(doc, 'host.name', text(agent?.['agent_hostname']) ?? text(agent?.['agent_host']));
      put(doc, 'agent.id', text(agent?.['agent_id']));
      putAccount(doc, 'user', text(objects(json['impacted_users'])[0]?.['user_name']));
      doc['event.kind'] = 'alert';
      categorise(doc, WHAT.intrusion);
      return 'parsed';
    }
    if (RECORDS.has(kind)) {
      putRecord(kind, json, doc);
      return 'parsed';
    }
    if (object(json['agent']) === undefined && text(json['rule_name']) === undefined) return 'rejected';
    let what: Categorisation | undefined;
    if (kind === 'alert' || (text(json['rule_name']) !== undefined && kind === ''))
      what = putAlert(json, doc);
    else {
      (kind === 'process' ? PROCESS : kind === 'driverload' ? DRIVER : OTHER).put(doc, json);
      if (kind === 'eventlog') what = WINDOWS.get(text(json['event_id']) ?? '') ?? WHAT.hostInfo;
      else what = KINDS.get(kind);
      if (kind === 'authentication' && json['success'] !== undefined)
        what = { ...WHAT.authentication, outcome: json['success'] === true ? 'success' : 'failure' };
      const event = text(json['event_type']);
      if (kind === 'authentication' && event !== undefined) what = authenticationOf(event, what);
      const object = text(json['object_type']);
      if (kind === 'authentication' && object !== undefined) doc['event.action'] = object;
      if (kind === 'library' || kind === 'loadlibrary')
        for (const name of ['md5', 'sha1', 'sha256']) {
          const digest = doc[`file.hash.${name}`];
          if (digest === undefined) continue;
          doc[`dll.hash.${name}`] = digest;
          delete doc[`file.hash.${name}`];
        }
      putQuestion(doc, json['query_type']);
      if (kind === 'network') {
        const initiated = json['initiated'] ?? json['is_outbound'];
        if (typeof initiated === 'boolean') doc['network.direction'] = initiated ? 'outbound' : 'inbound';
        putDirection(doc, text(json['direction']));
      }
      const registry = text(json['target_object']) ?? text(at(json, 'details_registry', 'target_object'));
      if (registry !== undefined) putRegistryPath(doc, registry);
    }
    putCommon(json, doc);
    if (what === undefined) return 'partial';
    categorise(doc, what);
    return 'parsed';
  },
});

/** Keys that only one kind of event has: outputs that leave out what kind it is. */
const MARKS: readonly (readonly [key: string, kind: string])[] = [
  ['pipe_name', 'namedpipe'],
  ['library_path', 'library'],
  ['library_type', 'library'],
  ['zone_id', 'file_download'],
  ['device_name', 'rawdeviceaccess'],
  ['requested_name', 'dns_resolution'],
  ['sock_type', 'network'],
  ['daddr', 'network'],
  ['target_object', 'registry'],
  ['script_block', 'powershell'],
  ['commandline', 'process'],
  ['event_path', 'file'],
];

function kindOf(json: JsonObject): string {
  const stated = text(json['log_type']);
  if (stated !== undefined) return stated.toLowerCase();
  if (json['rule_name'] !== undefined || json['alert_type'] !== undefined) return '';
  return MARKS.find(([key]) => Object.hasOwn(json, key))?.[1] ?? '';
}

function isRecord(json: JsonObject): boolean {
  return RECORDS.has(text(json['log_type']) ?? '');
}

/** Agents of newer releases name the event: `login`, `login_failure`, `logout`. */
function authenticationOf(event: string, otherwise: Categorisation | undefined): Categorisation | undefined {
  if (event === 'login') return { ...WHAT.login, outcome: 'success' };
  if (event === 'login_failure') return { ...WHAT.login, outcome: 'failure' };
  return event === 'logout' ? WHAT.logout : otherwise;
}

function isAgent(json: JsonObject): boolean {
  const agent = object(json['agent']);
  return (
    agent !== undefined &&
    (Object.hasOwn(agent, 'agentid') ||
      Object.hasOwn(agent, 'ostype') ||
      Object.hasOwn(agent, 'osproducttype') ||
      Object.hasOwn(agent, 'dnsdomainname') ||
      Object.hasOwn(agent, 'domainname'))
  );
}
