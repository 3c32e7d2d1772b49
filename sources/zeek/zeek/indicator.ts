import type { EcsFields, JsonObject } from '@vigie/contracts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { strings, text } from '../../kit/json.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

/** Writes what the intelligence framework found in traffic as `threat.indicator.*`. */
export function putIndicator(doc: EcsFields, json: JsonObject): void {
  const value = text(json['seen.indicator']);
  if (value === undefined) return;
  const kind = text(json['seen.indicator_type']) ?? '';
  doc['threat.indicator.name'] = value;
  const ip = parseIp(value);
  if (kind === 'Intel::ADDR' && ip !== undefined) {
    doc['threat.indicator.ip'] = ip;
    doc['threat.indicator.type'] = ip.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
  } else if (kind === 'Intel::DOMAIN') {
    doc['threat.indicator.url.domain'] = value;
    doc['threat.indicator.type'] = 'domain-name';
  } else if (kind === 'Intel::URL') {
    putUrl(doc, value, 'threat.indicator.url', true);
    doc['threat.indicator.type'] = 'url';
  } else if (kind === 'Intel::FILE_HASH') {
    putHash(doc, 'threat.indicator.file.hash', value);
    doc['threat.indicator.type'] = 'file';
  } else if (kind === 'Intel::EMAIL') {
    doc['threat.indicator.email.address'] = value;
    doc['threat.indicator.type'] = 'email-addr';
  } else if (kind === 'Intel::FILE_NAME') {
    doc['threat.indicator.file.name'] = value;
    doc['threat.indicator.type'] = 'file';
  }
  const sources = json['sources'];
  const feed = typeof sources === 'string' ? sources.split(',', 1)[0] : strings(sources)[0];
  put(doc, 'threat.indicator.provider', feed);
}
