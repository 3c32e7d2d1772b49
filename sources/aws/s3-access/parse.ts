import type { EcsFields, JsonObject } from '@vigie/contracts';
import { putRequest } from '../../kit/access-log.ts';
import { type Categorisation, categorise, type EventType } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { parseClf, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

/** Fields behind the date, in order; newer ones are at the end. */
const COLUMNS =
  'remote_ip requester request_id operation key request_uri http_status error_code bytes_sent object_size total_time turn_around_time referrer user_agent version_id host_id signature_version cipher_suite authentication_type host_header tls_version access_point_arn acl_required'.split(
    ' ',
  );

const TABLE = fieldTable(
  'aws.s3access.',
  `
  remote_ip         source                      side
  requester         user.id                     text
  request_id        http.request.id             text
  operation         event.action                text+
  key               file.path                   text+
  request_uri       url                         own
  http_status       http.response.status_code   long
  error_code        error.code                  text
  bytes_sent        http.response.body.bytes    long
  object_size       file.size                   long
  total_time        event.duration              own
  referrer          http.request.referrer       text
  user_agent        user_agent.original         text
  cipher_suite      tls.cipher                  text
  host_header       url.domain                  domain
  tls_version       tls.version                 tls-version
`,
);

/** Canonical id of the owner (64 hexadecimal digits), bucket, date in brackets. */
const HEAD = /^(\S{1,128}) ([a-z0-9][a-zA-Z0-9._-]{1,254}) \[([^\]]{20,30})\] /;
const OPERATION = /^(?:REST|SOAP|WEBSITE|S3|BATCH)\.[A-Z][A-Za-z0-9_.]*$/;

function typeOf(operation: string): EventType {
  if (/\.(?:DELETE|EXPIRE)/.test(operation)) return 'deletion';
  if (/\.(?:PUT|POST|COPY|CREATE|TRANSITION|RESTORE)/.test(operation)) return 'change';
  return 'access';
}

/** A request as it stands in a line, or in the members that a collector made of the line. */
interface Access {
  readonly owner: string;
  readonly bucket: string;
  readonly time: string;
  /** In the order of {@link COLUMNS}. */
  readonly values: readonly string[];
}

function readLine(line: string): Access | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const values = parseCsv(line.slice(head[0].length).trimEnd(), { separator: ' ', limit: 60 });
  return { owner: head[1]!, bucket: head[2]!, time: head[3]!, values };
}

/** Names that collectors give to two columns. */
const OTHER_NAMES: Readonly<Record<string, string>> = { object_size: 'object_sent', referrer: 'referer' };

function readMembers(json: JsonObject): Access | undefined {
  const [owner, bucket, time] = [text(json['bucket_owner']), text(json['bucket']), text(json['time'])];
  if (owner === undefined || bucket === undefined || time === undefined) return undefined;
  const values = COLUMNS.map((name) => text(json[name] ?? json[OTHER_NAMES[name] ?? '']) ?? '-');
  return { owner, bucket, time, values };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const access = input.json === undefined ? readLine(input.text) : readMembers(input.json);
  if (access === undefined) return 'rejected';
  const { owner, bucket, time, values } = access;
  const operation = values[3] ?? '';
  if (values.length < 9 || !OPERATION.test(operation)) return 'rejected';
  putDate(doc, '@timestamp', parseClf(time, input.timeZone));
  doc['cloud.provider'] = 'aws';
  doc['cloud.service.name'] = 's3';
  doc['aws.s3access.bucket_owner'] = owner;
  doc['aws.s3access.bucket'] = bucket;
  for (let i = 0; i < COLUMNS.length && i < values.length; i++) {
    const value = values[i]!;
    if (value !== '-' && value !== '') TABLE.put(doc, COLUMNS[i]!, value);
  }
  const host = doc['url.domain'];
  putRequest(doc, values[5]);
  if (host !== undefined) doc['url.domain'] = host;
  const duration = values[10];
  if (duration !== undefined && duration !== '-') putDuration(doc, duration, 1e3);
  const status = toLong(values[6]);
  const what: Categorisation = {
    category: operation.includes('OBJECT') || operation.includes('PART') ? ['file', 'web'] : ['web'],
    type: [typeOf(operation)],
    ...(status === undefined ? {} : { outcome: status < 400 ? 'success' : 'failure' }),
  };
  categorise(doc, what);
  return 'parsed';
}

/** Server access logs of S3 buckets: one request a line. */
export default defineSource({
  id: 'aws.s3-access',
  signatures: [
    { kind: 'json', keys: ['bucket_owner', 'operation', 'request_uri', 'http_status'] },
    { kind: 'text', literals: ['] ', ' REST.'], test: ({ text }) => HEAD.test(text) },
    { kind: 'text', literals: ['] ', ' WEBSITE.'], test: ({ text }) => HEAD.test(text) },
    { kind: 'text', literals: ['] ', ' SOAP.'], test: ({ text }) => HEAD.test(text) },
    { kind: 'text', literals: ['] ', ' S3.'], test: ({ text }) => HEAD.test(text) },
    { kind: 'text', literals: ['] ', ' BATCH.'], test: ({ text }) => HEAD.test(text) },
  ],
  parse,
});
