import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { strings } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const VENDOR = 'fastly.waf.';
const TABLE = fieldTable(
  VENDOR,
  `
  id                 event.id                  text
  eventType          event.action              text
  action             event.action              text
  type               rule.category             text
  source             source                    side
  remoteHostname     source.domain             domain
  remoteCountryCode  source.geo.country_iso_code country
  userAgents         user_agent.original       own
  timestamp          @timestamp                own
  created            @timestamp                own
  expires            event.end                 date
  message            message                   text
  requestCount       fastly.waf.requestCount   long
`,
);
/** `Kim Lee (kim@example.org) created …`: who, then what. */
const ACTOR = /^(.{1,200}?) \(([^()\s]{1,200}@[^()\s]{1,200})\) (.*)$/s;

function typeOf(event: string): 'creation' | 'deletion' | 'change' | 'access' {
  if (/^(?:create|add|invite|new)|(?:Created|Added)$/i.test(event)) return 'creation';
  if (/^(?:delete|remove|revoke|expire)|(?:Deleted|Removed)$/i.test(event)) return 'deletion';
  return /^(?:logged|login|view|export)/i.test(event) ? 'access' : 'change';
}

function readAudit(json: JsonObject, doc: EcsFields): void {
  const event = String(json['eventType']);
  const isLogin = /^(?:loggedIn|login|userLogin)/i.test(event);
  categorise(
    doc,
    isLogin ? { ...WHAT.login, outcome: 'success' } : { category: ['configuration'], type: [typeOf(event)] },
  );
  const message = typeof json['message'] === 'string' ? json['message'] : '';
  const actor = ACTOR.exec(message);
  if (actor !== null) {
    doc['user.full_name'] = actor[1]!;
    doc['user.email'] = actor[2]!;
  }
  doc['event.reason'] = actor?.[3] ?? message;
  doc['observer.product'] = 'Fastly Audit Logs';
}

/** An address that was flagged because its requests went over a threshold of attacks. */
function readFlagged(json: JsonObject, doc: EcsFields): void {
  categorise(doc, { category: ['network', 'intrusion_detection'], type: ['denied'] });
  doc['event.kind'] = 'alert';
  const [agent, ...others] = strings(json['userAgents']);
  if (agent !== undefined && agent !== '') doc['user_agent.original'] = agent;
  if (others.length > 0) doc[`${VENDOR}userAgents`] = [agent!, ...others];
  const reasons = json['reasons'];
  if (typeof reasons === 'object' && reasons !== null) {
    const names = Object.keys(reasons).slice(0, 20);
    if (names.length > 0) doc['rule.name'] = names.join(', ');
  }
  doc['observer.product'] = 'Fastly Next-Gen WAF';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const json = input.json;
  if (json === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  if (typeof json['eventType'] === 'string') readAudit(json, doc);
  else readFlagged(json, doc);
  const time = json['timestamp'] ?? json['created'];
  if (typeof time === 'string') putDate(doc, '@timestamp', parseDate(time, input));
  doc['observer.vendor'] = 'Fastly';
  return 'parsed';
}

/** Fastly Next-Gen WAF (Signal Sciences): flagged addresses and the audit log. */
export default defineSource({
  id: 'fastly.waf',
  signatures: [
    { kind: 'json', keys: ['id', 'eventType', 'msgData', 'created'] },
    { kind: 'json', keys: ['id', 'eventType', 'attachments', 'created', 'message'] },
    { kind: 'json', keys: ['timestamp', 'source', 'userAgents', 'reasons', 'action'] },
    { kind: 'json', keys: ['timestamp', 'source', 'remoteCountryCode', 'action', 'tagCount'] },
  ],
  parse,
});
