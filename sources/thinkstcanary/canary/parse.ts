import { categorise } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { putEndpoint } from '../../kit/types.ts';

const TABLE = jsonTable(
  'thinkstcanary.canary.',
  `
timestamp_std        @timestamp           own
timestamp            @timestamp           own
incident_id          event.id             text
created_std          event.start          own
created              event.start          own
description          event.reason         text
summary              event.reason         text
logtype              event.code           text
src_host             source               side
src_port             source.port          port
src_host_reverse     source.domain        domain
dst_host             destination          side
dst_port             destination.port     port
node_id              observer.serial_number  text
name                 observer.name        text
USERNAME             user                 account
USER                 user                 account
user                 user                 account
AUDITACTION          event.action         text
cmd                  event.action         text
HOST                 destination.domain   own
HOSTNAME             destination.domain   own
FILENAME             file                 file
SIZE                 file.size            long
USERAGENT            user_agent.original  text
headers.User-Agent   user_agent.original  text
PATH                 url                  url
geoip.ip             source               side
ip_address           source               side
ip                   source               side
`,
);

/** `2026-03-02 08:15:30 UTC+0000`, or seconds since 1970. */
function dateOf(value: unknown): number | undefined {
  const found = text(value)?.replace(/ UTC([+-]\d{4})?$/, '$1');
  if (found === undefined) return undefined;
  return parseDate(found, { timeZone: 'UTC', receivedAt: 0 });
}

export default defineSource({
  id: 'thinkstcanary.canary',
  signatures: [
    { kind: 'json', keys: ['incident_id', 'event_type'] },
    { kind: 'json', keys: ['incident_id', 'flock_id'] },
    { kind: 'json', keys: ['logtype', 'src_host', 'incident_id'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Thinkst Canary';
    doc['observer.product'] = 'Thinkst Canary';
    const host = text(json['HOST']) ?? text(json['HOSTNAME']);
    const reverse = text(json['src_host_reverse']);
    if (host !== undefined && !/[/\\s]/.test(host)) putEndpoint(doc, 'destination', host);
    if (reverse !== undefined && doc['source.domain'] === reverse) doc['source.address'] = reverse;
    putDate(doc, '@timestamp', dateOf(json['timestamp_std']) ?? dateOf(json['timestamp']));
    putDate(doc, 'event.start', dateOf(json['created_std']) ?? dateOf(json['created']));
    if (json['event_type'] === 'incident') doc['event.kind'] = 'alert';
    categorise(doc, { category: ['intrusion_detection'], type: ['denied'] });
    return 'parsed';
  },
});
