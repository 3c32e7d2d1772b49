import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putTotals, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'vmware.nsx.';
/** `7b9d0ae0 INET match DROP 1051 OUT 60 TCP 10.1.1.1/51234->10.1.1.2/80 S tag`. */
const MATCH =
  /(?:^|\s)(?:([0-9a-f]{4,16}) )?(INET6?) (match|reason:\S{1,30}|TERM) (?:(PASS|DROP|REJECT|NAT|PUNT|RDR|REDIRECT|NORDR|COPY) )?(?:(?:([A-Za-z0-9_-]{1,60})\/)?(\d{1,12}) )?(IN|OUT) (?:(\d{1,9}) )?([A-Z0-9]{2,8}|PROTO \d{1,3})(?: ([A-Z]{1,12}))? ([0-9a-fA-F.:]{2,45})(?:\/(\d{1,5}))?->([0-9a-fA-F.:]{2,45})(?:\/(\d{1,5}))?(?: (.*))?$/s;
const PAIR = /([A-Za-z][A-Za-z ]{1,40})='([^']{0,2000})'/g;

function putSide(
  doc: EcsFields,
  side: 'source' | 'destination',
  address: string,
  port: string | undefined,
): void {
  const ip = parseIp(address);
  if (ip === undefined) return;
  doc[`${side}.ip`] = ip;
  doc[`${side}.address`] = ip;
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[`${side}.port`] = number;
}

function readFirewall(text: string, doc: EcsFields): boolean {
  const match = MATCH.exec(text.slice(0, 2_000));
  if (match === null) return false;
  const [
    ,
    filter,
    family,
    reason,
    action,
    ruleSet,
    rule,
    direction,
    size,
    protocol,
    ,
    from,
    fromPort,
    to,
    toPort,
    rest,
  ] = match as unknown as (string | undefined)[];
  const verdict = verdictOf(action);
  const type = reason === 'TERM' ? ('end' as const) : verdict;
  categorise(doc, {
    category: ['network'],
    type: type === undefined ? ['connection'] : ['connection', type],
    action: (action ?? reason!).toLowerCase(),
  });
  putSide(doc, 'source', from!, fromPort);
  putSide(doc, 'destination', to!, toPort);
  putTransport(doc, protocol!.replace(/^PROTO /, ''));
  doc['network.type'] = family === 'INET6' ? 'ipv6' : 'ipv4';
  doc['network.direction'] = direction === 'IN' ? 'inbound' : 'outbound';
  if (rule !== undefined) doc['rule.id'] = rule;
  if (ruleSet !== undefined) doc['rule.ruleset'] = ruleSet;
  if (filter !== undefined) doc[`${VENDOR}filter`] = filter;
  const length = toLong(size);
  if (length !== undefined) doc['network.bytes'] = length;
  const counts = /(\d{1,15})\/(\d{1,15}) (\d{1,18})\/(\d{1,18})/.exec(rest ?? '');
  if (counts !== null) {
    doc['source.packets'] = Number(counts[1]);
    doc['destination.packets'] = Number(counts[2]);
    doc['source.bytes'] = Number(counts[3]);
    doc['destination.bytes'] = Number(counts[4]);
    putTotals(doc);
  }
  return true;
}

/** What people and services did: `UserName='admin', Operation='CreateRule', Operation status='success'`. */
function readAudit(text: string, doc: EcsFields): boolean {
  const pairs = new Map<string, string>();
  for (const match of text.slice(0, 20_000).matchAll(PAIR)) pairs.set(match[1]!.trim(), match[2]!);
  const user = pairs.get('UserName');
  const operation = pairs.get('Operation');
  if (user === undefined || operation === undefined) return false;
  const login = /^LOG(?:IN|OUT)$/i.test(operation);
  const type = /^(?:Create|Add)/i.test(operation)
    ? 'creation'
    : /^(?:Delete|Remove)/i.test(operation)
      ? 'deletion'
      : /^(?:Get|List|Read)/i.test(operation)
        ? 'access'
        : 'change';
  categorise(doc, {
    ...(login
      ? /out/i.test(operation)
        ? WHAT.logout
        : WHAT.login
      : { category: ['configuration'], type: [type] }),
    action: operation,
    outcome: outcomeOf(pairs.get('Operation status')),
  });
  putAccount(doc, 'user', user);
  const module = pairs.get('ModuleName');
  if (module !== undefined) doc[`${VENDOR}module`] = module;
  const source = parseIp(pairs.get('Src') ?? pairs.get('ClientIP') ?? '');
  if (source !== undefined) putSide(doc, 'source', source, undefined);
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const known = readFirewall(text, doc) || readAudit(text, doc);
  if (!known) {
    if (input.syslog?.app === undefined) return 'rejected';
    categorise(doc, WHAT.hostInfo);
    doc['event.reason'] = text;
  }
  const structured = input.syslog?.structured?.['nsx@6876'];
  const level = structured?.['level'];
  if (level !== undefined) doc['log.level'] = level.toLowerCase();
  for (const key of ['comp', 'subcomp', 'errorCode'] as const) {
    const value = structured?.[key];
    if (value !== undefined && value !== '') doc[VENDOR + key] = value;
  }
  const host = input.syslog?.hostname;
  if (host !== undefined) doc['observer.name'] = host;
  doc['observer.vendor'] = 'VMware';
  doc['observer.product'] = 'NSX';
  doc['message'] = text;
  return known ? 'parsed' : 'partial';
}

/** VMware NSX: distributed and gateway firewall, audit log, services. */
export default defineSource({
  id: 'vmware.nsx',
  signatures: [
    { kind: 'app', names: ['nsx', 'dfwpktlogs', 'firewallpktlog', 'nsx-edge'] },
    { kind: 'text', literals: [' INET match ', '->'], test: ({ text }) => MATCH.test(text.slice(0, 2_000)) },
    { kind: 'text', literals: [' INET TERM ', '->'], test: ({ text }) => MATCH.test(text.slice(0, 2_000)) },
    { kind: 'text', literals: [' INET6 match ', '->'], test: ({ text }) => MATCH.test(text.slice(0, 2_000)) },
  ],
  parse,
});
