import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from './categorise.ts';
import { parseDate, putDate } from './dates.ts';
import { parseIp, parsePort } from './ip.ts';
import type { ParseInput, ParseOutcome } from './source.ts';

/** `02-Mar-2026 10:15:01.123 ` in front of a line that BIND wrote to a file itself. */
const DATE = /^(\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?) /;
/** `queries: info: `: category and severity, where BIND was told to print them. */
const PRINTED = /^(?:([a-z][a-z0-9-]{1,24}): )?(critical|error|warning|notice|info|debug \d{1,2}): /;
const CATEGORY =
  /^(client|cname|config|database|default|delegation-only|dispatch|dnssec|dnstap|edns-disabled|general|lame-servers|network|notify|queries|query-errors|rate-limit|resolver|rpz|rpz-passthru|security|serve-stale|spill|trust-anchor-telemetry|unmatched|update|update-security|xfer-in|xfer-out|zoneload): (?=client |zone |transfer |rpz |view )/;
const CLIENT =
  /^client (?:@0x[0-9a-fA-F]{1,16} )?([0-9a-fA-F.:]{2,45}(?:%\w{1,16})?)#(\d{1,6})(?:\/key ([^\s:]{1,255}))?(?: \(([^)\s]{1,255})\))?: (?:view ([^\s:]{1,128}): )?/;
const QUERY =
  /^(?:(UDP|TCP): )?(query|answer): (\S{1,255}) ([A-Z]{1,8}\d{0,5}) ([A-Z][A-Z0-9-]{0,12})(?: ([+-]\S{0,24}))?(?: \(([0-9a-fA-F.:%]{2,45})\))?(.*)$/s;
const NAME_TYPE_CLASS = /'?([^\s'/]{1,255})\/([A-Z][A-Z0-9]{0,12})(?:\/([A-Z]{1,8}))?'?/;
const SERVER = /([0-9a-fA-F.:]{2,45})#(\d{1,5})/;

/** Response codes that say that the question was answered. */
const ANSWERED = new Set(['NOERROR', 'NXDOMAIN', 'NXRRSET']);
const MAX_WORDS = 200;

/** Who asked: the source of the traffic and the client of the server. */
function putClient(doc: EcsFields, address: string, port: string): void {
  const ip = parseIp(address);
  if (ip !== undefined) {
    for (const side of ['source', 'client'] as const) {
      doc[`${side}.address`] = ip;
      doc[`${side}.ip`] = ip;
    }
  }
  const number = parsePort(port);
  if (number !== undefined) {
    doc['source.port'] = number;
    doc['client.port'] = number;
  }
}

/** The server that was asked or that sent: of a resolver's own questions, the one at the other end. */
function putServer(doc: EcsFields, text: string): void {
  const match = SERVER.exec(text);
  const ip = match === null ? undefined : parseIp(match[1]!);
  if (ip === undefined) return;
  doc['server.address'] = ip;
  doc['server.ip'] = ip;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
  const port = parsePort(match![2]!);
  if (port === undefined) return;
  doc['server.port'] = port;
  doc['source.port'] = port;
}

function putQuestion(doc: EcsFields, name: string, type?: string, klass?: string): void {
  const bare = name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
  doc['dns.question.name'] = bare;
  if (type !== undefined) doc['dns.question.type'] = type;
  if (klass !== undefined) doc['dns.question.class'] = klass;
  doc['dns.type'] ??= 'query';
}

/** `+E(0)TDC`: recursion desired, EDNS, TCP, DNSSEC wanted, checking disabled. */
function putFlags(doc: EcsFields, vendor: string, flags: string): void {
  const letters = flags.replace(/\([^)]*\)/g, '');
  doc[`${vendor}flags`] = flags;
  const header: string[] = [];
  if (letters.startsWith('+')) header.push('RD');
  if (letters.includes('C')) header.push('CD');
  if (header.length > 0) doc['dns.header_flags'] = header;
  doc['network.transport'] ??= letters.includes('T') ? 'tcp' : 'udp';
}

/** Addresses of an answer section, whatever separates its records: a type followed by an address. */
function putAnswers(doc: EcsFields, text: string): void {
  const words = text.split(/[\s;]+/, MAX_WORDS);
  const found: string[] = [];
  for (let i = 0; i + 1 < words.length; i++) {
    if (words[i] !== 'A' && words[i] !== 'AAAA') continue;
    const ip = parseIp(words[i + 1]!);
    if (ip !== undefined && !found.includes(ip)) found.push(ip);
  }
  if (found.length > 0) doc['dns.resolved_ip'] = found;
}

