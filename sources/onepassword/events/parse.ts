import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';

const TABLE = fieldTable(
  'onepassword.',
  `
  uuid                  event.id               text
  timestamp             @timestamp             own
  action                event.action           text
  actor_uuid            user.id                text
  actor_details.uuid    user.id                text
  actor_details.name    user.name              text
  actor_details.email   user.email             text
  aux_uuid              user.target.id         text
  aux_details.uuid      user.target.id         text
  aux_details.name      user.target.name       text
  aux_details.email     user.target.email      text
  user.uuid             user.id                text
  user.name             user.name              text
  user.email            user.email             text
  target_user.uuid      user.id                text
  target_user.name      user.name              text
  target_user.email     user.email             text
  session.ip            client                 side
  session.device_uuid   host.id                text
  client.ip_address     client                 side
  client.os_name        host.os.name           text
  client.os_version     host.os.version        text
  location.city         client.geo.city_name   text
  location.region       client.geo.region_name text
  location.country      client.geo.country_name text
  country               client.geo.country_iso_code country
`,
);

/** Actions on the account that concern people and groups; others change vaults, items and settings. */
const OBJECTS: Readonly<Record<string, true>> = {
  user: true,
  gm: true,
  gva: true,
  uva: true,
  group: true,
  invite: true,
};

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined || !('uuid' in json)) return 'rejected';
  TABLE.putObject(doc, json);
  const when = text(json['timestamp']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'Agilebits', product: '1Password EPM' });
  // The person's machine speaks to the service.
  putEndpoint(doc, 'source', text(at(json, 'session', 'ip')) ?? text(at(json, 'client', 'ip_address')));
  const action = text(json['action']) ?? '';
  if ('item_uuid' in json) {
    doc['event.dataset'] = 'onepassword.events.usage';
    categorise(doc, { category: ['session'], type: ['info'] });
  } else if ('object_type' in json || 'actor_uuid' in json) {
    doc['event.dataset'] = 'onepassword.events.audit';
    const isIam = Object.hasOwn(OBJECTS, text(json['object_type']) ?? '');
    const step = /^(?:create|add|grant|invite|provsn)/.test(action)
      ? 'creation'
      : /^(?:delete|remove|revoke|purge)/.test(action)
        ? 'deletion'
        : 'change';
    categorise(doc, { category: isIam ? ['configuration', 'iam'] : ['configuration'], type: [step] });
  } else {
    doc['event.dataset'] = 'onepassword.events.sign-in';
    const kind = text(json['category']);
    categorise(doc, {
      ...WHAT.login,
      action: text(json['type']) ?? 'sign-in',
      outcome: kind === undefined ? undefined : kind === 'success' ? 'success' : 'failure',
    });
    put(doc, 'event.reason', text(json['type']));
  }
  return 'parsed';
}

/** Events of 1Password's Events API. */
export default defineSource({
  id: 'onepassword.events',
  signatures: [
    { kind: 'json', keys: ['uuid', 'actor_uuid', 'object_type'] },
    { kind: 'json', keys: ['uuid', 'vault_uuid', 'item_uuid'] },
    { kind: 'json', keys: ['uuid', 'session_uuid', 'target_user'] },
  ],
  parse,
});
