import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { firstOf, strings, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = fieldTable(
  'microsoft.message-trace.',
  `
  Organization       organization.name        text
  MessageId          email.message_id         text
  MessageTraceId     event.id                 text
  Received           @timestamp               own
  SenderAddress      email.from.address       list
  RecipientAddress   email.to.address         list
  Subject            email.subject            text
  Status             event.action             text
  FromIP             source                   endpoint
  ToIP               destination              endpoint
  Size               email.size               own
`,
);

/** `/Date(1772359200123)/`, as the older interface writes instants. */
const TICKS = /^\/Date\((\d{10,16})\)\/$/;

function timeOf(value: string): number | undefined {
  const ticks = TICKS.exec(value);
  return ticks === null ? parseIso(value, 'UTC') : parseEpoch(ticks[1]!);
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || !('MessageTraceId' in json)) return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(firstOf(json, 'Received', 'ReceivedDateTime'));
  if (when !== undefined) putDate(doc, '@timestamp', timeOf(when));
  put(doc, 'microsoft.message-trace.Size', json['Size']);
  const to = strings(json['RecipientAddress']);
  if (to.length > 0) doc['email.to.address'] = to;
  categorise(doc, WHAT.mail);
  const status = text(json['Status']);
  if (status === 'Delivered' || status === 'Expanded') doc['event.outcome'] = 'success';
  else if (status === 'Failed' || status === 'FilteredAsSpam' || status === 'Quarantined')
    doc['event.outcome'] = 'failure';
  return 'parsed';
}

/** Message traces of Exchange Online. */
export default defineSource({
  id: 'microsoft.message-trace',
  signatures: [
    {
      kind: 'json',
      keys: ['MessageTraceId'],
      test: (json) => 'SenderAddress' in json || 'RecipientAddress' in json || 'MessageId' in json,
    },
  ],
  parse,
});