function putCode(doc: EcsFields, code: string): void {
  doc['dns.response_code'] = code;
  doc['event.outcome'] = ANSWERED.has(code) ? 'success' : 'failure';
}

function readQuery(match: RegExpExecArray, vendor: string, doc: EcsFields): void {
  const [, transport, kind, name, klass, type, flags, local, rest] = match as unknown as (
    | string
    | undefined
  )[];
  if (transport !== undefined) doc['network.transport'] = transport.toLowerCase();
  putQuestion(doc, name!, type, klass);
  if (flags !== undefined) putFlags(doc, vendor, flags);
  else doc['network.transport'] ??= 'udp';
  const ip = local === undefined ? undefined : parseIp(local);
  if (ip !== undefined) {
    doc['server.address'] = ip;
    doc['server.ip'] = ip;
  }
  const response = /^ response: ([A-Z]{3,12})(?: ([+-]\S{0,12}))?(.*)$/s.exec(rest!);
  const answer = response ?? /^ -> ([A-Z]{3,12})()(.*)$/s.exec(rest!);
  if (answer !== null) {
    putCode(doc, answer[1]!);
    putAnswers(doc, answer[3]!);
  }
  // Infoblox writes the response behind the question that it repeats: the line is still named a query there.
  doc['dns.type'] = kind === 'answer' ? 'answer' : 'query';
  doc['event.action'] = kind!;
  const lists = /\{([^}]{1,500})\}/.exec(rest!)?.[1];
  if (lists !== undefined) doc[`${vendor}lists`] = lists.split(',', 50);
  const tags = /\[([^\]]{1,500})\]$/.exec(rest!.trimEnd())?.[1];
  if (tags !== undefined) doc[`${vendor}tags`] = tags.split(',', 50);
}

/** What a client did that is no query. */
function readClient(text: string, vendor: string, doc: EcsFields): boolean {
  const query = QUERY.exec(text);
  if (query !== null) {
    readQuery(query, vendor, doc);
    return true;
  }
  const rpz =
    /^(?:disabled )?rpz ([A-Z-]{2,12}) ([A-Za-z-]{2,24}) rewrite (\S{1,600})(?: via (\S{1,255}))?/.exec(text);
  if (rpz !== null) {
    const question = NAME_TYPE_CLASS.exec(rpz[3]!);
    putQuestion(doc, question?.[1] ?? rpz[3]!, question?.[2], question?.[3]);
    doc['rule.category'] = `RPZ ${rpz[1]!}`;
    if (rpz[4] !== undefined) doc['rule.name'] = rpz[4];
    doc[`${vendor}rpz.policy`] = rpz[2]!;
    doc['event.action'] = 'rpz-rewrite';
    categorise(doc, {
      category: ['network', 'intrusion_detection'],
      type: ['protocol', rpz[2] === 'PASSTHRU' ? 'allowed' : 'denied'],
    });
    return true;
  }
  const denied =
    /^(?:query(?: \(cache\))?|zone transfer|update|update forwarding|notify) '([^'\s]{1,600})' (denied|approved)/.exec(
      text,
    );
  // BIND before 9.3 does not say which name it was about.
  const unnamed = /^(query|zone transfer|update|notify)(?: \(cache\))? (denied|approved)$/.exec(text.trim());
  if (unnamed !== null) {
    doc['event.action'] = `${unnamed[1]!.replace(' ', '-')}-${unnamed[2]!}`;
    doc['event.type'] = ['protocol', unnamed[2] === 'denied' ? 'denied' : 'allowed'];
    return true;
  }
  if (denied !== null) {
    const parts = denied[1]!.split('/', 4);
    if (text.startsWith('query')) putQuestion(doc, parts[0]!, parts[1], parts[2]);
    else doc[`${vendor}zone`] = parts[0]!;
    doc['event.action'] =
      `${/^(query|zone transfer|update|notify)/.exec(text)![1]!.replace(' ', '-')}-${denied[2]!}`;
    doc['event.type'] = ['protocol', denied[2] === 'denied' ? 'denied' : 'allowed'];
    return true;
  }
  const zone = /^(received notify for zone|transfer of|updating zone) '([^'\s]{1,600})'(?:: (.*))?$/s.exec(
    text,
  );
  if (zone !== null) {
    doc[`${vendor}zone`] = zone[2]!.split('/', 1)[0]!;
    if (zone[3] !== undefined) doc['event.reason'] = zone[3];
    doc['event.action'] = ACTIONS[zone[1]!]!;
    return true;
  }
  if (
    /^(?:error sending response|query failed|request has invalid|signer|message parsing failed)/.test(text)
  ) {
    doc['event.reason'] = text;
    const failed =
      /^query failed \((?:[a-z ]{1,40}|[A-Z]{3,12})\) for (\S{1,255})\/([A-Z]{1,8})\/([A-Z0-9]{1,12})/.exec(
        text,
      );
    if (failed !== null) putQuestion(doc, failed[1]!, failed[3], failed[2]);
    doc['event.action'] = 'client-error';
    return true;
  }
  return false;
}

