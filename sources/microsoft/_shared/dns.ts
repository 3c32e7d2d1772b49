import type { EcsFields } from '@vigie/contracts';
import { dnsRecordType } from '../../kit/dns-record-types.ts';
import { parseIp } from '../../kit/ip.ts';

/** Names of the query states analysts meet (DNS_ERROR_* of Windows), by number. */
const STATUS: Readonly<Record<string, string>> = {
  '0': 'NOERROR',
  '9001': 'FORMERR',
  '9002': 'SERVFAIL',
  '9003': 'NXDOMAIN',
  '9004': 'NOTIMP',
  '9005': 'REFUSED',
  '9501': 'NOERROR',
};

const MAX_ANSWERS = 100;

/**
 * Writes a DNS query and its answers as the Windows resolver gives them:
 * `type:  5 www.example.com;::ffff:192.0.2.7;2001:db8::1;`.
 */
export function putDns(
  doc: EcsFields,
  name: string | undefined,
  results: string | undefined,
  status: string | undefined,
): void {
  doc['network.protocol'] = 'dns';
  if (name !== undefined) doc['dns.question.name'] = name;
  const code = status === undefined ? undefined : STATUS[status];
  if (code !== undefined) doc['dns.response_code'] = code;
  if (results === undefined) return;
  const data: string[] = [];
  const types: string[] = [];
  const addresses: string[] = [];
  for (const item of results.split(';', MAX_ANSWERS)) {
    const answer = item.trim();
    if (answer === '') continue;
    const typed = /^type: {1,8}(\d{1,5}) ?(.{0,512})$/.exec(answer);
    if (typed) {
      types.push(dnsRecordType(typed[1]!) ?? typed[1]!);
      if (typed[2] !== '') data.push(typed[2]!.trim());
      continue;
    }
    const ip = parseIp(answer);
    if (ip === undefined) continue;
    types.push(ip.includes(':') ? 'AAAA' : 'A');
    data.push(ip);
    addresses.push(ip);
  }
  if (data.length > 0) doc['dns.answers.data'] = data;
  if (types.length > 0) {
    doc['dns.answers.type'] = types;
    doc['dns.type'] = 'answer';
  }
  if (addresses.length > 0) doc['dns.resolved_ip'] = [...new Set(addresses)];
}
