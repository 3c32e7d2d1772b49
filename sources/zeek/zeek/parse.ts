import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { list, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { COLUMNS } from './columns.ts';
import { meaningOf, outcomeOf, putDetails } from './details.ts';
import { MARKS } from './logs.ts';
import { GENERAL } from './table.ts';

const FILE_PATH = /(?:^|\/)([a-z_0-9]{2,30})(?:\.[\d:_-]{1,40}){0,2}\.log$/;

function nameOf(json: JsonObject, input: ParseInput): string {
  const named = text(json['_path']) ?? text(json['@path']) ?? FILE_PATH.exec(input.path ?? '')?.[1];
  if (named !== undefined) return named;
  if (text(json['action'])?.startsWith('SMB::') === true) return 'smb_files';
  return (
    MARKS.find(([member]) => Object.hasOwn(json, member))?.[1] ?? (Object.hasOwn(json, 'name') ? 'weird' : '')
  );
}

/** A line of a tab-separated log whose path is known. */
function rowOf(input: ParseInput): { log: string; json: JsonObject } | undefined {
  const cells = input.text.split('\t', 80);
  if (cells.length < 5 || !/^\d{9,10}\.\d{1,6}$/.test(cells[0]!)) return undefined;
  const named = FILE_PATH.exec(input.path ?? '')?.[1];
  const isFlow = parseIp(cells[2] ?? '') !== undefined;
  // Without a path: a connection has its state in the 12th column, a look-up its class in the 11th.
  const log =
    named ??
    (isFlow && /^(?:S[0-3F]|SH|SHR|REJ|RST[OR]S?0?|RSTRH|RSTOS0|OTH|SF)$/.test(cells[11] ?? '')
      ? 'conn'
      : isFlow && /^C_/.test(cells[11] ?? '')
        ? 'dns'
        : isFlow && /^[A-Z]{3,10}$/.test(cells[7] ?? '')
          ? 'http'
          : undefined);
  const columns = log === undefined ? undefined : COLUMNS.get(log);
  if (log === undefined || columns === undefined) return undefined;
  const json: Record<string, unknown> = {};
  for (let i = 0; i < cells.length && i < columns.length; i++) {
    const cell = cells[i]!;
    if (cell === '-' || cell === '(empty)' || cell === '') continue;
    json[columns[i]!] = cell;
  }
  return { log, json: json as JsonObject };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const row = input.json === undefined ? rowOf(input) : undefined;
  const json = input.json ?? row?.json;
  if (json === undefined) return 'rejected';
  const log = row?.log ?? nameOf(json, input);
  if (
    list(json['id']) === undefined &&
    typeof json['id'] === 'object' &&
    json['id'] !== null &&
    !Object.hasOwn(json['id'], 'orig_h')
  )
    return 'rejected';
  GENERAL.put(doc, json);
  doc['observer.vendor'] = 'Zeek';
  doc['observer.product'] = 'Zeek';
  doc['observer.type'] = 'ids';
  putDetails(doc, log, json);
  if (log !== '') doc['event.dataset'] = `zeek.zeek.${log}`;
  if (log === 'notice' || log === 'signatures' || log === 'intel') doc['event.kind'] = 'alert';
  if (log === 'stats' || log === 'capture_loss') doc['event.kind'] = 'metric';
  const what = meaningOf(log, json);
  if (what === undefined) return 'partial';
  const outcome = outcomeOf(log, json);
  categorise(doc, outcome === undefined ? what : { ...what, outcome });
  return 'parsed';
}

const isFlowLine = (text: string): boolean => /^\d{9,10}\.\d{1,6}\t[CFTDHS][A-Za-z0-9]{8,24}\t/.test(text);

export default defineSource({
  id: 'zeek.zeek',
  signatures: [
    { kind: 'json', keys: ['ts', 'id.orig_h'] },
    { kind: 'json', keys: ['uid', 'id.orig_h', 'id.resp_h'] },
    { kind: 'json', keys: ['_path', 'ts'] },
    { kind: 'json', keys: ['ts', 'uid', 'id'] },
    { kind: 'json', keys: ['ts', 'fuid'] },
    { kind: 'json', keys: ['ts', 'uids', 'msg_types'] },
    { kind: 'json', keys: ['ts', 'uids', 'client_addr'] },
    { kind: 'json', keys: ['ts', 'software_type', 'unparsed_version'] },
    { kind: 'json', keys: ['ts', 'note', 'suppress_for'] },
    { kind: 'text', literals: ['\tC'], test: (input) => isFlowLine(input.text) },
    { kind: 'text', literals: ['\tF'], test: (input) => isFlowLine(input.text) },
  ],
  parse,
});
