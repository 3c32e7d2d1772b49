import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const TABLE = jsonTable(
  'aws.route53resolver.',
  `
  query_timestamp                  @timestamp               own
  account_id                       cloud.account.id         text
  region                           cloud.region             text
  query_name                       dns.question.name        own
  query_type                       dns.question.type        text
  query_class                      dns.question.class       text
  rcode                            dns.response_code        text
  answers.Rdata                    dns.answers.data         own
  answers.Type                     dns.answers.type         own
  answers.Class                    dns.answers.class        own
  srcaddr                          source                   side
  srcport                          source.port              port
  transport                        network.transport        transport
  srcids.instance                  cloud.instance.id        text
  firewall_rule_action             event.action             own
  firewall_rule_group_id           rule.ruleset             text
  firewall_domain_list_id          rule.id                  text
  firewall_protection              rule.category            text
`,
);

const MAX_ANSWERS = 50;

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const name = text(json?.['query_name']);
  const when = text(json?.['query_timestamp']);
  if (json === undefined || name === undefined || when === undefined) return 'rejected';
  TABLE.put(doc, json);
  putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  doc['cloud.provider'] = 'aws';
  doc['network.protocol'] = 'dns';
  // The name as it is asked for, without the dot of the root.
  doc['dns.question.name'] = name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
  const data: string[] = [];
  const types: string[] = [];
  const addresses: string[] = [];
  for (const answer of objects(json['answers']).slice(0, MAX_ANSWERS)) {
    const value = text(answer['Rdata']);
    if (value === undefined) continue;
    data.push(value);
    types.push(text(answer['Type']) ?? '');
    const ip = parseIp(value);
    if (ip !== undefined) addresses.push(ip);
  }
  if (data.length > 0) {
    doc['dns.answers.data'] = data;
    if (!types.includes('')) doc['dns.answers.type'] = types;
  }
  if (addresses.length > 0) doc['dns.resolved_ip'] = addresses;
  doc['dns.type'] = data.length > 0 ? 'answer' : 'query';
  const action = text(json['firewall_rule_action']);
  const type: EventType[] = ['protocol'];
  if (action !== undefined) {
    doc['event.action'] = action.toLowerCase();
    if (action === 'BLOCK') type.push('denied');
    if (action === 'ALLOW') type.push('allowed');
    // A rule of DNS Firewall that blocks or alerts says that the name is unwanted.
    if (action !== 'ALLOW') doc['event.kind'] = 'alert';
  }
  const code = text(json['rcode']);
  categorise(doc, {
    ...WHAT.dns,
    type,
    ...(code === undefined ? {} : { outcome: code === 'NOERROR' ? 'success' : 'failure' }),
  });
  return 'parsed';
}

/** Query logs of Route 53's resolver: one JSON object a query. */
export default defineSource({
  id: 'aws.route53-resolver',
  signatures: [{ kind: 'json', keys: ['query_timestamp', 'query_name', 'srcaddr'] }],
  parse,
});
