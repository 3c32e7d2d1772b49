import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';

const VENDOR = 'microsoft.exchange.';

/** Columns of the message tracking log, as its `#Fields` line has them since Exchange 2013. */
const COLUMNS =
  'date-time client-ip client-hostname server-ip server-hostname source-context connector-id source event-id internal-message-id message-id network-message-id recipient-address recipient-status total-bytes recipient-count related-recipient-address reference message-subject sender-address return-path message-info directionality tenant-id original-client-ip original-server-ip custom-data transport-traffic-type log-id schema-version'.split(
    ' ',
  );
/** Exchange 2007 and 2010 have no network-message-id. */
const OLD_COLUMNS = COLUMNS.filter((name) => name !== 'network-message-id');

const TABLE = fieldTable(
  VENDOR,
  `
  date-time            @timestamp                           own
  client-ip            source                               endpoint
  client-hostname      source.domain                        domain
  server-ip            destination                          endpoint
  server-hostname      destination.domain                   domain
  source               event.provider                       text
  event-id             event.action                         own
  internal-message-id  email.local_id                       text
  message-id           email.message_id                     own
  network-message-id   microsoft.exchange.network_message_id  text
  recipient-address    email.to.address                     list
  recipient-status     microsoft.exchange.recipient_status  text
  total-bytes          microsoft.exchange.total_bytes       long
  recipient-count      microsoft.exchange.recipient_count   long
  message-subject      email.subject                        text
  sender-address       email.from.address                   list
  return-path          email.sender.address                 text
  directionality       email.direction                      own
  tenant-id            organization.id                      text
  log-id               event.id                             text
  original-client-ip   microsoft.exchange.original_client_ip  ip
  schema-version       observer.version                     text
  `,
);

/** How a tracked message goes on, by the event; the others (RESOLVE, AGENTINFO, …) are steps inside. */
const EVENTS: Readonly<Record<string, Pick<Categorisation, 'outcome'> & { readonly denied?: true }>> = {
  RECEIVE: { outcome: 'success' },
  SUBMIT: { outcome: 'success' },
  SEND: { outcome: 'success' },
  SENDEXTERNAL: { outcome: 'success' },
  DELIVER: { outcome: 'success' },
  DUPLICATEDELIVER: { outcome: 'success' },
  FAIL: { outcome: 'failure', denied: true },
  SUBMITFAIL: { outcome: 'failure' },
  BADMAIL: { outcome: 'failure' },
  DROP: { outcome: 'failure' },
  POISONMESSAGE: { outcome: 'failure' },
};

const DIRECTIONS: Readonly<Record<string, string>> = { Incoming: 'inbound', Originating: 'outbound' };

/** `instant,client,name,server,name,context,connector,SOURCE,EVENT,`: context and connector may stand in quotes. */
const START =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z),[0-9A-Fa-f:.%]{0,60},[^,]{0,255},[0-9A-Fa-f:.%]{0,60},[^,]{0,255},(?:"[^"]{0,2000}"|[^,"]{0,2000}),(?:"[^"]{0,255}"|[^,"]{0,255}),[A-Z]{2,24},[A-Z]{3,32},/;

/** Whether a line is of the message tracking log. */
export function isTracking(text: string): boolean {
  return START.test(text.slice(0, 5_000));
}

/** Reads a line of the message tracking log that `isTracking` knows. */
export function readTracking(text: string, doc: EcsFields): void {
  const cells = parseCsv(text, { limit: 60 });
  // The identifier of the network is a GUID in front of the recipients; older servers do not have it.
  const columns = /^(?:[0-9a-f]{8}-[0-9a-f-]{27})?$/i.test(cells[11] ?? '') ? COLUMNS : OLD_COLUMNS;
  const pairs = new Map<string, string>();
  for (const [i, name] of columns.entries()) {
    const value = cells[i]?.trim();
    if (value === undefined || value === '') continue;
    pairs.set(name, value);
    TABLE.put(doc, name, value);
  }
  putDate(doc, '@timestamp', parseIso(cells[0]!, 'UTC'));
  const event = pairs.get('event-id')!;
  const id = pairs.get('message-id')?.replace(/^<|>$/g, '');
  if (id !== undefined) doc['email.message_id'] = id;
  const direction = DIRECTIONS[pairs.get('directionality') ?? ''];
  if (direction !== undefined) doc['email.direction'] = direction;
  if (pairs.get('source') === 'SMTP') doc['network.protocol'] = 'smtp';
  const status = pairs.get('recipient-status');
  const known = EVENTS[event];
  // What failed says why in the status of its recipients.
  if (known?.outcome === 'failure' && status !== undefined) doc['event.reason'] = status;
  categorise(doc, {
    ...WHAT.mail,
    ...(known?.denied === true && pairs.get('source') !== 'DSN' ? { type: ['info', 'denied'] } : {}),
    action: event.toLowerCase(),
    ...(known?.outcome === undefined ? {} : { outcome: known.outcome }),
  });
}
