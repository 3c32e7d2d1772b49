import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { baseName } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { putSeverity } from '../../kit/severity.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { VENDOR } from './table.ts';

const TABLE = jsonTable(
  `${VENDOR}alert.`,
  `
  createdDateTime         event.created               date
  lastUpdateDateTime      @timestamp                  date
  firstActivityDateTime   event.start                 date
  lastActivityDateTime    event.end                   date
  id                      event.id                    text
  title                   event.reason                text+
  description             rule.description            text
  detectorId              rule.id                     text
  alertPolicyId           rule.uuid                   text
  category                rule.category               text
  severity                log.level                   own
  alertWebUrl             event.url                   text
  tenantId                organization.id             text
  productName             observer.product            text
  serviceSource           event.provider              text
  threatDisplayName       threat.software.name        text
  threatFamilyName        threat.software.alias       text
  mitreTechniques         threat.technique.id         text
  actorDisplayName        threat.group.name           text
  `,
);

const SEVERITIES = { informational: 1, low: 2, medium: 3, high: 4 } as const;

/** What an alert is about, by its category (the tactics of ATT&CK, and those of Defender). */
function meaningOf(category: string): Categorisation {
  if (/malware|ransomware|unwanted/i.test(category)) return WHAT.malware;
  if (/credential|initialaccess|suspiciousactivity.*sign/i.test(category))
    return { category: ['intrusion_detection', 'authentication'], type: ['info'] };
  if (/phish|mail/i.test(category)) return { category: ['email', 'threat'], type: ['indicator'] };
  if (
    /exploit|execution|persistence|evasion|lateral|discovery|collection|command|exfiltration|impact|privilege/i.test(
      category,
    )
  )
    return { category: ['intrusion_detection', 'threat'], type: ['indicator'] };
  return WHAT.intrusion;
}

/** Names the machine, the account, the file, … of the evidence; the first of each kind stands for them. */
function putEvidence(doc: EcsFields, evidence: readonly JsonObject[]): void {
  for (const item of evidence.slice(0, 100)) {
    const type = (text(item['@odata.type']) ?? '').replace(/^#?microsoft\.graph\.security\./, '');
    if (type === 'deviceEvidence') {
      put(doc, 'host.name', doc['host.name'] ?? item['deviceDnsName'] ?? item['hostName']);
      put(doc, 'host.id', doc['host.id'] ?? item['mdeDeviceId']);
      const system = osTypeOf(text(item['osPlatform']) ?? '');
      if (system !== undefined) doc['host.os.type'] ??= system;
      const addresses = strings(item['ipInterfaces']);
      if (addresses.length > 0) put(doc, 'host.ip', addresses[0]);
    } else if (type === 'userEvidence') {
      const account = object(item['userAccount']);
      put(doc, 'user.name', doc['user.name'] ?? account?.['accountName']);
      put(doc, 'user.domain', doc['user.domain'] ?? account?.['domainName']);
      put(doc, 'user.email', doc['user.email'] ?? account?.['userPrincipalName']);
      put(doc, 'user.id', doc['user.id'] ?? account?.['azureAdUserId']);
    } else if (type === 'fileEvidence' || type === 'processEvidence') {
      const file = object(item[type === 'fileEvidence' ? 'fileDetails' : 'imageFile']);
      const folder = text(file?.['filePath']);
      const name = text(file?.['fileName']);
      const path =
        folder !== undefined && name !== undefined && !folder.endsWith(name) ? `${folder}\\${name}` : folder;
      if (type === 'fileEvidence') {
        if (doc['file.name'] !== undefined) continue;
        put(doc, 'file.name', name);
        put(doc, 'file.path', path);
        put(doc, 'file.size', file?.['fileSize']);
        putHash(doc, 'file.hash', text(file?.['sha256']));
        putHash(doc, 'file.hash', text(file?.['sha1']));
      } else {
        if (doc['process.pid'] !== undefined) continue;
        put(doc, 'process.pid', item['processId']);
        put(doc, 'process.command_line', item['processCommandLine']);
        put(doc, 'process.executable', path);
        put(doc, 'process.name', name ?? (path === undefined ? undefined : baseName(path)));
        putHash(doc, 'process.hash', text(file?.['sha256']));
        put(doc, 'process.parent.pid', item['parentProcessId']);
        put(doc, 'process.parent.name', at(item, 'parentProcessImageFile', 'fileName'));
      }
    } else if (type === 'ipEvidence') {
      if (doc['source.ip'] === undefined) putEndpoint(doc, 'source', text(item['ipAddress']));
    } else if (type === 'urlEvidence') {
      if (doc['url.original'] === undefined) putUrl(doc, text(item['url']));
    } else if (type === 'analyzedMessageEvidence') {
      put(doc, 'email.subject', item['subject']);
      put(
        doc,
        'email.from.address',
        at(item, 'p1Sender', 'emailAddress') ?? at(item, 'p2Sender', 'emailAddress'),
      );
      put(doc, 'email.to.address', item['recipientEmailAddress']);
    }
  }
}

/** The alert itself, also below `ms-graph`, as collectors wrap it. */
export function graphAlertOf(json: JsonObject): JsonObject | undefined {
  const alert = object(json['ms-graph']) ?? json;
  return 'serviceSource' in alert &&
    'detectionSource' in alert &&
    ('providerAlertId' in alert || 'alertWebUrl' in alert)
    ? alert
    : undefined;
}

/** Reads an alert of Microsoft Graph's security API (`/security/alerts_v2`). */
export function readGraphAlert(alert: JsonObject, doc: EcsFields): void {
  const { evidence, comments: _comments, ...rest } = alert;
  TABLE.put(doc, rest);
  doc['observer.vendor'] = 'Microsoft';
  putSeverity(doc, text(alert['severity']), SEVERITIES);
  putEvidence(doc, objects(evidence));
  categorise(doc, meaningOf(text(alert['category']) ?? ''));
  doc['event.kind'] = 'alert';
  const verdict = text(alert['classification']);
  doc['event.action'] =
    verdict === undefined ? `alert-${text(alert['status']) ?? 'new'}` : `alert-${verdict}`;
}
