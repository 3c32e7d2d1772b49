import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { putDate } from '../../kit/dates.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { compileMessages } from '../_shared/messages.ts';
import { isZoneName, type Prefix, readPrefix, usualOffset } from '../_shared/prefix.ts';
import { readGeneric } from './generic.ts';
import { findTag, systemOf, type Tag, tagOfApp } from './header.ts';
import { ACCESS } from './rules-access.ts';
import { NETWORK_RULES } from './rules-network.ts';
import { VENDOR, WRITERS } from './writers.ts';

const readMessage = compileMessages([...ACCESS, ...NETWORK_RULES], WRITERS);

/** IOS XE names the switch, the slot and the process: `Switch 1 R0/0: dmiauthd: `. */
const PROCESS = /^(?:(?:Switch|Chassis) \d{1,2} )?[A-Z]{1,3}\d{1,2}\/\d{1,2}: ([\w.-]{1,40}): /;
/** NX-OS names the process at the end: ` - sshd[4711]`. */
const SENDER = / - ([A-Za-z_][\w.-]{0,40})(?:\[(\d{1,10})\])?$/;
const DIGITS = /^\d{1,12}$/;

/** Host, sequence number and time, from what the header and the prefix each know. */
function putOrigin(input: ParseInput, prefix: Prefix, doc: EcsFields): void {
  if (prefix.time !== undefined) putDate(doc, '@timestamp', prefix.time);
  const app = input.syslog?.app;
  // `sw1: Mar  1 …` and `4711: Mar  1 …`: what the header took for an application is the device, or a number.
  const isNumber = app !== undefined && DIGITS.test(app);
  const sequence = prefix.sequence ?? (isNumber ? toLong(app) : undefined);
  if (sequence !== undefined) doc['event.sequence'] = sequence;
  const isDevice =
    app !== undefined && !isNumber && !app.startsWith('%') && input.syslog?.procid === undefined;
  const host = prefix.host ?? (isDevice && !isProgram(input) ? app : undefined);
  if (host !== undefined && host !== input.syslog?.hostname) doc['host.name'] = host;
  const process = prefix.process ?? (isProgram(input) ? app : undefined);
  if (process !== undefined) doc['process.name'] = process;
  const pid = prefix.pid ?? (isProgram(input) ? toLong(input.syslog?.procid) : undefined);
  if (pid !== undefined) doc['process.pid'] = pid;
  if (prefix.node !== undefined) doc[`${VENDOR}node`] = prefix.node;
}

/** IOS XR: `tcp[399]: %IP-TCP-3-BADAUTH : …` behind a complete header. */
function isProgram(input: ParseInput): boolean {
  return input.syslog?.procid !== undefined && DIGITS.test(input.syslog.procid);
}

function putMessage(tag: Omit<Tag, 'at' | 'end'>, text: string, doc: EcsFields): boolean {
  let message = text.trim();
  const process = PROCESS.exec(message);
  if (process !== null) {
    doc['process.name'] = process[1]!;
    message = message.slice(process[0].length);
  }
  const bare = message.endsWith('.') ? message.slice(0, -1) : message;
  let reading = readMessage(`${tag.facility}-${tag.mnemonic}`, bare, doc);
  if (reading === 'unknown') reading = readMessage(tag.mnemonic, bare, doc);
  if (tag.mnemonic === 'SYSTEM_MSG') putSender(bare, doc);
  if (reading !== 'read') readGeneric(message, doc);
  if (reading === 'unknown') categorise(doc, { category: ['host'], type: ['info'] });
  return reading !== 'unknown';
}

/** The process that a message of another program's names at its end. */
function putSender(text: string, doc: EcsFields): void {
  const sender = SENDER.exec(text);
  if (sender === null) return;
  doc['process.name'] = sender[1]!;
  const pid = toLong(sender[2]);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['event.reason'] = text.slice(0, sender.index);
}

/**
 * `<189>4711: Mar  1 10:00:00 CST: %SYS-5-…`: a zone that the header's reader has taken for the device. Without a
 * priority the line comes again as a whole; with one, the time is put right and the zone is not a host.
 *
 * @returns whether the line should come again
 */
function readZone(input: ParseInput, doc: EcsFields): boolean {
  const zone = input.syslog?.hostname;
  if (zone === undefined || !isZoneName(zone)) return false;
  if (input.syslog?.severity === undefined) return true;
  const time = input.syslog.time;
  const offset = usualOffset(zone, input);
  if (time !== undefined && offset !== undefined) putDate(doc, '@timestamp', time - offset);
  // Left out at the end, but until then a name, so that the zone does not become one.
  doc['host.name'] = '';
  return false;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { text } = input;
  const found = findTag(text);
  const app = found === undefined && input.syslog?.app !== undefined ? tagOfApp(input.syslog.app) : undefined;
  const tag = found ?? app;
  if (tag === undefined || readZone(input, doc)) return 'rejected';
  const prefix = found === undefined ? {} : readPrefix(text, found.at, input);
  putOrigin(input, prefix, doc);
  putObserver(doc, {
    vendor: 'Cisco',
    product: systemOf(tag, prefix.yearFirst === true, prefix.node !== undefined),
  });
  doc['event.code'] = tag.mnemonic;
  doc['event.severity'] = tag.severity;
  doc[`${VENDOR}facility`] = tag.facility;
  const message = found === undefined ? text : text.slice(found.end);
  const trimmed = message.trim();
  if (trimmed !== '') doc['message'] = trimmed;
  const known = putMessage(tag, message, doc);
  if (trimmed !== '') doc['event.reason'] ??= trimmed;
  return known ? 'parsed' : 'partial';
}

/** A literal for each severity: together with `%` it is rare, and `findTag` tells for certain. */
const SEVERITIES = ['-0-', '-1-', '-2-', '-3-', '-4-', '-5-', '-6-', '-7-'];

export default defineSource({
  id: 'cisco.ios',
  signatures: SEVERITIES.map((severity) => ({
    kind: 'text' as const,
    literals: ['%', severity],
    test: ({ text }: ParseInput) => findTag(text) !== undefined,
  })),
  parse,
});
