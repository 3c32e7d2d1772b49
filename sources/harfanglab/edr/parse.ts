import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { baseName } from '../../kit/file.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { ALERT, DRIVER, OTHER, PROCESS, STATE, THREAT } from './table.ts';

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
  if (text(json['alert_type']) === 'driver' || object(json['driverload']) !== undefined)
    return { category: ['driver'], type: ['info'] };
  return WHAT.processStart;
}

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
    { kind: 'json', keys: ['log_type', 'total_security_event_count'] },
    { kind: 'json', keys: ['rule_name', 'alert_type', '@event_create_date'] },
    { kind: 'json', keys: ['rule_name', 'alert_subtype', 'level_int'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    const kind = (text(json['log_type']) ?? '').toLowerCase();
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
      if (kind === 'network') {
        const initiated = json['initiated'] ?? json['is_outbound'];
        if (typeof initiated === 'boolean') doc['network.direction'] = initiated ? 'outbound' : 'inbound';
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
