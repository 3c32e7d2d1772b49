import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { parseMac } from '../../kit/mac.ts';
import { putTotals } from '../../kit/network.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'ivanti.connect_secure.';
const TABLE = fieldTable(
  VENDOR,
  `
  id       ivanti.id           own
  time     @timestamp          own
  pri      event.severity      own
  fw       observer.ip         own
  vpn      service.name        text
  ivs      ivanti.connect_secure.ivs text
  user     user.name           own
  realm    user.domain         text
  roles    user.roles          list
  proto    event.provider      text
  src      source              side
  dst      destination         endpoint
  dstname  destination.domain  domain
  type     service.type        text
  op       ivanti.connect_secure.op text
  sent     source.bytes        long
  rcvd     destination.bytes   long
  agent    user_agent.original text
  msg      message             own
`,
);
/** The values without quotes that hold blanks: they run to the next key. */
const BARE = /\b(ivs|user)=([^"\s][^"=]{0,200}?)(?= [a-z]{2,10}=)/g;
const CODE = /^([A-Z]{3}\d{5}): ?(.*)$/s;

function classify(code: string, text: string): Categorisation {
  if (/Host Checker/i.test(text)) return WHAT.hostInfo;
  if (/login failed|authentication failed|Login denied/i.test(text))
    return { ...WHAT.authentication, action: 'login', outcome: 'failure' };
  if (/login succeeded|authentication successful|Primary authentication successful/i.test(text))
    return { ...WHAT.authentication, action: 'login', outcome: 'success' };
  if (/logout|logged out/i.test(text)) return { ...WHAT.logout, action: 'logout', outcome: 'success' };
  if (/session (?:started|resumed|created)|VPN Tunneling: Session started/i.test(text)) return WHAT.vpnStart;
  if (/session (?:ended|timed out|terminated|deleted)/i.test(text)) return WHAT.vpnEnd;
  if (code.startsWith('ADM')) return WHAT.configurationChanged;
  return { category: ['network'], type: ['info'] };
}

function readText(text: string, doc: EcsFields): void {
  const policy = /\bHost Checker policy '([^']{1,200})'/.exec(text)?.[1];
  if (policy !== undefined) doc['rule.name'] = policy;
  const host = parseIp(/\bon host '?([0-9a-fA-F.:]{2,45})'?/.exec(text)?.[1] ?? '');
  if (host !== undefined) doc['host.ip'] = [host];
  const mac = parseMac(/\baddress '([^']{12,20})'/.exec(text)?.[1] ?? '');
  if (mac !== undefined) doc['host.mac'] = [mac];
  const url = /\brequest url (\S{1,2000})/.exec(text)?.[1];
  if (url !== undefined) putUrl(doc, url);
  const peer = parseIp(/\bpeer: '([0-9a-fA-F.:]{2,45})'/.exec(text)?.[1] ?? '');
  if (peer !== undefined) {
    doc['destination.ip'] = peer;
    doc['destination.address'] = peer;
  }
  doc['event.reason'] = / reason '(.{1,1000}?)'\.?$/s.exec(text)?.[1] ?? text;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = parseKeyValue(input.text.trim().replace(BARE, '$1="$2"'));
  const message = pairs.get('msg');
  if (message === undefined || pairs.get('vpn') === undefined) return 'rejected';
  for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
  const found = CODE.exec(message);
  const code = found?.[1] ?? '';
  const text = (found?.[2] ?? message).trim();
  if (code !== '') doc['event.code'] = code;
  readText(text, doc);
  categorise(doc, classify(code, text));
  const user = pairs.get('user');
  if (user !== undefined && user !== '') doc['user.name'] = user;
  const firewall = parseIp(pairs.get('fw') ?? '');
  if (firewall !== undefined) doc['observer.ip'] = [firewall];
  putSyslogSeverity(doc, pairs.get('pri'));
  putTotals(doc);
  const time = pairs.get('time');
  if (time !== undefined) putDate(doc, '@timestamp', parseIso(time, input.timeZone));
  doc['message'] = message;
  doc['observer.vendor'] = 'Ivanti';
  doc['observer.product'] = 'Connect Secure';
  doc['observer.type'] = 'vpn';
  return 'parsed';
}

/** Ivanti (Pulse) Connect Secure and Policy Secure, in WELF. */
export default defineSource({
  id: 'ivanti.connect-secure',
  signatures: [
    { kind: 'text', prefix: 'id=firewall', literals: ['fw=', 'vpn=', 'realm=', 'msg='] },
    { kind: 'text', prefix: 'id="firewall"', literals: ['fw=', 'vpn=', 'realm=', 'msg='] },
    {
      kind: 'app',
      names: ['pulsesecure', 'ive', 'juniper'],
      test: ({ text }) => text.includes('vpn=') && text.includes('msg='),
    },
  ],
  parse,
});
