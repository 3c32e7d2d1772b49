import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { labelled } from '../../kit/cef-fields.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDirection, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { TABLE, VENDOR } from './fields.ts';
import { readSyslog, readTable } from './formats.ts';

const OBSERVER: Observer = { vendor: 'Check Point', product: 'VPN-1 & FireWall-1', type: 'firewall' };

/** Words for "nothing" in these logs. */
const isNothing = (value: string): boolean =>
  value === '' || value === '-' || value === 'N/A' || value === 'Undefined';

/** Actions that let traffic through in words of Check Point's own. */
const LET_THROUGH =
  /^(?:https bypass|bypass|inspect|flag|decrypt|encrypt|redirect|inform|ask user|extract|ctl)$/i;
const THREAT =
  /smartdefense|ips|anti.?(?:bot|virus|malware|spam)|threat|forensics|ransomware|zero.?phishing/i;

/** What a log says in ECS's terms, by product (blade) and action. */
function classify(product: string, action: string): { what: Categorisation; alert: boolean } {
  const verb = action.toLowerCase();
  if (/^(?:failed log ?in|log ?in|authorize|authcrypt|deauthorize|log ?out|failed)$/.test(verb)) {
    if (verb.startsWith('log') && verb.endsWith('out'))
      return { what: { ...WHAT.logout, outcome: 'success' }, alert: false };
    if (verb === 'deauthorize') return { what: { ...WHAT.logout, outcome: 'success' }, alert: false };
    return {
      what: { ...WHAT.login, outcome: verb.startsWith('failed') ? 'failure' : 'success' },
      alert: false,
    };
  }
  if (
    /^(?:update|install|key install|create object|modify object|delete object|modify rule|publish)$/.test(
      verb,
    )
  ) {
    const made = verb.startsWith('create')
      ? WHAT.configurationCreated
      : verb.startsWith('delete')
        ? WHAT.configurationDeleted
        : WHAT.configurationChanged;
    return { what: { ...made, outcome: 'success' }, alert: false };
  }
  const verdict = verdictOf(action) ?? (LET_THROUGH.test(action) ? 'allowed' : undefined);
  const outcome = verdict === undefined ? undefined : ('success' as const);
  const isThreat = THREAT.test(product);
  const types: EventType[] = isThreat ? ['info'] : ['connection'];
  if (verdict !== undefined) types.push(verdict);
  if (isThreat) {
    const category = /smartdefense|^ips/i.test(product)
      ? WHAT.networkIntrusion.category
      : (['network', 'malware'] as const);
    return { what: { category, type: types, outcome }, alert: true };
  }
  const isWeb = /url filtering|https|application control/i.test(product);
  return { what: { category: isWeb ? ['network', 'web'] : ['network'], type: types, outcome }, alert: false };
}

/** Writes what all forms share. */
function putPairs(doc: EcsFields, pairs: ReadonlyMap<string, string>, input: ParseInput): void {
  for (const [key, value] of pairs) if (!isNothing(value)) TABLE.put(doc, key, value);
  const stamp = pairs.get('rt') ?? pairs.get('time') ?? pairs.get('start');
  if (stamp !== undefined) putDate(doc, '@timestamp', parseDate(stamp, input));
  const origin = pairs.get('origin');
  if (origin !== undefined) {
    const ip = parseIp(origin);
    if (ip !== undefined) doc['observer.ip'] = [ip];
    else if (!isNothing(origin)) doc['observer.name'] ??= origin;
  }
  const direction = pairs.get('deviceDirection');
  if (direction === '0') doc['network.direction'] = 'inbound';
  else if (direction === '1') doc['network.direction'] = 'outbound';
  else putDirection(doc, pairs.get('ifdir'));
  const elapsed = pairs.get('elapsed');
  if (elapsed !== undefined && putDuration(doc, elapsed) === undefined) doc[`${VENDOR}elapsed`] = elapsed;
  // A name that is looked up may be written where only the address was known.
  const name = pairs.get('fservice');
  if (name !== undefined && !isNothing(name)) doc['service.id'] ??= name;
  // The address is the documented key; a name stands beside it.
  for (const side of ['source', 'destination'] as const) {
    const domain = doc[side === 'source' ? 'source.domain' : 'destination.domain'];
    const address = side === 'source' ? 'source.address' : 'destination.address';
    if (domain !== undefined) doc[address] ??= domain;
  }
  putTotals(doc);
}

/** The syslog form, of which a relay may have left the beginning alone. */
const CUT = /^\s{0,2}\[(?:action|flags|ifdir|ifname|logid|origin|time|version):"/;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  // Some relays break a record into lines.
  const text = input.text.replace(/[\r\n]+/g, ' ');
  let pairs: ReadonlyMap<string, string> | undefined;
  let product = '';
  let level: string | undefined;
  if (text.includes('Check Point|')) {
    // Some relays take `CEF:` for the syslog tag and cut it off.
    const cef = parseCef(text.startsWith('0|') ? `CEF:${text}` : text.replace(/^CEF: ?0\|\|/, 'CEF:0|'));
    if (cef === undefined || cef.vendor.trim() !== 'Check Point') return 'rejected';
    pairs = labelled(cef.extension);
    product = cef.product;
    if (cef.signatureId !== '') doc['event.code'] = cef.signatureId;
    if (cef.severity !== 'Unknown') level = cef.severity;
  } else if (text.includes('loguid') || CUT.test(text)) {
    const bracket = text.indexOf('[');
    pairs =
      bracket >= 0 && bracket < 64 ? readSyslog(text, bracket + 1) : parseKeyValue(text, { separator: '|' });
  } else pairs = readTable(text);
  if (pairs === undefined || !(pairs.has('loguid') || pairs.has('action') || pairs.has('act'))) {
    delete doc['event.code'];
    return 'rejected';
  }
  putObserver(doc, OBSERVER);
  putPairs(doc, pairs, input);
  product = pairs.get('product') ?? product;
  if (product !== '') doc['observer.product'] = product;
  if (level !== undefined) doc['log.level'] ??= level;
  const action = pairs.get('act') ?? pairs.get('action') ?? pairs.get('rule_action') ?? '';
  const { what, alert } = classify(product, action);
  categorise(doc, what);
  doc['event.kind'] = alert ? 'alert' : 'event';
  const protection = pairs.get('Protection_Name') ?? pairs.get('protection_name') ?? pairs.get('attack');
  if (protection !== undefined && alert) {
    doc['rule.name'] = protection;
    const reference = pairs.get('Protection_ID') ?? pairs.get('protection_id');
    if (reference !== undefined) doc['rule.id'] = reference;
  }
  // Without addresses, product or user it is a stub: what it says is read, what is cut off is not known.
  return pairs.size > 1 ? 'parsed' : 'partial';
}

/** Check Point gateways and management, R77 to R82, by Log Exporter or as SmartView tables. */
export default defineSource({
  id: 'checkpoint.firewall',
  signatures: [
    { kind: 'app', names: ['CheckPoint'], test: ({ text }) => CUT.test(text) },
    { kind: 'text', literals: ['|Check Point|', 'Check Point|'] },
    { kind: 'text', prefix: '0|Check Point|' },
    { kind: 'text', literals: ['loguid:"', ':"', '; '] },
    { kind: 'text', literals: ['|loguid={', '|product=', '|origin='] },
    {
      kind: 'text',
      literals: ['loguid={', 'origin=', 'sequencenum='],
      test: ({ text }) => !text.includes('CEF:'),
    },
    { kind: 'text', prefix: '"', literals: ['" "Log" "'], test: ({ text }) => readTable(text) !== undefined },
  ],
  parse,
});
