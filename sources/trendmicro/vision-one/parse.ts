import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { baseName, putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const WORKBENCH = jsonTable(
  'trendmicro.vision_one.',
  `
createdDateTime    @timestamp         date
id                 event.id           text
workbenchLink      event.url          text
model              rule.name          text
modelId            rule.id            text
score              event.risk_score   float
severity           log.level          severity
`,
);

/** Members of an attack technique's `detail`, and of a detection that comes alone. */
const table = (d: string): string => `
detectedDateTime               @timestamp                   date
uuid                           event.id                     text
${d}eventTime                  @timestamp                   date
${d}rt_utc                     @timestamp                   own
${d}endpointGuid               host.id                      text
${d}endpointHostName           host.name                    text
${d}endpointIp                 host.ip                      ip
${d}endpointMacAddress         host.mac                     mac
${d}osDescription              host.os.full                 text
${d}osName                     host.os.name                 text
${d}osVer                      host.os.version              text
${d}groupId                    group.id                     text
${d}orgId                      organization.id              text
${d}pname                      event.provider               text
${d}act                        event.action                 text
${d}policyName                 rule.ruleset                 text
${d}cloudAppName               cloud.service.name           text
${d}mailMsgSubject             email.subject                text
${d}suser                      email.from.address           text
${d}duser                      email.to.address             text
${d}msgUuid                    email.local_id               text
${d}mailUniqueId               email.local_id               text
${d}mailReceivedTime           email.delivery_timestamp     date
${d}attachmentFileName         email.attachments.file.name  text
${d}request                    url                          url
${d}firstSeen                  event.start                  date
${d}lastSeen                   event.end                    date
${d}processName                process.parent               own
${d}objectUser                 user.name                    text
${d}objectUserDomain           user.domain                  text
${d}objectCmd                  process.command_line         text
${d}objectPid                  process.pid                  long
${d}objectFilePath             process                      own
${d}objectFileHashMd5          process.hash                 hash
${d}objectFileHashSha1         process.hash                 hash
${d}objectFileHashSha256       process.hash                 hash
${d}objectLaunchTime           process.start                date
${d}processCmd                 process.parent.command_line  text
${d}processFilePath            process.parent.executable    text
${d}processPid                 process.parent.pid           long
${d}processFileHashMd5         process.parent.hash          hash
${d}processFileHashSha1        process.parent.hash          hash
${d}processFileHashSha256      process.parent.hash          hash
${d}processLaunchTime          process.parent.start         date
${d}processUser                process.parent.user.name     text
${d}processUserDomain          process.parent.user.domain   text
${d}src                        source                       side
${d}spt                        source.port                  port
${d}dst                        destination                  side
${d}dpt                        destination.port             port
endpoint.agentGuid             agent.id                     text
endpoint.endpointName          host.name                    text
filters.name                   rule.name                    text
filters.mitreTacticIds         threat.tactic.id             text
filters.mitreTechniqueIds      threat.technique.id          text
`;
const TECHNIQUE = jsonTable('trendmicro.vision_one.', table('detail.'));
const DETECTION = jsonTable('trendmicro.vision_one.', table(''));

/** Fields of indicators and where their values go. */
const INDICATORS: ReadonlyMap<string, readonly [kind: 'text' | 'hash' | 'path' | 'pid', field: string]> =
  new Map([
    ['processCmd', ['text', 'process.command_line']],
    ['processFilePath', ['text', 'process.executable']],
    ['processFileHashSha1', ['hash', 'process.hash']],
    ['processFileHashSha256', ['hash', 'process.hash']],
    ['processPid', ['pid', 'process.pid']],
    ['parentCmd', ['text', 'process.parent.command_line']],
    ['parentFilePath', ['text', 'process.parent.executable']],
    ['parentFileHashSha1', ['hash', 'process.parent.hash']],
    ['parentFileHashSha256', ['hash', 'process.parent.hash']],
    ['parentPid', ['pid', 'process.parent.pid']],
    ['objectPid', ['pid', 'process.pid']],
    ['objectFilePath', ['path', 'file']],
    ['fullPath', ['path', 'file']],
    ['filePathName', ['path', 'file']],
    ['fileHash', ['hash', 'file.hash']],
    ['objectFileHashSha1', ['hash', 'file.hash']],
    ['objectFileHashSha256', ['hash', 'file.hash']],
    ['actResult', ['text', 'event.action']],
    ['fileName', ['text', 'file.name']],
    ['malName', ['text', 'threat.software.name']],
  ]);

function readWorkbench(json: JsonObject, doc: EcsFields): void {
  WORKBENCH.put(doc, json);
  const model = text(json['model']);
  if (model !== undefined) doc['event.reason'] = model;
  for (const entity of objects(at(json, 'impactScope', 'entities'))) {
    const kind = text(entity['entityType']);
    const value = object(entity['entityValue']);
    if (kind === 'host' && value !== undefined && doc['host.id'] === undefined) {
      put(doc, 'host.id', text(value['guid']) ?? text(entity['entityId']));
      put(doc, 'host.name', text(value['name']));
      put(
        doc,
        'host.ip',
        strings(value['ips']).map((ip) => parseIp(ip)),
      );
    } else if (kind === 'account' && doc['user.name'] === undefined) {
      const account = text(entity['entityValue']);
      if (account === undefined) continue;
      putAccount(doc, 'user', account);
      doc['user.id'] = account;
    }
  }
  for (const indicator of objects(json['indicators'])) {
    const value = text(indicator['value']);
    const target = INDICATORS.get(text(indicator['field']) ?? '');
    if (value === undefined || target === undefined) continue;
    const [kind, field] = target;
    if (kind === 'hash') {
      if (doc[`${field}.sha${value.length === 40 ? 1 : 256}`] === undefined) putHash(doc, field, value);
    } else if (kind === 'path') {
      if (doc['file.path'] === undefined) putFile(doc, value);
    } else if (doc[field] === undefined) put(doc, field, value);
  }
  const tactics = new Set<string>();
  for (const rule of objects(json['matchedRules']))
    for (const filter of objects(rule['matchedFilters']))
      for (const id of strings(filter['mitreTechniqueIds'])) tactics.add(id);
  if (tactics.size > 0) doc['threat.technique.id'] = [...tactics];
  categorise(doc, WHAT.intrusion);
  doc['event.kind'] = 'alert';
}

function readTechnique(json: JsonObject, doc: EcsFields): void {
  const nested = object(json['detail']);
  (nested === undefined ? DETECTION : TECHNIQUE).put(doc, json);
  const detail = nested ?? json;
  const name = text(detail['processName']);
  const image = text(detail['objectFilePath']);
  if (image !== undefined) {
    doc['process.executable'] = image;
    doc['process.name'] = baseName(image);
  } else if (name !== undefined) doc['process.name'] = baseName(name);
  const parent = doc['process.parent.executable'];
  if (typeof parent === 'string') doc['process.parent.name'] = baseName(parent);
  const id = text(detail['msgId']);
  if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
  const isMail = doc['email.subject'] !== undefined || id !== undefined;
  categorise(doc, isMail ? WHAT.mail : WHAT.intrusion);
}

export default defineSource({
  id: 'trendmicro.vision-one',
  signatures: [
    { kind: 'json', keys: ['workbenchLink'] },
    { kind: 'json', keys: ['impactScope', 'alertProvider'] },
    { kind: 'json', keys: ['detectedDateTime', 'filters'] },
    { kind: 'json', keys: ['filterRiskLevel', 'productCode'] },
    { kind: 'json', keys: ['eventSubName', 'productCode', 'uuid'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    doc['observer.vendor'] = 'TrendMicro';
    doc['observer.product'] = 'Vision One';
    if (Object.hasOwn(json, 'workbenchLink') || Object.hasOwn(json, 'impactScope')) readWorkbench(json, doc);
    else readTechnique(json, doc);
    return 'parsed';
  },
});
