import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventCategory, type EventType } from '../../kit/categorise.ts';
import { byHeader, parseCsv } from '../../kit/csv.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putObserver, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { COLUMNS, type Kind, kindOf } from './columns.ts';
import { putIdentity } from './identity.ts';

/** Prefix of what has no ECS field. */
const VENDOR = 'cisco.umbrella.';
const MAX_COLUMNS = 80;
/** A record begins with the date in quotes, an audit record with its id. */
const START = /^\s?"(?:[\w-]{0,64}"\s?,\s?")?\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"/;

type Row = ReadonlyMap<string, string>;
const list = (text: string | undefined): string[] | undefined => {
  const items = text?.split(',', 100).flatMap((item) => (item.trim() === '' ? [] : [item.trim()])) ?? [];
  return items.length === 0 ? undefined : items;
};

/** `[a,b]` of origin ids and the like, without the brackets. */
const unlist = (text: string | undefined): string[] | undefined =>
  list(text?.replace(/^\[|\]$/g, '').replaceAll('"', ''));

function putSide(
  doc: EcsFields,
  side: 'source' | 'destination',
  address: string | undefined,
  port?: string,
): void {
  const ip = address === undefined ? undefined : parseIp(address);
  if (ip !== undefined) {
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
  }
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[`${side}.port`] = number;
}

/** The client: its own address, and the one by which it was seen from outside. */
function putClient(doc: EcsFields, row: Row): void {
  putSide(doc, 'source', row.get('internal_ip') ?? row.get('external_ip'));
  const external = parseIp(row.get('external_ip') ?? '');
  if (external !== undefined) doc['source.nat.ip'] = external;
}

/** Whether Umbrella let it through; `Proxied` was let through for a closer look. */
function verdict(action: string | undefined): EventType | undefined {
  if (action === undefined) return undefined;
  if (/^(?:would|log|alert)/i.test(action)) return 'allowed';
  return /^(?:block|drop|deny|error)/i.test(action) ? 'denied' : 'allowed';
}

/** Categories of content and of threats that the destination is in. */
function putCategories(doc: EcsFields, row: Row): void {
  const categories = list(row.get('categories'));
  if (categories !== undefined) doc[`${VENDOR}categories`] = categories;
  const blocked = list(row.get('blocked_categories'));
  if (blocked !== undefined) doc[`${VENDOR}blocked_categories`] = blocked;
}

function putRule(doc: EcsFields, row: Row): void {
  put(doc, 'rule.id', row.get('rule_id'));
  put(doc, 'rule.ruleset', row.get('ruleset_id'));
  put(doc, 'organization.id', row.get('organization_id'));
  put(doc, `${VENDOR}data_center`, row.get('data_center'));
}

const QUERY = /\(([A-Z0-9-]{1,12})\)/;

function readDns(row: Row, doc: EcsFields): void {
  putClient(doc, row);
  const domain = row.get('domain');
  if (domain !== undefined) {
    const name = domain.endsWith('.') && domain.length > 1 ? domain.slice(0, -1) : domain;
    doc['dns.question.name'] = name;
  }
  doc['dns.type'] = 'query';
  const type = row.get('query_type');
  if (type !== undefined && type !== 'Other') doc['dns.question.type'] = QUERY.exec(type)?.[1] ?? type;
  const response = row.get('response_code');
  if (response !== undefined) doc['dns.response_code'] = response;
  const decided = verdict(row.get('action'));
  categorise(doc, {
    category: ['network'],
    type: decided === undefined ? ['protocol'] : ['protocol', decided],
    outcome: response === undefined || response === 'NOERROR' ? 'success' : 'failure',
  });
  doc['event.dataset'] = 'cisco.umbrella.dns';
}

function readProxy(row: Row, doc: EcsFields): void {
  putClient(doc, row);
  const url = row.get('url');
  putUrl(doc, url);
  putSide(doc, 'destination', row.get('destination_ip'));
  const domain = doc['url.domain'] ?? row.get('server_name');
  if (typeof domain === 'string' && parseIp(domain) === undefined) {
    doc['destination.domain'] = domain;
    doc['destination.address'] = domain;
  }
  put(doc, 'http.request.referrer', row.get('referer'));
  put(doc, 'user_agent.original', row.get('user_agent'));
  put(doc, 'http.request.method', row.get('request_method'));
  put(doc, 'http.response.status_code', row.get('status_code'));
  put(doc, 'http.request.bytes', row.get('request_size'));
  put(doc, 'http.response.bytes', row.get('response_size'));
  put(doc, 'http.response.body.bytes', row.get('response_body_size'));
  put(doc, 'http.response.mime_type', row.get('content_type'));
  putHash(doc, 'file.hash', row.get('sha256'));
  putFile(doc, row.get('file_name'));
  for (const name of [
    'dlp_status',
    'certificate_errors',
    'amp_disposition',
    'amp_score',
    'isolate_action',
    'file_action',
  ])
    put(doc, VENDOR + name, row.get(name));
  const applications = list(row.get('application_ids'));
  if (applications !== undefined) doc[`${VENDOR}application_ids`] = applications;
  const threat = row.get('amp_malware_name') ?? list(row.get('av_detections'))?.[0];
  const decided = verdict(row.get('action'));
  const category: EventCategory[] = ['network', 'web'];
  if (threat !== undefined) {
    doc['threat.software.name'] = threat;
    doc['event.kind'] = 'alert';
    category.push('malware');
  }
  const unwanted = list(row.get('puas'));
  if (unwanted !== undefined) doc[`${VENDOR}puas`] = unwanted;
  categorise(doc, {
    category,
    type: decided === undefined ? ['access'] : ['access', decided],
    outcome: decided === 'denied' ? 'failure' : 'success',
  });
  doc['event.dataset'] = 'cisco.umbrella.proxy';
}

