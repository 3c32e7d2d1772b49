import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { classify } from './classify.ts';

const VENDOR = 'google_workspace.';

const TABLE = fieldTable(
  VENDOR,
  `
  id.applicationName   network.application     text
  id.customerId        cloud.account.id        text
  id.uniqueQualifier   event.id                text
  id.time              @timestamp              own
  actor.profileId      user.id                 text
  actor.email          user                    own
  ipAddress            source                  endpoint
  ownerDomain          organization.name       text
`,
);

/** Parameters of events, whatever application they belong to. */
const PARAMETERS = fieldTable(
  `${VENDOR}event.`,
  `
  EVENT_REASON                event.reason               text
  DEVICE_NAME                 host.name                  text
  DEVICE_PLATFORM             host.os.full               text
  CURRENT_OS_VERSION          host.os.version            text
  DIRECTORY_DEVICE_ID         device.id                  text
  PRODUCT_ID                  device.model.identifier    text
  PRODUCT_NAME                device.model.name          text
  VENDOR_NAME                 device.manufacturer        text
  ORG_UNIT_NAME               organization.name          text
  DEVICE_USER                 user.name                  own
  URL                         url                        url
  USER_AGENT                  user_agent.original        text
  user_agent                  user_agent.original        text
  doc_title                   file.name                  text
  doc_type                    file.type                  text
  owner                       file.owner                 text
  owner_team_drive_id         file.gid                   text
  doc_id                      file.inode                 own
  event_guest                 destination.user.email     text
  network_transport_protocol  network.transport          transport
  location_region             client.geo.region_name     text
  ip_address                  source                     endpoint
  identifier                  user.email                 own
  duration_seconds            event.duration             own
  group_id                    user.group.id              text
  GROUP_EMAIL                 group.name                 text
  member_id                   user.target.email          text
  affected_email_address      user.target.email          text
  target_user                 user.target                account
  USER_EMAIL                  user.target                account
  client_id                   client.user.id             text
  rule_name                   rule.name                  text
  rule_resource_name          rule.id                    text
  login_failure_type          event.reason               text
  FILE_NAME                   file.name                  text
  TRIGGER_USER                user.email                 own
`,
);

/** A parameter's value, in whichever member stands for its type. */
function valueOfParameter(parameter: JsonObject): string | undefined {
  const value = text(parameter['value']) ?? text(parameter['intValue']);
  if (value !== undefined) return value;
  if (typeof parameter['boolValue'] === 'boolean') return String(parameter['boolValue']);
  const many = parameter['multiValue'] ?? parameter['multiIntValue'];
  return Array.isArray(many) ? strings(many).join(',') : undefined;
}

function putEvents(doc: EcsFields, events: readonly JsonObject[]): Map<string, string> {
  const seen = new Map<string, string>();
  for (const event of events) {
    for (const parameter of objects(event['parameters'])) {
      const name = text(parameter['name']);
      const value = valueOfParameter(parameter);
      if (name === undefined || value === undefined || value === '' || value === '-' || seen.has(name))
        continue;
      seen.set(name, value);
      PARAMETERS.put(doc, name, value);
    }
  }
  return seen;
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const id = object(json?.['id']);
  const application = text(id?.['applicationName']);
  if (json === undefined || id === undefined || application === undefined) return 'rejected';
  const { events: _events, etag: _etag, kind: _kind, ...rest } = json;
  TABLE.putObject(doc, rest);
  const when = text(id['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  doc['event.dataset'] = `google.workspace.${application}`;
  doc['cloud.provider'] = 'gcp';

  const events = objects(json['events']);
  const names = events.map((event) => text(event['name'])).filter((name) => name !== undefined);
  const seen = putEvents(doc, events);
  putAccount(doc, 'user', text(at(json, 'actor', 'email')));
  // On a managed device the user is the one who sits there.
  const local = seen.get('DEVICE_USER');
  if (local !== undefined) putAccount(doc, 'user', local);
  const caller = seen.get('identifier');
  if (doc['user.name'] === undefined && caller?.includes('@') === true) putAccount(doc, 'user', caller);
  putDuration(doc, seen.get('duration_seconds'));
  putEndpoint(doc, 'source', text(json['ipAddress']));
  put(doc, `${VENDOR}event.type`, text(events[0]?.['type']));
  put(doc, `${VENDOR}event.name`, names);
  classify(doc, application, text(events[0]?.['type']) ?? '', names);
  // An activity with several events is named by its first; `google_workspace.event.name` has them all.
  put(doc, 'event.action', names[0]);
  if (names.length === 0) {
    categorise(doc, { category: ['configuration'], type: ['info'] });
    return 'partial';
  }
  return 'parsed';
}

/** Activities of Google Workspace, as the Reports API gives them. */
export default defineSource({
  id: 'google.workspace',
  signatures: [
    {
      kind: 'json',
      keys: ['id', 'events'],
      test: (json) => text(at(json, 'id', 'applicationName')) !== undefined,
    },
  ],
  parse,
});
