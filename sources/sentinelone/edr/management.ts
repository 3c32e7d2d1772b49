import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { extensionOf } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, list, object, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { put } from '../../kit/types.ts';
import { ACTIVITIES } from './activities.ts';
import { VENDOR } from './vendor.ts';

const ACTIVITY = jsonTable(
  VENDOR,
  `
createdAt                       @timestamp                      date
updatedAt                       event.ingested                  own
id                              event.id                        text
accountId                       organization.id                 text
agentId                         agent.id                        text
groupId                         group.id                        text
data.groupName                  group.name                      text
userId                          user.id                         text
primaryDescription              event.reason                    text
activityType                    event.code                      text
accountName                     organization.name               text
groupName                       group.name                      text
agentUpdatedVersion             agent.version                   text
osFamily                        host.os.family                  text
data.computerName               host.name                       text
data.origagentname              host.name                       text
data.origagentosfamily          host.os.family                  text
data.origagentosname            host.os.name                    text
data.origagentmachinetype       host.type                       text
data.origagentversion           agent.version                   text
data.externalIp                 host.ip                         ip
data.ipAddress                  source                          side
data.username                   user.name                       text
data.lastLoggedInUserName       user.name                       text
data.role                       user.roles                      text
data.userName                   user.name                       text
data.byUser                     user.name                       text
data.email                      user.email                      text
data.filePath                   file                            file
data.fileContentHash256         file.hash                       hash
data.deviceName                 device.model.name               text
data.serialNumber               device.serial_number            text
data.newGroupName               group.name                      text
data.filename                   file.name                       text
data.downloadUrl                url                             url
data.userId                     user.id                         text
data.k8scontainerid             container.id                    text
data.k8scontainerimage          container.image.name            text
data.k8scontainername           container.name                  text
data.k8sclustername             orchestrator.cluster.name       text
data.k8snamespace               orchestrator.namespace          text
data.k8spod                     orchestrator.resource.name      text
data.fileDisplayName            file.name                       text
data.fileContentHash            file.hash                       hash
data.threatClassification       threat.software.type            text
data.ruleId                     rule.id                         text
data.ruleid                     rule.id                         text
data.ruleName                   rule.name                       text
data.rulename                   rule.name                       text
data.ruleDescription            rule.description                text
data.ruledescription            rule.description                text
data.reportedRemoteHost         destination                     endpoint
data.remoteHost                 destination                     endpoint
data.remotePort                 destination.port                port
data.direction                  network.direction               direction
data.reportedDirection          network.direction               direction
data.sourceprocesscommandline   process.command_line            text
data.sourceprocessfilepath      process                         exe
data.sourceprocessmd5           process.hash                    hash
data.sourceprocesssha1          process.hash                    hash
data.sourceprocesssha256        process.hash                    hash
data.sourceprocesspid           process.pid                     long
data.sourceprocessstarttime     process.start                   date
data.sourceprocessusername      process.user                    account
data.sourceprocessname          process.name                    text
data.sourceprocessfilesingeridentity    process.code_signature.subject_name         text
data.sourceparentprocesssigneridentity  process.parent.code_signature.subject_name  text
data.sourceparentprocesscommandline     process.parent.command_line                 text
data.sourceparentprocesspath            process.parent                              exe
data.sourceparentprocessmd5             process.parent.hash                         hash
data.sourceparentprocesssha1            process.parent.hash                         hash
data.sourceparentprocesssha256          process.parent.hash                         hash
data.sourceparentprocesspid             process.parent.pid                          long
data.sourceparentprocessstarttime       process.parent.start                        date
data.sourceparentprocessname            process.parent.name                         text
`,
);

const THREAT = jsonTable(
  VENDOR,
  `
id                                          event.id                              text
agentRealtimeInfo.agentId                   agent.id                              text
agentDetectionInfo.agentVersion             agent.version                         text
agentRealtimeInfo.agentComputerName         host.name                             text
agentRealtimeInfo.agentDomain               host.domain                           text
agentDetectionInfo.agentDomain              host.domain                           text
agentRealtimeInfo.agentOsType               host.os.family                        text
agentRealtimeInfo.agentOsName               host.os.version                       text
agentDetectionInfo.agentOsName              host.os.version                       text
agentDetectionInfo.agentOsRevision          host.os.kernel                        text
agentRealtimeInfo.agentMachineType          host.type                             text
agentDetectionInfo.accountId                organization.id                       text
agentRealtimeInfo.accountId                 organization.id                       text
agentDetectionInfo.accountName              organization.name                     text
agentRealtimeInfo.accountName               organization.name                     text
agentDetectionInfo.cloudProviders.AWS.cloudInstanceId  cloud.instance.id          text
containerInfo.id                            container.id                          text
containerInfo.name                          container.name                        text
containerInfo.image                         container.image.name                  text
kubernetesInfo.cluster                      orchestrator.cluster.name             text
kubernetesInfo.namespace                    orchestrator.namespace                text
threatInfo.threatName                       file.name                             text
threatInfo.filePath                         file.path                             text
threatInfo.fileSize                         file.size                             long
threatInfo.md5                              file.hash                             hash
threatInfo.sha1                             file.hash                             hash
threatInfo.sha256                           file.hash                             hash
threatInfo.classification                   threat.software.type                  text
threatInfo.confidenceLevel                  threat.indicator.confidence           text
threatInfo.identifiedAt                     threat.enrichments.matched.occurred   date
threatInfo.createdAt                        threat.indicator.file.created         date
threatInfo.publisherName                    threat.indicator.file.code_signature.signing_id  text
threatInfo.certificateId                    threat.indicator.file.code_signature.signing_id  text
threatInfo.originatorProcess                process.parent.name                   text
threatInfo.maliciousProcessArguments        process.command_line                  text
threatInfo.processUser                      user                                  account
threatInfo.fileExtension                    file.extension                        own
`,
);