const ACTIONS: Readonly<Record<string, string>> = {
  'received notify for zone': 'notify',
  'transfer of': 'zone-transfer',
  'updating zone': 'zone-update',
};

const RESOLVING =
  /^(?:(timed out|lame server|[A-Za-z][A-Za-z0-9 ]{2,60}|error \([^)]{1,80}\)|[A-Z]{3,12} unexpected RCODE|unexpected RCODE \([^)]{1,40}\)|\([a-z ]{3,40}\) error)) resolving '([^']{1,600})'(?: \(in '[^']{0,255}'\?\))?(?::? ([0-9a-fA-F.:]{2,45}#\d{1,5}))?/;

function readResolving(text: string, doc: EcsFields): boolean {
  const format =
    /^DNS format error from (\S{2,60}) resolving (\S{1,600})(?: for ([^:]{1,255}))?: (.*)$/s.exec(text);
  if (format !== null) {
    const question = NAME_TYPE_CLASS.exec(format[2]!);
    if (question !== null) putQuestion(doc, question[1]!, question[2], question[3]);
    putServer(doc, format[1]!);
    doc['event.reason'] = format[4]!;
    doc['event.action'] = 'format-error';
    doc['event.outcome'] = 'failure';
    return true;
  }
  const match = RESOLVING.exec(text);
  if (match === null) return false;
  const question = NAME_TYPE_CLASS.exec(match[2]!);
  if (question !== null) putQuestion(doc, question[1]!, question[2], question[3]);
  else putQuestion(doc, match[2]!);
  if (match[3] !== undefined) putServer(doc, match[3]);
  const code = /^([A-Z]{3,12}) unexpected RCODE$/.exec(match[1]!)?.[1];
  if (code !== undefined) doc['dns.response_code'] = code;
  doc['event.reason'] = code === undefined ? match[1]! : 'unexpected RCODE';
  doc['event.action'] = 'resolution-error';
  doc['event.outcome'] = 'failure';
  return true;
}

/** What the server did with its zones. */
function readZone(text: string, vendor: string, doc: EcsFields): boolean {
  const validating =
    /^(?:view [^\s:]{1,128}: {1,4})?validating (?:@0x[0-9a-f]{1,16}: )?(\S{1,255}?)[/ ]([A-Z][A-Z0-9]{0,12}): (.*)$/s.exec(
      text,
    );
  if (validating !== null) {
    putQuestion(doc, validating[1]!, validating[2]);
    doc['error.message'] = validating[3]!;
    doc['event.action'] = 'validation';
    doc['event.outcome'] = 'failure';
    return true;
  }
  const transfer = /^transfer of '([^'\s]{1,600})' from (\S{2,60}): (.*)$/s.exec(text);
  if (transfer !== null) {
    doc[`${vendor}zone`] = transfer[1]!.split('/', 1)[0]!;
    putServer(doc, transfer[2]!);
    const failed = /^failed |error|failed$/.test(transfer[3]!);
    if (failed) doc['error.message'] = /^failed to connect/.exec(transfer[3]!)?.[0] ?? transfer[3]!;
    doc['event.reason'] = transfer[3]!;
    doc['event.action'] = 'zone-transfer';
    if (failed) doc['event.outcome'] = 'failure';
    return true;
  }
  const zone = /^zone ([^\s/:]{1,255})(?:\/([A-Z]{1,8})(?:\/([^\s:]{1,128}))?)?: (.*)$/s.exec(text);
  if (zone !== null) {
    doc[`${vendor}zone`] = zone[1]!;
    readZoneMessage(zone[4]!, doc);
    return true;
  }
  const other = /^(?:rpz: ([^\s:]{1,255})|dns_diff_apply: (\S{1,600})): (.*)$/s.exec(text);
  if (other === null) return false;
  if (other[1] !== undefined) doc[`${vendor}zone`] = other[1];
  const record = other[2] === undefined ? null : NAME_TYPE_CLASS.exec(other[2]);
  if (record !== null) putQuestion(doc, record[1]!, record[2], record[3]);
  doc['event.reason'] = other[3]!;
  doc['event.action'] = other[1] === undefined ? 'zone-update' : 'rpz-reload';
  return true;
}

