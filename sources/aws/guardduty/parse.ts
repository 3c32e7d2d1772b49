import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'aws.guardduty.',
  `
  schemaVersion                                  agent.version                    text
  accountId                                      cloud.account.id                 text
  region                                         cloud.region                     text
  partition                                      cloud.provider                   own
  id                                             event.id                         text
  type                                           rule.name                        text+
  title                                          event.reason                     text
  description                                    threat.indicator.description     text
  severity                                       event.severity                   own
  resource.instanceDetails.instanceId            cloud.instance.id                text
  resource.instanceDetails.instanceType          cloud.machine.type               text
  resource.instanceDetails.availabilityZone      cloud.availability_zone          text
  resource.accessKeyDetails.userName             user                             account
  resource.accessKeyDetails.principalId          user.id                          text
  resource.rdsDbUserDetails.user                 user                             account
  resource.rdsDbUserDetails.application          network.application              text
  resource.rdsDbInstanceDetails.engine           service.type                     text
  resource.containerDetails.id                   container.id                     text
  resource.containerDetails.name                 container.name                   text
  resource.containerDetails.image                container.image.name             text
  resource.eksClusterDetails.name                orchestrator.cluster.name        text
  resource.eksClusterDetails.arn                 orchestrator.cluster.id          text
  resource.ecsClusterDetails.name                orchestrator.cluster.name        text
  resource.lambdaDetails.functionName            faas.name                        text
  resource.lambdaDetails.functionArn             faas.id                          text
  service.runtimeDetails.process.executablePath  process.executable               text
  service.runtimeDetails.process.executableSha256  process.hash                   hash
  service.runtimeDetails.process.name            process.name                     text
  service.runtimeDetails.process.pid             process.pid                      long
  service.runtimeDetails.process.pwd             process.working_directory        text
  service.runtimeDetails.process.startTime       process.start                    date
  service.runtimeDetails.process.userId          process.user.id                  text
  service.runtimeDetails.process.user            process.user.name                text
  service.runtimeDetails.process.uuid            process.entity_id                text
  service.action.awsApiCallAction.errorCode      error.code                       text
  service.action.awsApiCallAction.serviceName    service.name                     text
  service.action.dnsRequestAction.domain         dns.question.name                text
  service.eventFirstSeen                         event.start                      date
  service.eventLastSeen                          event.end                        date
`,
);

/** The action of the finding, whose name depends on its type. */
function actionOf(finding: JsonObject): JsonObject | undefined {
  const action = object(at(finding, 'service', 'action'));
  if (action === undefined) return undefined;
  for (const key of Object.keys(action)) {
    const found = object(action[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function putRemote(doc: EcsFields, finding: JsonObject): void {
  const action = actionOf(finding);
  // A port probe lists its sources; the first stands for them, all are in the vendor's own fields.
  const probe = objects(action?.['portProbeDetails'])[0];
  const remote = object(action?.['remoteIpDetails']) ?? object(probe?.['remoteIpDetails']);
  const local = object(action?.['localIpDetails']) ?? object(probe?.['localIpDetails']);
  const isOutbound = action?.['connectionDirection'] === 'OUTBOUND';
  const [far, near] = isOutbound
    ? (['destination', 'source'] as const)
    : (['source', 'destination'] as const);
  putEndpoint(doc, far, text(remote?.['ipAddressV4']) ?? text(remote?.['ipAddressV6']));
  putEndpoint(doc, near, text(local?.['ipAddressV4']));
  put(doc, `${far}.geo.country_name`, at(remote, 'country', 'countryName'));
  put(doc, `${far}.geo.city_name`, at(remote, 'city', 'cityName'));
  put(doc, `${far}.port`, at(action, 'remotePortDetails', 'port'));
  put(doc, `${near}.port`, at(action, 'localPortDetails', 'port') ?? at(probe, 'localPortDetails', 'port'));
  const asn = Number(text(at(remote, 'organization', 'asn')) ?? Number.NaN);
  if (asn > 0) put(doc, `${far}.as.number`, asn);
  put(doc, `${far}.as.organization.name`, at(remote, 'organization', 'asnOrg'));
  const direction = text(action?.['connectionDirection'])?.toLowerCase();
  if (direction === 'inbound' || direction === 'outbound') doc['network.direction'] = direction;
  if (action?.['domain'] !== undefined) doc['network.protocol'] = 'dns';
  const protocol = text(action?.['protocol']);
  if (protocol !== undefined) doc['network.transport'] = protocol.toLowerCase();
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const finding = json === undefined ? undefined : (object(json['detail']) ?? json);
  const type = text(finding?.['type']);
  if (finding === undefined || type === undefined || !type.includes(':')) return 'rejected';
  TABLE.putObject(doc, finding);
  const when = text(finding['updatedAt']) ?? text(finding['createdAt']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  doc['cloud.provider'] = 'aws';
  put(doc, 'event.severity', finding['severity'], 'aws.guardduty.severity');
  doc['event.kind'] = 'alert';
  // `Recon:EC2/PortProbeUnprotectedPort`: the purpose of the attacker, the resource, what was seen.
  categorise(doc, { category: ['threat'], type: ['indicator'], action: type.slice(0, type.indexOf(':')) });
  putRemote(doc, finding);
  const bucket = objects(at(finding, 'resource', 's3BucketDetails'))[0];
  put(doc, 'aws.guardduty.bucket', bucket?.['name']);
  const kubernetes = text(at(finding, 'resource', 'kubernetesDetails', 'kubernetesUserDetails', 'username'));
  const groups = strings(at(finding, 'resource', 'kubernetesDetails', 'kubernetesUserDetails', 'groups'));
  if (groups.length > 0) doc['user.roles'] = groups;
  put(
    doc,
    'orchestrator.resource.name',
    at(finding, 'resource', 'kubernetesDetails', 'kubernetesWorkloadDetails', 'name'),
  );
  put(
    doc,
    'orchestrator.namespace',
    at(finding, 'resource', 'kubernetesDetails', 'kubernetesWorkloadDetails', 'namespace'),
  );
  if (kubernetes !== undefined) putAccount(doc, 'user', kubernetes);
  return 'parsed';
}

/** Findings of Amazon GuardDuty, bare or below EventBridge's `detail`. */
export default defineSource({
  id: 'aws.guardduty',
  signatures: [
    {
      kind: 'json',
      keys: ['accountId', 'service', 'type'],
      test: (json) =>
        at(json, 'service', 'detectorId') !== undefined || at(json, 'service', 'serviceName') === 'guardduty',
    },
    { kind: 'json', keys: ['detail-type', 'detail'], test: (json) => json['source'] === 'aws.guardduty' },
  ],
  parse,
});
