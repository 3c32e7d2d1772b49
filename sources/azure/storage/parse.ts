import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint, toLong } from '../../kit/types.ts';
import { putResource } from '../_shared/resource.ts';

const TABLE = fieldTable(
  'azure.storage.',
  `
  operationName                 event.action               text
  correlationId                 trace.id                   text
  resourceType                  event.provider             text
  location                      cloud.region               text
  statusCode                    http.response.status_code  long
  uri                           url                        url
  protocol                      network.protocol           lower
  callerIpAddress               source                     own
  durationMs                    event.duration             own
  properties.accountName        cloud.account.name         text
  properties.userAgentHeader    user_agent.original        text
  properties.tlsVersion         tls.version                tls-version
  properties.requestBodySize    http.request.body.bytes    long
  properties.responseBodySize   http.response.body.bytes   long
  properties.referrerHeader     http.request.referrer      text
  identity.requester.upn        user                       account
  identity.requester.objectId   user.id                    text
`,
);

const CATEGORY = /^Storage(Read|Write|Delete)$/;
const TYPES: Readonly<Record<string, EventType>> = { Read: 'access', Write: 'change', Delete: 'deletion' };

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const match = CATEGORY.exec(text(json?.['category']) ?? '');
  if (json === undefined || match === null) return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putResource(doc, json['resourceId']);
  // `Microsoft.Storage/storageAccounts/fileServices`, or the service's name in the resource itself.
  const service = /\/(file|blob|queue|table)services\b/i.exec(
    text(json['resourceType']) ?? text(json['resourceId']) ?? '',
  );
  if (service !== null) doc['cloud.service.name'] = `${service[1]!.toLowerCase()}s`;
  const caller = splitHostPort(text(json['callerIpAddress']) ?? '');
  if (caller.host !== '') putEndpoint(doc, 'source', caller.host);
  if (caller.port !== undefined) doc['source.port'] = caller.port;
  putDuration(doc, json['durationMs'], 1e3);
  const status = toLong(json['statusCode']);
  categorise(doc, {
    category: ['file', 'network'],
    type: [TYPES[match[1]!]!],
    outcome: status === undefined ? undefined : status < 400 ? 'success' : 'failure',
  });
  put(doc, 'event.reason', status !== undefined && status >= 400 ? json['statusText'] : undefined);
  return 'parsed';
}

/** Resource logs of Azure Storage: files, blobs, queues, tables. */
export default defineSource({
  id: 'azure.storage',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'operationName'],
      test: (json) => typeof json['category'] === 'string' && CATEGORY.test(json['category']),
    },
  ],
  parse,
});
