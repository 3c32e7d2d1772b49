import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { list, object, text } from '../../kit/json.ts';
import { put, toLong } from '../../kit/types.ts';

/** Answers kept from one message; a hostile zone can return thousands. */
const MAX_ANSWERS = 100;

/** DNS header flag bits (RFC 1035, RFC 4035) with the names that ECS gives them. */
const HEADER_FLAGS: readonly (readonly [string, string])[] = [
  ['aa', 'AA'],
  ['tc', 'TC'],
  ['rd', 'RD'],
  ['ra', 'RA'],
  ['ad', 'AD'],
  ['cd', 'CD'],
];

/**
 * `dns` in its three layouts: version 1 (one record a log: `rrname`, `rdata` beside `type`), version 2
 * (`answers` or `grouped` in the answer), version 3 (`queries` and `answers` in both directions).
 */
export function putDns(doc: EcsFields, dns: JsonObject): string {
  // Version 2 alerts hold the query and answer below `dns.query` and `dns.answer`.
  const queries = list(dns['queries']) ?? list(dns['query']);
  const answerObject = object(dns['answer']);
  const body = answerObject ?? dns;
  const first = queries === undefined ? undefined : object(queries[0]);
  const kind =
    text(dns['type']) ?? text(first?.['type']) ?? (answerObject === undefined ? 'query' : 'answer');
  const isAnswer = kind === 'answer' || kind === 'response';
  doc['dns.type'] = isAnswer ? 'answer' : 'query';

  const id = toLong(dns['id'] ?? first?.['id'] ?? body['id']);
  if (id !== undefined) doc['dns.id'] = String(id);
  put(doc, 'dns.question.name', first?.['rrname'] ?? body['rrname']);
  put(doc, 'dns.question.type', first?.['rrtype'] ?? body['rrtype']);
  put(doc, 'dns.response_code', body['rcode']);
  if (typeof dns['opcode'] === 'number') doc['dns.op_code'] = opcode(dns['opcode']);
  const flags: string[] = [];
  for (const [key, name] of HEADER_FLAGS) if (body[key] === true) flags.push(name);
  if (flags.length > 0) doc['dns.header_flags'] = flags;

  const names: string[] = [];
  const types: string[] = [];
  const data: string[] = [];
  const ttls: number[] = [];
  const resolved = new Set<string>();
  const records = list(body['answers']);
  if (records !== undefined) {
    for (const item of records.slice(0, MAX_ANSWERS)) {
      const record = object(item);
      if (record !== undefined) readRecord(record);
    }
  } else if (isAnswer && typeof body['rdata'] === 'string') readRecord(body);
  const grouped = object(body['grouped']);
  if (grouped !== undefined) {
    for (const type of Object.keys(grouped)) {
      for (const value of list(grouped[type]) ?? []) {
        if (typeof value !== 'string') continue;
        if (data.length < MAX_ANSWERS) {
          if (records === undefined) {
            types.push(type);
            data.push(value);
          }
          const ip = parseIp(value);
          if (ip !== undefined) resolved.add(ip);
        }
      }
    }
  }
  if (names.length > 0) doc['dns.answers.name'] = names;
  if (types.length > 0) doc['dns.answers.type'] = types;
  if (data.length > 0) doc['dns.answers.data'] = data;
  if (ttls.length > 0) doc['dns.answers.ttl'] = ttls;
  if (resolved.size > 0) doc['dns.resolved_ip'] = [...resolved];
  return isAnswer ? 'dns-answer' : 'dns-query';

  function readRecord(record: JsonObject): void {
    const name = text(record['rrname']);
    if (name !== undefined) names.push(name);
    const type = text(record['rrtype']);
    if (type !== undefined) types.push(type);
    const ttl = toLong(record['ttl']);
    if (ttl !== undefined) ttls.push(ttl);
    const value = text(record['rdata']);
    if (value === undefined) return;
    data.push(value);
    const ip = parseIp(value);
    if (ip !== undefined) resolved.add(ip);
  }
}

function opcode(code: number): string {
  switch (code) {
    case 0:
      return 'QUERY';
    case 1:
      return 'IQUERY';
    case 2:
      return 'STATUS';
    case 4:
      return 'NOTIFY';
    case 5:
      return 'UPDATE';
    default:
      return String(code);
  }
}
