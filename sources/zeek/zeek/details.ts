import type { EcsFields, JsonObject } from '@vigie/contracts';
import type { EventOutcome } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { strings, text } from '../../kit/json.ts';
import { putMac } from '../../kit/mac.ts';
import { putDirection, putDuration, putTotals } from '../../kit/network.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put, putEndpoint, putList } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { putIndicator } from './indicator.ts';
import { LOGS, type What } from './logs.ts';
import { VENDOR } from './table.ts';

/** A truth value of JSON or of the tab-separated form. */
const flag = (value: unknown): boolean | undefined =>
  value === true || value === 'T' ? true : value === false || value === 'F' ? false : undefined;

/** Items of a list in either form: JSON's, or separated by commas. */
function items(value: unknown): string[] {
  return typeof value === 'string'
    ? value.split(',', 100).filter((item) => item !== '')
    : strings(value).slice(0, 100);
}

/** `Kim <kim@example.org>` → `kim@example.org` */
function address(text: string): string {
  const open = text.lastIndexOf('<');
  const close = text.indexOf('>', open);
  return open >= 0 && close > open ? text.slice(open + 1, close) : text.trim();
}

/** Fields of `http.` and `user_agent.` that the common table wrote for a protocol that only looks like HTTP. */
function dropHttp(doc: EcsFields): void {
  for (const field of Object.keys(doc)) if (field.startsWith('http.')) delete doc[field];
  delete doc['user_agent.original'];
}

type Details = (doc: EcsFields, json: JsonObject) => void;

const dns: Details = (doc, json) => {
  const answers = items(json['answers']);
  const found = answers.map((item) => parseIp(item.trim())).filter((item) => item !== undefined);
  if (found.length > 0) doc['dns.resolved_ip'] = found;
  if (answers.length > 0) doc['zeek.answers'] = answers;
  doc['dns.type'] = json['rcode'] === undefined && answers.length === 0 ? 'query' : 'answer';
  const id = doc['dns.id'];
  if (id !== undefined) doc['dns.id'] = String(id);
};

const http: Details = (doc, json) => {
  putUrl(doc, text(json['uri']));
  completeUrl(doc, text(json['host']), 'http');
  put(doc, 'zeek.host', json['host']);
  put(doc, 'zeek.uri', json['uri']);
  put(doc, 'http.version', text(json['version']));
};

const ssl: Details = (doc, json) => {
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
  put(doc, 'tls.client.subject', json['client_subject']);
  put(doc, 'tls.client.issuer', json['client_issuer']);
};

const file: Details = (doc, json) => {
  putFile(doc, text(json['filename']) ?? text(json['name']));
  put(doc, 'zeek.path', json['path']);
  put(doc, 'zeek.name', json['name']);
  put(doc, 'zeek.action', json['action']);
};

const files: Details = (doc, json) => {
  file(doc, json);
  const [sender] = items(json['tx_hosts']);
  const [receiver] = items(json['rx_hosts']);
  if (doc['source.ip'] === undefined) {
    putEndpoint(doc, 'source', sender);
    putEndpoint(doc, 'destination', receiver);
  }
};

/** What was done to a file, as SMB's analyser calls it. */
const SMB_TYPES: Readonly<Record<string, readonly ('access' | 'change' | 'deletion')[]>> = {
  'SMB::FILE_DELETE': ['deletion'],
  'SMB::FILE_WRITE': ['change'],
  'SMB::FILE_RENAME': ['change'],
  'SMB::FILE_SET_ATTRIBUTE': ['change'],
};

const smbFiles: Details = (doc, json) => {
  const share = text(json['path']);
  const name = text(json['name']);
  // The share and the path inside it are one path.
  putFile(
    doc,
    share !== undefined && name !== undefined ? `${share.replace(/\\$/, '')}\\${name}` : (name ?? share),
  );
  for (const key of ['path', 'name', 'action'] as const) put(doc, VENDOR + key, json[key]);
  put(doc, 'file.size', json['size']);
  put(doc, 'event.action', json['action']);
};

