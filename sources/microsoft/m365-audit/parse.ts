import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { classify, outcomeOf, toCategorisation } from './classify.ts';
import {
  putAlert,
  putDirectory,
  putDlp,
  putExchange,
  putInvestigation,
  putSharePoint,
  putSource,
  putThreat,
} from './content.ts';
import { object, putRest, text } from './values.ts';

/** The record itself; some forwarders put it below a key of their own. */
function recordOf(json: JsonObject): JsonObject {
  return object(json['office365']) ?? json;
}

function isRecord(json: JsonObject): boolean {
  const record = recordOf(json);
  if ('RecordType' in record && 'CreationTime' in record) return true;
  // What the collecting module says of a content type that it could not fetch.
  const subscription = text(record['subscription_name']);
  return subscription !== undefined && /^(?:Audit|DLP)\.[A-Za-z]{3,20}$/.test(subscription);
}

function putUser(doc: EcsFields, record: JsonObject): void {
  const name = text(record['UserId']);
  if (name !== undefined) putAccount(doc, 'user', name);
  put(doc, 'user.id', text(record['UserKey']) ?? name);
}

function putLocation(doc: EcsFields, record: JsonObject): void {
  putSource(
    doc,
    text(record['ClientIP']) ?? text(record['ClientIPAddress']) ?? text(record['ActorIpAddress']),
  );
  if (doc['source.ip'] === undefined)
    putSource(doc, text(record['ClientIPAddress']) ?? text(record['ActorIpAddress']));
  put(doc, 'user_agent.original', text(record['UserAgent']));
  const target = text(record['ObjectId']);
  if (target !== undefined && /^https?:\/\//i.test(target)) putUrl(doc, target);
  else if (Array.isArray(record['MessageURLs'])) putUrl(doc, text(record['MessageURLs'][0]));
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json === undefined) return 'rejected';
  const record = recordOf(input.json);
  const operation = text(record['Operation']) ?? '';
  const created = text(record['CreationTime']);
  if (created === undefined || !('RecordType' in record)) {
    if (!isRecord(input.json)) return 'rejected';
    putRest(doc, record);
    put(doc, 'organization.id', text(record['tenant_id']));
    put(doc, 'event.provider', text(record['subscription_name']));
    put(doc, 'event.reason', text(record['response']));
    categorise(doc, WHAT.hostInfo);
    return 'partial';
  }

  const type = toLong(record['RecordType']) ?? -1;
  const workload = text(record['Workload']) ?? '';
  putDate(doc, '@timestamp', parseIso(created, 'UTC'));
  putRest(doc, record);
  put(doc, 'event.id', text(record['Id']));
  if (type >= 0) doc['event.code'] = String(type);
  put(doc, 'event.provider', workload);
  put(doc, 'service.name', workload);
  put(doc, 'organization.id', text(record['OrganizationId']));
  put(doc, 'organization.name', text(record['OrganizationName']));

  const verdict = classify(type, workload, operation);
  const outcome = outcomeOf(
    text(record['ResultStatus']),
    operation,
    record['IsSuccess'],
    text(record['LogonError']),
  );
  // Entra ID ends its operations with a full stop; `o365.audit.Operation` keeps it.
  const action = operation.endsWith('.') ? operation.slice(0, -1) : operation;
  categorise(doc, toCategorisation(verdict, action === '' ? undefined : action, outcome));
  doc['event.kind'] = verdict.kind;

  putUser(doc, record);
  putLocation(doc, record);
  const reason = text(record['ActionName']) ?? text(record['ResultStatusDetail']);
  if (reason !== undefined) doc['event.reason'] = reason;
  if ('ExtendedProperties' in record || 'DeviceProperties' in record || workload === 'AzureActiveDirectory')
    putDirectory(doc, record, operation);
  if (workload === 'Exchange') putExchange(doc, record);
  if (workload === 'SharePoint' || workload === 'OneDrive' || 'SourceFileName' in record)
    putSharePoint(doc, record);
  if (doc['file.name'] === undefined && verdict.category.includes('file'))
    put(doc, 'file.name', text(record['FileName']));
  if ('PolicyDetails' in record) putDlp(doc, record);
  if (type === 40 || 'AlertId' in record) putAlert(doc, record);
  if (type === 64) putInvestigation(doc, record);
  if (workload === 'ThreatIntelligence' || 'FileData' in record) putThreat(doc, record);
  return type < 0 || workload === '' || operation === '' ? 'partial' : 'parsed';
}

/** Microsoft 365 audit records, as the Office 365 Management Activity API delivers them. */
export default defineSource({
  id: 'microsoft.m365-audit',
  signatures: [
    { kind: 'json', keys: ['CreationTime', 'Operation', 'RecordType', 'OrganizationId'] },
    { kind: 'json', keys: ['CreationTime', 'Operation', 'RecordType', 'Workload'] },
    { kind: 'json', keys: ['office365'], test: isRecord },
  ],
  parse,
});
