import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventOutcome, WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const OBSERVER: Observer = { vendor: 'Aruba', product: 'ArubaOS', type: 'switch' };

/** AOS-CX: `Event|number|LOG_severity|module|slot|text` */
const CX = /^Event\|(\d{1,6})\|LOG_([A-Z]{3,8})\|([^|]{0,20})\|([^|]{0,20})\|(.{1,4000})/;
/** Controllers: `<number> <process> <severity> <host address>  text` */
const CONTROLLER =
  /^<(\d{3,7})> <(\d{1,9})> (?:<([A-Z]{3,6})> )?<([^>\s|]{1,80})[ |]([0-9A-Fa-f.:]{3,45})> {0,3}(?:(\w{3,60}): )?(.{1,4000})/;
/** AOS-S: the member of the stack in front of the text. */
const MEMBER = /^ {0,2}(?:ST\d{1,2}-(?:CMDR|MMBR|STBY): )?/;
const LAST_PORT = /\b(?:on|interface) (\d{1,2}\/\d{1,2}\/\d{1,2})\b/;
const NEIGHBOUR = /\bneighbor ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})/i;
const PEER = /\bto ([0-9A-Fa-f.]{7,15}):(\d{1,5})\b/;
const FROM = /\bfrom ([0-9A-Fa-f.:]{3,45}?)(?=[.,)]?(?:\s|$))/;
const USER = /^User (?:name )?(\S{1,128}) (Failed|Successful) Authentication/i;

function putSource(doc: EcsFields, address: string | undefined): void {
  const ip = parseIp(address ?? '');
  if (ip === undefined) return;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
}

/** What any of them may say: who authenticated, from where, who is the neighbour. */
function readText(doc: EcsFields, text: string): Categorisation | undefined {
  doc['event.reason'] = text;
  const neighbour = NEIGHBOUR.exec(text);
  const mac = neighbour === null ? undefined : parseMac(neighbour[1]!);
  if (mac !== undefined) {
    doc['source.mac'] = mac;
    const port = LAST_PORT.exec(text);
    if (port !== null) doc['observer.ingress.interface.name'] = port[1]!;
  }
  const peer = PEER.exec(text);
  const peerIp = parseIp(peer?.[1] ?? '');
  if (peer !== null && peerIp !== undefined) {
    doc['destination.address'] = peerIp;
    doc['destination.ip'] = peerIp;
    const port = parsePort(peer[2]!);
    if (port !== undefined) doc['destination.port'] = port;
  }
  const from = FROM.exec(text);
  if (from !== null) putSource(doc, from[1]);
  const user = USER.exec(text);
  if (user === null) return undefined;
  doc['user.name'] = user[1]!;
  const outcome: EventOutcome = user[2]!.toLowerCase() === 'failed' ? 'failure' : 'success';
  return { ...WHAT.authentication, outcome };
}

const INFO: Categorisation = { category: ['network'], type: ['info'] };

/** AOS-S names the subsystem in front of its text. */
const SUBSYSTEMS = [
  'ports',
  'snmp',
  'ssl',
  'crypto',
  'FFI',
  'dhcp-snoop',
  'chassis',
  'lacp',
  'stp',
  'auth',
  'mgr',
  'ssh',
  'stacking',
  'vlan',
  'loop_protect',
  'udld',
  'dca',
  'tacacs',
  'ip',
];

function parseSwitch(input: ParseInput, subsystem: string, doc: EcsFields): ParseOutcome {
  const text = input.text.replace(MEMBER, '').trim();
  doc['event.provider'] = subsystem;
  const read = readText(doc, text);
  if (/security access violation/i.test(text)) {
    doc['event.kind'] = 'alert';
    categorise(doc, { category: ['session'], type: ['info'] });
  } else if (/^User ?:/i.test(text)) categorise(doc, { category: ['session'], type: ['info'] });
  else categorise(doc, read ?? { category: ['network'], type: ['connection'] });
  return 'parsed';
}

const APPS: ReadonlySet<string> = new Set(SUBSYSTEMS.map((name) => name.toLowerCase()));
const LEADING = /^([A-Za-z][\w-]{1,20}): /;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const cx = CX.exec(text);
  if (cx !== null) {
    putObserver(doc, OBSERVER);
    doc['event.code'] = cx[1]!;
    doc['log.level'] = cx[2]!.toLowerCase();
    categorise(doc, readText(doc, cx[5]!.trim()) ?? INFO);
    return 'parsed';
  }
  const controller = CONTROLLER.exec(text);
  if (controller !== null) {
    putObserver(doc, { ...OBSERVER, type: 'wap' });
    doc['event.code'] = controller[1]!;
    doc['process.pid'] = Number(controller[2]);
    if (controller[3] !== undefined) doc['log.level'] = controller[3].toLowerCase();
    doc['observer.name'] = controller[4]!;
    const what = readText(doc, controller[7]!.trim());
    putSource(doc, doc['source.ip'] === undefined ? controller[5] : undefined);
    categorise(doc, what ?? INFO);
    return 'parsed';
  }
  const app = input.syslog?.app;
  const subsystem = app !== undefined && APPS.has(app.toLowerCase()) ? app : LEADING.exec(text)?.[1];
  if (subsystem === undefined || !APPS.has(subsystem.toLowerCase())) return 'rejected';
  putObserver(doc, OBSERVER);
  const inner = subsystem === app ? input : { ...input, text: text.slice(subsystem.length + 2) };
  return parseSwitch(inner, subsystem, doc);
}

const isMember = ({ text }: ParseInput): boolean => /^ {0,2}ST\d{1,2}-(?:CMDR|MMBR|STBY): /.test(text);

/** Aruba AOS-S, AOS-CX and ArubaOS. */
export default defineSource({
  id: 'aruba.switch',
  signatures: [
    { kind: 'text', prefix: 'Event|', literals: ['|LOG_'] },
    {
      kind: 'app',
      names: SUBSYSTEMS,
      test: (input) => isMember(input) || /^ {0,2}port \S{1,8} is now o/.test(input.text),
    },
    { kind: 'text', literals: ['ST1-CMDR: '] },
    { kind: 'text', literals: [' is now o', 'ports: port '] },
    { kind: 'text', literals: ['> <', '> '], test: ({ text }) => CONTROLLER.test(text) },
  ],
  parse,
});
