import type { EcsFields } from '@vigie/contracts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { putEndpoint, toFloat, toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import type { Writers } from '../_shared/messages.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'cisco.esa.';

const NOTHING = new Set(['None', 'unknown', 'not available']);

const text =
  (field: string) =>
  (doc: EcsFields, value: string): void => {
    const bare = value.trim();
    if (bare !== '' && !NOTHING.has(bare)) doc[field] = bare;
  };

/** An address without its angle brackets; the empty sender of bounces is left out. */
const address =
  (field: string) =>
  (doc: EcsFields, value: string): void => {
    const bare = value.trim().replace(/^<|>$/g, '');
    if (bare !== '') doc[field] = [bare];
  };

const side =
  (name: 'source' | 'destination') =>
  (doc: EcsFields, value: string): void => {
    const ip = parseIp(value.trim());
    if (ip !== undefined) putEndpoint(doc, name, ip);
  };

/** Puts the message that something bad was found in among the alerts. */
function alarm(doc: EcsFields, category: readonly string[]): void {
  doc['event.kind'] = 'alert';
  doc['event.category'] = [...category];
}

/** How the parts of the mail log's lines are written, by the names that the patterns give them. */
export const WRITERS: Writers = {
  mid: (doc, value) => {
    const number = /^\d{1,18}/.exec(value);
    if (number !== null) doc['email.local_id'] = number[0];
  },
  new_mid: text(`${VENDOR}new_mid`),
  icid: text(`${VENDOR}icid`),
  dcid: text(`${VENDOR}dcid`),
  rid: text(`${VENDOR}rid`),
  interface: text('observer.ingress.interface.name'),
  local_source: side('source'),
  local_destination: side('destination'),
  source: side('source'),
  destination: side('destination'),
  destination_port: (doc, value) => {
    const port = parsePort(value.trim());
    if (port !== undefined) doc['destination.port'] = port;
  },
  rdns: (doc, value) => {
    const name = value.trim();
    if (name !== 'unknown' && isHostName(name)) doc['source.domain'] = name;
  },
  verified: text(`${VENDOR}reverse_dns_verified`),
  from: address('email.from.address'),
  to: address('email.to.address'),
  message_id: (doc, value) => {
    const id = value.trim().replace(/^<|>$/g, '');
    if (id !== '') doc['email.message_id'] = id;
  },
  subject: text('email.subject'),
  bytes: (doc, value) => {
    const bytes = toLong(value.trim());
    if (bytes !== undefined) doc[`${VENDOR}bytes`] = bytes;
  },
  policy: text('rule.ruleset'),
  rule: text('rule.name'),
  table: (doc, value) => {
    if (value === 'inbound' || value === 'outbound') doc['email.direction'] = value;
  },
  engine: text(`${VENDOR}engine`),
  spam: (doc, value) => {
    const verdict = value.trim().toLowerCase();
    doc[`${VENDOR}verdict.spam`] = verdict;
    if (/\bspam positive\b|\bspam suspect\b/.test(verdict)) {
      doc['event.kind'] = 'alert';
      doc['event.action'] = 'spam-detected';
    }
  },
  virus: (doc, value) => {
    const verdict = value.trim();
    doc[`${VENDOR}verdict.virus`] = verdict.toLowerCase();
    if (!/^(?:positive|viral|VIRAL|POSITIVE)/.test(verdict)) return;
    alarm(doc, ['email', 'malware']);
    doc['event.action'] = 'virus-detected';
    const name = /'([^']{1,128})'/.exec(verdict);
    if (name !== null) doc['threat.software.name'] = name[1]!;
  },
  file: (doc, value) => {
    if (value !== '') doc['email.attachments.file.name'] = [value];
  },
  sha256: (doc, value) => {
    if (/^[0-9a-f]{64}$/i.test(value)) doc['email.attachments.file.hash.sha256'] = [value.toLowerCase()];
  },
  malware: text('threat.software.name'),
  disposition: (doc, value) => {
    doc[`${VENDOR}verdict.file_reputation`] = value.toLowerCase();
    if (value.toUpperCase() !== 'MALICIOUS') return;
    alarm(doc, ['email', 'malware']);
    doc['event.action'] = 'malware-detected';
  },
  file_reputation: (doc, value) => {
    const verdict = value.trim();
    doc[`${VENDOR}verdict.file_reputation`] = verdict.toLowerCase();
    if (!/^malicious/i.test(verdict)) return;
    alarm(doc, ['email', 'malware']);
    doc['event.action'] = 'malware-detected';
  },
  outbreak: (doc, value) => {
    const verdict = value.trim().toLowerCase();
    doc[`${VENDOR}verdict.outbreak`] = verdict;
    if (verdict.startsWith('positive')) doc['event.kind'] = 'alert';
  },
  spf: text(`${VENDOR}spf`),
  dkim: text(`${VENDOR}dkim`),
  dmarc: text(`${VENDOR}dmarc`),
  url: (doc, value) => putUrl(doc, value.trim()),
  url_score: (doc, value) => {
    const score = toFloat(value.trim());
    if (score !== undefined) doc[`${VENDOR}url_reputation`] = score;
  },
  attachment: (doc, value) => {
    const name = value.trim();
    if (name !== '') doc['email.attachments.file.name'] = name;
  },
  verb: (doc, value) => {
    const verb = value.trim().toUpperCase();
    doc['event.action'] = `connection-${verb.toLowerCase()}`;
    if (verb === 'REJECT' || verb === 'TCPREFUSE') doc['event.type'] = ['connection', 'denied'];
    else doc['event.type'] = ['connection', 'allowed'];
  },
  group: text('rule.name'),
  match: text(`${VENDOR}sender_group_match`),
  score: (doc, value) => {
    const score = toFloat(value.trim());
    if (score !== undefined) doc[`${VENDOR}sender_reputation`] = score;
  },
  country: text(`${VENDOR}sender_country`),
  tls: (doc, value) => {
    putTlsVersion(doc, value.trim());
    doc['tls.established'] = true;
  },
  cipher: text('tls.cipher'),
  reason: text('event.reason'),
  user: (doc, value) => putAccount(doc, 'user', value.trim().replace(/^"|"$/g, '')),
  method: text(`${VENDOR}method`),
};
