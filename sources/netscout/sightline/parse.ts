import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import type { Message } from '../../kit/message-table.ts';
import { putDirection, putDuration, putObserver, putTransport } from '../../kit/network.ts';
import { programSource } from '../../kit/program-source.ts';

const OWN = 'netscout.sightline.';
const ATTACK: Categorisation = { category: ['network', 'intrusion_detection'], type: ['info', 'start'] };
const OVER: Categorisation = { category: ['network', 'intrusion_detection'], type: ['info', 'end'] };
const DOWN: Categorisation = { category: ['network', 'host'], type: ['error'], action: 'unreachable' };
const UP: Categorisation = { category: ['network', 'host'], type: ['info'], action: 'reachable-again' };
const USAGE: Categorisation = { category: ['network'], type: ['info'], action: 'usage-threshold' };
const CHANGED = { ...WHAT.configurationChanged, action: 'configuration-changed' } as const;
const ALERT = { 'event.kind': 'alert' } as const;
const ROUTER = `router {${OWN}router}`;
const LEADER = `leader {${OWN}leader}`;

/** A mitigation of each kind that begins and ends. */
const MITIGATIONS: readonly Message[] = ['TMS', 'Third party', 'Blackhole', 'Flowspec', 'Generic'].flatMap(
  (kind): Message[] =>
    (
      [
        ['started', 'mitigation-started', ['start']],
        ['stopped', 'mitigation-stopped', ['end']],
      ] as const
    ).flatMap(([verb, action, type]): Message[] => {
      const what: Categorisation = { category: ['network'], type: [...type, 'denied'], action };
      const fields = { [`${OWN}mitigation_type`]: kind };
      const head = `${kind} mitigation {rule.name} ${verb} at {${OWN}at}, ${LEADER}`;
      return [
        [
          `${head}, managed object {${OWN}managed_object}, first diversion prefix {${OWN}diversion_prefix}`,
          what,
          fields,
        ],
        [head, what, fields],
      ];
    }),
);

const USAGES: readonly Message[] = ['high', 'low', 'High', 'Low'].flatMap((level): Message[] => {
  const fields = { [`${OWN}threshold_side`]: level.toLowerCase() };
  return [
    [
      `${level} interface usage alert {event.id} for ${ROUTER} interface "{${OWN}interface}" speed {${OWN}speed} threshold {${OWN}threshold} observed {${OWN}observed} pct {${OWN}percent}`,
      USAGE,
      { ...fields, ...ALERT },
    ],
    [
      `${level} interface usage alert {event.id} done for ${ROUTER} interface "{${OWN}interface}"`,
      { ...USAGE, type: ['info', 'end'] },
      fields,
    ],
    [
      `${level} usage alert {event.id} for {${OWN}object} threshold {${OWN}threshold} observed {${OWN}observed}`,
      USAGE,
      { ...fields, ...ALERT },
    ],
    [`${level} usage alert {event.id} for {${OWN}object} done`, { ...USAGE, type: ['info', 'end'] }, fields],
    [
      `${level} {${OWN}measure} usage alert {event.id} for service {${OWN}object} threshold {${OWN}threshold} observed {${OWN}observed}`,
      USAGE,
      { ...fields, ...ALERT },
    ],
    [
      `${level} {${OWN}measure} alert {event.id} for service {${OWN}object} done`,
      { ...USAGE, type: ['info', 'end'] },
      fields,
    ],
  ];
});

/** Things that Sightline watches on a router. */
const WATCHED: readonly Message[] = ['BGP', 'Flow', 'SNMP'].flatMap((name): Message[] => [
  [
    `${name} down for ${ROUTER}, ${LEADER} since {${OWN}since}`,
    { ...DOWN, action: `${name.toLowerCase()}-down` },
  ],
  [
    `${name} restored for ${ROUTER}, ${LEADER} at {${OWN}at}`,
    { ...UP, action: `${name.toLowerCase()}-restored` },
  ],
]);

