import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putEndpoint } from '../../kit/types.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'fortinet.fortiddos.';
const OBSERVER: Observer = { vendor: 'Fortinet', product: 'FortiDDoS', type: 'ids' };

const TABLE = fieldTable(
  VENDOR,
  `
  date             @timestamp              own
  time             @timestamp              own
  tz               event.timezone          text
  devid            observer.serial_number  text
  device_id        observer.serial_number  text
  devname          observer.name           text
  type             fortinet.fortiddos.type  text
  subtype          fortinet.fortiddos.subtype  text
  evecode          fortinet.fortiddos.evecode  text
  evesubcode       fortinet.fortiddos.evesubcode  text
  description      rule.name               own
  dir              network.direction       own
  direction        network.direction       direction
  protocol         network.transport       transport
  sip              source                  own
  dip              destination             own
  sport            source.port             port?
  dport            destination.port        port?
  dropcount        fortinet.fortiddos.dropcount  long
  facility         fortinet.fortiddos.facility  text
  level            log.level               lower
  severity         log.level               own
  spp_name         rule.ruleset            text
  log_id           event.code              text
  logid            event.code              text
  user             user                    account
  ui               fortinet.fortiddos.ui   text
  action           event.action            lower
  status           event.outcome           own
  reason           event.reason            text
  msg              message                 text
  msg_id           event.id                text
  `,
);

/** Layers by the event code of the attack log reference. */
const LAYERS: Readonly<Record<string, string>> = { '1': 'layer-3', '2': 'layer-4', '4': 'layer-7' };

function putSide(doc: EcsFields, side: 'source' | 'destination', text: string | undefined): void {
  const ip = parseIp(text ?? '');
  // All zeros: no single host stands behind it.
  if (ip !== undefined && ip !== '0.0.0.0' && ip !== '::') putEndpoint(doc, side, ip);
}

/** What an event log means, by its subtype and action. */
function meaningOf(subtype: string, action: string, message: string): Categorisation {
  if (/^(?:login|logon)$/i.test(action) || /\blogin\b/i.test(message))
    return { ...WHAT.login, action: 'login' };
  if (/^log ?out$/i.test(action) || /\blog(?:ged )?out\b/i.test(message))
    return { ...WHAT.logout, action: 'logout' };
  if (/^(?:add|create)/i.test(action)) return WHAT.configurationCreated;
  if (/^(?:del|remove)/i.test(action)) return WHAT.configurationDeleted;
  if (/^(?:config|cfg|admin)$/i.test(subtype) || /^(?:edit|set|modify|change|update)/i.test(action))
    return WHAT.configurationChanged;
  return WHAT.hostInfo;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = parseKeyValue(input.text);
  const type = pairs.get('type');
  const isAttack = pairs.has('spp') || pairs.has('evecode') || pairs.has('dropcount');
  if (type === undefined || !(isAttack || /^FI/.test(pairs.get('devid') ?? pairs.get('device_id') ?? '')))
    return 'rejected';
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) {
    const bare = value.trim();
    if (bare !== '' && bare !== 'none' && bare !== 'N/A') TABLE.put(doc, key, bare);
  }
  if (input.syslog?.hostname !== undefined) doc['observer.name'] ??= input.syslog.hostname;
  const date = pairs.get('date');
  if (date !== undefined)
    putDate(doc, '@timestamp', parseDate(`${date} ${pairs.get('time') ?? '00:00:00'}`, input));
  putSide(doc, 'source', pairs.get('sip'));
  putSide(doc, 'destination', pairs.get('dip'));
  if (!isAttack) {
    const message = pairs.get('msg') ?? '';
    const action = pairs.get('action') ?? '';
    categorise(doc, meaningOf(pairs.get('subtype') ?? '', action, message));
    const outcome = outcomeOf(pairs.get('status'));
    if (outcome !== undefined) doc['event.outcome'] = outcome;
    const ui = parseIp(/\(([0-9A-Fa-f.:]{3,45})\)/.exec(pairs.get('ui') ?? '')?.[1] ?? '');
    if (ui !== undefined) putEndpoint(doc, 'source', ui);
    return 'parsed';
  }
  const description = pairs.get('description')?.trim();
  if (description !== undefined) doc['rule.name'] = description;
  const layer = LAYERS[pairs.get('evecode') ?? ''];
  if (layer !== undefined) doc[`${VENDOR}layer`] = layer;
  const severity = pairs.get('severity');
  if (severity !== undefined && severity !== '') doc['log.level'] = severity.toLowerCase();
  const mode = pairs.get('sppoperatingmode')?.toLowerCase();
  categorise(doc, {
    category: ['network', 'intrusion_detection'],
    // In detection mode what would be dropped is let through.
    type: [mode === 'detection' ? 'allowed' : mode === 'prevention' ? 'denied' : 'info'],
    action: 'denial-of-service',
  });
  doc['event.kind'] = 'alert';
  return 'parsed';
}

/** FortiDDoS 4 to 6.6: attack logs and event logs. */
export default defineSource({
  id: 'fortinet.fortiddos',
  signatures: [
    { kind: 'text', literals: ['devid=', 'type=attack', 'evecode='] },
    { kind: 'text', literals: ['devid=', 'spp=', 'dropcount='] },
    { kind: 'text', literals: ['devid=FI', 'type=event', 'subtype='] },
    { kind: 'text', literals: ['device_id=FI', 'type=event', 'subtype='] },
    { kind: 'text', literals: ['devid="FI', 'type="event"', 'subtype='] },
  ],
  parse,
});