const IDENTITY = jsonTable(
  VENDOR,
  `
detectedAt                                  @timestamp             date
firstSeenAt                                 event.start            date
lastSeenAt                                  event.end              date
id                                          event.id               text
externalId                                  event.id               text
name                                        rule.name              text
description                                 event.reason           text
detectionSource.product                     event.provider         text
severity                                    log.level              severity
confidenceLevel                             threat.indicator.confidence  text
classification                              rule.category          text
process.cmdLine                             process.command_line   text
process.file.path                           process                exe
process.file.sha256                         process.hash           hash
process.file.sha1                           process.hash           hash
process.file.md5                            process.hash           hash
asset.agentVersion                          agent.version          text
asset.agentUuid                             agent.id               text
asset.osType                                host.os.family         text
asset.osVersion                             host.os.full           text
rawData.resources.s1_metadata.account_id    organization.id        text
rawData.resources.s1_metadata.account_name  organization.name      text
rawData.evidences.actor.user.name           user.name              text
rawData.evidences.actor.user.domain         user.domain            text
rawData.finding_info.attacks.tactics.uid    threat.tactic.id       text
rawData.finding_info.attacks.tactics.name   threat.tactic.name     text
rawData.finding_info.attacks.technique.uid  threat.technique.id    text
rawData.finding_info.attacks.technique.name threat.technique.name  text
`,
);

/** An activity of the management console (`/web/api/v2.1/activities`); returns whether its type is known. */
export function readActivity(json: JsonObject, doc: EcsFields): boolean {
  ACTIVITY.put(doc, json);
  doc['observer.vendor'] = 'SentinelOne';
  const number = Number(json['activityType']);
  const known = ACTIVITIES.get(number);
  if (known !== undefined) doc['event.action'] = known.name;
  const process = text(at(json, 'data', 'sourceprocessname'));
  if (process !== undefined) put(doc, 'file.name', process);
  const what: Pick<Categorisation, 'category' | 'type'> = known?.what ?? WHAT.intrusion;
  const outcome = known?.outcome;
  categorise(doc, outcome === undefined ? what : { ...what, outcome });
  if (known?.isAlert === true) doc['event.kind'] = 'alert';
  return known !== undefined;
}

/** A threat with what the agent said when it was detected and what it says now (`/web/api/v2.1/threats`). */
export function readThreat(json: JsonObject, doc: EcsFields): boolean {
  THREAT.put(doc, json);
  doc['observer.vendor'] = 'SentinelOne';
  const threat = object(json['threatInfo']);
  const detection = object(json['agentDetectionInfo']);
  const identified = doc['threat.enrichments.matched.occurred'] ?? doc['threat.indicator.file.created'];
  if (identified !== undefined) doc['@timestamp'] = identified;
  const size = doc['file.size'];
  if (size !== undefined) doc['threat.indicator.file.size'] = size;
  const extension = text(threat?.['fileExtension']);
  if (extension !== undefined) doc['file.extension'] = extension.toLowerCase();
  else {
    const own = extensionOf(text(threat?.['threatName']) ?? '');
    if (own !== undefined) doc['file.extension'] = own;
  }
  const addresses = new Set<string>();
  const candidates = [
    ...strings(detection?.['agentIpV4']).flatMap((item) => item.split(',', 50)),
    ...strings(detection?.['agentIpV6']).flatMap((item) => item.split(',', 50)),
    text(detection?.['externalIp']) ?? '',
    ...objects(at(json, 'agentRealtimeInfo', 'networkInterfaces')).flatMap((item) => [
      ...strings(item['inet']),
      ...strings(item['inet6']),
    ]),
  ];
  for (const item of candidates) {
    const ip = parseIp(item.trim());
    if (ip !== undefined) addresses.add(ip);
  }
  if (addresses.size > 0) doc['host.ip'] = [...addresses];
  if (doc['orchestrator.cluster.name'] !== undefined) doc['orchestrator.type'] = 'kubernetes';
  const domain = text(detection?.['agentDomain']);
  if (doc['user.name'] === undefined) {
    const last = text(detection?.['agentLastLoggedInUserName']);
    if (last !== undefined) {
      doc['user.name'] = last;
      if (domain !== undefined) doc['user.domain'] = domain;
    }
  }
  categorise(doc, WHAT.malware);
  doc['event.kind'] = 'alert';
  return true;
}

/** An alert of Singularity's unified alert management (identity, cloud, STAR). */
export function readAlert(json: JsonObject, doc: EcsFields): boolean {
  IDENTITY.put(doc, json);
  doc['observer.vendor'] = 'SentinelOne';
  const product = text(at(json, 'detectionSource', 'product'));
  doc['observer.product'] = product === undefined ? 'Singularity' : `Singularity ${product}`;
  const asset = object(json['asset']);
  const name = text(asset?.['name']) ?? text(objects(at(json, 'rawData', 'resources'))[0]?.['name']);
  if (name !== undefined) {
    if (/user|identity|account/i.test(text(asset?.['category']) ?? '')) doc['user.name'] ??= name;
    else doc['host.name'] = name;
  }
  const surfaces = list(json['attackSurfaces'])?.includes('IDENTITY') === true || product === 'Identity';
  categorise(doc, surfaces ? { category: ['intrusion_detection', 'iam'], type: ['info'] } : WHAT.intrusion);
  doc['event.kind'] = 'alert';
  return true;
}
