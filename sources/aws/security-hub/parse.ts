import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'aws.security_hub.';

const TABLE = jsonTable(
  VENDOR,
  `
  UpdatedAt                          @timestamp                  date
  CreatedAt                          event.created               date
  ProcessedAt                        aws.security_hub.processed_at  text
  FirstObservedAt                    event.start                 date
  LastObservedAt                     event.end                   date
  Id                                 event.id                    text
  Title                              event.reason                text
  Description                        rule.description            text
  GeneratorId                        rule.id                     text
  Compliance.SecurityControlId       rule.name                   text
  Compliance.Status                  aws.security_hub.compliance.status  text
  Types                              rule.category               own
  AwsAccountId                       cloud.account.id            text
  AwsAccountName                     cloud.account.name          text
  Region                             cloud.region                text
  ProductName                        observer.product            text
  CompanyName                        observer.vendor             text
  Severity.Normalized                event.severity              long
  Severity.Label                     log.level                   lower
  Remediation.Recommendation.Url     rule.reference              text
  SourceUrl                          event.url                   text
  Network.SourceIpV4                 source                      side
  Network.SourceIpV6                 source                      side
  Network.SourceDomain               source.domain               domain
  Network.SourcePort                 source.port                 port
  Network.SourceMac                  source.mac                  mac
  Network.DestinationIpV4            destination                 side
  Network.DestinationIpV6            destination                 side
  Network.DestinationDomain          destination.domain          domain
  Network.DestinationPort            destination.port            port
  Network.Protocol                   network.transport           transport
  Network.Direction                  network.direction           own
  Process.Name                       process.name                text
  Process.Path                       process.executable          text
  Process.Pid                        process.pid                 long
  Process.ParentPid                  process.parent.pid          long
  `,
);

