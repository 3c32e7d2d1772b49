import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, objects, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { putEntry } from '../_shared/entry.ts';

const TABLE = fieldTable(
  'gcp.audit.',
  `
  serviceName                                   service.name           text+
  methodName                                    event.action           text+
  requestMetadata.callerIp                      source                 endpoint
  requestMetadata.callerSuppliedUserAgent       user_agent.original    text
  authenticationInfo.principalSubject           user.id                text
  status.message                                error.message          text
  status.code                                   error.code             own
`,
);

const TYPE = 'type.googleapis.com/google.cloud.audit.AuditLog';
/** Members of a login's parameters that hold the account. */
const AFFECTED = 'affected_email_address';

/** What a method does, by the verb at its end. */
function methodOf(method: string): Categorisation {
  const verb = method.slice(method.lastIndexOf('.') + 1);
  if (
    /IamPolic(?:y|ies)$|^(?:Create|Delete|Disable|Enable|Update|Patch|Upload)(?:ServiceAccount|Role)/i.test(
      verb,
    )
  )
    return /^(?:Get|Test)/i.test(verb) ? WHAT.configurationRead : WHAT.accessChanged;
  if (/^(?:get|list|query|search|aggregated|test|describe|lookup|read|watch)/i.test(verb))
    return WHAT.configurationRead;
  if (/^(?:create|insert|add|import|upload|generate)/i.test(verb)) return WHAT.configurationCreated;
  if (/^(?:delete|remove|destroy|purge)/i.test(verb)) return WHAT.configurationDeleted;
  if (/^(?:set|update|patch|modify|reset|start|stop|enable|disable|move|attach|detach|resize)/i.test(verb))
    return WHAT.configurationChanged;
  return WHAT.apiCall;
}

/** Whose account a login event is about, where it names none that acted. */
function affectedOf(events: readonly JsonObject[]): string | undefined {
  for (const event of events)
    for (const parameter of objects(event['parameter']))
      if (parameter['name'] === AFFECTED) return text(parameter['value']);
  return undefined;
}

function putLogin(doc: EcsFields, payload: JsonObject): boolean {
  const events = objects(at(payload, 'metadata', 'event'));
  const first = events[0];
  if (first === undefined) return false;
  doc['event.dataset'] = 'google.cloud-audit.login';
  const name = text(first['eventName']) ?? '';
  put(doc, 'gcp.audit.event_name', name);
  put(doc, 'gcp.audit.event_type', first['eventType']);
  if (doc['user.name'] === undefined) putAccount(doc, 'user', affectedOf(events));
  const status = at(first, 'status', 'success');
  if (name.startsWith('login_') || name === 'logout' || name.startsWith('suspicious_'))
    categorise(doc, name === 'logout' ? WHAT.logout : WHAT.login);
  else categorise(doc, WHAT.userChanged);
  if (name === 'login_failure') doc['event.outcome'] = 'failure';
  else if (name === 'login_success' || status === true) doc['event.outcome'] = 'success';
  else if (status === false) doc['event.outcome'] = 'failure';
  if (first['eventType'] === 'account_warning' || name.startsWith('suspicious_')) doc['event.kind'] = 'alert';
  return true;
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const payload = object(json?.['protoPayload']);
  if (json === undefined || payload === undefined) return 'rejected';
  if (payload['@type'] !== undefined && payload['@type'] !== TYPE) return 'rejected';
  TABLE.putObject(doc, payload);
  putEntry(doc, json);
  const method = text(payload['methodName']) ?? '';
  put(doc, 'gcp.audit.method_name', method);
  put(doc, 'gcp.audit.service_name', payload['serviceName']);
  put(doc, 'gcp.audit.resource_name', payload['resourceName']);
  put(doc, 'orchestrator.cluster.name', at(json, 'resource', 'labels', 'cluster_name'));
  putAccount(doc, 'user', text(at(payload, 'authenticationInfo', 'principalEmail')));
  if (!putLogin(doc, payload)) {
    categorise(doc, methodOf(method));
    const code = toLong(at(payload, 'status', 'code'));
    if (code !== undefined && code !== 0) {
      doc['error.code'] = String(code);
      doc['event.outcome'] = 'failure';
    } else if (payload['status'] !== undefined || at(json, 'operation', 'last') === true)
      doc['event.outcome'] = 'success';
  }
  put(doc, 'event.provider', payload['serviceName']);
  return method === '' ? 'partial' : 'parsed';
}

/** Audit logs of Google Cloud, as Cloud Logging exports them. */
export default defineSource({
  id: 'google.cloud-audit',
  signatures: [
    {
      kind: 'json',
      keys: ['protoPayload'],
      test: (json) => {
        const payload = object(json['protoPayload']);
        return payload !== undefined && (payload['@type'] === TYPE || 'methodName' in payload);
      },
    },
  ],
  parse,
});
