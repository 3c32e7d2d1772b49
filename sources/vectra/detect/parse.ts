import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const TABLE = jsonTable(
  'vectra.',
  `
vectra_timestamp   @timestamp          own
event_timestamp    @timestamp          own
timestamp          @timestamp          own
version            observer.version    text
headend_addr       observer.ip         ip
dvchost            observer.name       text
category           event.action        text
href               event.url           text
campaign_link      event.url           text
url                event.reference     text
detection_id       event.id            text
d_type_vname       rule.name           text
campaign_name      rule.name           text
d_type             rule.id             text
severity           event.severity      own
host_name          host.name           text
host_id            host.id             text
mac_address        host.mac            mac
host_ip            host.ip             ip
src_name           source.domain       domain
src_ip             source              side
source_ip          source              side
dest_name          destination.domain  domain
dest_ip            destination         side
dd_dst_dns         destination.domain  domain
dd_dst_ip          destination         side
dd_dst_port        destination.port    port
dd_bytes_sent      source.bytes        long
dd_bytes_rcvd      destination.bytes   long
dd_proto           network.transport   own
user               user.name           text
role               user.roles          text
result             event.outcome       outcome
message            event.reason        text
account_uid        user.name           own
user_agent         user_agent.original text
referer            http.request.referrer  text
http_method        http.request.method text
urgency_score      user.risk.static_score  float
`,
);

function jsonOf(input: ParseInput): JsonObject | undefined {
  if (input.json !== undefined) return input.json;
  // The syslog message begins with `-:` or `- :`.
  const at = input.text.indexOf('{');
  if (at < 0 || at > 40) return undefined;
  try {
    const json: unknown = JSON.parse(input.text.slice(at));
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Accounts and machines that are cut off, by the sensor's answer or by a person. */
const LOCKDOWNS = new Set(['LOCKDOWN', 'HOST_LOCKDOWN', 'ACCOUNT_LOCKDOWN']);

function putLockdown(doc: EcsFields, json: JsonObject, context: ParseInput): void {
  const time = text(json['UTCTime']);
  if (time !== undefined && doc['@timestamp'] === undefined)
    putDate(doc, '@timestamp', parseDate(time, { timeZone: 'UTC', receivedAt: context.receivedAt }));
  const action = text(json['action']);
  if (action !== undefined) doc['event.action'] = action.toLowerCase();
  const account = text(json['account_name']);
  if (account !== undefined) putAccount(doc, 'user.target', account);
  const id = text(json['account_id']);
  if (id !== undefined) doc['user.target.id'] = id;
  const success = text(json['success'])?.toLowerCase();
  const outcome = success === 'true' ? 'success' : success === 'false' ? 'failure' : undefined;
  const what = text(json['category']) === 'HOST_LOCKDOWN' ? WHAT.hostInfo : WHAT.userChanged;
  categorise(doc, { ...what, outcome });
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const json = jsonOf(input);
  if (json === undefined) return 'rejected';
  const has = (key: string): boolean => Object.hasOwn(json, key);
  const lockdown = LOCKDOWNS.has(text(json['category']) ?? '');
  if (
    !lockdown &&
    !has('vectra_timestamp') &&
    !has('headend_addr') &&
    !has('urgency_score') &&
    !has('campaign_id')
  )
    return 'rejected';
  TABLE.put(doc, json);
  doc['observer.vendor'] = 'Vectra';
  const isEntity = has('urgency_score');
  doc['observer.product'] = isEntity ? 'Vectra Respond UX' : 'Vectra Cognito Detect';
  const time = text(json['vectra_timestamp']) ?? text(json['event_timestamp']) ?? text(json['timestamp']);
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  const severity = Number(json['severity']);
  if (Number.isInteger(severity) && severity >= 0) doc['event.severity'] = severity;
  const protocol = text(json['dd_proto'])?.toLowerCase();
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp') doc['network.transport'] = protocol;
  else if (protocol !== undefined && protocol !== '') doc['network.protocol'] = protocol;
  if (isEntity) {
    const name = /^(?:[\w-]{1,20}:)?(.{1,256})$/.exec(text(json['name']) ?? '')?.[1];
    if (name !== undefined && text(json['type']) === 'account') doc['user.name'] = name;
    else if (name !== undefined) doc['host.name'] = name;
    const level = text(json['severity']);
    if (level !== undefined) doc['user.risk.static_level'] = level;
    categorise(doc, { category: ['configuration'], type: ['change'] });
    return 'parsed';
  }
  if (lockdown) {
    putLockdown(doc, json, input);
    return 'parsed';
  }
  if (has('result') && has('type') && !has('user')) {
    const outcome = outcomeOf(text(json['result']));
    categorise(doc, { ...WHAT.hostInfo, outcome });
    return 'parsed';
  }
  if (has('result') && has('user')) {
    const outcome = outcomeOf(text(json['result']));
    categorise(
      doc,
      outcome === undefined ? WHAT.configurationChanged : { ...WHAT.configurationChanged, outcome },
    );
    return 'parsed';
  }
  const account = text(json['account_uid']);
  if (account !== undefined) doc['user.name'] ??= account;
  categorise(doc, WHAT.networkIntrusion);
  if (has('detection_id') || has('campaign_id')) doc['event.kind'] = 'alert';
  return 'parsed';
}

export default defineSource({
  id: 'vectra.detect',
  signatures: [
    { kind: 'json', keys: ['vectra_timestamp'] },
    { kind: 'json', keys: ['headend_addr', 'dvchost'] },
    {
      kind: 'json',
      keys: ['category', 'UTCTime', 'href'],
      test: (json) => LOCKDOWNS.has(text(json['category']) ?? ''),
    },
    { kind: 'json', keys: ['campaign_id', 'campaign_link'] },
    { kind: 'json', keys: ['urgency_score', 'entity_id'] },
    { kind: 'json', keys: ['urgency_score', 'attack_rating'] },
    { kind: 'text', literals: ['"vectra_timestamp"'] },
    { kind: 'text', literals: ['"headend_addr"'] },
    { kind: 'text', literals: ['LOCKDOWN"', '"UTCTime"'] },
    { kind: 'text', literals: ['"campaign_link"', '"campaign_id"'] },
  ],
  parse,
});
