import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, embedded, object, objects, text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'ubika.waf.';

function putAddress(doc: EcsFields, side: 'source' | 'destination', value: unknown): void {
  const ip = parseIp(text(value) ?? '');
  if (ip === undefined) return;
  doc[side === 'source' ? 'source.ip' : 'destination.ip'] = ip;
  doc[side === 'source' ? 'source.address' : 'destination.address'] = ip;
}

/** Headers of the request that ECS has fields for, by their names in lower case. */
const HEADERS: ReadonlyMap<string, string> = new Map([
  ['user-agent', 'user_agent.original'],
  ['referer', 'http.request.referrer'],
  ['content-type', 'http.request.mime_type'],
]);

function putRequest(doc: EcsFields, request: JsonObject): void {
  putAddress(doc, 'source', request['ipSrc'] ?? request['ipSource']);
  putAddress(doc, 'destination', request['ipDst']);
  put(doc, 'destination.port', request['portDst']);
  put(doc, 'http.request.method', request['method']);
  put(doc, 'http.request.id', request['requestUid'] ?? request['uid']);
  const version = text(request['protocol']);
  if (version?.startsWith('HTTP/')) doc['http.version'] = version.slice(5);
  put(doc, 'url.domain', request['hostname']);
  put(doc, 'url.path', request['path']);
  put(doc, 'url.query', request['query']);
  put(doc, 'http.request.body.content', request['body']);
  for (const header of objects(request['headers'])) {
    const field = HEADERS.get((text(header['key']) ?? '').toLowerCase());
    if (field !== undefined) put(doc, field, header['value']);
  }
}

function putTokens(doc: EcsFields, tokens: JsonObject): void {
  put(doc, 'event.provider', tokens['engineName']);
  put(doc, 'event.severity', tokens['severity']);
  put(doc, 'event.risk_score', tokens['riskLevel']);
  put(doc, 'event.reason', tokens['reason']);
  put(doc, 'rule.description', tokens['reason']);
  put(doc, 'rule.category', tokens['attackFamily']);
  put(doc, 'rule.id', tokens['icxRuleUid'] ?? tokens['ruleUid']);
  put(doc, 'rule.name', tokens['icxRuleName'] ?? tokens['icxPolicyName']);
  put(doc, 'rule.ruleset', tokens['icxPolicyName']);
  put(doc, 'vulnerability.id', tokens['cwe']);
  for (const key of ['matchingParts', 'part', 'resolveType', 'customMessage']) {
    const value = tokens[key];
    if (typeof value === 'string') put(doc, VENDOR + key, value);
    else if (value !== undefined && value !== null) doc[VENDOR + key] = JSON.stringify(value).slice(0, 8_000);
  }
}

/** An alert of WAAP Gateway, or an event of Cloud Protector Next Generation. */
function putAlert(doc: EcsFields, json: JsonObject): void {
  const request = object(json['request']);
  if (request !== undefined) putRequest(doc, request);
  const context = object(json['context']) ?? {};
  const isNext = context['reaction'] !== undefined || context['assetName'] !== undefined;
  doc['observer.product'] = isNext ? 'Cloud Protector Next Generation' : 'Ubika WAAP';
  put(doc, 'event.id', json['logAlertUid']);
  const stamp = json['timestamp'] ?? json['@timestamp'];
  if (typeof stamp === 'string' || typeof stamp === 'number') putDate(doc, '@timestamp', parseEpoch(stamp));
  const tokens = object(json['tokens']) ?? object(at(objects(json['events'])[0], 'tokens'));
  if (tokens !== undefined) putTokens(doc, tokens);
  const reaction = text(context['reaction']);
  if (isNext) {
    put(doc, 'rule.uuid', tokens?.['icxRuleUid']);
    delete doc['rule.id'];
    delete doc['rule.description'];
    doc['event.action'] = reaction ?? 'DETECTED';
    put(doc, `${VENDOR}asset`, context['assetName']);
  } else {
    // The gateway logs an alert where its workflow stops the request.
    doc['event.action'] = 'block';
    put(doc, 'host.name', request?.['hostname']);
    const uid = text(tokens?.['icxPolicyUid']) ?? text(tokens?.['icxRuleUid']);
    put(doc, 'rule.uuid', tokens?.['icxRuleUid']);
    put(doc, 'rule.id', uid);
    put(doc, 'rule.name', tokens?.['icxPolicyName'] ?? tokens?.['icxRuleName']);
    for (const key of ['applianceName', 'reverseProxyName', 'tunnelName', 'workflowName', 'backendHost'])
      put(doc, VENDOR + key, context[key]);
  }
  const verdict = isNext ? verdictOf(reaction) : 'denied';
  const types: EventType[] = [verdict ?? 'info'];
  categorise(doc, { category: ['intrusion_detection'], type: types });
  doc['event.kind'] = 'alert';
}

/** A request in the traffic log of Cloud Protector. */
function putTraffic(doc: EcsFields, json: JsonObject): void {
  doc['observer.product'] = 'Cloud Protector';
  put(doc, 'event.id', json['id']);
  const stamp = json['timestamp'];
  if (typeof stamp === 'string' || typeof stamp === 'number') putDate(doc, '@timestamp', parseEpoch(stamp));
  putAddress(doc, 'source', json['ip_source']);
  put(doc, 'http.request.method', json['http_method']);
  const version = text(json['protocol']);
  if (version?.startsWith('HTTP/')) doc['http.version'] = version.slice(5);
  put(doc, 'observer.name', json['hostname']);
  put(doc, 'url.path', json['path']);
  put(doc, 'url.query', json['query']);
  put(doc, 'user_agent.original', json['user_agent']);
  put(doc, 'http.request.referrer', json['referer']);
  put(doc, 'network.forwarded_ip', json['x_forwarded_for']);
  put(doc, 'http.response.status_code', json['http_status_code']);
  put(doc, 'destination.bytes', json['response_size']);
  put(doc, `${VENDOR}application_id`, json['application_id']);
  putDuration(doc, json['total_response_time'], 1e3);
  categorise(doc, { category: ['web'], type: ['access'] });
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let json = input.json;
  if (json === undefined) {
    const brace = input.text.indexOf('{"logAlertUid"');
    json = brace < 0 ? undefined : object(embedded(input.text.slice(brace)));
  }
  if (json === undefined) return 'rejected';
  const isTraffic = json['ip_source'] !== undefined && json['request'] === undefined;
  if (!isTraffic && object(json['request']) === undefined) return 'rejected';
  doc['observer.vendor'] = 'Ubika';
  doc['observer.type'] = 'firewall';
  if (isTraffic) putTraffic(doc, json);
  else {
    putAlert(doc, json);
    if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
  }
  return 'parsed';
}

/** Ubika WAAP Gateway and Cloud Protector. */
export default defineSource({
  id: 'ubika.waf',
  signatures: [
    { kind: 'json', keys: ['logAlertUid', 'request'] },
    { kind: 'json', keys: ['request', 'context', 'tokens'] },
    { kind: 'json', keys: ['application_id', 'ip_source', 'http_method'] },
    { kind: 'json', keys: ['ip_source', 'http_status_code', 'total_response_time'] },
    { kind: 'text', literals: ['{"logAlertUid"', '"request"'] },
  ],
  parse,
});
