import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { identityOf, putResource } from '../_shared/resource.ts';

const TABLE = fieldTable(
  'azure.key-vault.',
  `
  operationName               event.action               text
  correlationId               trace.id                   text
  resultDescription           event.reason               text
  callerIpAddress             source                     endpoint
  durationMs                  event.duration             own
  properties.clientInfo       user_agent.original        text
  properties.httpStatusCode   http.response.status_code  long
  properties.requestUri       url                        url
  properties.tlsVersion       tls.version                tls-version
`,
);

/** Operations of Key Vault begin with what they are about. */
const OPERATION = /^(?:Vault|Key|Secret|Certificate|Managed|Storage|Authentication|Role|Backup|Restore|Sas)/;

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || json['category'] !== 'AuditEvent') return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putResource(doc, json['resourceId']);
  doc['cloud.service.name'] = 'Azure Key Vault';
  putDuration(doc, json['durationMs'], 1e3);
  const status = toLong(at(json, 'properties', 'httpStatusCode'));
  const isFailure = status !== undefined ? status >= 400 : json['resultType'] !== 'Success';
  categorise(doc, { ...WHAT.databaseAccess, outcome: isFailure ? 'failure' : 'success' });
  const who = identityOf(object(at(json, 'identity', 'claim')));
  putAccount(doc, 'user', who.login);
  put(doc, 'user.id', who.id);
  return OPERATION.test(text(json['operationName']) ?? '') ? 'parsed' : 'partial';
}

/** The audit log of Azure Key Vault, as diagnostic settings deliver it. */
export default defineSource({
  id: 'azure.key-vault',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'operationName'],
      test: (json) =>
        json['category'] === 'AuditEvent' &&
        (/\/MICROSOFT\.KEYVAULT\//i.test(text(json['resourceId'])?.slice(0, 1_000) ?? '') ||
          OPERATION.test(text(json['operationName']) ?? '')),
    },
  ],
  parse,
});
