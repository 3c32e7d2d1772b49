import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const TABLE = jsonTable(
  'panda.aether.',
  `
security_event_date    @timestamp            date
date                   @timestamp            date
endpoint_event_date    panda.aether.endpoint_event_date text
id                     event.id              text
event_id               event.id              text
device_id              device.id             text
account_id             cloud.account.id      text
host_name              host.name             text
ip_address             source                own
local_ip_address       source                own
local_port             source.port           own
remote_ip_address      destination           own
remote_port            destination.port      own
malware_name           threat.software.name  text
exploit_technique      rule.name             text
rule_id                rule.id               text
rule_name              rule.name             text
network_attack         rule.name             text
hash                   file.hash             hash
user_name              user                  account
site_name              organization.name     text
path                   file.path             own
rule_mitre             threat.technique.id   own
protection_mode        panda.aether.protection_mode  text
`,
);

/** Numbers of the security events API, which WatchGuard EPDR and Panda Aether share. */
const DEVICES: Readonly<Record<string, string>> = { 1: 'Workstation', 2: 'Laptop', 3: 'Server', 4: 'Mobile' };
const ACTIONS: Readonly<Record<string, string>> = {
  0: 'Undefined',
  1: 'Allowed',
  2: 'Blocked',
  3: 'Disinfected',
  4: 'Deleted',
  5: 'Quarantined',
};
/** Those whose number the published examples agree on; others are only called malware. */
const CATEGORIES: Readonly<Record<string, string>> = {
  3: 'Phishing',
  5: 'Suspicious Items',
  6: 'Dangerous Actions',
  7: 'Tracking Cookies',
  8: 'Malware URLs',
  9: 'Other Security Event',
  17: 'Intrusion Attempts',
};

/** Both ends: an attack on the machine comes from the other side, other connections from the machine. */
function putSides(doc: EcsFields, json: JsonObject, isAttack: boolean): void {
  const own: EcsFields = {};
  ENDS.put(own, {
    address: json['local_ip_address'] ?? json['ip_address'] ?? null,
    port: json['local_port'] ?? null,
  });
  const other: EcsFields = {};
  ENDS.put(other, { address: json['remote_ip_address'] ?? null, port: json['remote_port'] ?? null });
  const ip = own['source.ip'];
  if (typeof ip === 'string') doc['host.ip'] = [ip];
  // A machine's address alone is no traffic, yet the only origin that the event names.
  const sides = isAttack ? { source: other, destination: own } : { source: own, destination: other };
  for (const [side, found] of Object.entries(sides))
    for (const part of ['address', 'ip', 'port'] as const)
      put(doc, `${side}.${part}`, found[`source.${part}`]);
}

const ENDS = jsonTable('panda.aether.end.', 'address source side\nport source.port port');

function whatOf(json: JsonObject, malware: boolean): Categorisation {
  if (json['network_attack'] !== undefined || json['network_activity_type'] !== undefined)
    return WHAT.networkIntrusion;
  if (json['rule_id'] !== undefined || json['exploit_technique'] !== undefined) return WHAT.intrusion;
  if (malware) return WHAT.malware;
  return json['remote_ip_address'] === undefined ? WHAT.hostInfo : WHAT.connection;
}

export default defineSource({
  id: 'panda.aether',
  signatures: [
    { kind: 'json', keys: ['security_event_date', 'host_name'] },
    { kind: 'json', keys: ['security_event_date', 'device_type'] },
    { kind: 'json', keys: ['custom_group_folder_id', 'site_name'] },
    { kind: 'json', keys: ['network_attack', 'device_id', 'host_name'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    // The same interface under two names; only WatchGuard's has accounts and devices in its items.
    const isWatchGuard = json['device_id'] !== undefined || json['account_id'] !== undefined;
    doc['observer.vendor'] = isWatchGuard ? 'WatchGuard' : 'Panda Security';
    doc['observer.product'] = isWatchGuard ? 'WatchGuard EPDR' : 'Aether';
    const type = DEVICES[String(json['device_type'])];
    if (type !== undefined) doc['host.type'] = type;
    putSides(doc, json, json['network_attack'] !== undefined);
    const path = text(json['path']);
    if (path !== undefined && /^https?:/i.test(path)) putUrl(doc, path);
    else putFile(doc, path);
    const malware = json['malware_category'] !== undefined && json['malware_category'] !== null;
    const name = CATEGORIES[String(json['malware_category'])];
    put(
      doc,
      'event.reason',
      text(json['network_attack']) ?? (name === undefined ? undefined : `${name} detected`),
    );
    const action = ACTIONS[String(json['action'])];
    if (action !== undefined) doc['event.action'] = action;
    const attacks = objects(json['rule_mitre']);
    const ids = (key: string): string[] =>
      attacks.map((item) => text(item[key])).filter((id) => id !== undefined);
    if (attacks.length > 0) {
      put(doc, 'threat.framework', 'MITRE ATT&CK');
      put(doc, 'threat.tactic.id', ids('tactic'));
      put(doc, 'threat.technique.id', ids('technique'));
      doc['event.kind'] = 'alert';
    }
    categorise(doc, whatOf(json, malware));
    return 'parsed';
  },
});
