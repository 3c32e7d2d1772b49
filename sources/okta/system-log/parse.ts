import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { objects, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const TABLE = fieldTable(
  'okta.',
  `
  uuid                                        event.id                      text
  published                                   @timestamp                    own
  eventType                                   event.action                  text+
  displayMessage                              event.reason                  text+
  severity                                    log.level                     lower
  actor.id                                    user.id                       text+
  actor.displayName                           user.full_name                text+
  actor.alternateId                           user                          account+
  client.ipAddress                            source                        endpoint
  client.id                                   source.user.id                text
  client.userAgent.rawUserAgent               user_agent.original           text
  client.geographicalContext.city             source.geo.city_name          text
  client.geographicalContext.country          source.geo.country_name       text
  client.geographicalContext.postalCode       source.geo.postal_code        text
  client.geographicalContext.state            source.geo.region_name        text
  securityContext.asNumber                    source.as.number              long
  securityContext.asOrg                       source.as.organization.name   text
  securityContext.domain                      source.domain                 domain
  outcome.result                              event.outcome                 own
  transaction.id                              transaction.id                text
`,
);

/** What an event type is about, by its beginning; the longest that fits counts. */
const TYPES: readonly (readonly [RegExp, Categorisation])[] = [
  [
    /^user\.session\.(?:start|access_admin_app|impersonation\.(?:initiate|grant))/,
    { category: ['authentication', 'session'], type: ['start'] },
  ],
  [/^user\.session\.(?:end|clear|impersonation\.(?:end|revoke|expire))/, WHAT.logout],
  [
    /^(?:user\.authentication|policy\.evaluate|app\.oauth2|user\.mfa\.okta_verify|system\.push|user\.mfa\.attempt)/,
    WHAT.login,
  ],
  [/^security\.(?:threat|attack|breached)|^user\.(?:account\.report_suspicious|risk)/, WHAT.intrusion],
  [/^user\.lifecycle\.create|^user\.import/, WHAT.userCreated],
  [/^user\.lifecycle\.delete/, WHAT.userDeleted],
  [/^user\.account\.privilege|^iam\.|privilege/, WHAT.accessChanged],
  [/^user\.(?:lifecycle|account|mfa|credential|registration)/, WHAT.userChanged],
  [/^group\.lifecycle\.create/, WHAT.groupCreated],
  [/^group\.lifecycle\.delete/, WHAT.groupDeleted],
  [/^group\./, WHAT.groupChanged],
  [/^application\.user_membership/, WHAT.userChanged],
  [/\.(?:create|add)$/, WHAT.configurationCreated],
  [/\.(?:delete|remove)$/, WHAT.configurationDeleted],
  [/^(?:application|policy|zone|system|network|device|oauth2)\./, WHAT.configurationChanged],
];

const DEFAULT: Categorisation = { category: ['configuration'], type: ['info'] };

function putTargets(doc: EcsFields, json: JsonObject): void {
  for (const target of objects(json['target'])) {
    const type = text(target['type']);
    if (type === 'User' || type === 'AppUser') {
      if (doc['user.target.id'] !== undefined) continue;
      put(doc, 'user.target.id', text(target['id']));
      put(doc, 'user.target.full_name', text(target['displayName']));
      putAccount(doc, 'user.target', text(target['alternateId']));
    } else if (type === 'UserGroup') {
      put(doc, 'group.id', text(target['id']));
      put(doc, 'group.name', text(target['displayName']));
    } else if (type === 'AppInstance') {
      put(doc, 'service.id', text(target['id']));
      put(doc, 'service.name', text(target['displayName']));
    }
  }
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const type = text(json?.['eventType']);
  if (json === undefined || type === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const published = text(json['published']);
  if (published !== undefined) putDate(doc, '@timestamp', parseIso(published, 'UTC'));
  putObserver(doc, { vendor: 'Okta', product: 'Okta' });
  const found = TYPES.find(([name]) => name.test(type));
  categorise(doc, found?.[1] ?? DEFAULT);
  const result =
    text(doc['okta.outcome.result']) ?? text((json['outcome'] as JsonObject | null | undefined)?.['result']);
  put(doc, 'okta.outcome.result', result);
  doc['event.outcome'] =
    outcomeOf(result === 'ALLOW' ? 'success' : result === 'DENY' ? 'failure' : result) ?? 'unknown';
  if (doc['event.outcome'] === 'unknown' && result !== 'UNKNOWN') delete doc['event.outcome'];
  if (/^security\.(?:threat|attack|breached)|report_suspicious/.test(type)) doc['event.kind'] = 'alert';
  putTargets(doc, json);
  return found === undefined ? 'partial' : 'parsed';
}

/** Events of Okta's System Log. */
export default defineSource({
  id: 'okta.system-log',
  signatures: [
    {
      kind: 'json',
      keys: ['eventType'],
      test: (json) =>
        typeof json['eventType'] === 'string' &&
        ('legacyEventType' in json ||
          ('published' in json && ('outcome' in json || 'actor' in json || 'displayMessage' in json)) ||
          ('displayMessage' in json && 'actor' in json && 'securityContext' in json)),
    },
  ],
  parse,
});