function readZoneMessage(message: string, doc: EcsFields): void {
  const notify =
    /^(refused notify|notify) from (?:non-(?:master|primary): )?([0-9a-fA-F.:]{2,45}#\d{1,5})(?:: (.*))?$/s.exec(
      message,
    );
  const owner = /^(\S{1,255})\/([A-Z][A-Z0-9]{0,12}): (.*)$/s.exec(message);
  doc['event.action'] = 'zone';
  if (notify !== null) {
    doc['event.action'] = notify[1]!;
    putServer(doc, notify[2]!);
    doc['event.reason'] = notify[3] ?? notify[2]!;
  } else if (owner !== null) {
    putQuestion(doc, owner[1]!, owner[2]);
    doc['event.reason'] = owner[3]!;
  } else doc['event.reason'] = message.replace(/^refresh: /, '');
}

/**
 * Reads a message of BIND's `named`, or of a product that is built on it.
 *
 * @param vendor prefix of what has no ECS field, with its dot
 */
export function readNamed(input: ParseInput, vendor: string, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  const message = text;
  const date = DATE.exec(text);
  if (date !== null) text = text.slice(date[0].length);
  const printed = PRINTED.exec(text) ?? CATEGORY.exec(text);
  if (printed !== null) text = text.slice(printed[0].length);
  const client = /^(?:List Matched )/.test(text)
    ? /^List Matched ([0-9a-fA-F.:]{2,45})#(\d{1,6})(?:\/key ([^\s:]{1,255}))?: /.exec(text)
    : CLIENT.exec(text);
  if (client !== null) {
    putClient(doc, client[1]!, client[2]!);
    if (client[3] !== undefined) doc[`${vendor}key`] = client[3];
    if (client[5] !== undefined) doc[`${vendor}view`] = client[5];
    text = text.slice(client[0].length);
  }
  doc['event.category'] = WHAT.dns.category.slice();
  doc['event.type'] = WHAT.dns.type.slice();
  const known =
    client !== null ? readClient(text, vendor, doc) : readResolving(text, doc) || readZone(text, vendor, doc);
  doc['network.protocol'] = 'dns';
  if (date !== null) putDate(doc, '@timestamp', parseDate(date[1]!, input));
  if (printed !== null) {
    if (printed[1] !== undefined) doc[`${vendor}category`] = printed[1];
    if (printed[2] !== undefined) doc['log.level'] = printed[2];
  }
  doc['message'] = message;
  return known ? 'parsed' : 'partial';
}

/** Parts of text that only `named` writes, for signatures. */
export const NAMED_LITERALS: readonly (readonly string[])[] = [
  ['client ', '#', ': query: ', ' IN '],
  ['client ', '#', ': answer: ', ' -> '],
  ['client ', '#', ': rpz ', ' rewrite '],
  ['client ', '#', ': received notify for zone '],
  ['client ', '#', ': view ', ': '],
  ['client ', '#', "' denied"],
  ['client ', '#', ': updating zone '],
  ['client ', '#', ": transfer of '"],
  ['client ', '#', ' query failed ('],
  [" resolving '", '/IN', '#'],
  ["lame server resolving '", '#'],
  ['DNS format error from ', ' resolving '],
  ['validating ', '/', ': '],
  ['zone ', '/IN', ': '],
  ["transfer of '", "' from ", '#'],
  ['rpz: ', ': reload '],
  ['dns_diff_apply: ', '/IN'],
];

const SHAPE =
  /^(?:client |List Matched |zone \S{1,300}\/IN\b|transfer of '|rpz: |dns_diff_apply: |DNS format error from |(?:view \S{1,128}: {1,4})?validating |.{1,80} resolving ')/;

/** Whether a line without a tag is `named`'s. */
export function looksLikeNamed(input: ParseInput): boolean {
  if (input.json !== undefined || input.syslog?.app !== undefined) return false;
  let text = input.text.trimStart();
  const date = DATE.exec(text);
  if (date !== null) text = text.slice(date[0].length);
  const printed = PRINTED.exec(text) ?? CATEGORY.exec(text);
  if (printed !== null) text = text.slice(printed[0].length);
  if (text.startsWith('client ')) return CLIENT.test(text);
  return SHAPE.test(text.slice(0, 400));
}

/** Whether a line is `named`'s on a client, whatever its tag: by the client and what named can say of one. */
export function isClientMessage({ json, text }: ParseInput): boolean {
  if (json !== undefined) return false;
  const client = CLIENT.exec(text.slice(0, 900));
  if (client === null) return false;
  return /^(?:query|update|zone transfer|notify|recursion|bad zone transfer|view|transfer of|RFC|request|signer|error)\b/.test(
    text.slice(client[0].length, client[0].length + 20),
  );
}
