import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { byHeader, parseCsv } from '../../kit/csv.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';

const VENDOR = 'google.storage.';

const TABLE = fieldTable(
  VENDOR,
  `
  time_micros        @timestamp                 own
  c_ip               source                     endpoint
  c_ip_type          google.storage.c_ip_type   text
  cs_method          http.request.method        text
  cs_uri             url                        own
  sc_status          http.response.status_code  long
  cs_bytes           source.bytes               long
  sc_bytes           destination.bytes          long
  time_taken_micros  event.duration             own
  cs_host            url.domain                 own
  cs_referer         http.request.referrer      text
  cs_user_agent      user_agent.original        text
  s_request_id       http.request.id            text
  cs_operation       event.action               own
  cs_bucket          google.storage.bucket      text
  cs_object          file.path                  text
  bucket             google.storage.bucket      text
  storage_byte_hours google.storage.byte_hours  long
  `,
);

/** Columns of a usage log's file, in Google's order. */
const COLUMNS =
  'time_micros c_ip c_ip_type c_ip_region cs_method cs_uri sc_status cs_bytes sc_bytes time_taken_micros cs_host cs_referer cs_user_agent s_request_id cs_operation cs_bucket cs_object'.split(
    ' ',
  );
const ROW = /^"\d{16}","[0-9A-Fa-f.:]{2,45}","\d?","[^"]{0,16}","[A-Z]{3,10}","/;

/** `storage.objects.get`, `GET_Object` and `DELETE_Bucket`: the JSON and the XML API's names. */
function meaningOf(operation: string, method: string) {
  const word = operation.toLowerCase();
  if (/delete/.test(word) || method === 'DELETE') return WHAT.fileDeleted;
  if (/insert|create|compose|copy|rewrite|^put_object|^post_/.test(word)) return WHAT.fileCreated;
  if (/update|patch|setiam|acl|^put_/.test(word)) return WHAT.fileChanged;
  return WHAT.fileRead;
}

function readRequest(of: ReadonlyMap<string, string>, doc: EcsFields): void {
  for (const [key, value] of of) if (value !== '' && value !== '-') TABLE.put(doc, key, value);
  const time = of.get('time_micros');
  if (time !== undefined) putDate(doc, '@timestamp', parseEpoch(time));
  putUrl(doc, of.get('cs_uri'));
  completeUrl(doc, of.get('cs_host'), 'https');
  putDuration(doc, of.get('time_taken_micros'), 1e6);
  const operation = of.get('cs_operation') ?? '';
  const status = Number(of.get('sc_status'));
  const what = meaningOf(operation, of.get('cs_method') ?? '');
  categorise(doc, { category: [...what.category, 'web'], type: what.type });
  if (operation !== '') doc['event.action'] = operation;
  if (status >= 100) doc['event.outcome'] = status < 400 ? 'success' : 'failure';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const of = new Map<string, string>();
  if (input.json === undefined) {
    if (!ROW.test(input.text)) return 'rejected';
    for (const [key, value] of byHeader(COLUMNS, parseCsv(input.text, { limit: 40 }))) of.set(key, value);
  } else
    for (const [key, value] of Object.entries(input.json)) {
      const found = text(value) ?? (typeof value === 'number' ? String(value) : undefined);
      if (found !== undefined && key !== 'source') of.set(key, found);
    }
  doc['cloud.provider'] = 'gcp';
  doc['cloud.service.name'] = 'storage';
  if (of.has('storage_byte_hours')) {
    for (const [key, value] of of) TABLE.put(doc, key, value);
    doc['event.kind'] = 'metric';
    categorise(doc, { category: ['file'], type: ['info'] });
    put(doc, 'event.action', 'storage-used');
    return 'parsed';
  }
  readRequest(of, doc);
  return 'parsed';
}

/** Usage and storage logs of Google Cloud Storage. */
export default defineSource({
  id: 'google.storage-usage',
  signatures: [
    { kind: 'json', keys: ['time_micros', 'c_ip', 'cs_method'] },
    { kind: 'json', keys: ['bucket', 'storage_byte_hours'] },
    {
      kind: 'text',
      prefix: '"',
      literals: ['","', '.googleapis.com"'],
      test: ({ text: line }) => ROW.test(line),
    },
  ],
  parse,
});
