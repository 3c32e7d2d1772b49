import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';
import { identityOf, putResource } from '../_shared/resource.ts';

const TABLE = fieldTable(
  'azure.activity.',
  `
  eventDataId                event.id                text
  correlationId              trace.id                text
  description                event.reason            text
  level                      log.level               text
  location                   cloud.region            text
  callerIpAddress            source                  endpoint
  properties.commandLine     process.command_line    text
  properties.processName     process.name            text
  properties.parentProcess   process.parent.name     text
  properties.domainName      process.user.domain     text
  properties.userName        process.user.name       text
  properties.compromisedEntity host.name             text
  properties.userSID         process.user.id         text
  properties.RuleName        rule.name               text
  properties.RuleDescription rule.description        text
  properties.RuleUri         rule.reference          text
  httpRequest.clientRequestId  http.request.id       text
  httpRequest.method         http.request.method     text
  httpRequest.clientIpAddress  client                endpoint
`,
);

/** Categories of the activity log. */
const CATEGORIES = new Set(
  'Administrative Security ServiceHealth Alert Recommendation Policy Autoscale ResourceHealth'.split(' '),
);

/** A member that is a text, or an object that holds it beside its translation. */
function wordOf(value: unknown): string | undefined {
  return text(value) ?? text(at(value, 'value'));
}

/** What an operation (`Microsoft.Network/networkSecurityGroups/write`) does, by its last word and its type. */
function operationOf(operation: string): Categorisation {
  const lower = operation.toLowerCase();
  const isAccess =
    lower.startsWith('microsoft.authorization/') || lower.startsWith('microsoft.managedidentity/');
  if (isAccess) return WHAT.accessChanged;
  if (lower.endsWith('/delete')) return WHAT.configurationDeleted;
  if (lower.endsWith('/write')) return WHAT.configurationChanged;
  if (lower.endsWith('/read')) return WHAT.configurationRead;
  return { category: ['configuration'], type: ['info'] };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json } = input;
  const category = json === undefined ? undefined : wordOf(json['category']);
  if (json === undefined || category === undefined || !CATEGORIES.has(category)) return 'rejected';
  const operation = wordOf(json['operationName']) ?? '';
  TABLE.putObject(doc, json);
  const when = text(json['eventTimestamp']) ?? text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  doc['event.dataset'] = `azure.activity.${category.toLowerCase()}`;
  putResource(doc, json['resourceId']);
  put(doc, 'cloud.account.id', json['subscriptionId']);
  put(doc, 'event.provider', wordOf(json['resourceProviderName']) ?? operation.split('/', 1)[0]);

  if (category === 'Security') {
    doc['event.kind'] = 'alert';
    categorise(doc, { category: ['intrusion_detection'], type: ['info'] });
    put(doc, 'rule.name', wordOf(json['eventName']));
    put(doc, 'process.pid', numberOf(at(json, 'properties', 'processId')));
    put(doc, 'process.parent.pid', numberOf(at(json, 'properties', 'parentProcess id')));
  } else if (category === 'Alert') {
    doc['event.kind'] = 'alert';
    categorise(doc, { category: ['configuration'], type: ['info'] });
  } else categorise(doc, operationOf(operation));
  put(doc, 'event.action', operation);
  // `Start` and `Accept` come before the result is known.
  const outcome = outcomeOf(wordOf(json['status']) ?? text(json['resultType']));
  if (outcome !== undefined && category !== 'Security') doc['event.outcome'] = outcome;
  putCaller(doc, json);
  return operation === '' ? 'partial' : 'parsed';
}

/** A process id, which alerts also write in hexadecimal (`0x1a4`). */
function numberOf(value: unknown): number | undefined {
  const word = text(value);
  const number = word === undefined ? Number.NaN : Number(word);
  return Number.isSafeInteger(number) ? number : undefined;
}

function putCaller(doc: EcsFields, json: JsonObject): void {
  const claims = object(json['claims']) ?? object(at(json, 'identity', 'claims'));
  const who = identityOf(claims);
  putAccount(doc, 'user', text(json['caller']) ?? who.login);
  put(doc, 'user.id', who.id);
  put(doc, 'user.full_name', who.fullName);
  if (doc['source.ip'] === undefined) putEndpoint(doc, 'source', who.ip);
}

/** The activity log of an Azure subscription, as its interface and as its diagnostic settings give it. */
export default defineSource({
  id: 'azure.activity',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'operationName'],
      test: (json) =>
        CATEGORIES.has(wordOf(json['category']) ?? '') &&
        ('eventTimestamp' in json ||
          'resourceProviderName' in json ||
          'resourceId' in json ||
          'caller' in json),
    },
  ],
  parse,
});
