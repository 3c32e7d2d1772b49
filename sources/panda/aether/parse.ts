import { categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';

const TABLE = jsonTable(
  'panda.aether.',
  `
security_event_date    @timestamp            date
date                   @timestamp            date
id                     event.id              text
host_name              host.name             text
ip_address             source                side
local_ip_address       source                side
local_port             source.port           port
remote_ip_address      destination           side
remote_port            destination.port      port
malware_name           threat.software.name  text
hash                   file.hash             hash
user_name              user                  account
site_name              organization.name     text
path                   file.path             own
protection_mode        panda.aether.protection_mode  text
`,
);

/** Numbers of the Aether API. */
const DEVICES: Readonly<Record<string, string>> = { 1: 'Workstation', 2: 'Laptop', 3: 'Server', 4: 'Mobile' };
const ACTIONS: Readonly<Record<string, string>> = {
  0: 'Undefined',
  1: 'Allowed',
  2: 'Blocked',
  3: 'Disinfected',
  4: 'Deleted',
  5: 'Quarantined',
};
const CATEGORIES: Readonly<Record<string, string>> = {
  1: 'Viruses',
  2: 'Spyware',
  3: 'Tracking Cookies',
  4: 'Hacking Tools and PUPs',
  5: 'Phishing',
  7: 'Malware',
  8: 'Malware URLs',
  9: 'Suspicious Items',
  17: 'Intrusion Attempts',
};

export default defineSource({
  id: 'panda.aether',
  signatures: [
    { kind: 'json', keys: ['security_event_date', 'host_name'] },
    { kind: 'json', keys: ['security_event_date', 'device_type'] },
    { kind: 'json', keys: ['custom_group_folder_id', 'site_name'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Panda Security';
    doc['observer.product'] = 'Aether';
    const type = DEVICES[String(json['device_type'])];
    if (type !== undefined) doc['host.type'] = type;
    const path = text(json['path']);
    if (path !== undefined && /^https?:/i.test(path)) putUrl(doc, path);
    else putFile(doc, path);
    const malware = CATEGORIES[String(json['malware_category'])];
    if (malware !== undefined) doc['event.reason'] = `${malware} detected`;
    const action = ACTIONS[String(json['action'])];
    if (action !== undefined) doc['event.action'] = action;
    categorise(doc, malware === undefined ? WHAT.hostInfo : WHAT.malware);
    return 'parsed';
  },
});
