import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'pingidentity.pingfederate.';

const TABLE = fieldTable(
  VENDOR,
  `
  event               event.action        text
  subject             user                account
  ip                  source              endpoint
  protocol            network.protocol    lower
  pfhost              host.name           text
  host                host.name           text
  status              event.outcome       own
  responsetime        event.duration      own
  app                 service.name        text
  connectionname      service.name        text
  X-Forwarded-Host    destination         endpoint
  trackingid          trace.id            text
  transactionid       transaction.id      text
  description         event.reason        text
`,
);

/** `2026-03-01 10:00:00,123 ` */
const TIME = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?(?: ?[+-]\d{2}:?\d{2}|Z)?/;
/** `tid:… DEBUG [logger] text` behind the time. */
const SERVER = /^\s*(?:tid:(\S{1,100})\s+)?([A-Z]{4,5})\s+\[([\w.$]{1,200})\]\s/;
const REQUEST = /^(GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH): (https?:\/\/\S{1,2000})/;

function parse({ text, timeZone, receivedAt }: ParseInput, doc: EcsFields): ParseOutcome {
  const time = TIME.exec(text);
  const rest = time === null ? text : text.slice(time[0].length);
  const server = SERVER.exec(rest);
  if (server !== null) {
    if (!/^(?:org\.sourceid|com\.ping)/.test(server[3]!)) return 'rejected';
    doc['event.dataset'] = 'pingidentity.pingfederate.server';
    if (server[1] !== undefined) doc['trace.id'] = server[1];
    doc['log.level'] = server[2]!;
    doc['log.logger'] = server[3]!;
    const message = rest.slice(server[0].length).trim();
    if (message !== '') doc['event.reason'] = message;
    const request = REQUEST.exec(message);
    if (request === null) categorise(doc, { category: ['configuration'], type: ['info'] });
    else {
      doc['http.request.method'] = request[1]!;
      putUrl(doc, request[2]!);
      categorise(doc, WHAT.webRequest);
    }
  } else {
    const pairs = parseKeyValue(rest);
    if (!pairs.has('trackingid') && !pairs.has('pfhost')) return 'rejected';
    doc['event.dataset'] = 'pingidentity.pingfederate.audit';
    for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
    putDuration(doc, pairs.get('responsetime'), 1e3);
    const status = pairs.get('status');
    const event = pairs.get('event') ?? '';
    const outcome = outcomeOf(status);
    categorise(doc, { ...(/slo|logout/i.test(event) ? WHAT.logout : WHAT.login), outcome });
  }
  if (time !== null) putDate(doc, '@timestamp', parseDate(time[0], { timeZone, receivedAt }));
  putObserver(doc, { vendor: 'Ping Identity', product: 'PingFederate' });
  return 'parsed';
}

/** PingFederate's audit log in pairs, and its server log. */
export default defineSource({
  id: 'pingidentity.pingfederate',
  signatures: [
    { kind: 'text', literals: ['trackingid=', 'pfhost='] },
    { kind: 'text', literals: ['trackingid="tid:'] },
    { kind: 'text', literals: ['tid:', '[org.sourceid.'] },
    { kind: 'text', literals: ['tid:', '[com.pingidentity.'] },
  ],
  parse,
});
