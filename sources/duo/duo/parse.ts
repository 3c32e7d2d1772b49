import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, embedded, object, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = fieldTable(
  'duo.',
  `
  action                     event.action             text
  host                       observer.hostname        text
  txid                       transaction.id           text
  user.key                   user.id                  text
  user.name                  user                     account
  email                      user.email               text
  access_device.ip           source                   endpoint
  access_device.hostname     source.domain            domain
  access_device.browser      user_agent.name          text
  access_device.browser_version  user_agent.version   text
  access_device.os           user_agent.os.name       text
  access_device.os_version   user_agent.os.version    text
  access_device.location.city     source.geo.city_name     text
  access_device.location.country  source.geo.country_name  text
  access_device.location.state    source.geo.region_name   text
  application.name           service.name             text
  application.key            service.id               text
  reason                     event.reason             text
  description                event.reason             own
  username                   user.name                own
  isotimestamp               @timestamp               own
  timestamp                  @timestamp               own
`,
);

/** Values of `eventtype` or `event_type`. */
const KINDS = new Set([
  'admin_log',
  'administrator',
  'auth_log',
  'authentication',
  'telephony_log',
  'telephony',
  'offline_log',
  'offline_enrollment',
]);

function administration(action: string): Categorisation {
  if (action.startsWith('admin_login'))
    return { ...WHAT.login, outcome: action.endsWith('error') ? 'failure' : 'success' };
  if (/^(?:user|phone|hardtoken|webauthn|bypass|admin)_(?:create|add|import)/.test(action))
    return WHAT.userCreated;
  if (/^(?:user|admin)_(?:delete|remove)/.test(action)) return WHAT.userDeleted;
  if (/^(?:user|admin|bypass|phone|hardtoken|u2f|webauthn)_/.test(action))
    return { category: ['iam'], type: ['admin'] };
  if (/^group_/.test(action)) return WHAT.groupChanged;
  return /delete/.test(action)
    ? WHAT.configurationDeleted
    : /create|add/.test(action)
      ? WHAT.configurationCreated
      : WHAT.configurationChanged;
}

function putDescription(doc: EcsFields, json: JsonObject): void {
  const stated = json['description'];
  const inner = object(stated) ?? object(embedded(stated));
  if (inner === undefined) {
    put(doc, 'event.reason', text(stated));
    return;
  }
  for (const key of Object.keys(inner)) {
    const value = inner[key];
    if (key === 'ip_address') putEndpoint(doc, 'source', text(value));
    else if (key === 'error') put(doc, 'event.reason', text(value));
    else if (key === 'email') put(doc, 'user.email', text(value));
    else if (key === 'user_agent') put(doc, 'user_agent.original', text(value));
    else if (key === 'hostname') put(doc, 'host.name', text(value));
    else if (typeof value !== 'object') put(doc, `duo.description.${key}`, value);
  }
}

/** A record of the administrator log as the Admin API gives it, without the kind that clients add. */
function isUnnamed(json: JsonObject): boolean {
  return ['action', 'description', 'isotimestamp', 'object', 'username'].every((key) =>
    Object.hasOwn(json, key),
  );
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined) return 'rejected';
  const kind =
    text(json['eventtype']) ?? text(json['event_type']) ?? (isUnnamed(json) ? 'administrator' : '');
  if (!KINDS.has(kind)) return 'rejected';
  TABLE.putObject(doc, json);
  const iso = text(json['isotimestamp']);
  putDate(
    doc,
    '@timestamp',
    iso === undefined ? parseEpoch(text(json['timestamp']) ?? '') : parseIso(iso, 'UTC'),
  );
  putObserver(doc, { vendor: 'Duo', product: 'Duo Security' });
  const action = text(json['action']) ?? '';

  if (kind === 'admin_log' || kind === 'administrator') {
    doc['event.dataset'] = 'duo.duo.administrator';
    categorise(doc, administration(action));
    putDescription(doc, json);
    const admin = text(json['username']) ?? text(at(json, 'username', 'name'));
    if (admin !== undefined) putAccount(doc, 'user', admin);
    if (action.startsWith('user_') || action.startsWith('bypass_'))
      putAccount(doc, 'user.target', text(json['object']));
    return action === '' ? 'partial' : 'parsed';
  }
  if (kind === 'authentication' || kind === 'auth_log') {
    doc['event.dataset'] = 'duo.duo.authentication';
    const result = text(json['result']) ?? '';
    const factor = text(json['factor']);
    categorise(doc, {
      ...WHAT.login,
      action: factor ?? 'authentication',
      outcome: /^(?:success|allow)/i.test(result) ? 'success' : result === '' ? undefined : 'failure',
    });
    if (/fraud/i.test(result)) doc['event.kind'] = 'alert';
    put(doc, 'event.code', text(json['event_type']));
    return 'parsed';
  }
  const isOffline = kind.startsWith('offline');
  doc['event.dataset'] = `duo.duo.${isOffline ? 'offline-enrollment' : 'telephony'}`;
  if (isOffline) {
    categorise(doc, { ...WHAT.authentication, action: action === '' ? 'offline-enrollment' : action });
    putDescription(doc, json);
    putAccount(doc, 'user', text(json['username']) ?? text(at(json, 'username', 'name')));
    return 'parsed';
  }
  put(doc, 'event.reason', text(json['context']));
  categorise(doc, { ...WHAT.authentication, action: text(json['type']) ?? text(json['context']) ?? kind });
  return 'parsed';
}

/** Logs of Duo's Admin API. */
export default defineSource({
  id: 'duo.duo',
  signatures: [
    { kind: 'json', keys: ['eventtype'], test: (json) => KINDS.has(String(json['eventtype'])) },
    {
      kind: 'json',
      keys: ['event_type', 'isotimestamp'],
      test: (json) => KINDS.has(String(json['event_type'])),
    },
    // The Admin API's administrator log has no name of its own.
    { kind: 'json', keys: ['action', 'description', 'isotimestamp', 'object', 'username'] },
  ],
  parse,
});
