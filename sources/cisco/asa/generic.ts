import type { EcsFields } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { putEnd, putProtocol } from './endpoint.ts';
import { putUser } from './writers.ts';

const TRANSPORT = /\b(TCP|UDP|ICMP|GRE|ESP|SCTP)\b/;
/** An end as the device writes it: `inside:192.0.2.7/443`, `192.0.2.7`, with an identity behind it. */
const END = String.raw`((?:[\w.-]{1,64}[:/])?(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?:\/\w{1,12})?(?:\([^()]{1,128}\))?)`;
const SOURCE = new RegExp(
  String.raw`\b(?:from|src|source|SRC|faddr|client|peer|host|address)(?: address)?(?: ?[=:])? \(?${END}`,
);
const TARGET = new RegExp(
  String.raw`\b(?:to|dst|dest|destination|DEST|laddr|server)(?: address)?(?: ?[=:])? \(?${END}`,
);
const LABELLED = /\b(?:IP address|IP|Addr|address)(?: ?[=:] ?| )<?([0-9a-fA-F.:]{3,45})>?/;
const USER = /\b(?:[Uu]ser(?:name)?|Uname)(?: ?[=:] ?| )["'<]?([\p{L}\p{N}_.@\\-]{1,64})/u;
const INTERFACE = /\bon interface ([\w.-]{1,64})/;
/** What may follow the word "user" without being a name. */
const NO_NAME = new Set([
  'is',
  'has',
  'was',
  'not',
  'from',
  'for',
  'authentication',
  'authorization',
  'session',
  'IP',
]);
/** Messages are short; what is longer is not searched to the end. */
const SEARCHED = 2_048;

/**
 * Finds ends, user and interface in a message whose form is not known, by the words that the device always puts
 * before them.
 *
 * @returns whether anything was found
 */
export function readGeneric(message: string, doc: EcsFields): boolean {
  const text = message.length > SEARCHED ? message.slice(0, SEARCHED) : message;
  let found = false;
  const source = SOURCE.exec(text) ?? LABELLED.exec(text);
  if (source !== null && parseable(source[1]!)) {
    putEnd(doc, 'source', source[1]!);
    found = true;
  }
  const target = TARGET.exec(text);
  if (target !== null && parseable(target[1]!)) {
    putEnd(doc, 'destination', target[1]!);
    found = true;
  }
  const transport = TRANSPORT.exec(text);
  if (transport !== null && found) putProtocol(doc, transport[1]!);
  const user = USER.exec(text);
  if (user !== null && !NO_NAME.has(user[1]!)) {
    putUser(doc, user[1]!);
    found = true;
  }
  const name = INTERFACE.exec(text);
  if (name !== null) doc['observer.ingress.interface.name'] = name[1]!;
  if (message !== '') doc['event.reason'] ??= message;
  return found;
}

/** Whether an address stands somewhere in the end: digits with dots may be a version. */
function parseable(end: string): boolean {
  const open = end.indexOf('(');
  const text = open < 0 ? end : end.slice(0, open);
  const slash = text.lastIndexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  if (parseIp(text) !== undefined || parseIp(host) !== undefined) return true;
  const colon = host.indexOf(':');
  return (
    (colon > 0 && parseIp(host.slice(colon + 1)) !== undefined) ||
    parseIp(text.slice(slash + 1)) !== undefined
  );
}
