import type { EcsFields, EcsValue } from '@vigie/contracts';
import { parseIp } from './ip.ts';

type Related = 'related.ip' | 'related.user' | 'related.hosts' | 'related.hash';

const MAX_VALUES = 100;

/** Which field feeds which list; built once for each field name seen. */
const memo = new Map<string, Related | ''>();
const MAX_MEMO = 20_000;

const IP_FIELD =
  /^(?:(?:source|destination|client|server)\.(?:nat\.)?ip|(?:host|observer|network\.forwarded|orchestrator\.resource|threat\.indicator)[._]ip|network\.forwarded_ip|dns\.resolved_ip|process\.entry_meta\.source\.ip)$/;
const USER_FIELD =
  /^(?:(?:source|destination|client|server)\.)?user\.(?:(?:target|effective|changes)\.)?name$|^process\.(?:parent\.)?(?:user|real_user)\.name$/;
const HOST_FIELD =
  /^(?:host\.(?:name|hostname)|observer\.(?:name|hostname)|(?:source|destination|client|server)\.domain|url\.domain|dns\.question\.name|log\.syslog\.hostname)$/;
const HASH_FIELD =
  /\.hash\.(?:md5|sha1|sha256|sha384|sha512|ssdeep|tlsh|imphash|all)$|\.pe\.(?:imphash|pehash)$/;

function listOf(field: string): Related | '' {
  if (IP_FIELD.test(field)) return 'related.ip';
  if (USER_FIELD.test(field)) return 'related.user';
  if (HOST_FIELD.test(field)) return 'related.hosts';
  if (HASH_FIELD.test(field)) return 'related.hash';
  return '';
}

/**
 * Gathers `related.ip`, `related.user`, `related.hosts` and `related.hash` from a finished document: each
 * value once, in the order of the document, after those that the parser put there itself; at most 100 a list.
 */
export function addRelated(doc: EcsFields): void {
  for (const field of Object.keys(doc)) {
    let list = memo.get(field);
    if (list === undefined) {
      list = listOf(field);
      if (memo.size >= MAX_MEMO) memo.clear();
      memo.set(field, list);
    }
    if (list === '') continue;
    const value = doc[field]!;
    if (Array.isArray(value)) for (const item of value) append(doc, list, item);
    else append(doc, list, value);
  }
}

function append(doc: EcsFields, list: Related, item: EcsValue): void {
  if (typeof item !== 'string') return;
  // A host written as its address is an address.
  if (list === 'related.hosts' && parseIp(item) === item) {
    append(doc, 'related.ip', item);
    return;
  }
  const seen = doc[list];
  if (seen === undefined) doc[list] = [item];
  else if (Array.isArray(seen)) {
    if (seen.length < MAX_VALUES && !seen.includes(item)) seen.push(item);
  } else if (seen !== item) doc[list] = [seen, item];
}
