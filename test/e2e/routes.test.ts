import {
  type ConversationView,
  type IncidentSummary,
  type MailView,
  PERMISSION_TABLE,
  type Permission,
  permissionsOf,
  type QuarantineView,
  ROLE_TABLE,
  ROLES,
  type Role,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServices, buildApi } from '../../server/api/index.ts';
import { ingestRoutes } from '../../server/collect/index.ts';
import { Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';
import { access } from './routes/access.ts';
import { assets } from './routes/assets.ts';
import { audit } from './routes/audit.ts';
import { clocks } from './routes/clocks.ts';
import { collaborate, collaboration } from './routes/collaboration.ts';
import { events } from './routes/events.ts';
import { exceptions } from './routes/exceptions.ts';
import { home } from './routes/home.ts';
import { incidents } from './routes/incidents.ts';
import { mappings } from './routes/mappings.ts';
import { ATTACHED, procedures } from './routes/procedures.ts';
import { programs } from './routes/programs.ts';
import { rules } from './routes/rules.ts';
import { signIn } from './routes/sign-in.ts';
import { sources } from './routes/sources.ts';
import { system } from './routes/system.ts';
import { tenants } from './routes/tenants.ts';
import {
  ASSET,
  type Attempt,
  CONNECTOR,
  MAPPING,
  PROCEDURE,
  QUIET,
  QUIET_REASON,
  type Routes,
  SOURCE,
  type Things,
} from './routes/things.ts';

/** Every route of the API but those of ingestion, by subject. A new one must be entered in its subject's file. */
const ROUTES: Routes = {
  ...access,
  ...assets,
  ...clocks,
  ...collaboration,
  ...audit,
  ...events,
  ...exceptions,
  ...home,
  ...incidents,
  ...mappings,
  ...procedures,
  ...programs,
  ...rules,
  ...signIn,
  ...sources,
  ...system,
  ...tenants,
};

/** Ingestion that answers without a token, because shippers ask before they have shown it. */
const OPEN_INGESTION = new Set(['/services/collector/health', '/services/collector/health/1.0']);

/** Only names and levels of access are taken from this one; the calls go to a real Vigie. */
const { app, routes } = await buildApi({
  services: { now: Date.now, version: '0' } as ApiServices,
  ingest: ingestRoutes({ ports: {} as Parameters<typeof ingestRoutes>[0]['ports'] }),
});
const listed = routes.filter(({ method }) => method !== 'HEAD');
const ours = listed.filter(({ access }) => access !== 'ingest');

let vigie: Vigie;
let things: Things;
let nobody: Api;
/** One key of each role: of the provider's for all tenants, of a client's for `globex`, so that only their role refuses them. */
const roles = new Map<Role, Api>();
let stranger: Api;

beforeAll(async () => {
  vigie = await Vigie.start();
  await vigie.freeLoopback();
  await vigie.addTenant('acme');
  await vigie.addSource('acme', 'own');
  await vigie.addTenant('globex', { contacts: [{ name: 'Gus', email: 'gus@globex.example.com' }] });
  const token = await vigie.addSource('globex', 'vault');
  await vigie.api.ok('PUT', `${SOURCE}/connector`, CONNECTOR);
  const asset = await vigie.api.ok<{ id: string }>('POST', '/api/assets', { ...ASSET, name: 'globex-db' });
  const at = new Date().toISOString();
  await fetch(`${vigie.run.url}/api/ingest/vault`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${at} globex-db useradd 900 - - new user: name=globex-root, UID=0, GID=0, home=/root, shell=/bin/bash, from=none\nglobex line that no parser knows`,
  });
  await vigie.syslog('<13>whose is this\n');

  const [incident] = await until('the incident', async () => {
    const page = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=globex');
    return page.items.length > 0 && page.items;
  });
  const [mail] = await until('the mail', async () => {
    const page = await vigie.api.get<{ items: MailView[] }>('/api/outbox?tenant=globex');
    return page.items.length > 0 && page.items;
  });
  const [held] = await until('the quarantine', async () => {
    const page = await vigie.api.get<{ items: QuarantineView[] }>('/api/quarantine');
    return page.items.length > 0 && page.items;
  });
  const connection = await vigie.api.ok<{ id: string }>('POST', '/api/sign-in-connections', {
    tenant: 'globex',
    name: 'Sign-in of globex',
    protocol: { kind: 'oidc', issuer: 'https://idp.example.org', clientId: 'globex' },
  });
  const [event] = await vigie.events('useradd', ['globex']);
  const rules = await vigie.api.get<{ items: { id: string }[] }>('/api/rules?limit=1');
  const service = await vigie.api.ok<{ id: string }>('POST', '/api/service-accounts', {
    name: 'globex',
    role: 'client-reader',
    tenants: ['globex'],
  });
  const { key } = await vigie.api.ok<{ key: { id: string } }>(
    'POST',
    `/api/service-accounts/${service.id}/keys`,
    { name: 'globex' },
  );
  await vigie.api.ok('POST', '/api/users', {
    email: 'gus@globex.example.com',
    name: 'Gus',
    role: 'client-responder',
    tenants: ['globex'],
  });
  const { token: shown } = await vigie.api.ok<{ token: string }>('POST', '/api/exceptions/preview', {
    draft: QUIET,
  });
  const exception = await vigie.api.ok<{ id: string }>('POST', '/api/exceptions', {
    ...QUIET,
    token: shown,
    reason: QUIET_REASON,
    owner: 'admin@vigie.local',
  });
  const mapping = await vigie.api.ok<{ key: string }>('POST', '/api/mappings', {
    tenant: 'globex',
    definition: MAPPING,
  });
  const procedure = await vigie.api.ok<{ key: string }>('POST', '/api/procedures', {
    ...PROCEDURE,
    texts: { en: PROCEDURE.texts.en.replace('Vault', 'The vault of globex:') },
    tenant: 'globex',
  });
  await vigie.api.ok('POST', `/api/incidents/${incident!.id}/procedures`, { procedure: ATTACHED });
  const maintenance = await vigie.api.ok<{ id: string }>('POST', '/api/maintenance', {
    tenant: 'globex',
    source: 'vault',
    when: { kind: 'weekly', days: [7], from: '02:00', to: '04:00', timeZone: 'UTC' },
    reason: 'globex updates its vault',
  });
  // A clock that is an hour ahead is told at once; no other alert comes so soon.
  const ahead = (n: number) => new Date(Date.now() + 3_600_000 + n).toISOString();
  await fetch(`${vigie.run.url}/api/ingest/vault`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: Array.from(
      { length: 60 },
      (_, n) => `<38>1 ${ahead(n)} globex-db sshd 9 - - Server listening on 0.0.0.0 port 22.`,
    ).join('\n'),
  });
  const [alert] = await until(
    'the alert of the source',
    async () => {
      const page = await vigie.api.get<{ items: { id: string }[] }>('/api/source-alerts?tenant=globex');
      return page.items.length > 0 && page.items;
    },
    40_000,
  );
  const { webhook } = await vigie.api.ok<{ webhook: { id: string } }>('POST', '/api/webhooks', {
    tenant: 'globex',
    name: 'tickets of globex',
    url: 'https://globex.example.net/',
    kinds: ['incident.closed'],
  });
  things = {
    webhook: webhook.id,
    mapping: mapping.key,
    maintenance: maintenance.id,
    procedure: procedure.key,
    alert: alert!.id,
    exception: exception.id,
    connection: connection.id,
    event: event!.id,
    incident: incident!.id,
    mail: mail!.id,
    key: key.id,
    service: service.id,
    quarantine: held!.id,
    rule: rules.items[0]!.id,
    asset: asset.id,
    ...(await collaborate(vigie.api, incident!.id)),
  };
  nobody = new Api(vigie.run.url);
  for (const role of ROLES)
    roles.set(role, await vigie.keyFor(role, ROLE_TABLE[role].side === 'client' ? ['globex'] : null));
  stranger = await vigie.keyFor('provider-administrator', ['acme']);
});
afterAll(async () => {
  await app.close();
  await vigie?.remove();
});

test('every route is in the table, and the table names no other', () => {
  expect(Object.keys(ROUTES).sort()).toEqual(ours.map(({ method, url }) => `${method} ${url}`).sort());
});

/** Status and text of an answer; a stream is read no further than its head. */
async function attempt(
  api: Api,
  method: string,
  { path, body, raw }: Attempt,
): Promise<{ status: number; text: string }> {
  const url = typeof path === 'string' ? path : path(things);
  if (url === '/api/stream') return head(api, url);
  if (raw !== undefined) return send(api, method, url, raw);
  const answer = await api.call(method, url, typeof body === 'function' ? body(things) : body);
  return { status: answer.status, text: JSON.stringify(answer.body) };
}

async function send(
  api: Api,
  method: string,
  url: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const headers = { ...api.headers, 'content-type': 'application/octet-stream' };
  const answer = await fetch(api.url + url, { method, headers, body });
  return { status: answer.status, text: await answer.text() };
}

async function head(api: Api, url: string): Promise<{ status: number; text: string }> {
  const ended = new AbortController();
  const { status } = await api.open('GET', url, ended.signal);
  ended.abort();
  return { status, text: '' };
}

describe.each(ours)('$method $url', ({ method, url, access }) => {
  const one = ROUTES[`${method} ${url}`]!;

  if (access !== 'public')
    test('nobody: 401', async () => {
      const { status, text } = await attempt(nobody, method, one);
      expect(status).toBe(401);
      expect(text).not.toMatch(/globex/i);
      if (method === 'GET') expect((await nobody.call('HEAD', String(resolved(one)))).status).toBe(401);
      const forged = await attempt(new Api(vigie.run.url, 'vkey_forged'), method, one);
      expect(forged.status).toBe(401);
    });

  const lacking = isPermission(access) ? ROLES.filter((role) => !permissionsOf(role).has(access)) : [];
  if (lacking.length > 0)
    test(`without ${access}: 403 for ${lacking.join(', ')}`, async () => {
      const answers = await Promise.all(lacking.map((role) => attempt(roles.get(role)!, method, one)));
      for (const { status, text } of answers) {
        expect(status, text).toBe(403);
        expect(text).toContain(access);
      }
    });

  if (method === 'GET' && isPermission(access))
    test(`with ${access}: no role that has it is refused for its role`, async () => {
      const holding = ROLES.filter((role) => permissionsOf(role).has(access));
      const answers = await Promise.all(holding.map((role) => attempt(roles.get(role)!, method, one)));
      for (const { text } of answers) expect(text).not.toContain(`needs the permission ${access}`);
    });

  test(`an administrator who sees another tenant only: ${one.stranger}`, async () => {
    const { status, text } = await attempt(stranger, method, one);
    expect(status, text).toBe(one.stranger);
    if (status < 300) expect(text).not.toMatch(/globex/i);
    if (url === '/api/events/histogram') expect(JSON.parse(text)).toMatchObject({ total: 0 });
  });
});

/** Whether a route asks for a permission rather than for nothing, or for anybody. */
function isPermission(access: string): access is Permission {
  return Object.hasOwn(PERMISSION_TABLE, access);
}

const resolved = ({ path }: Attempt) => (typeof path === 'string' ? path : path(things));

test('nothing of it was changed by all that', async () => {
  expect(await vigie.api.get('/api/tenants/globex')).toMatchObject({ name: 'globex' });
  expect(await vigie.api.get(SOURCE)).toMatchObject({ enabled: true });
  expect(await vigie.api.get(`/api/incidents/${things.incident}`)).toMatchObject({ status: 'new' });
  const connector = await vigie.api.get(`${SOURCE}/connector`);
  expect(connector).toMatchObject({ type: CONNECTOR.type, settings: CONNECTOR.settings });
  expect(connector).not.toMatchObject({ state: 'paused' });
  expect(JSON.stringify(connector)).not.toContain(CONNECTOR.secrets.token);
  expect(await vigie.api.get(`${SOURCE}/wef`)).toMatchObject({ isDefault: true, enabled: true });
  const { items: keys } = await vigie.api.get<{ items: { id: string }[] }>('/api/keys');
  expect(keys.map(({ id }) => id)).toContain(things.key);
  const said = await vigie.api.get<ConversationView>(`/api/incidents/${things.incident}/conversation`);
  expect(said).toMatchObject({
    comments: [{ id: things.comment, body: 'globex knows', deleted: null }],
    attachments: [{ id: things.attachment, deleted: null }],
    requests: [{ id: things.request, state: 'open', answers: [], recipients: [{ id: things.recipient }] }],
  });
  const { items: users } = await vigie.api.get<{ items: unknown[] }>('/api/users');
  expect(await vigie.api.get('/api/webhooks')).toMatchObject({
    items: [{ id: things.webhook, url: 'https://globex.example.net/', waiting: 0 }],
  });
  expect(users).toMatchObject([
    { email: 'admin@vigie.local', role: 'provider-administrator', tenants: null },
    { email: 'gus@globex.example.com', name: 'Gus', role: 'client-responder', tenants: ['globex'] },
  ]);
  const { items: services } = await vigie.api.get<{ items: { id: string }[] }>('/api/service-accounts');
  expect(services.find(({ id }) => id === things.service)).toMatchObject({
    name: 'globex',
    role: 'client-reader',
  });
  const { items: held } = await vigie.api.get<{ items: unknown[] }>('/api/quarantine');
  expect(held).toHaveLength(1);
  expect(await vigie.api.get(`/api/assets/globex/${things.asset}`)).toMatchObject({
    note: '',
    erased: false,
  });
  expect(await vigie.events('planted')).toEqual([]);
  expect(await vigie.api.get('/api/source-alerts?tenant=globex')).toMatchObject({
    items: [{ id: things.alert, state: 'open', acknowledged: null, kind: 'clock' }],
  });
  expect(await vigie.api.get('/api/maintenance?tenant=globex')).toMatchObject({
    items: [{ id: things.maintenance, endedAt: null }],
  });
  expect(await vigie.api.get(`/api/procedures/own/${things.procedure}`)).toMatchObject({
    live: null,
    versions: [{ number: 1 }],
  });
  expect(await vigie.api.get(`/api/incidents/${things.incident}/procedures`)).toMatchObject({
    attached: [{ id: ATTACHED, settled: 0 }],
  });
  expect(await vigie.api.get(`/api/exceptions/${things.exception}`)).toMatchObject({
    state: 'active',
    changes: [{ kind: 'created' }],
  });
});

test.each(listed.filter(({ access }) => access === 'ingest'))(
  'ingestion without a token or with an API key: $method $url',
  async ({ method, url }) => {
    const path = url
      .replace(/:(\w+)(?:\([^)]*\))?/g, 'x')
      .replace('*', 'x')
      .replace(/\(.*$/, '');
    for (const api of [nobody, stranger, vigie.api]) {
      const { status } = await api.call(method, path, method === 'GET' ? undefined : {});
      if (OPEN_INGESTION.has(url)) expect(status).toBe(200);
      else expect([401, 403]).toContain(status);
    }
  },
);
