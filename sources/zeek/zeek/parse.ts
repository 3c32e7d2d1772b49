import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { list, strings, text } from '../../kit/json.ts';
import { putDuration, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { COLUMNS } from './columns.ts';
import { GENERAL, VENDOR } from './table.ts';

type What = Pick<Categorisation, 'category' | 'type'>;
const PROTOCOL: What = { category: ['network'], type: ['connection', 'protocol'] };

const LOGS: ReadonlyMap<string, What> = new Map<string, What>([
  ['conn', { category: ['network'], type: ['connection', 'end'] }],
  ['dns', PROTOCOL],
  ['http', { category: ['network', 'web'], type: ['connection', 'protocol', 'access'] }],
  ['ssl', PROTOCOL],
  ['x509', { category: ['network'], type: ['info'] }],
  ['files', { category: ['network', 'file'], type: ['info'] }],
  ['pe', { category: ['file'], type: ['info'] }],
  ['ssh', { category: ['network', 'authentication'], type: ['connection', 'protocol', 'start'] }],
  ['kerberos', { category: ['network', 'authentication'], type: ['connection', 'protocol'] }],
  ['ntlm', { category: ['network', 'authentication'], type: ['connection', 'protocol', 'start'] }],
  ['radius', { category: ['network', 'authentication'], type: ['connection', 'protocol'] }],
  ['rdp', PROTOCOL],
  ['smb_files', { category: ['network', 'file'], type: ['connection', 'protocol', 'access'] }],
  ['smb_mapping', PROTOCOL],
  ['dce_rpc', PROTOCOL],
  ['ftp', { category: ['network', 'file'], type: ['connection', 'protocol'] }],
  ['smtp', { category: ['network', 'email'], type: ['connection', 'protocol'] }],
  ['dhcp', PROTOCOL],
  ['snmp', PROTOCOL],
  ['sip', PROTOCOL],
  ['socks', PROTOCOL],
  ['tunnel', PROTOCOL],
  ['mysql', { category: ['network', 'database'], type: ['connection', 'protocol'] }],
  ['ldap', { category: ['network', 'authentication'], type: ['connection', 'protocol'] }],
  ['ldap_search', PROTOCOL],
  ['quic', PROTOCOL],
  ['ntp', PROTOCOL],
  ['irc', PROTOCOL],
  ['syslog', PROTOCOL],
  ['mqtt_connect', PROTOCOL],
  ['mqtt_publish', PROTOCOL],
  ['mqtt_subscribe', PROTOCOL],
  ['websocket', PROTOCOL],
  ['ocsp', PROTOCOL],
  ['postgresql', { category: ['network', 'database'], type: ['connection', 'protocol'] }],
  ['redis', { category: ['network', 'database'], type: ['connection', 'protocol'] }],
  ['traceroute', { category: ['network'], type: ['info'] }],
  ['dpd', { category: ['network'], type: ['info'] }],
  ['analyzer', { category: ['network'], type: ['info'] }],
  ['known_certs', WHAT.hostInfo],
  ['reporter', WHAT.hostInfo],
  ['modbus', PROTOCOL],
  ['dnp3', PROTOCOL],
  ['software', { category: ['network', 'package'], type: ['info'] }],
  ['known_hosts', WHAT.hostInfo],
  ['known_services', WHAT.hostInfo],
  ['notice', WHAT.networkIntrusion],
  ['signatures', WHAT.networkIntrusion],
  ['intel', { category: ['network', 'intrusion_detection', 'threat'], type: ['indicator', 'info'] }],
  ['weird', { category: ['network'], type: ['info'] }],
  ['stats', WHAT.hostInfo],
  ['capture_loss', WHAT.hostInfo],
]);

/** Members that only one log has, for logs that come without their name. */
const MARKS: readonly (readonly [member: string, log: string])[] = [
  ['conn_state', 'conn'],
  ['qclass', 'dns'],
  ['rcode_name', 'dns'],
  ['query', 'dns'],
  ['uri', 'http'],
  ['status_code', 'http'],
  ['trans_depth', 'http'],
  ['auth_attempts', 'ssh'],
  ['note', 'notice'],
  ['fuid', 'files'],
  ['request_type', 'kerberos'],
  ['named_pipe', 'dce_rpc'],
  ['server_name', 'ssl'],
  ['cert_chain_fps', 'ssl'],
  ['security_protocol', 'rdp'],
  ['share_type', 'smb_mapping'],
  ['domainname', 'ntlm'],
  ['mailfrom', 'smtp'],
  ['name', 'weird'],
];

const FILE_PATH = /(?:^|\/)([a-z_0-9]{2,30})(?:\.[\d:_-]{1,40}){0,2}\.log$/;

function nameOf(json: JsonObject, input: ParseInput): string {
  const named = text(json['_path']) ?? text(json['@path']) ?? FILE_PATH.exec(input.path ?? '')?.[1];
  if (named !== undefined) return named;
  return MARKS.find(([member]) => Object.hasOwn(json, member))?.[1] ?? '';
}

/** A line of a tab-separated log whose path is known. */
function rowOf(input: ParseInput): { log: string; json: JsonObject } | undefined {
  const cells = input.text.split('\t', 80);
  if (cells.length < 5 || !/^\d{9,10}\.\d{1,6}$/.test(cells[0]!)) return undefined;
  const named = FILE_PATH.exec(input.path ?? '')?.[1];
  const isFlow = parseIp(cells[2] ?? '') !== undefined;
  // Without a path: a connection has its state in the 12th column, a look-up its class in the 11th.
  const log =
    named ??
    (isFlow && /^(?:S[0-3F]|SH|SHR|REJ|RST[OR]S?0?|RSTRH|RSTOS0|OTH|SF)$/.test(cells[11] ?? '')
      ? 'conn'
      : isFlow && /^C_/.test(cells[11] ?? '')
        ? 'dns'
        : isFlow && /^[A-Z]{3,10}$/.test(cells[7] ?? '')
          ? 'http'
          : undefined);
  const columns = log === undefined ? undefined : COLUMNS.get(log);
  if (log === undefined || columns === undefined) return undefined;
  const json: Record<string, unknown> = {};
  for (let i = 0; i < cells.length && i < columns.length; i++) {
    const cell = cells[i]!;
    if (cell === '-' || cell === '(empty)' || cell === '') continue;
    json[columns[i]!] = cell;
  }
  return { log, json: json as JsonObject };
}

const flag = (value: unknown): boolean | undefined =>
  value === true || value === 'T' ? true : value === false || value === 'F' ? false : undefined;

function putDetails(doc: EcsFields, log: string, json: JsonObject): void {
  putDuration(doc, json['duration']);
  putTotals(doc);
  if (log === 'dns') {
    const answers =
      typeof json['answers'] === 'string'
        ? json['answers'].split(',', 100).filter((item) => item !== '')
        : strings(json['answers']);
    const found = answers.map((item) => parseIp(item.trim())).filter((item) => item !== undefined);
    if (found.length > 0) doc['dns.resolved_ip'] = found;
    if (answers.length > 0) doc['zeek.answers'] = answers;
    doc['dns.type'] = json['rcode'] === undefined && answers.length === 0 ? 'query' : 'answer';
    doc['network.protocol'] = 'dns';
    const id = doc['dns.id'];
    if (id !== undefined) doc['dns.id'] = String(id);
  } else if (log === 'http') {
    putUrl(doc, text(json['uri']));
    completeUrl(doc, text(json['host']), 'http');
    put(doc, 'zeek.host', json['host']);
    put(doc, 'zeek.uri', json['uri']);
    put(doc, 'http.version', text(json['version']));
    doc['network.protocol'] = 'http';
  } else if (log === 'ssl') {
    const version = text(json['version']);
    if (version !== undefined) {
      const found = /^(TLS|SSL)v(\d)(\d)?$/.exec(version);
      putTlsVersion(
        doc,
        found === null ? version : `${found[1]}v${found[2]}${found[3] === undefined ? '' : `.${found[3]}`}`,
      );
    }
    put(doc, 'tls.server.subject', json['subject']);
    put(doc, 'tls.server.issuer', json['issuer']);
    doc['network.protocol'] = 'tls';
  } else if (log === 'files' || log === 'smb_files') {
    putFile(doc, text(json['filename']) ?? text(json['name']));
    put(doc, 'zeek.path', json['path']);
    put(doc, 'zeek.name', json['name']);
    put(doc, 'zeek.action', json['action']);
  } else {
    for (const key of [
      'host',
      'name',
      'path',
      'version',
      'hostname',
      'subject',
      'issuer',
      'filename',
    ] as const)
      put(doc, VENDOR + key, json[key]);
    if (log === 'ntlm') put(doc, 'source.domain', text(json['hostname']));
    if (log === 'weird') put(doc, 'event.action', json['name']);
  }
}

function outcomeOf(log: string, json: JsonObject): Categorisation['outcome'] {
  const success = flag(json['auth_success'] ?? json['success']);
  if (log !== 'ssh' && log !== 'ntlm' && log !== 'kerberos') return undefined;
  return success === undefined ? undefined : success ? 'success' : 'failure';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const row = input.json === undefined ? rowOf(input) : undefined;
  const json = input.json ?? row?.json;
  if (json === undefined) return 'rejected';
  const log = row?.log ?? nameOf(json, input);
  if (
    list(json['id']) === undefined &&
    typeof json['id'] === 'object' &&
    json['id'] !== null &&
    !Object.hasOwn(json['id'], 'orig_h')
  )
    return 'rejected';
  GENERAL.put(doc, json);
  doc['observer.vendor'] = 'Zeek';
  doc['observer.product'] = 'Zeek';
  doc['observer.type'] = 'ids';
  putDetails(doc, log, json);
  if (log !== '') doc['event.dataset'] = `zeek.zeek.${log}`;
  if (log === 'notice' || log === 'signatures' || log === 'intel') doc['event.kind'] = 'alert';
  if (log === 'stats' || log === 'capture_loss') doc['event.kind'] = 'metric';
  const what = LOGS.get(log);
  if (what === undefined) return 'partial';
  const outcome = outcomeOf(log, json);
  categorise(doc, outcome === undefined ? what : { ...what, outcome });
  return 'parsed';
}

const isFlowLine = (text: string): boolean => /^\d{9,10}\.\d{1,6}\t[CFTDHS][A-Za-z0-9]{8,24}\t/.test(text);

export default defineSource({
  id: 'zeek.zeek',
  signatures: [
    { kind: 'json', keys: ['ts', 'id.orig_h'] },
    { kind: 'json', keys: ['uid', 'id.orig_h', 'id.resp_h'] },
    { kind: 'json', keys: ['_path', 'ts'] },
    { kind: 'json', keys: ['ts', 'uid', 'id'] },
    { kind: 'json', keys: ['ts', 'fuid'] },
    { kind: 'json', keys: ['ts', 'note', 'suppress_for'] },
    { kind: 'text', literals: ['\tC'], test: (input) => isFlowLine(input.text) },
    { kind: 'text', literals: ['\tF'], test: (input) => isFlowLine(input.text) },
  ],
  parse,
});
