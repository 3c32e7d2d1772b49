import type { EcsFields } from '@vigie/contracts';
import { parseCef } from '../../kit/cef.ts';
import { putCef } from '../../kit/cef-fields.ts';
import { parseIp } from '../../kit/ip.ts';
import type { ParseInput } from '../../kit/source.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { TABLE, VENDOR } from './fields.ts';

const REQUEST_LINE = /^([A-Z]{3,16}) (\S{1,8192})(?: HTTP\/(\d(?:\.\d)?))?/;

/** The request as ASM logs it: its line and headers, with line breaks written as `\r\n`. */
export function putRequest(doc: EcsFields, request: string, scheme?: string): void {
  const match = REQUEST_LINE.exec(request);
  if (match === null) {
    if (request.startsWith('/') || request.includes('://')) putUrl(doc, request);
    return;
  }
  doc['http.request.method'] = match[1]!;
  if (match[3] !== undefined) doc['http.version'] = match[3];
  putUrl(doc, match[2]!);
  const lines = request.slice(match[0].length, match[0].length + 20_000).split(/\\r\\n|\r?\n/, 60);
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const value = line.slice(colon + 1).trim();
    if (value === '') continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (name === 'host') completeUrl(doc, value, scheme);
    else if (name === 'user-agent') doc['user_agent.original'] = value;
    else if (name === 'referer') doc['http.request.referrer'] = value;
    else if (name === 'content-type') doc['http.request.mime_type'] = value;
  }
}

/** Reads a record of ASM, AFM, PSM or DoS protection; returns whether it is one. */
export function readCef(input: ParseInput, doc: EcsFields): boolean {
  const cef = parseCef(input.text);
  if (cef === undefined) return false;
  const kept: [string, string][] = [...cef.extension].filter(([, value]) => value !== 'N/A');
  const pairs = putCef(doc, { ...cef, extension: new Map(kept) }, TABLE, input);
  const address = doc['observer.ip'];
  if (typeof address === 'string') doc['observer.ip'] = [address];
  const name = pairs.get('dvchost');
  if (name !== undefined) doc['observer.hostname'] = name;
  const forwarded = pairs.get('x_forwarded_for_header_value')?.split(',', 1)[0];
  const ip = forwarded === undefined ? undefined : parseIp(forwarded.trim());
  if (ip !== undefined) doc['network.forwarded_ip'] = ip;
  if (doc['http.response.status_code'] === 0) delete doc['http.response.status_code'];
  const request = pairs.get('request');
  const scheme = pairs.get('app')?.toLowerCase();
  const known = scheme === 'http' || scheme === 'https' ? scheme : undefined;
  const full = pairs.get('cs3') ?? pairs.get('full_request');
  if (full !== undefined) putRequest(doc, full, known);
  if (request !== undefined && doc['url.original'] === undefined) putRequest(doc, request, known);
  doc['rule.name'] = cef.name;
  const message = pairs.get('msg');
  if (message !== undefined) doc['message'] = message;
  const action = pairs.get('act');
  const verdict = verdictOf(action === 'alerted' ? 'alert' : action);
  doc['event.category'] = ['network', 'intrusion_detection'];
  doc['event.type'] = verdict === undefined ? ['info'] : ['info', verdict];
  doc['event.kind'] = 'alert';
  doc['event.outcome'] ??= 'success';
  doc['observer.vendor'] = 'F5';
  doc[`${VENDOR}module`] = cef.product;
  return true;
}
