import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { compileMessages } from '../_shared/messages.ts';
import { readPrefix } from '../_shared/prefix.ts';
import { putClientFirst, VENDOR } from './endpoint.ts';
import { readFamily } from './families.ts';
import { readGeneric } from './generic.ts';
import { meaningOfClass } from './meanings.ts';
import { readSecurityEvent } from './security-event.ts';
import { ACCESS } from './tables/access.ts';
import { SIGNATURES, TRAFFIC } from './tables/traffic.ts';
import { WRITERS } from './writers.ts';

/** `%ASA-6-302013: `, with the class of the message (`logging emblem`, FTD) and without the colon. */
const TAG = /%(ASA|FTD|NGIPS|PIX|FWSM)-(?:([A-Za-z][A-Za-z-]{0,20})?-)?([0-7])-(\d{3,6})(?:: ?|(?= ))/;
/** What is further inside a text is quoted there. */
const FURTHEST = 400;

const PRODUCTS: Readonly<Record<string, string>> = {
  ASA: 'Adaptive Security Appliance',
  FTD: 'Firepower Threat Defense',
  NGIPS: 'Secure IPS',
  PIX: 'PIX',
  FWSM: 'Firewall Services Module',
};

const readMessage = compileMessages([...TRAFFIC, ...SIGNATURES, ...ACCESS], WRITERS);

/** The table's key of a message id: signatures share one form. */
function keyOf(code: string): string {
  return code.length === 6 && code.startsWith('4000') ? 'ips' : code;
}

/** Reads the message itself; `partial` where neither its id nor its form is known. */
function readText(code: string, text: string, input: ParseInput, doc: EcsFields): ParseOutcome {
  if (readSecurityEvent(code, text, input, doc)) return 'parsed';
  const whole = text.trim();
  // Some releases end a message with a full stop, others the same message without.
  const message = whole.endsWith('.') ? whole.slice(0, -1) : whole;
  const outcome = readWords(code, message, doc);
  const reason = doc['event.reason'];
  if (message !== whole && typeof reason === 'string' && message.endsWith(reason))
    doc['event.reason'] = `${reason}.`;
  return outcome;
}

/** Messages about the end of a connection, which don't say who began it. */
const UNDIRECTED = new Set(['302014', '302016', '302023', '302025', '302304', '302306']);

function readWords(code: string, message: string, doc: EcsFields): ParseOutcome {
  const reading = readMessage(keyOf(code), message, doc);
  if (reading === 'read') {
    if (UNDIRECTED.has(code)) putClientFirst(doc);
    return 'parsed';
  }
  if (readFamily(code, message, doc)) return 'parsed';
  const found = readGeneric(message, doc);
  if (reading === 'known') return 'parsed';
  if (doc['event.category'] === undefined) categorise(doc, meaningOfClass(code));
  return found ? 'parsed' : 'partial';
}

/** Messages that remote access and the scheduler write, as relays that cut the header off leave them. */
const BARE_SESSION = /^ ?Group (?:<[^<>]{0,128}> )?User <[^<>]{1,128}> IP <[0-9A-Fa-f.:]{2,45}> /;
const BARE_TASK = /^ ?Task ran for \d{1,9} msec, Process = /;

function parseBare(input: ParseInput, doc: EcsFields): ParseOutcome {
  const isTask = BARE_TASK.test(input.text);
  if (!isTask && !BARE_SESSION.test(input.text)) return 'rejected';
  doc['observer.vendor'] = 'Cisco';
  doc['message'] = input.text.trim();
  return readText(isTask ? '711004' : '', input.text, input, doc);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { text } = input;
  const tag = TAG.exec(text);
  if (tag === null || tag.index > FURTHEST) return parseBare(input, doc);
  const [whole, product, topic, severity, code] = tag;
  const message = text.slice(tag.index + whole.length);
  let device: string | undefined;
  if (tag.index > 0) {
    const prefix = readPrefix(text, tag.index, input);
    if (prefix.time !== undefined) putDate(doc, '@timestamp', prefix.time);
    device = prefix.host;
  }
  // `fw1: %ASA-…`: what the header took for an application is the device.
  device ??= input.syslog?.hostname ?? input.syslog?.app;
  if (device !== undefined) {
    doc['observer.name'] = device;
    const ip = parseIp(device);
    if (ip !== undefined) doc['observer.ip'] = [ip];
  }
  putObserver(doc, { vendor: 'Cisco', product: PRODUCTS[product!]! });
  doc['event.code'] = code!;
  doc[`${VENDOR}severity`] = Number(severity);
  if (topic !== undefined) doc[`${VENDOR}class`] = topic;
  const trimmed = message.trim();
  if (trimmed !== '') doc['message'] = trimmed;
  return readText(code!, message, input, doc);
}

export default defineSource({
  id: 'cisco.asa',
  signatures: [
    ...['%ASA-', '%FTD-', '%NGIPS-', '%PIX-', '%FWSM-'].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
    })),
    { kind: 'text', literals: ['Group ', ' User <', '> IP <'], test: ({ text }) => BARE_SESSION.test(text) },
    {
      kind: 'text',
      literals: ['Task ran for ', ' msec, Process = '],
      test: ({ text }) => BARE_TASK.test(text),
    },
  ],
  parse,
});