const kerberos: Details = (doc, json) => {
  // The service is the principal that a ticket is for, the cipher that of the ticket.
  delete doc['tls.cipher'];
  put(doc, 'zeek.cipher', json['cipher']);
  put(doc, 'event.action', json['request_type']);
  put(doc, 'event.reason', json['error_msg']);
  const client = text(json['client']);
  if (client === undefined) return;
  const slash = client.lastIndexOf('/');
  put(doc, 'user.name', slash < 1 ? client : client.slice(0, slash));
  if (slash > 0) put(doc, 'user.domain', client.slice(slash + 1));
};

const smtp: Details = (doc, json) => {
  delete doc['user_agent.original'];
  put(doc, 'email.x_mailer', json['user_agent']);
  put(doc, 'email.subject', json['subject']);
  const id = text(json['msg_id']);
  if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
  const parts = [
    ['from', 'email.from.address'],
    ['cc', 'email.cc.address'],
    ['reply_to', 'email.reply_to.address'],
  ] as const;
  for (const [key, field] of parts) {
    const found = items(json[key]).map(address);
    if (found.length > 0) doc[field] = found;
  }
  // The envelope says to whom it goes; the header stands in where the log has no envelope.
  const to = items(json['rcptto'] ?? json['to']).map(address);
  if (to.length > 0) doc['email.to.address'] = to;
  const sender = text(json['mailfrom']);
  if (sender !== undefined) doc['email.sender.address'] = address(sender);
  put(doc, 'event.reason', json['last_reply']);
  put(doc, 'tls.established', flag(json['tls']));
};

const dhcp: Details = (doc, json) => {
  const address = text(json['assigned_addr']) ?? text(json['requested_addr']) ?? text(json['client_addr']);
  const ip = parseIp(address ?? '');
  const server = parseIp(text(json['server_addr']) ?? '');
  if (ip !== undefined) putEndpoint(doc, 'source', ip);
  if (server !== undefined) putEndpoint(doc, 'destination', server);
  putMac(doc, 'source.mac', text(json['mac']));
  put(doc, 'source.domain', text(json['client_fqdn']) ?? text(json['host_name']));
  put(doc, 'event.action', items(json['msg_types']).at(-1));
  doc['network.transport'] = 'udp';
};

const rdp: Details = (doc, json) => {
  put(doc, 'user.name', json['cookie']);
  put(doc, 'source.domain', json['client_name']);
  put(doc, 'event.action', json['result']);
};

const ntlm: Details = (doc, json) => {
  put(doc, 'source.domain', text(json['hostname']));
  put(
    doc,
    'destination.domain',
    text(json['server_dns_computer_name']) ?? text(json['server_nb_computer_name']),
  );
  put(doc, 'event.reason', json['status']);
};

const ftp: Details = (doc, json) => {
  put(doc, 'event.action', json['command']);
  put(doc, 'file.size', json['file_size']);
  const argument = text(json['arg']);
  if (argument?.startsWith('ftp://') === true) putUrl(doc, argument);
  put(doc, 'event.reason', json['reply_msg']);
};

const x509: Details = (doc, json) => {
  const fields = [
    ['certificate.subject', 'file.x509.subject.distinguished_name'],
    ['certificate.issuer', 'file.x509.issuer.distinguished_name'],
    ['certificate.serial', 'file.x509.serial_number'],
    ['certificate.version', 'file.x509.version_number'],
    ['certificate.key_alg', 'file.x509.public_key_algorithm'],
    ['certificate.key_length', 'file.x509.public_key_size'],
    ['certificate.sig_alg', 'file.x509.signature_algorithm'],
  ] as const;
  for (const [key, field] of fields) put(doc, field, json[key]);
  putList(doc, 'file.x509.alternative_names', items(json['san.dns']));
  for (const side of ['not_before', 'not_after'] as const)
    putDate(doc, `file.x509.${side}`, parseEpoch(text(json[`certificate.not_valid_${side.slice(4)}`]) ?? ''));
};

const software: Details = (doc, json) => {
  const ip = parseIp(text(json['host']) ?? '');
  if (ip !== undefined) doc['host.ip'] = [ip];
  put(doc, 'package.name', json['name']);
  const parts = ['major', 'minor', 'minor2'].map((part) => text(json[`version.${part}`])).filter(Boolean);
  if (parts.length > 0) doc['package.version'] = parts.join('.');
  put(doc, 'package.description', json['unparsed_version']);
};

