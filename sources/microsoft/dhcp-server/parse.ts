import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { EVENTS } from './events.ts';

const VENDOR = 'microsoft.dhcp-server.';
/** `ID,MM/DD/YY,HH:MM:SS,Description,address or nothing,`: the same beginning in both logs. */
const START = /^(\d{2}|11\d{3}),(\d\d\/\d\d\/)(\d\d),(\d\d:\d\d:\d\d),[^,]{1,120},([0-9A-Fa-f:.]{0,45}),/;

/** Columns behind the time, as the head of the file has them. */
const V4 =
  'Description IP Host MAC User TransactionID QResult Probationtime CorrelationID Dhcid VendorClassHex VendorClass UserClassHex UserClass RelayAgentInformation DnsRegError'.split(
    ' ',
  );
const V6 = 'Description IP Host ErrorCode DuidLength Duid User Dhcid SubnetPrefix'.split(' ');

const TABLE = fieldTable(
  VENDOR,
  `
  Description    message                  own
  IP             client                   side
  Host           client.domain            domain
  MAC            client.mac               mac
  User           user                     account
  TransactionID  transaction.id           text
  ErrorCode      error.code               text
  `,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const start = START.exec(text);
  if (start === null) return 'rejected';
  const id = Number(start[1]);
  const columns = parseCsv(text, { limit: 40 });
  const names = id >= 11_000 ? V6 : V4;
  for (const [i, name] of names.entries()) {
    const value = columns[i + 3]?.trim();
    // Zero says that nothing was asked or went wrong.
    if (value === undefined || value === '' || (value === '0' && name !== 'QResult')) continue;
    TABLE.put(doc, name, value);
  }
  putDate(doc, '@timestamp', parseDate(`${start[2]}20${start[3]} ${start[4]}`, input));
  doc['event.code'] = start[1]!;
  doc['message'] = text;
  const known = EVENTS.get(id);
  categorise(doc, known?.[0] ?? WHAT.dhcp);
  if (known?.[1] !== false) {
    doc['network.protocol'] =
      doc['event.action']?.toString().startsWith('dns-update') === true ? 'dns' : 'dhcp';
    // Whoever asks for an address is where it comes from.
    for (const part of ['address', 'ip', 'mac', 'domain'] as const) {
      const value = doc[`client.${part}`];
      if (value !== undefined) doc[`source.${part}`] = value;
    }
  }
  const reason = columns[3]!.trim();
  if (reason !== '') doc['event.reason'] = reason;
  putObserver(doc, { vendor: 'Microsoft', product: 'Windows DHCP Server' });
  return known === undefined ? 'partial' : 'parsed';
}

function isLine({ text }: ParseInput): boolean {
  const start = START.exec(text.trimStart());
  return start !== null && (start[5] === '' || parseIp(start[5]!) !== undefined);
}

/** DhcpSrvLog and DhcpV6SrvLog of Windows' DHCP server. */
export default defineSource({
  id: 'microsoft.dhcp-server',
  // Every line has a date with slashes and commas around it; the regular expression decides in the first hundred bytes.
  signatures: [
    ...Array.from({ length: 12 }, (_, month) => ({
      kind: 'text' as const,
      literals: [`,${String(month + 1).padStart(2, '0')}/`],
      test: isLine,
    })),
  ],
  parse,
});