/** Connections to addresses that the IP layer enforcement took into its tunnel because they are listed as bad. */
function readIp(row: Row, doc: EcsFields): void {
  putSide(doc, 'source', row.get('source_ip'), row.get('source_port'));
  putSide(doc, 'destination', row.get('destination_ip'), row.get('destination_port'));
  categorise(doc, { category: ['network'], type: ['connection', 'denied'] });
  doc['event.dataset'] = 'cisco.umbrella.ip';
}

function readFirewall(row: Row, doc: EcsFields): void {
  putSide(doc, 'source', row.get('source_ip'), row.get('source_port'));
  putSide(doc, 'destination', row.get('destination_ip'), row.get('destination_port'));
  putTransport(doc, row.get('protocol'));
  const direction = row.get('direction')?.toUpperCase();
  if (direction === 'OUTBOUND' || direction === 'TO_INTERNET') doc['network.direction'] = 'outbound';
  else if (direction === 'INBOUND' || direction === 'FROM_INTERNET') doc['network.direction'] = 'inbound';
  put(doc, 'network.bytes', row.get('packet_size'));
  const origins = unlist(row.get('origin_ids'));
  if (origins !== undefined) doc[`${VENDOR}origin_ids`] = origins;
  const names = list(row.get('fqdns'));
  if (names !== undefined) doc['destination.domain'] = names[0]!;
  const decided = verdict(row.get('action'));
  categorise(doc, {
    category: ['network'],
    type: decided === undefined ? ['connection'] : ['connection', decided],
  });
  doc['event.dataset'] = 'cisco.umbrella.firewall';
}

function readIntrusion(row: Row, doc: EcsFields): void {
  putSide(doc, 'source', row.get('source_ip'), row.get('source_port'));
  putSide(doc, 'destination', row.get('destination_ip'), row.get('destination_port'));
  putTransport(doc, row.get('protocol'));
  doc['event.kind'] = 'alert';
  put(doc, 'rule.id', row.get('signature_id'));
  put(doc, 'rule.name', row.get('signature_message'));
  put(doc, 'rule.category', row.get('attack_classification'));
  put(doc, 'rule.ruleset', row.get('signature_list_id'));
  put(doc, `${VENDOR}generator_id`, row.get('generator_id'));
  put(doc, `${VENDOR}severity`, row.get('severity'));
  const cves = unlist(row.get('cves'));
  if (cves !== undefined) {
    doc['vulnerability.id'] = cves[0]!;
    doc[`${VENDOR}cves`] = cves;
  }
  const decided = verdict(row.get('action'));
  categorise(doc, {
    category: ['network', 'intrusion_detection'],
    type: decided === undefined ? ['info'] : [decided],
  });
  doc['event.dataset'] = 'cisco.umbrella.intrusion';
}

function readAudit(row: Row, doc: EcsFields): void {
  const email = row.get('email')?.replace(/^\[|\]$/g, '');
  const user = row.get('user');
  putAccount(doc, 'user', email ?? user);
  if (email !== undefined && user !== undefined && user !== email) doc['user.full_name'] = user;
  putSide(doc, 'source', row.get('source_ip'));
  put(doc, `${VENDOR}audit.id`, row.get('id'));
  put(doc, `${VENDOR}audit.type`, row.get('type'));
  put(doc, `${VENDOR}audit.before`, row.get('before'));
  put(doc, `${VENDOR}audit.after`, row.get('after'));
  const verb = row.get('action')?.toLowerCase() ?? '';
  const type: EventType = /creat|add/.test(verb)
    ? 'creation'
    : /delet|remov/.test(verb)
      ? 'deletion'
      : 'change';
  const what = row.get('type')?.toLowerCase() ?? '';
  const isUser = /user|admin|role/.test(what);
  categorise(doc, {
    category: isUser ? ['iam', 'configuration'] : ['configuration'],
    type: isUser ? ['user', type] : [type],
    ...(verb === '' ? {} : { action: verb }),
  });
  doc['event.dataset'] = 'cisco.umbrella.audit';
}

const READERS: Readonly<Record<Kind, (row: Row, doc: EcsFields) => void>> = {
  dns: readDns,
  proxy: readProxy,
  ip: readIp,
  firewall: readFirewall,
  intrusion: readIntrusion,
  audit: readAudit,
};

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (!START.test(input.text)) return 'rejected';
  const fields = parseCsv(input.text.trim(), { limit: MAX_COLUMNS });
  const kind = kindOf(fields);
  if (kind === undefined) return 'rejected';
  const row = byHeader(
    COLUMNS[kind],
    fields.map((field) => field.trim()),
  );
  putDate(doc, '@timestamp', parseIso(row.get('timestamp') ?? '', 'UTC'));
  READERS[kind](row, doc);
  putCategories(doc, row);
  putRule(doc, row);
  if (kind !== 'audit') putIdentity(doc, row.get('policy_identity') ?? row.get('identities'), row, VENDOR);
  putObserver(doc, { vendor: 'Cisco', product: 'Umbrella' });
  return 'parsed';
}

export default defineSource({
  id: 'cisco.umbrella',
  signatures: [
    // `"20`: the year of a quoted date; with the separator of quoted columns it is a CSV record.
    { kind: 'text', literals: ['"20', '","'], test: ({ text }) => START.test(text) },
    { kind: 'text', literals: ['"20', '", "'], test: ({ text }) => START.test(text) },
  ],
  parse,
});