const known: Details = (doc, json) => {
  const ip = parseIp(text(json['host']) ?? '');
  if (ip !== undefined) doc['host.ip'] = [ip];
};

const radius: Details = (doc, json) => {
  putMac(doc, 'source.mac', text(json['mac']));
  put(doc, 'event.reason', json['reply_msg']);
};

const dceRpc: Details = (doc, json) => put(doc, 'event.action', json['operation']);
const mysql: Details = (doc, json) => put(doc, 'event.action', json['cmd']);

const DETAILS: ReadonlyMap<string, Details> = new Map<string, Details>([
  ['dns', dns],
  ['http', http],
  ['ssl', ssl],
  ['files', files],
  ['smb_files', smbFiles],
  ['kerberos', kerberos],
  ['smtp', smtp],
  ['dhcp', dhcp],
  ['rdp', rdp],
  ['ntlm', ntlm],
  ['ftp', ftp],
  ['sip', (doc) => dropHttp(doc)],
  ['x509', x509],
  ['software', software],
  ['known_hosts', known],
  ['known_services', known],
  ['radius', radius],
  ['dce_rpc', dceRpc],
  ['mysql', mysql],
  ['intel', putIndicator],
  ['weird', (doc, json) => put(doc, 'event.action', json['name'])],
]);

/** The protocol of the logs that are of one, under the name that network.protocol has for it. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  ssl: 'tls',
  smb_files: 'smb',
  smb_mapping: 'smb',
  ldap_search: 'ldap',
  mqtt_connect: 'mqtt',
  mqtt_publish: 'mqtt',
  mqtt_subscribe: 'mqtt',
  ...Object.fromEntries(
    'dns http ssh kerberos ntlm radius rdp dce_rpc ftp smtp dhcp snmp sip socks mysql ldap quic ntp irc syslog websocket ocsp postgresql redis modbus dnp3'
      .split(' ')
      .map((log) => [log, log]),
  ),
};

/** Members that more than one log has with other meanings: kept under Zeek's own names where no reader takes them. */
const KEPT = ['host', 'name', 'path', 'version', 'hostname', 'subject', 'issuer', 'filename'] as const;

/** Adds what a log means beyond the members that all logs share. */
export function putDetails(doc: EcsFields, log: string, json: JsonObject): void {
  putDuration(doc, json['duration']);
  putTotals(doc);
  if (!['dns', 'http', 'ssl', 'files', 'smb_files'].includes(log))
    for (const key of KEPT) put(doc, VENDOR + key, json[key]);
  DETAILS.get(log)?.(doc, json);
  const protocol = PROTOCOLS[log];
  if (protocol !== undefined) doc['network.protocol'] = protocol;
  // Which sides are in the networks that Zeek was told are its own.
  const from = flag(json['local_orig']);
  const to = flag(json['local_resp']);
  if (log === 'conn' && from !== undefined && to !== undefined)
    putDirection(doc, from ? (to ? 'internal' : 'outbound') : to ? 'inbound' : 'external');
}

/** Category and type of a log; what SMB did to a file decides its type. */
export function meaningOf(log: string, json: JsonObject): What | undefined {
  const what = LOGS.get(log);
  const types = log === 'smb_files' ? SMB_TYPES[text(json['action']) ?? ''] : undefined;
  return what === undefined || types === undefined
    ? what
    : { category: what.category, type: ['connection', 'protocol', ...types] };
}

/** Whether a login, a ticket or a statement succeeded, where the log says so. */
export function outcomeOf(log: string, json: JsonObject): EventOutcome | undefined {
  if (log === 'radius') {
    const result = text(json['result']);
    return result === 'success' ? 'success' : result === 'failed' ? 'failure' : undefined;
  }
  if (!['ssh', 'ntlm', 'kerberos', 'mysql'].includes(log)) return undefined;
  const success = flag(json['auth_success'] ?? json['success']);
  return success === undefined ? undefined : success ? 'success' : 'failure';
}
