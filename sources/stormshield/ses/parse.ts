import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { list, object, strings, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint, putList } from '../../kit/types.ts';
import { kindOf } from './kinds.ts';
import { putDigests, putProcess } from './process.ts';

const VENDOR = 'stormshield.ses.';

/** Members that have a field of their own, or say a second time what another one says. */
const READ =
  /^(?:SpecificData\.(?:(?:Source|Parent|Target|Created|Discovery)Process|FileDetails|AccessFromNetwork)\.|SpecificData\.(?:Path|ValueName|ValueData|User|UserNameLookup|UserDomainLookup|FullPath|TargetResourcePath|DnsRequest)$|AdditionalData\.|Timestamp(?:Raw)?$|TypeComputedMap$|EventGuid$|Severity$)/;

function putUser(doc: EcsFields, record: JsonObject): void {
  const name = text(record['UserNameLookup']);
  put(doc, 'user.id', text(record['User']));
  put(doc, 'user.name', name);
  if (name !== undefined) put(doc, 'user.domain', text(record['UserDomainLookup']));
}

function putProcesses(doc: EcsFields, data: JsonObject, input: ParseInput): void {
  const source = object(data['SourceProcess']);
  const created = object(data['CreatedProcess']);
  // A process that is created is what the event is about; the one that did it is its parent.
  const about = created ?? source ?? object(data['DiscoveryProcess']);
  if (about !== undefined) {
    putProcess(doc, 'process', about, input);
    putUser(doc, about);
  }
  const parent = object(data['ParentProcess']) ?? (created === undefined ? undefined : source);
  if (parent !== undefined) putProcess(doc, 'process.parent', parent, input);
  const target = object(data['TargetProcess']);
  if (target === undefined) return;
  putProcess(doc, `${VENDOR}target_process`, target, input);
  // Sigma's names for the process that another one acts upon.
  put(doc, 'winlog.event_data.TargetImage', text(target['ProcessImageName']));
}

function putObject(doc: EcsFields, data: JsonObject, category: string | undefined): void {
  const path =
    text(data['Path']) ??
    text(data['FullPath']) ??
    text(data['TargetResourcePath']) ??
    text(data['CorruptingDriverPath']);
  if (category === 'registry' || path?.startsWith('HKEY_') === true) {
    putRegistryKey(doc, path, text(data['ValueName']));
    put(doc, 'registry.data.type', text(data['ValueDataTypeComputedMap']));
    const value = data['ValueData'];
    const values = list(value);
    if (values?.every((byte) => typeof byte === 'number'))
      // ECS has bytes in base64.
      put(doc, 'registry.data.bytes', Buffer.from(values.slice(0, 1_000)).toString('base64'));
    else if (typeof value === 'string' || typeof value === 'number')
      putList(doc, 'registry.data.strings', [String(value)]);
    return;
  }
  if (path !== undefined) putFile(doc, path);
  const details = object(data['FileDetails']);
  if (details !== undefined) {
    putFile(doc, text(details['FileFullPath']));
    putDigests(doc, 'file', details);
    put(doc, 'file.owner', text(details['OwnerNameLookup']));
  }
  put(doc, 'file.owner', text(data['FileOwnerNameLookup']));
  put(doc, 'dns.question.name', text(data['DnsRequest']));
  const from = object(data['AccessFromNetwork']);
  if (from !== undefined) {
    putEndpoint(doc, 'source', text(from['Address']));
    put(doc, 'source.port', from['Port']);
  }
}

/** What the console adds when it forwards a log: agent, policy, the message, techniques. */
function putAdditional(doc: EcsFields, more: JsonObject): void {
  put(doc, 'agent.id', text(more['AgentGuid']));
  put(doc, 'host.name', text(more['AgentName']));
  putList(doc, 'host.ip', strings(more['AgentAddresses']));
  put(doc, 'event.reason', text(more['Message']));
  put(doc, 'log.level', text(more['SeverityName'])?.toLowerCase());
  put(doc, 'rule.ruleset', text(more['PolicyName']));
  put(doc, `${VENDOR}group`, text(more['AgentGroupName']));
  put(doc, `${VENDOR}incident`, text(more['IncidentGuid']));
  put(doc, `${VENDOR}category`, text(more['CategoryName']));
  putList(doc, 'threat.tactic.id', strings(more['AttackMitreTacticId']));
  putList(doc, 'threat.tactic.name', strings(more['AttackMitreTacticName']));
  putList(doc, 'threat.technique.id', strings(more['AttackMitreTechnicId']));
  putList(doc, 'threat.technique.name', strings(more['AttackMitreTechnicName']));
  if (doc['threat.technique.id'] !== undefined) doc['threat.framework'] = 'MITRE ATT&CK';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  const name = text(json?.['TypeComputedMap']);
  if (json === undefined || name === undefined) return 'rejected';
  const data = object(json['SpecificData']) ?? {};
  putObserver(doc, { vendor: 'Stormshield', product: 'Stormshield Endpoint Security' });
  const time = text(json['Timestamp']);
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  put(doc, 'event.code', name);
  put(doc, 'event.id', text(json['EventGuid']));
  const severity = json['Severity'];
  if (typeof severity === 'number' && Number.isInteger(severity) && severity >= 0 && severity < 8) {
    doc['event.severity'] = severity;
  }
  const what = kindOf(name);
  putProcesses(doc, data, input);
  putObject(doc, data, what.category[0]);
  if (text(data['User']) !== undefined) putUser(doc, data);
  put(doc, 'rule.ruleset', text(data['PolicyName']));
  const action = object(data['Action']);
  if (action !== undefined) {
    put(doc, 'rule.uuid', text(action['RuleGuid'])?.replace(/[{}]/g, ''));
    putList(
      doc,
      'threat.technique.id',
      strings(action['RuleTags']).filter((tag) => /^T\d{4}/.test(tag)),
    );
  }
  const external = strings(object(data['ExtraData'])?.['Provider'])[0];
  put(doc, 'event.provider', external);
  const more = object(json['AdditionalData']);
  if (more !== undefined) putAdditional(doc, more);
  // What has no field of ECS stays findable under the product's own names.
  const flat = flatten(json);
  for (const key of Object.keys(flat)) if (!READ.test(key)) put(doc, VENDOR + key, flat[key]);
  const blocked = action?.['Blocked'] === true;
  if (
    what.category.includes('intrusion_detection') ||
    what.category.includes('malware') ||
    json['GenerateIncident'] === true
  )
    doc['event.kind'] = 'alert';
  categorise(doc, { ...what, type: blocked ? [...what.type, 'denied'] : what.type, action: name });
  return 'parsed';
}

/** Stormshield Endpoint Security Evolution: logs of agents, as agent handlers forward them. */
export default defineSource({
  id: 'stormshield.ses',
  signatures: [
    { kind: 'json', keys: ['TypeComputedMap', 'EventGuid', 'SpecificData'] },
    { kind: 'json', keys: ['TypeComputedMap', 'ServerReserved', 'Severity'] },
  ],
  parse,
});