const MESSAGES: readonly Message[] = [
  ...MITIGATIONS,
  ...USAGES,
  ...WATCHED,
  [`BGP instability ${ROUTER} threshold {${OWN}threshold} observed {${OWN}observed}`, USAGE, ALERT],
  [`BGP Instability for ${ROUTER} ended`, { ...USAGE, type: ['info', 'end'] }],
  [
    `BGP Hijack local_prefix {${OWN}prefix} ${ROUTER} bgp_prefix {${OWN}bgp_prefix} bgp_attributes {${OWN}bgp_attributes}`,
    { ...ATTACK, action: 'bgp-hijack' },
    ALERT,
  ],
  [`BGP Hijack for prefix {${OWN}prefix} ${ROUTER} done`, { ...OVER, action: 'bgp-hijack' }],
  [`BGP Trap {${OWN}router}: Prefix {${OWN}prefix} {event.reason}`, { ...USAGE, action: 'bgp-trap' }, ALERT],
  [`Device {${OWN}device} unreachable by controller {${OWN}leader} since {${OWN}since}`, DOWN],
  [`Device {${OWN}device} reachable again by controller {${OWN}leader} at {${OWN}at}`, UP],
  [`Peakflow device {${OWN}device} unreachable by {${OWN}leader} since {${OWN}since}`, DOWN],
  [`Peakflow device {${OWN}device} reachable again by {${OWN}leader} at {${OWN}at}`, UP],
  [
    `Hardware failure on {${OWN}device} done at {${OWN}at}: {event.reason}`,
    { ...UP, action: 'hardware-repaired' },
  ],
  [
    `Hardware failure on {${OWN}device} since {${OWN}since} GMT: {event.reason}`,
    { ...WHAT.hostError, action: 'hardware-failure' },
  ],
  [
    `GRE tunnel down for destination {destination@endpoint}, ${LEADER} since {${OWN}since}`,
    { ...DOWN, action: 'tunnel-down' },
  ],
  [
    `GRE tunnel restored for destination {destination@endpoint}, ${LEADER} at {${OWN}at}`,
    { ...UP, action: 'tunnel-restored' },
  ],
  [
    `TMS '{event.reason}' fault for resource '{${OWN}resource}' on TMS {${OWN}device} cleared`,
    { ...UP, action: 'fault-cleared' },
  ],
  [
    `TMS '{event.reason}' fault for resource '{${OWN}resource}' on TMS {${OWN}device}`,
    { ...WHAT.hostError, action: 'fault' },
  ],
  [`configuration was changed on ${LEADER} to version {${OWN}version} by {user@account}`, CHANGED],
  [
    `Autoclassification was restarted on {${OWN}at} by {user@account}`,
    { ...CHANGED, action: 'autoclassification' },
  ],
  [
    `Change Log: Username:{user@account}, Subsystem:{${OWN}subsystem}, Setting Type:{${OWN}setting_type}, Message:{event.reason}`,
    CHANGED,
  ],
  [
    `script {${OWN}script} ran at {${OWN}at}, ${LEADER}`,
    { category: ['process'], type: ['info'], action: 'script-ran' },
  ],
  ['Test syslog message', { ...WHAT.hostInfo, action: 'test' }],
];

const HOST_ALERT =
  /^(DoS Host Detection|Host Detection|DoS Profiled Router|DoS Profiled Network|Profiled Router|Profiled Network) alert #?(\d{1,12}), /;
const ANOMALY =
  /^(?:The )?anomaly (.{1,60}?) id (\d{1,12}) status (\S{1,16}) severity (\S{1,16}) classification (.{1,60}?)(?= (?:impact|src|router) )/;
const PART = {
  start: /, start (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [A-Z]{2,5})?)/,
  stop: /, stop (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [A-Z]{2,5})?)/,
  duration: /, duration (\d{1,9})/,
  direction: /, direction (\w{1,16})/,
  host: /, host ([0-9A-Fa-f.:]{2,45})/,
  signatures: /, signatures \(([^)]{1,512})\)/,
  impact: /, impact ([^,]{1,80})/,
  importance: /, importance ([^,]{1,16})/,
  objects: /, managed_objects \(([^)]{1,512})\)/,
  parent: /\(parent managed object ([^)]{1,256})\)/,
} as const;

const part = (text: string, name: keyof typeof PART): string | undefined => PART[name].exec(text)?.[1];

