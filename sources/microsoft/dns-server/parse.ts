import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const VENDOR = 'microsoft.dns-server.';

/** Date and clock in the server's own format, thread, context. */
const HEAD =
  /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4}) (\d{1,2}:\d\d:\d\d)(?: ([AaPp][Mm]))? ([0-9A-Fa-f]{3,4}) ([A-Z][A-Z0-9]{2,8})\s+/;
/** Compact dates, as some systems write them. */
const COMPACT = /^(\d{4})(\d\d)(\d\d) (\d{1,2}:\d\d:\d\d) ([0-9A-Fa-f]{3,4}) ([A-Z][A-Z0-9]{2,8})\s+/;
/** `buffer UDP Rcv address xid R Q [flags letters rcode] type name`: R and the operation stand in columns. */
const PACKET =
  /^(?:[0-9A-Fa-f]{8,16}\s+)?(UDP|TCP) (Rcv|Snd) ([0-9A-Fa-f:.%]{2,60})\s+([0-9A-Fa-f]{4}) ([R ]) ([QNU? ]) \[([0-9A-Fa-f]{4})\s([ARTDatrd ]{0,12}?)\s*([A-Z0-9]{2,10})\]\s+([A-Za-z0-9]{1,10})\s+(\S{1,1200})/;

const OPERATIONS: Readonly<Record<string, string>> = { Q: 'QUERY', N: 'NOTIFY', U: 'UPDATE' };
/** The letters between the flags and the response code, as ECS names the header's flags. */
const FLAGS: Readonly<Record<string, string>> = { A: 'AA', T: 'TC', D: 'RD', R: 'RA' };

interface Head {
  readonly date: string;
  readonly context: string;
  readonly thread: string;
  readonly length: number;
}

function readHead(text: string): Head | undefined {
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [whole, year, month, day, clock, thread, context] = compact as unknown as string[];
    return {
      date: iso(year!, month!, day!, clock!),
      context: context!,
      thread: thread!,
      length: whole!.length,
    };
  }
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const [whole, first, , second, third, clock, half, thread, context] = head as unknown as string[];
  // Systems with a twelve-hour clock put the month first, the others the day, unless that is impossible.
  const monthFirst = (half !== undefined && Number(first) < 13) || Number(second) > 12;
  const date =
    first!.length === 4
      ? iso(first!, second!, third!, clock!)
      : monthFirst
        ? iso(third!, first!, second!, clock!)
        : iso(third!, second!, first!, clock!);
  return {
    date: half === undefined ? date : twelve(date, half),
    context: context!,
    thread: thread!,
    length: whole!.length,
  };
}

function iso(year: string, month: string, day: string, clock: string): string {
  const full = year.length === 2 ? `20${year}` : year;
  return `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${clock.padStart(8, '0')}`;
}

function twelve(date: string, half: string): string {
  const hour = (Number(date.slice(11, 13)) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return `${date.slice(0, 11)}${String(hour).padStart(2, '0')}${date.slice(13)}`;
}

/** `(3)www(7)example(3)org(0)` → `www.example.org`; the root is `.`. */
function nameOf(labels: string): string {
  const name = labels.replace(/\(\d{1,2}\)/g, '.').replace(/^\.|\.$/g, '');
  return name === '' ? '.' : name.toLowerCase();
}

function readPacket(text: string, doc: EcsFields): boolean {
  const found = PACKET.exec(text);
  if (found === null) return false;
  const [, transport, way, address, id, answer, operation, flags, letters, code, type, labels] =
    found as unknown as string[];
  const isAnswer = answer === 'R';
  doc['dns.type'] = isAnswer ? 'answer' : 'query';
  doc['dns.id'] = String(Number.parseInt(id!, 16));
  doc['dns.question.type'] = type!;
  doc['dns.question.name'] = nameOf(labels!);
  const named = OPERATIONS[operation!];
  if (named !== undefined) doc['dns.op_code'] = named;
  if (isAnswer) doc['dns.response_code'] = code!;
  const set = [...letters!.replace(/ /g, '').toUpperCase()].map((letter) => FLAGS[letter]!);
  if (set.length > 0) doc['dns.header_flags'] = set;
  doc[`${VENDOR}flags`] = flags!;
  doc['network.transport'] = transport!.toLowerCase();
  doc['network.protocol'] = 'dns';
  const ip = parseIp(address!.replace(/%.*$/, ''));
  // Whoever asked is the source: the other side of what was received as a question or sent as an answer.
  const side = (way === 'Rcv') === isAnswer ? 'destination' : 'source';
  if (ip !== undefined) {
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
  }
  const update: Categorisation = { category: ['network', 'configuration'], type: ['protocol', 'change'] };
  categorise(doc, {
    ...(operation === 'U' ? update : WHAT.dns),
    action: `${way === 'Rcv' ? 'received' : 'sent'}-${isAnswer ? 'answer' : operation === 'U' ? 'update' : operation === 'N' ? 'notify' : 'query'}`,
    ...(isAnswer ? { outcome: code === 'NOERROR' ? 'success' : 'failure' } : {}),
  });
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trimEnd();
  const head = readHead(text.slice(0, 120));
  if (head === undefined) return 'rejected';
  const rest = text.slice(head.length);
  if (head.context === 'PACKET') {
    if (!readPacket(rest, doc)) return 'rejected';
  } else categorise(doc, { ...WHAT.hostInfo, action: head.context.toLowerCase() });
  putDate(doc, '@timestamp', parseDate(head.date, input));
  doc['message'] = head.context === 'PACKET' ? text : rest;
  doc[`${VENDOR}thread`] = head.thread;
  doc[`${VENDOR}context`] = head.context;
  putObserver(doc, { vendor: 'Microsoft', product: 'Windows DNS Server' });
  return 'parsed';
}

const isLine = ({ text }: ParseInput): boolean => readHead(text.slice(0, 120)) !== undefined;

/** The debug log of Windows' DNS server. */
export default defineSource({
  id: 'microsoft.dns-server',
  signatures: [
    { kind: 'text', literals: [' PACKET ', '['], test: isLine },
    ...[' EVENT   The ', ' Note: ', ' DSPOLL ', ' TOMBSTN ', ' RECURSE ', ' LOOKUP  '].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: isLine,
    })),
  ],
  parse,
});
