import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { putSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'microsoft.graph-security.';

/** What alerts and incidents share; the rest stays below the vendor's prefix. */
const TABLE = fieldTable(
  VENDOR,
  `
  id                  event.id          text
  title               rule.name         text
  displayName         rule.name         text
  description         message           text
  detectorId          rule.id           text
  category            rule.category     text
  productName         event.provider    text
  incidentId          event.reference   own
  alertWebUrl         event.url         text
  tenantId            cloud.account.id  text
  threatDisplayName   threat.software.name text
`,
);

/** Words of Graph's `alertSeverity`, in their order. */
const SEVERITIES = { informational: 1, low: 2, medium: 3, high: 4 } as const;

/** The first evidence of each kind names what the alert is about; all of it stays below the vendor's prefix. */
function putEvidence(doc: EcsFields, evidence: JsonObject): void {
  const kind = text(evidence['@odata.type'])?.split('.').at(-1);
  switch (kind) {
    case 'deviceEvidence':
      if (doc['host.name'] !== undefined) return;
      put(doc, 'host.name', evidence['deviceDnsName']);
      put(doc, 'host.id', evidence['mdeDeviceId']);
      put(doc, 'host.os.full', evidence['osPlatform']);
      return;
    case 'userEvidence': {
      if (doc['user.name'] !== undefined) return;
      const account = object(evidence['userAccount']);
      putAccount(doc, 'user', text(account?.['accountName']) ?? text(account?.['userPrincipalName']));
      put(doc, 'user.domain', account?.['domainName']);
      put(doc, 'user.id', account?.['azureAdUserId']);
      put(doc, 'user.email', account?.['userPrincipalName']);
      return;
    }
    case 'processEvidence':
      if (doc['process.pid'] !== undefined) return;
      put(doc, 'process.pid', evidence['processId']);
      put(doc, 'process.command_line', evidence['processCommandLine']);
      put(doc, 'process.name', at(evidence, 'imageFile', 'fileName'));
      put(doc, 'process.hash.sha256', at(evidence, 'imageFile', 'sha256'));
      put(doc, 'process.parent.pid', evidence['parentProcessId']);
      return;
    case 'fileEvidence':
      if (doc['file.name'] !== undefined) return;
      put(doc, 'file.name', at(evidence, 'fileDetails', 'fileName'));
      put(doc, 'file.hash.sha256', at(evidence, 'fileDetails', 'sha256'));
      return;
    case 'ipEvidence':
      if (doc['source.ip'] === undefined) putEndpoint(doc, 'source', text(evidence['ipAddress']));
      return;
    case 'urlEvidence':
      if (doc['url.original'] === undefined) put(doc, 'url.original', evidence['url']);
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  // What Wazuh's module fetched stands below a name of its own.
  const json = object(input.json?.['ms-graph']) ?? input.json;
  if (json === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const date = (field: string, name: string) => {
    const value = text(json[name]);
    if (value !== undefined) putDate(doc, field, parseIso(value, 'UTC'));
  };
  // An alert is fetched again when it changes: each state happened when it was made.
  date('@timestamp', 'lastUpdateDateTime');
  date('event.created', 'createdDateTime');
  date('event.start', 'firstActivityDateTime');
  date('event.end', 'lastActivityDateTime');
  doc['event.url'] ??= text(json['incidentWebUrl']) ?? '';
  putSeverity(doc, text(json['severity']), SEVERITIES);
  doc['event.kind'] = 'alert';
  doc['cloud.provider'] = 'azure';
  const isIncident = json['title'] === undefined;
  doc['event.dataset'] = `microsoft.graph-security.${isIncident ? 'incident' : 'alert'}`;
  const status = text(json['status']);
  categorise(doc, {
    category: ['intrusion_detection'],
    type: ['info'],
    action: `${isIncident ? 'incident' : 'alert'}${status === undefined ? '' : `-${status}`}`,
  });
  const techniques = strings(json['mitreTechniques']);
  if (techniques.length > 0) {
    doc['threat.framework'] = 'MITRE ATT&CK';
    doc['threat.technique.id'] = techniques;
  }
  for (const evidence of objects(json['evidence'])) putEvidence(doc, evidence);
  return 'parsed';
}

/** Alerts (`alerts_v2`) and incidents of Microsoft Graph. */
export default defineSource({
  id: 'microsoft.graph-security',
  signatures: [
    {
      kind: 'json',
      keys: ['detectionSource', 'serviceSource'],
      test: (json) => 'alertWebUrl' in json || 'lastUpdateDateTime' in json,
    },
    {
      kind: 'json',
      keys: ['ms-graph'],
      test: (json) => object(json['ms-graph'])?.['serviceSource'] !== undefined,
    },
    { kind: 'json', keys: ['incidentWebUrl', 'displayName'], test: (json) => 'lastUpdateDateTime' in json },
  ],
  parse,
});
