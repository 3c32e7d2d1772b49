import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putObserver } from '../../kit/network.ts';
import { putSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { meaningOf } from './types.ts';

/** Members of events and alerts; the vendor's SIEM script has other names for some (`end`, `rt`, `dhost`, …). */
const TABLE = jsonTable(
  'sophos.central.',
  `
when                               @timestamp               date
end                                @timestamp               date
created_at                         event.created            date
rt                                 event.created            date
id                                 event.id                 text
type                               event.code               text
name                               event.reason             text
description                        event.reason             text
severity                           log.level                own
customer_id                        organization.id          text
endpoint_id                        host.id                  text
data.endpoint_id                   host.id                  text
endpoint_type                      host.type                text
data.endpoint_type                 host.type                text
location                           host.name                text
dhost                              host.name                text
source_info.ip                     host.ip                  ip-list
data.source_info.ip                host.ip                  ip-list
source                             user                     own
suser                              user                     own
user_id                            user.id                  text
duid                               user.id                  text
threat                             threat.software.name     text
detection_identity_name            threat.software.name     text
group                              rule.category            text
rule_name                          rule.name                text
appSha256                          file.hash.sha256         lower
data.app_sha256                    file.hash.sha256         lower
filePath                           file                     file
ips_threat_data.remoteIp           source                   own
ips_threat_data.remotePort         source.port              port
ips_threat_data.localPort          destination.port         port
ips_threat_data.executablePath     process                  exe
ips_threat_data.executablePid      process.pid              long
amsi_threat_data.processName       process                  exe
amsi_threat_data.processId         process.pid              long
amsi_threat_data.parentProcessPath  process.parent          exe
amsi_threat_data.parentProcessId   process.parent.pid       long
`,
);

/** `… 'name' at 'path'`: where the text of a threat has the file. */
const AT_PATH = /\bat ['"]((?:[A-Za-z]:\\|\\\\|\/)[^'"]{1,1000})['"]/;
/** A path without quotes at the end of the text of a blocked application or document. */
const WEB = /['"](?<url>(?:https?:\/\/)?[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}(?:[/:][^'"\s]{0,1000})?)['"]/;

function putThreatFile(doc: EcsFields, json: JsonObject, words: string): void {
  if (doc['file.path'] !== undefined) return;
  const inText = AT_PATH.exec(words.slice(0, 4_000));
  if (inText !== null) {
    putFile(doc, inText[1]!);
    return;
  }
  // What was found and cleaned, part by part; the first file stands for the event.
  for (const list of ['core_remedy_items', 'data']) {
    const holder = json[list];
    if (typeof holder !== 'object' || holder === null) continue;
    const items = objects((holder as JsonObject)['items']);
    const file = items.find((item) => text(item['type']) === 'file');
    if (file !== undefined) {
      putFile(doc, text(file['descriptor']));
      return;
    }
  }
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || !isCentral(json)) return 'rejected';
  TABLE.put(doc, json);
  const type = text(json['type'])!;
  const words = text(json['name']) ?? text(json['description']) ?? '';
  const known = meaningOf(type);
  categorise(doc, { ...(known?.what ?? WHAT.hostInfo), action: type.slice(type.lastIndexOf(':') + 1) });
  // Alerts come through an interface of their own, and have no group.
  const isAlert =
    text(json['datastream']) === 'alert' ||
    Object.hasOwn(json, 'threat_cleanable') ||
    Object.hasOwn(json, 'event_service_event_id');
  if (isAlert || known?.alert === true) doc['event.kind'] = 'alert';
  if (words !== '') doc['message'] = words;
  putSeverity(doc, json['severity']);
  const account = text(json['source']) ?? text(json['suser']);
  if (account !== undefined && !/^(?:n\/a|unknown)$/i.test(account)) putAccount(doc, 'user', account);
  const remote = json['ips_threat_data'];
  if (typeof remote === 'object' && remote !== null) {
    putEndpoint(doc, 'source', text((remote as JsonObject)['remoteIp']));
  }
  const categories = doc['event.category'] as readonly string[];
  if (categories.includes('web')) putUrl(doc, WEB.exec(words.slice(0, 4_000))?.groups?.['url'], 'url', true);
  else putThreatFile(doc, json, words);
  putObserver(doc, { vendor: 'Sophos', product: 'Sophos Central' });
  return known === undefined ? 'partial' : 'parsed';
}

function isCentral(json: JsonObject): boolean {
  const type = json['type'];
  return typeof type === 'string' && type.startsWith('Event::');
}

/** Events and alerts of Sophos Central's SIEM interface. */
export default defineSource({
  id: 'sophos.central',
  signatures: [
    { kind: 'json', keys: ['type', 'severity', 'when'], test: isCentral },
    { kind: 'json', keys: ['type', 'severity', 'created_at'], test: isCentral },
    { kind: 'json', keys: ['type', 'severity', 'datastream'], test: isCentral },
    { kind: 'json', keys: ['type', 'severity', 'rt'], test: isCentral },
  ],
  parse,
});