/** An alert on a host, with its details in pairs of word and value that come in several orders. */
function readHostAlert(doc: EcsFields, text: string): boolean {
  const found = HOST_ALERT.exec(text);
  if (found === null) return false;
  doc['rule.name'] = found[1]!;
  doc['event.id'] = found[2]!;
  const host = part(text, 'host');
  const direction = part(text, 'direction');
  const side = /^out/i.test(direction ?? '') ? 'source' : 'destination';
  if (host !== undefined) {
    const ip = parseIp(host);
    if (ip !== undefined) {
      doc[`${side}.address`] = ip;
      doc[`${side}.ip`] = ip;
    }
  }
  putDirection(doc, direction === 'incoming' ? 'inbound' : direction === 'outgoing' ? 'outbound' : direction);
  for (const [name, field] of [
    ['signatures', 'signatures'],
    ['impact', 'impact'],
    ['importance', 'importance'],
    ['objects', 'managed_objects'],
    ['parent', 'parent_object'],
  ] as const) {
    const value = part(text, name);
    if (value !== undefined) doc[OWN + field] = value.replaceAll('"', '');
  }
  putDuration(doc, part(text, 'duration'));
  for (const [name, field] of [
    ['start', 'event.start'],
    ['stop', 'event.end'],
  ] as const) {
    const value = part(text, name);
    if (value !== undefined) putDate(doc, field, parseDate(value, { timeZone: 'UTC', receivedAt: 0 }));
  }
  const isOver = part(text, 'stop') !== undefined || text.includes(', is now done');
  doc['event.kind'] = 'alert';
  doc['event.category'] = ['network', 'intrusion_detection'];
  doc['event.type'] = ['info', isOver ? 'end' : 'start'];
  doc['event.action'] = 'denial-of-service';
  return true;
}

const SIDES = [
  ['src', 'source', / src ([0-9A-Fa-f.:]{2,45})\/(\d{1,5})/],
  ['dst', 'destination', / dst ([0-9A-Fa-f.:]{2,45})\/(\d{1,5})/],
] as const;

/** Peakflow's anomaly: words and values without separators. */
function readAnomaly(doc: EcsFields, text: string): boolean {
  const found = ANOMALY.exec(text);
  if (found === null) return false;
  doc['rule.name'] = found[1]!.replaceAll("'", '');
  doc['event.id'] = found[2]!;
  doc[`${OWN}status`] = found[3]!.replaceAll("'", '');
  doc['log.level'] = found[4]!.replaceAll("'", '').toLowerCase();
  doc['rule.category'] = found[5]!.replaceAll("'", '');
  for (const [word, side, words] of SIDES) {
    const address = words.exec(text.slice(0, 2_000));
    const ip = parseIp(address?.[1] ?? '');
    // `/24` is the length of a prefix; what is longer than an address's can only be a port.
    const number = parsePort(address?.[2] ?? '');
    if (ip === undefined || number === undefined) continue;
    const isPrefix = number <= 128;
    if (isPrefix) doc[`${OWN}${word}_prefix`] = `${ip}/${number}`;
    // A prefix of many hosts is nobody's address.
    if (isPrefix && number !== (ip.includes(':') ? 128 : 32)) continue;
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
    if (!isPrefix) doc[`${side}.port`] = number;
  }
  const pair = /^(?:router_name|interface_name|router|impact|rate|rateUnit|protocol|flags|url|percent)$/;
  const words = text.split(' ', 200);
  for (let i = 0; i + 1 < words.length; i++) {
    const word = words[i]!;
    if (!pair.test(word)) continue;
    const value = words[i + 1]!.replaceAll('"', '').replace(/,$/, '');
    if (word === 'protocol') putTransport(doc, value);
    else if (word === 'url') doc['event.url'] = value;
    else doc[`${OWN}${word}`] = value;
  }
  doc['event.kind'] = 'alert';
  doc['event.category'] = ['network', 'intrusion_detection'];
  doc['event.type'] = ['info', /^done/i.test(doc[`${OWN}status`] as string) ? 'end' : 'start'];
  doc['event.action'] = 'anomaly';
  return true;
}

/** Messages of Sightline's `pfsp`, of Peakflow SP 5 to Sightline 9. */
export default programSource({
  id: 'netscout.sightline',
  programs: ['pfsp'],
  otherwise: { category: ['network'], type: ['info'] },
  messages: MESSAGES,
  before: (doc, text, { syslog }) => {
    if (syslog?.hostname !== undefined) doc['observer.name'] = syslog.hostname;
    putObserver(doc, { vendor: 'NETSCOUT', product: 'Arbor Sightline', type: 'ids' });
    return text.startsWith('pfsp: ') ? text.slice(6) : text;
  },
  after: (doc) => {
    for (const field of ['rule.name', `${OWN}managed_object`]) {
      const value = doc[field];
      if (typeof value === 'string') doc[field] = value.replace(/^'([^']*)'/, '$1');
    }
  },
  special: (doc, text) => readHostAlert(doc, text) || readAnomaly(doc, text),
});
