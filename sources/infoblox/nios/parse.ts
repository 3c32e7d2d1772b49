import type { EcsFields } from '@vigie/contracts';
import { WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { isDhcpMessage, readDhcp } from '../../kit/dhcp-server.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { looksLikeNamed, readNamed } from '../../kit/named.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'infoblox.nios.';
const CEF_TABLE = cefTable(
  VENDOR,
  `
  fqdn         dns.question.name  domain
  cat          rule.ruleset       text
  act          event.action       text
  app          network.protocol   lower
`,
);
/** `rpz QNAME NXDOMAIN rewrite name [type] via rule`: what was asked and which entry of a policy zone it met. */
const REWRITTEN =
  /\brpz [A-Z-]{2,20} [A-Za-z-]{2,20} rewrite (\S{1,255}) \[([A-Z0-9]{1,12})\] via ([^\s"]{1,255})/;
/** `r-l-e:address,kind,name,hardware address,start,end,…`: an entry of the lease history. */
const LEASE = /^r-l-e:([^,]{2,45}),([A-Za-z -]{3,30}),([^,]{0,255}),([^,]{0,40}),(\d{0,12}),(\d{0,12})/;
const OPTION_82 =
  /^Option 82: received a (\S{2,20} DHCP packet) from relay-agent (\S{2,45}) with a circuit-id of "([^"]{0,255})"(?:,| and)? a remote-id of "([^"]{0,255})" for (\S{2,45}) \(([0-9a-fA-F:]{11,20})\)(?: (.*))?$/s;
/** `2026-03-02 10:00:00.123Z [admin]: Login_Allowed - - to=AdminConnector ip=10.1.1.1 …` */
const AUDIT =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?Z?) \[([^\]]{1,255})\]: ([A-Z][A-Za-z_]{2,60})(?:: | - - |\s)(.*)$/s;

function putClient(doc: EcsFields, address: string, hardware: string): void {
  const ip = parseIp(address);
  const mac = parseMac(hardware);
  for (const side of ['source', 'client'] as const) {
    if (ip !== undefined) {
      doc[`${side}.address`] = ip;
      doc[`${side}.ip`] = ip;
    }
    if (mac !== undefined) doc[`${side}.mac`] = mac;
  }
}

function putDhcp(doc: EcsFields, action: string): void {
  doc['event.category'] = WHAT.dhcp.category.slice();
  doc['event.type'] = WHAT.dhcp.type.slice();
  doc['event.action'] = action;
  doc['network.protocol'] = 'dhcp';
}

function readAudit(match: RegExpExecArray, doc: EcsFields): void {
  const [, time, admin, action, rest] = match as unknown as string[];
  putDate(doc, '@timestamp', Date.parse(`${time!.replace(' ', 'T').replace(/Z?$/, '')}Z`));
  putAccount(doc, 'user', admin);
  doc['event.action'] = action!;
  const ip = parseIp(/\bip=(\S{2,45})/.exec(rest!)?.[1] ?? '');
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  const object = /^(?:Created|Modified|Deleted|Inserted) (\S{1,80})/.exec(rest!)?.[1];
  if (object !== undefined) doc[`${VENDOR}object`] = object;
  if (/^(?:First_)?Log(?:in|out)/.test(action!)) {
    doc['event.category'] = ['authentication'];
    doc['event.type'] = [action!.startsWith('Logout') ? 'end' : 'start'];
    doc['event.outcome'] = /Denied|Failed/.test(action!) ? 'failure' : 'success';
  } else {
    doc['event.category'] = ['configuration'];
    doc['event.type'] = [
      /^(?:Created|Inserted)/.test(action!) ? 'creation' : /^Deleted/.test(action!) ? 'deletion' : 'change',
    ];
    doc['event.outcome'] = 'success';
  }
}

function readOwn(text: string, doc: EcsFields): boolean {
  const lease = LEASE.exec(text);
  if (lease !== null) {
    putClient(doc, lease[1]!, lease[4]!);
    putDhcp(doc, 'lease');
    if (lease[3] !== '') doc['host.name'] = lease[3]!;
    doc[`${VENDOR}lease_kind`] = lease[2]!;
    putDate(doc, 'event.start', parseEpoch(lease[5]!));
    putDate(doc, 'event.end', parseEpoch(lease[6]!));
    return true;
  }
  const option = OPTION_82.exec(text);
  if (option !== null) {
    putClient(doc, option[5]!, option[6]!);
    putDhcp(doc, option[1]!.replace(/ packet$/, ''));
    doc[`${VENDOR}relay`] = option[2]!;
    doc[`${VENDOR}circuit_id`] = option[3]!;
    doc[`${VENDOR}remote_id`] = option[4]!;
    if (option[7] !== undefined) doc['event.reason'] = option[7];
    return true;
  }
  const audit = AUDIT.exec(text);
  if (audit === null) return false;
  readAudit(audit, doc);
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  let outcome: ParseOutcome = 'parsed';
  if (text.startsWith('CEF:')) {
    const cef = parseCef(text);
    if (cef === undefined) return 'rejected';
    putCef(doc, cef, CEF_TABLE, input);
    doc['event.category'] = ['network', 'intrusion_detection'];
    doc['event.type'] = ['protocol'];
    doc['rule.name'] = cef.name;
    const rewritten = REWRITTEN.exec(text);
    if (rewritten !== null) {
      doc['dns.type'] = 'query';
      doc['dns.question.name'] = rewritten[1]!.replace(/(.)\.$/, '$1');
      doc['dns.question.type'] = rewritten[2]!;
      doc[`${VENDOR}policy`] = rewritten[3]!;
    }
  } else if (isDhcpMessage(text)) {
    readDhcp(text, VENDOR, doc);
    const name = doc['source.domain'];
    if (typeof name === 'string') doc['host.name'] = name;
  } else if (!readOwn(text, doc)) outcome = readNamed(input, VENDOR, doc);
  doc['message'] = text;
  doc['observer.vendor'] = 'Infoblox';
  doc['observer.product'] = 'NIOS';
  return outcome;
}

const isResponse = (input: ParseInput): boolean =>
  / (?:UDP|TCP): query: /.test(input.text.slice(0, 400)) &&
  (input.syslog?.app === 'named' || looksLikeNamed(input));
const isLease = (input: ParseInput): boolean => isDhcpMessage(input.text.trimStart());

/** Infoblox NIOS: DNS with responses, DHCP, leases, audit and threat protection. */
export default defineSource({
  id: 'infoblox.nios',
  signatures: [
    { kind: 'text', literals: ['client ', ' UDP: query: ', ' response: '], test: isResponse },
    { kind: 'text', literals: ['client ', ' TCP: query: ', ' response: '], test: isResponse },
    { kind: 'app', names: ['named'], test: isResponse },
    {
      kind: 'app',
      names: ['dhcpd', 'dhcpdv6'],
      test: ({ text }) =>
        text.startsWith('r-l-e:') ||
        text.startsWith('Option 82:') ||
        / TransID | lease-duration /.test(text.slice(0, 400)),
    },
    { kind: 'app', names: ['httpd'], test: ({ text }) => AUDIT.test(text.slice(0, 2_000)) },
    { kind: 'text', prefix: 'r-l-e:', test: ({ text }) => LEASE.test(text) },
    { kind: 'text', prefix: 'Option 82: received a ', literals: [' relay-agent '] },
    { kind: 'text', prefix: 'DHCP', literals: [' via ', ' TransID '], test: isLease },
    { kind: 'text', prefix: 'DHCP', literals: [' via ', ' lease-duration '], test: isLease },
    { kind: 'text', prefix: 'CEF:', literals: ['|Infoblox|NIOS'] },
  ],
  parse,
});
