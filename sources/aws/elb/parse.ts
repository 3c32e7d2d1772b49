import type { EcsFields } from '@vigie/contracts';
import { putRequest } from '../../kit/access-log.ts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { byHeader, parseCsv } from '../../kit/csv.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { putDuration, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { toFloat, toLong } from '../../kit/types.ts';
import { APPLICATION, CLASSIC, CONNECTION, NETWORK } from './columns.ts';

const TABLE = fieldTable(
  'aws.elb.',
  `
  type                            network.protocol              own
  time                            @timestamp                    own
  elb                             observer.name                 text
  client                          source                        own
  client_ip                       source                        side
  client_port                     source.port                   port
  target_ip                       destination                   side
  target                          destination                   own
  destination                     destination                   own
  listener_port                   destination.port              port
  elb_status_code                 http.response.status_code     long
  received_bytes                  source.bytes                  long
  sent_bytes                      destination.bytes             long
  request                         url                           own
  user_agent                      user_agent.original           text
  ssl_cipher                      tls.cipher                    text
  tls_cipher                      tls.cipher                    text
  ssl_protocol                    tls.version                   tls-version
  tls_protocol                    tls.version                   tls-version
  tls_protocol_version            tls.version                   own
  tls_named_group                 tls.curve                     text
  tls_keyexchange                 tls.curve                     text
  alpn_fe_protocol                tls.next_protocol             text
  domain_name                     tls.client.server_name        text
  leaf_client_cert_subject        tls.client.subject            text
  leaf_client_cert_serial_number  tls.client.x509.serial_number text
  matched_rule_priority           rule.id                       text
  request_creation_time           event.start                   date
  tls_connection_creation_time    event.start                   date
  error_reason                    error.code                    text
  conn_trace_id                   event.id                      text
`,
);

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z?$/;
const TYPES = new Set(['http', 'https', 'h2', 'grpcs', 'ws', 'wss']);

type Kind = 'application' | 'connection' | 'network' | 'classic';

function kindOf(values: readonly string[]): Kind | undefined {
  const [first = '', second = '', third = ''] = values;
  if (TYPES.has(first) && ISO.test(second) && values.length >= 20) return 'application';
  if (first === 'tls' && ISO.test(third) && values.length >= 16) return 'network';
  if (!ISO.test(first)) return undefined;
  if (values.length === CLASSIC.length && (values[11] ?? '').includes(' ')) return 'classic';
  if (values.length >= 11 && toLong(values[2]) !== undefined && toLong(values[3]) !== undefined)
    return 'connection';
  return undefined;
}

const COLUMNS = {
  application: APPLICATION,
  connection: CONNECTION,
  network: NETWORK,
  classic: CLASSIC,
} as const;

function putSide(doc: EcsFields, side: 'source' | 'destination', value: string | undefined): void {
  if (value === undefined || value === '-') return;
  const { host, port } = splitHostPort(value);
  TABLE.put(doc, side === 'source' ? 'client_ip' : 'target_ip', host);
  if (port !== undefined) doc[`${side}.port`] = port;
}

/** Whole time of a request, seconds: −1 stands for a part that did not take place. */
function durationOf(fields: ReadonlyMap<string, string>): number | undefined {
  let sum = 0;
  for (const part of ['request_processing_time', 'target_processing_time', 'response_processing_time']) {
    const seconds = toFloat(fields.get(part));
    if (seconds === undefined || seconds < 0) return undefined;
    sum += seconds;
  }
  return sum;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const values = parseCsv(input.text.trimEnd(), { separator: ' ', limit: 60 });
  const kind = kindOf(values);
  if (kind === undefined) return 'rejected';
  const fields = byHeader(COLUMNS[kind], values);
  for (const [key, value] of fields) if (value !== '-') TABLE.put(doc, key, value);
  const time = fields.get('time') ?? '';
  putDate(doc, '@timestamp', parseIso(time, 'UTC'));
  doc['cloud.provider'] = 'aws';
  putSide(doc, 'source', fields.get('client'));
  putSide(doc, 'destination', fields.get('target') ?? fields.get('destination'));
  putTotals(doc);
  if (kind === 'network' || kind === 'connection') {
    doc['network.transport'] = 'tcp';
    // Written `tlsv12`.
    const version = /^tlsv(\d)(\d?)$/.exec(fields.get('tls_protocol_version') ?? '');
    if (version !== null) putTlsVersion(doc, `TLSv${version[1]}.${version[2] || '0'}`);
    const milliseconds = fields.get('connection_time');
    if (milliseconds !== undefined) putDuration(doc, milliseconds, 1e3);
    const verdict = fields.get('tls_verify_status') ?? '';
    const alert = fields.get('incoming_tls_alert') ?? '-';
    const outcome =
      verdict.startsWith('Failed') || alert !== '-'
        ? ('failure' as const)
        : verdict === 'Success' || fields.has('tls_connection_creation_time')
          ? ('success' as const)
          : undefined;
    categorise(
      doc,
      kind === 'network' ? { ...WHAT.connectionEnd, outcome } : { ...WHAT.connectionStart, outcome },
    );
    return 'parsed';
  }
  const duration = durationOf(fields);
  if (duration !== undefined) putDuration(doc, duration);
  const type = fields.get('type');
  if (type !== undefined) doc['network.protocol'] = type;
  const request = fields.get('request') ?? '';
  // Connections without HTTP have dashes for the request.
  if (!/^[A-Z]+ \S/.test(request)) {
    categorise(doc, WHAT.connection);
    return 'parsed';
  }
  putRequest(doc, request);
  const status = toLong(fields.get('elb_status_code'));
  categorise(doc, {
    ...WHAT.proxyRequest,
    ...(status === undefined ? {} : { outcome: status < 400 ? 'success' : 'failure' }),
  });
  return 'parsed';
}

/** The logs of AWS's load balancers: one line a request or connection, quoted as CSV between blanks. */
export default defineSource({
  id: 'aws.elb',
  signatures: [
    { kind: 'text', literals: [' app/', ' "Root='] },
    { kind: 'text', literals: [' app/', ' arn:aws'] },
    { kind: 'text', prefix: 'tls ', literals: [' net/'] },
    { kind: 'text', literals: [' TID_'], test: ({ text }) => /^\d{4}-\d\d-\d\dT/.test(text) },
    {
      kind: 'text',
      literals: ['Z ', ' "'],
      test: ({ text }) => CLASSIC_LINE.test(text),
    },
  ],
  parse,
});

const CLASSIC_LINE =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [\w-]{1,64} \S{3,60}:\d{1,5} \S{1,60} -?[\d.]{1,12} -?[\d.]{1,12} -?[\d.]{1,12} /;
