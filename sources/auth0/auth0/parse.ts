import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { isProtection, meaningOf, protectionReason } from './codes.ts';

const TABLE = jsonTable(
  'auth0.auth0.',
  `
  log_id                          event.id                       text
  _id                             event.id                       text
  date                            @timestamp                     own
  type                            event.code                     text
  description                     event.reason                   text
  user_id                         user.id                        text
  user_name                       user                           account
  ip                              source                         side
  client_ip                       auth0.auth0.client_ip          text
  user_agent                      user_agent.original            text
  hostname                        url.domain                     domain
  client_name                     service.name                   text
  client_id                       service.id                     text
  tenant_name                     organization.name              text
  location_info.country_code      source.geo.country_iso_code    country
  location_info.country_name      source.geo.country_name        text
  location_info.city_name         source.geo.city_name           text
  details.request.method          http.request.method            text
  details.request.path            url.path                       text
  details.request.auth.user.email user                           account
  details.response.statusCode     http.response.status_code      long
  details.session_id              auth0.auth0.session_id         text
`,
);

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined) return 'rejected';
  // A stream wraps the event with its id; the management API gives it bare.
  const event = object(json['data']) ?? json;
  const code = text(event['type']);
  const when = text(event['date']);
  if (code === undefined || when === undefined) return 'rejected';
  TABLE.put(doc, event);
  const id = text(json['log_id']);
  if (id !== undefined) doc['event.id'] = id;
  putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'Okta', product: 'Auth0' });
  const { what, known } = meaningOf(code);
  categorise(doc, { ...what, action: code });
  if (isProtection(code)) doc['event.kind'] = 'alert';
  const reason = protectionReason(code);
  if (reason !== undefined) doc['event.reason'] ??= reason;
  return known ? 'parsed' : 'partial';
}

/** Tenant logs of Auth0, streamed or asked for. */
export default defineSource({
  id: 'auth0.auth0',
  signatures: [
    {
      kind: 'json',
      keys: ['log_id', 'data'],
      test: (json) =>
        object(json['data'])?.['date'] !== undefined && object(json['data'])?.['type'] !== undefined,
    },
    { kind: 'json', keys: ['log_id', 'date', 'type', '_id'] },
    { kind: 'json', keys: ['log_id', 'date', 'type', 'client_id'] },
  ],
  parse,
});