/** What a finding is about, by the beginning of its type (the taxonomy of ASFF). */
const MEANINGS: readonly (readonly [RegExp, Categorisation])[] = [
  [/^Software and Configuration Checks\/Vulnerabilities/i, WHAT.vulnerability],
  [
    /^Software and Configuration Checks|^Protect\/|^Industry/i,
    { category: ['configuration'], type: ['info'] },
  ],
  [/^TTPs\//i, { category: ['threat', 'intrusion_detection'], type: ['indicator'] }],
  [/^Effects\/Data Exposure/i, { category: ['configuration'], type: ['info'] }],
  [/^Effects\//i, WHAT.intrusion],
  [/^Unusual Behaviors\/Network/i, WHAT.networkIntrusion],
  [/^Unusual Behaviors\//i, WHAT.intrusion],
  [/^Sensitive Data Identifications/i, { category: ['file'], type: ['info'] }],
];

/** The finding, below EventBridge's or a Wazuh manager's frame; the first where several came together. */
function findingOf(json: JsonObject): JsonObject | undefined {
  const detail = object(json['detail']);
  return (
    object(json['finding']) ??
    objects(detail?.['findings'])[0] ??
    objects(json['findings'])[0] ??
    objects(json['Findings'])[0] ??
    (json['ProductArn'] === undefined ? undefined : json)
  );
}

function isFinding(json: JsonObject): boolean {
  const finding = findingOf(json);
  return (
    finding !== undefined &&
    (text(finding['ProductArn'])?.startsWith('arn:aws') === true ||
      (finding['SchemaVersion'] === '2018-10-08' && 'GeneratorId' in finding))
  );
}

function putResource(doc: EcsFields, finding: JsonObject): void {
  const all = objects(finding['Resources']);
  const resource = all[0];
  if (resource === undefined) return;
  put(doc, `${VENDOR}resource.id`, resource['Id']);
  put(doc, `${VENDOR}resource.type`, resource['Type']);
  put(doc, 'cloud.region', doc['cloud.region'] ?? resource['Region']);
  if (all.length > 1)
    doc[`${VENDOR}resource.ids`] = all.slice(0, 50).flatMap((item) => text(item['Id']) ?? []);
  for (const item of all.slice(0, 50)) {
    const id = text(item['Id']);
    const details = object(item['Details']);
    if (item['Type'] === 'AwsEc2Instance') {
      put(doc, 'cloud.instance.id', id?.slice(id.lastIndexOf('/') + 1));
      put(doc, 'cloud.machine.type', at(details, 'AwsEc2Instance', 'Type'));
      const addresses = strings(at(details, 'AwsEc2Instance', 'IpV4Addresses')).flatMap(
        (ip) => parseIp(ip) ?? [],
      );
      if (addresses.length > 0) doc['host.ip'] = addresses;
    } else if (item['Type'] === 'AwsIamAccessKey') {
      put(
        doc,
        'user.name',
        at(details, 'AwsIamAccessKey', 'UserName') ?? at(details, 'AwsIamAccessKey', 'PrincipalName'),
      );
      put(doc, 'user.id', at(details, 'AwsIamAccessKey', 'PrincipalId'));
    } else if (item['Type'] === 'AwsIamUser')
      put(doc, 'user.name', at(details, 'AwsIamUser', 'UserName') ?? id?.slice(id.lastIndexOf('/') + 1));
    else if (item['Type'] === 'Container')
      put(doc, 'container.image.name', at(details, 'Container', 'ImageName'));
  }
}

function putAction(doc: EcsFields, finding: JsonObject): void {
  const action = object(finding['Action']);
  if (action === undefined) return;
  const type = text(action['ActionType']);
  if (type !== undefined) doc['event.action'] = type.toLowerCase().replaceAll('_', '-');
  const call = object(action['AwsApiCallAction']);
  put(doc, 'service.name', call?.['ServiceName']);
  put(doc, `${VENDOR}api`, call?.['Api']);
  const remote =
    object(at(action, 'NetworkConnectionAction', 'RemoteIpDetails')) ?? object(call?.['RemoteIpDetails']);
  putEndpoint(doc, 'source', text(remote?.['IpAddressV4']));
  put(doc, 'source.geo.country_name', at(remote, 'Country', 'CountryName'));
  put(doc, 'dns.question.name', at(action, 'DnsRequestAction', 'Domain'));
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || !isFinding(json)) return 'rejected';
  const finding = findingOf(json)!;
  const { Resources: _resources, ProductFields: _fields, ...rest } = finding;
  TABLE.put(doc, rest);
  doc['cloud.provider'] = 'aws';
  doc['observer.vendor'] ??= 'AWS';
  doc['observer.product'] ??= 'Security Hub';
  const detail = text(json['detail-type']) ?? text(json['detail_type']);
  if (detail !== undefined) doc[`${VENDOR}detail_type`] = detail;
  const count = objects(object(json['detail'])?.['findings']).length;
  if (count > 1) doc[`${VENDOR}findings_in_event`] = count;
  const types = strings(finding['Types']);
  const type = types[0] ?? strings(at(finding, 'FindingProviderFields', 'Types'))[0] ?? '';
  if (type !== '') doc['rule.category'] = type;
  putResource(doc, finding);
  putAction(doc, finding);
  const direction = text(at(finding, 'Network', 'Direction'));
  if (direction !== undefined) doc['network.direction'] = /^IN/i.test(direction) ? 'inbound' : 'outbound';
  const vulnerability = objects(finding['Vulnerabilities']);
  if (vulnerability.length > 0) {
    const ids = vulnerability.slice(0, 50).flatMap((item) => text(item['Id']) ?? []);
    if (ids.length > 0) doc['vulnerability.id'] = ids;
    put(doc, 'vulnerability.severity', at(finding, 'Severity', 'Label'));
  }
  const malware = objects(finding['Malware'])[0];
  put(doc, 'threat.software.name', malware?.['Name']);
  put(doc, 'file.path', malware?.['Path']);
  for (const indicator of objects(finding['ThreatIntelIndicators']).slice(0, 1)) {
    const value = text(indicator['Value']);
    if (/URL/.test(text(indicator['Type']) ?? '')) putUrl(doc, value);
    else if (/^HASH/.test(text(indicator['Type']) ?? '')) putHash(doc, 'file.hash', value);
  }
  const known = MEANINGS.find(([start]) => start.test(type));
  const what =
    vulnerability.length > 0 ? WHAT.vulnerability : malware !== undefined ? WHAT.malware : known?.[1];
  categorise(doc, what ?? { category: ['configuration'], type: ['info'] });
  const status = text(at(finding, 'Compliance', 'Status'));
  if (status === 'PASSED') doc['event.outcome'] = 'success';
  else if (status === 'FAILED') doc['event.outcome'] = 'failure';
  // A control that passes is a state; all else says that something is wrong.
  doc['event.kind'] = status === 'PASSED' || status === 'NOT_AVAILABLE' ? 'state' : 'alert';
  return 'parsed';
}

/** Findings of AWS Security Hub. */
export default defineSource({
  id: 'aws.security-hub',
  signatures: [
    { kind: 'json', keys: ['ProductArn', 'GeneratorId', 'AwsAccountId', 'SchemaVersion'] },
    {
      kind: 'json',
      keys: ['detail-type', 'detail', 'source'],
      test: (json) => json['source'] === 'aws.securityhub' && isFinding(json),
    },
    { kind: 'json', keys: ['detail_type', 'finding'], test: isFinding },
    { kind: 'json', keys: ['finding', 'source'], test: isFinding },
    { kind: 'json', keys: ['Findings'], test: isFinding },
    { kind: 'json', keys: ['ProductArn', 'Title'], test: isFinding },
  ],
  parse,
});
