import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, firstOf, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'jumpcloud.',
  `
  id                      event.id                      text
  event_type              event.action                  text
  client_ip               source                        endpoint
  error_message           event.reason                  text
  timestamp               @timestamp                    own
  organization            organization.id               text
  service                 service.name                  text
  application.id          service.id                    text
  process_name            process.name                  text
  useragent.device        user_agent.device.name        text
  useragent.name          user_agent.name               text
  useragent.os_full       user_agent.os.full            text
  useragent.os            user_agent.os.name            text
  useragent.os_name       user_agent.os.name            text
  useragent.os_version    user_agent.os.version         text
  useragent.version       user_agent.version            text
  geoip.country_code      source.geo.country_iso_code   country
  geoip.region_name       source.geo.region_name        text
  geoip.region_code       source.geo.region_iso_code    text
  geoip.timezone          source.geo.timezone           text
  geoip.continent_code    source.geo.continent_code     text
  initiated_by.id         source.user.id                text
  initiated_by.email      source.user.email             text
  initiated_by.username   source.user.name              text
  system.id               host.id                       text
  system.hostname         host.name                     text
`,
);

function meaningOf(type: string): Categorisation {
  if (
    /login_attempt$|_auth(?:_attempt)?$|^(?:sso|ldap_bind|radius|admin_login|user_login|system_login)/.test(
      type,
    )
  )
    return WHAT.authentication;
  const step = /_(?:create|add|invite)$/.test(type) ? 0 : /_(?:delete|remove)$/.test(type) ? 2 : 1;
  if (/^(?:user|admin|association)_/.test(type))
    return [WHAT.userCreated, WHAT.userChanged, WHAT.userDeleted][step]!;
  if (/^group_/.test(type)) return [WHAT.groupCreated, WHAT.groupChanged, WHAT.groupDeleted][step]!;
  return [WHAT.configurationCreated, WHAT.configurationChanged, WHAT.configurationDeleted][step]!;
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const type = text(json?.['event_type']);
  if (json === undefined || type === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['timestamp']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'Jumpcloud', product: 'Directory Insights' });
  const success = firstOf(json, 'success', 'sso_token_success');
  const outcome =
    success === true || success === 'true' ? 'success' : success === undefined ? undefined : 'failure';
  categorise(doc, { ...meaningOf(type), outcome });
  put(doc, 'service.name', text(at(json, 'application', 'name')));
  putEndpoint(doc, 'client', text(json['client_ip']));
  // Who it was that did it; where nobody is named, the login that was tried.
  const login =
    text(at(json, 'initiated_by', 'username')) ??
    text(at(json, 'initiated_by', 'email')) ??
    text(json['username']);
  putAccount(doc, 'user', login);
  put(doc, 'user.id', text(at(json, 'initiated_by', 'id')));
  const resource = text(at(json, 'resource', 'type'));
  if (resource === 'user' || resource === 'admin') {
    put(doc, 'user.target.id', text(at(json, 'resource', 'id')));
    putAccount(
      doc,
      'user.target',
      text(at(json, 'resource', 'username')) ?? text(at(json, 'resource', 'email')),
    );
  } else if (resource?.endsWith('group') === true) {
    put(doc, 'group.id', text(at(json, 'resource', 'id')));
    put(doc, 'group.name', text(at(json, 'resource', 'name')));
  }
  return 'parsed';
}

/** Events of JumpCloud's Directory Insights. */
export default defineSource({
  id: 'jumpcloud.directory-insights',
  signatures: [
    {
      kind: 'json',
      keys: ['event_type'],
      test: (json) =>
        'initiated_by' in json &&
        ('organization' in json || 'service' in json || 'client_ip' in json || 'geoip' in json),
    },
  ],
  parse,
});
