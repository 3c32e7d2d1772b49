import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { at, object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

/** Members of the four forms; none has a member of another with another meaning. */
const TABLE = jsonTable(
  'atlassian.audit.',
  `
  id                             event.id                  text
  attributes.time                @timestamp                own
  created                        @timestamp                own
  creationDate                   @timestamp                own
  timestamp.epochSecond          @timestamp                own
  timestamp.nano                 @timestamp                own
  attributes.action              event.action              own
  attributes.actor.id            user.id                   text
  attributes.actor.name          user.full_name            text
  attributes.actor.email         user                      account
  attributes.location.ip         source                    side
  attributes.location.countryName source.geo.country_name  text
  attributes.location.regionName source.geo.region_name    text
  attributes.location.city       source.geo.city_name      text
  authorAccountId                user.id                   text
  authorKey                      user.id                   text
  author.accountId               user.id                   text
  author.userKey                 user.id                   text
  author.id                      user.id                   text
  author.username                user.name                 text
  author.name                    user.full_name            text
  author.displayName             user.full_name            text
  remoteAddress                  source                    side
  source                         source                    own
  summary                        event.action              own
  auditType.action               event.action              own
  auditType.category             rule.category             own
  description                    message                   text
  attributes.message.content     message                   text
  node                           host.name                 text
  system                         url                       url
`,
);

const STEPS: readonly (readonly [RegExp, EventType])[] = [
  [/creat|add|grant|invit|enabl|install|issued|generated/i, 'creation'],
  [/delet|remov|revok|disabl|deactivat|uninstall|trash|purg/i, 'deletion'],
  [/view|export|access|search|download|read/i, 'access'],
];

/** What an action means, by its words and the words of its area. */
function meaningOf(action: string, area: string): Categorisation {
  const words = `${action} ${area}`;
  if (/log ?in|sign ?in|logged in|authentication (?:failed|succe)/i.test(action))
    return { ...WHAT.login, outcome: /fail|denied|invalid/i.test(action) ? 'failure' : 'success' };
  if (/log ?out|logged out|sign ?out/i.test(action)) return WHAT.logout;
  const step = STEPS.find(([pattern]) => pattern.test(action))?.[1] ?? 'change';
  // Adding somebody changes the group.
  if (/(?:to|from)[ _](?:the )?group/i.test(action)) return { category: ['iam'], type: ['group', 'change'] };
  if (/group/i.test(words)) return { category: ['iam'], type: ['group', step] };
  if (/\busers?\b|user_management|account|member/i.test(words))
    return { category: ['iam'], type: ['user', step] };
  if (/permission|role|scheme|api.?token|security/i.test(words))
    return { category: ['iam'], type: ['admin', step] };
  return { category: ['configuration'], type: [step] };
}

function actionOf(json: JsonObject): string | undefined {
  return (
    text(at(json, 'attributes', 'action')) ?? text(at(json, 'auditType', 'action')) ?? text(json['summary'])
  );
}

function timeOf(json: JsonObject, receivedAt: number): number | undefined {
  const second = at(json, 'timestamp', 'epochSecond');
  if (typeof second === 'number') {
    const nano = at(json, 'timestamp', 'nano');
    return second * 1000 + (typeof nano === 'number' ? Math.floor(nano / 1000) / 1000 : 0);
  }
  const when = at(json, 'attributes', 'time') ?? json['created'] ?? json['creationDate'];
  if (typeof when !== 'string' && typeof when !== 'number') return undefined;
  return parseDate(when, { timeZone: 'UTC', receivedAt });
}

/** The thing that was acted on, where it is a person or a group. */
function putTarget(doc: EcsFields, json: JsonObject): void {
  const affected = json['affectedObjects'];
  const thing =
    object(json['objectItem']) ??
    object(json['affectedObject']) ??
    (Array.isArray(affected) ? object(affected[0]) : undefined);
  if (thing === undefined) return;
  const type = (
    text(thing['typeName']) ??
    text(thing['objectType']) ??
    text(thing['type']) ??
    ''
  ).toLowerCase();
  if (type === 'user') {
    put(doc, 'user.target.name', text(thing['name']));
    put(doc, 'user.target.id', text(thing['id']));
  } else if (type === 'group') put(doc, 'group.name', text(thing['name']));
}

function parse({ json, receivedAt }: ParseInput, doc: EcsFields): ParseOutcome {
  const action = json === undefined ? undefined : actionOf(json);
  if (json === undefined || action === undefined) return 'rejected';
  TABLE.put(doc, json);
  putDate(doc, '@timestamp', timeOf(json, receivedAt));
  const area = text(at(json, 'auditType', 'category')) ?? text(json['category']) ?? '';
  if (area !== '') put(doc, 'atlassian.audit.category', area);
  const source = text(json['source']);
  if (source !== undefined) {
    const one: EcsFields = {};
    TABLE.putFlat(one, { remoteAddress: source });
    if (one['source.ip'] !== undefined) Object.assign(doc, one);
    else put(doc, 'atlassian.audit.source', source);
  }
  putTarget(doc, json);
  categorise(doc, { ...meaningOf(action, area), action });
  return 'parsed';
}

/** Audit logs of Atlassian's cloud and of its Data Center products. */
export default defineSource({
  id: 'atlassian.audit',
  signatures: [
    {
      kind: 'json',
      keys: ['id', 'attributes', 'type'],
      test: (json) =>
        json['type'] === 'events' &&
        object(json['attributes'])?.['action'] !== undefined &&
        object(json['attributes'])?.['actor'] !== undefined,
    },
    { kind: 'json', keys: ['summary', 'created', 'category', 'eventSource'] },
    { kind: 'json', keys: ['summary', 'created', 'category', 'objectItem'] },
    { kind: 'json', keys: ['author', 'remoteAddress', 'creationDate', 'summary'] },
    { kind: 'json', keys: ['auditType', 'affectedObjects', 'author'] },
  ],
  parse,
});
