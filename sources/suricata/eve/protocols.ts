import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { putFile as writeFile } from '../../kit/file.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { list, object, strings, text } from '../../kit/json.ts';
import { putMac } from '../../kit/mac.ts';
import { certificateHex, putTlsVersion } from '../../kit/tls.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { putDns } from './dns.ts';

/** Maps one protocol object to ECS; returns `event.action` where it is more telling than the event type. */
type ProtocolReader = (doc: EcsFields, body: JsonObject, record: JsonObject) => string | undefined;

function putHttp(doc: EcsFields, http: JsonObject): undefined {
  put(doc, 'http.request.method', http['http_method']);
  put(doc, 'http.request.referrer', http['http_refer']);
  put(doc, 'http.response.status_code', http['status'] ?? http['http_status']);
  put(doc, 'http.response.body.bytes', http['length']);
  put(doc, 'http.response.mime_type', http['http_content_type']);
  const protocol = text(http['protocol']);
  if (protocol !== undefined) put(doc, 'http.version', protocol.replace(/^HTTP\//i, ''));
  else if (http['version'] === '2' || http['http2'] !== undefined) doc['http.version'] = '2';
  put(doc, 'user_agent.original', http['http_user_agent']);
  putUrl(doc, text(http['url']));
  const host = text(http['hostname']);
  if (host !== undefined) {
    const split = splitHostPort(host);
    doc['url.domain'] = split.host;
    if (split.port !== undefined) doc['url.port'] = split.port;
    if (parseIp(split.host) === undefined) doc['destination.domain'] = split.host;
  }
  put(doc, 'url.port', http['http_port']);
  const forwarded = text(http['xff']);
  if (forwarded !== undefined) {
    const ip = parseIp(forwarded.split(',', 1)[0]!);
    if (ip !== undefined) doc['network.forwarded_ip'] = ip;
  }
  return undefined;
}

function putTls(doc: EcsFields, tls: JsonObject): undefined {
  const server = text(tls['sni']);
  if (server !== undefined) {
    doc['tls.client.server_name'] = server;
    if (parseIp(server) === undefined) doc['destination.domain'] = server;
  }
  putTlsVersion(doc, text(tls['version']));
  put(doc, 'tls.server.subject', tls['subject']);
  put(doc, 'tls.server.x509.subject.distinguished_name', tls['subject']);
  put(doc, 'tls.server.issuer', tls['issuerdn']);
  put(doc, 'tls.server.x509.issuer.distinguished_name', tls['issuerdn']);
  const commonName = /(?:^|,\s?)CN=([^,]+)/.exec(text(tls['subject']) ?? '');
  if (commonName !== null) put(doc, 'tls.server.x509.subject.common_name', commonName[1]);
  const serial = text(tls['serial']);
  // ECS asks for the serial number without colons, in upper case.
  if (serial !== undefined) doc['tls.server.x509.serial_number'] = certificateHex(serial);
  const fingerprint = text(tls['fingerprint']);
  if (fingerprint !== undefined) doc['tls.server.hash.sha1'] = certificateHex(fingerprint);
  const from = text(tls['notbefore']);
  if (from !== undefined) putDate(doc, 'tls.server.not_before', parseIso(from, 'UTC'));
  const to = text(tls['notafter']);
  if (to !== undefined) putDate(doc, 'tls.server.not_after', parseIso(to, 'UTC'));
  put(doc, 'tls.server.certificate', tls['certificate']);
  const chain = strings(tls['chain']);
  if (chain.length > 0) doc['tls.server.certificate_chain'] = chain;
  put(doc, 'tls.client.ja3', object(tls['ja3'])?.['hash']);
  put(doc, 'tls.server.ja3s', object(tls['ja3s'])?.['hash']);
  const names = strings(tls['subjectaltname']);
  if (names.length > 0) doc['tls.server.x509.alternative_names'] = names;
  const client = object(tls['client']);
  if (client !== undefined) {
    put(doc, 'tls.client.subject', client['subject']);
    put(doc, 'tls.client.issuer', client['issuerdn']);
    const hash = text(client['fingerprint']);
    if (hash !== undefined) doc['tls.client.hash.sha1'] = certificateHex(hash);
  }
  if (tls['session_resumed'] === true) doc['tls.resumed'] = true;
  return undefined;
}

function putFile(doc: EcsFields, file: JsonObject): string | undefined {
  const path = text(file['filename']);
  writeFile(doc, path);
  put(doc, 'file.size', file['size']);
  put(doc, 'file.hash.md5', file['md5']);
  put(doc, 'file.hash.sha1', file['sha1']);
  put(doc, 'file.hash.sha256', file['sha256']);
  put(doc, 'file.mime_type', file['mimetype']);
  return file['stored'] === true ? 'file-stored' : undefined;
}

function putSmtp(doc: EcsFields, smtp: JsonObject): undefined {
  const from = text(smtp['mail_from']);
  if (from !== undefined) doc['email.from.address'] = [address(from)];
  const to = strings(smtp['rcpt_to']).map(address);
  if (to.length > 0) doc['email.to.address'] = to;
  put(doc, 'source.domain', smtp['helo']);
  return undefined;
}

/** `<name@example.com>` → `name@example.com`. */
function address(value: string): string {
  const open = value.lastIndexOf('<');
  const close = value.indexOf('>', open + 1);
  return open >= 0 && close > open + 1 ? value.slice(open + 1, close) : value;
}

function putEmail(doc: EcsFields, email: JsonObject): undefined {
  const from = text(email['from']);
  if (from !== undefined) {
    doc['email.from.address'] = [address(from)];
  }
  const to = strings(email['to']).map(address);
  if (to.length > 0) doc['email.to.address'] = to;
  const cc = strings(email['cc']).map(address);
  if (cc.length > 0) doc['email.cc.address'] = cc;
  put(doc, 'email.subject', email['subject']);
  put(doc, 'email.message_id', email['message_id']);
  put(doc, 'email.x_mailer', email['x_mailer']);
  const attachments = strings(email['attachment']);
  if (attachments.length > 0) doc['email.attachments.file.name'] = attachments;
  return undefined;
}

function putSmb(doc: EcsFields, smb: JsonObject): string | undefined {
  const ntlm = object(smb['ntlmssp']);
  if (ntlm !== undefined) {
    put(doc, 'user.name', ntlm['user']);
    put(doc, 'user.domain', ntlm['domain']);
    put(doc, 'source.domain', ntlm['host']);
  }
  const principal = text(object(smb['kerberos'])?.['realm']);
  if (principal !== undefined && doc['user.domain'] === undefined) doc['user.domain'] = principal;
  const path = text(smb['filename']);
  if (path !== undefined) putFile(doc, { filename: path, size: smb['size'] });
  return text(smb['command']);
}

function putKerberos(doc: EcsFields, krb5: JsonObject): string | undefined {
  const name = text(krb5['cname']);
  if (name !== undefined && name !== '<empty>') put(doc, 'user.name', name);
  const realm = text(krb5['realm']);
  if (realm !== undefined && realm !== '<empty>') put(doc, 'user.domain', realm);
  const error = text(krb5['error_code']);
  if (error !== undefined) {
    doc['error.code'] = error;
    doc['event.outcome'] = 'failure';
  } else if (krb5['msg_type'] === 'KRB_AS_REP' || krb5['msg_type'] === 'KRB_TGS_REP')
    doc['event.outcome'] = 'success';
  put(doc, 'service.name', krb5['sname']);
  return text(krb5['msg_type']);
}

function putDhcp(doc: EcsFields, dhcp: JsonObject): string | undefined {
  const mac = text(dhcp['client_mac']);
  putMac(doc, 'client.mac', mac);
  put(doc, 'client.ip', dhcp['assigned_ip'] === '0.0.0.0' ? dhcp['client_ip'] : dhcp['assigned_ip']);
  put(doc, 'client.domain', dhcp['hostname']);
  const type = text(dhcp['dhcp_type']);
  return type === undefined ? undefined : `dhcp-${type}`;
}

function putFtp(doc: EcsFields, ftp: JsonObject): string | undefined {
  const command = text(ftp['command']);
  const data = text(ftp['command_data']);
  if (command === 'USER') put(doc, 'user.name', data);
  else if (data !== undefined && (command === 'RETR' || command === 'STOR' || command === 'DELE'))
    putFile(doc, { filename: data });
  const code = strings(ftp['completion_code'])[0];
  if (code !== undefined && command === 'PASS')
    doc['event.outcome'] = code.startsWith('2') ? 'success' : 'failure';
  return command === undefined ? undefined : `ftp-${command.toLowerCase()}`;
}

function putSip(doc: EcsFields, sip: JsonObject): string | undefined {
  put(doc, 'url.original', sip['uri']);
  return text(sip['method'])?.toLowerCase();
}

function putSnmp(_doc: EcsFields, snmp: JsonObject): string | undefined {
  return text(snmp['pdu_type']);
}

function putTftp(doc: EcsFields, tftp: JsonObject): string | undefined {
  putFile(doc, { filename: tftp['file'] });
  return text(tftp['packet']);
}

function putNfs(doc: EcsFields, nfs: JsonObject): string | undefined {
  putFile(doc, { filename: nfs['filename'] });
  if (typeof nfs['status'] === 'string')
    doc['event.outcome'] = nfs['status'] === 'OK' ? 'success' : 'failure';
  return text(nfs['procedure']);
}

function putRdp(doc: EcsFields, rdp: JsonObject): string | undefined {
  putAccount(doc, 'user', text(rdp['cookie']));
  const client = object(rdp['client']);
  put(doc, 'source.domain', client?.['client_name']);
  return text(rdp['event_type']);
}

function putMqtt(doc: EcsFields, mqtt: JsonObject): string | undefined {
  const connect = object(mqtt['connect']);
  put(doc, 'user.name', connect?.['username']);
  const message = Object.keys(mqtt).find((key) => object(mqtt[key]) !== undefined);
  return message === undefined ? undefined : `mqtt-${message}`;
}

function putQuic(doc: EcsFields, quic: JsonObject): undefined {
  const server = text(quic['sni']);
  if (server !== undefined) {
    doc['tls.client.server_name'] = server;
    if (parseIp(server) === undefined) doc['destination.domain'] = server;
  }
  put(doc, 'user_agent.original', quic['ua']);
  put(doc, 'tls.client.ja3', object(quic['ja3'])?.['hash']);
  put(doc, 'tls.server.ja3s', object(quic['ja3s'])?.['hash']);
  return undefined;
}

function putIke(_doc: EcsFields, ike: JsonObject): string | undefined {
  const type = ike['exchange_type'];
  return typeof type === 'number' ? `ike-exchange-${type}` : undefined;
}

function putLdap(doc: EcsFields, ldap: JsonObject): string | undefined {
  const request = object(ldap['request']);
  const operation = text(request?.['operation']);
  const bind = object(request?.['bind_request']);
  put(doc, 'user.name', bind?.['name']);
  const response = object(list(ldap['responses'])?.[0]);
  for (const key of Object.keys(response ?? {})) {
    const code = text(object(response?.[key])?.['result_code']);
    if (code !== undefined) doc['event.outcome'] = code === 'success' ? 'success' : 'failure';
  }
  return operation;
}

function putPgsql(doc: EcsFields, pgsql: JsonObject): string | undefined {
  const request = object(pgsql['request']);
  put(doc, 'user.name', object(request?.['startup_parameters'])?.['user']);
  if (text(request?.['simple_query']) !== undefined) return 'simple_query';
  return text(request?.['message']);
}

/** Key of the protocol's object in the record → its reader. Objects of other protocols are kept as they are. */
export const PROTOCOLS: ReadonlyMap<string, ProtocolReader> = new Map<string, ProtocolReader>([
  ['dns', putDns],
  ['mdns', putDns],
  ['http', putHttp],
  ['http2', putHttp],
  ['tls', putTls],
  ['smtp', putSmtp],
  ['email', putEmail],
  ['smb', putSmb],
  ['krb5', putKerberos],
  ['dhcp', putDhcp],
  ['ftp', putFtp],
  [
    'ftp_data',
    (doc, body) => {
      putFile(doc, body);
      const command = text(body['command']);
      return command === undefined ? undefined : `ftp-data-${command.toLowerCase()}`;
    },
  ],
  ['fileinfo', putFile],
  ['sip', putSip],
  ['snmp', putSnmp],
  ['tftp', putTftp],
  ['nfs', putNfs],
  ['rdp', putRdp],
  ['mqtt', putMqtt],
  ['quic', putQuic],
  ['ike', putIke],
  ['ldap', putLdap],
  ['pgsql', putPgsql],
]);
