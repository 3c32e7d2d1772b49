import type { IncidentSummary, MailView, QuarantineView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServices, buildApi } from '../../server/api/index.ts';
import { ingestRoutes } from '../../server/collect/index.ts';
import { Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

/** Things of the tenant `globex` that nobody else may see or change. */
interface Things {
  readonly event: string;
  readonly incident: number;
  readonly mail: string;
  readonly key: string;
  readonly quarantine: string;
  readonly exception: string;
  readonly mapping: string;
  readonly maintenance: string;
  readonly alert: string;
  readonly rule: string;
}

/** What a stranger does with a route: the administrator of another tenant, in reach of every role's routes. */
interface Attempt {
  readonly path: string | ((things: Things) => string);
  readonly body?: object | ((things: Things) => object);
  /** Answer to the stranger; 200 means: allowed, but without a trace of `globex`. */
  readonly stranger: number;
}

const RANGE = { from: 0, to: 4_000_000_000_000 };
const SOURCE = '/api/sources/globex/vault';
/** A rule that finds every event of Linux. */
const BACKTEST =
  'title: t\nlogsource: {product: linux}\ndetection: {s: {event.original|exists: true}, condition: s}';
/** An exception at `globex`. */
const QUIET = {
  tenant: 'globex',
  filter:
    'title: Quiet at globex\nlogsource: {product: linux}\nfilter:\n  rules: [f070c9c4-ab20-433a-8a91-1a35b7cae7cb]\n  s: {user.name: globex-backup}\n  condition: not s\n',
};
const QUIET_REASON = 'globex makes its backups as this account';
/** A mapping at `globex`. */
const MAPPING = {
  id: 'globex.vault-door',
  name: 'The vault of globex',
  format: { kind: 'json' },
  fields: [{ field: 'user.name', from: ['who'] }],
};
/** A connector; its domain belongs to nobody, so that nothing is fetched. */
const CONNECTOR = {
  type: 'okta-system-log',
  settings: { domain: 'vault.example.invalid' },
  secrets: { token: 'a-token-that-nobody-may-see' },
};
const ASSET = { tenant: 'globex', kind: 'host', name: 'taken' };

/** Every route of the API but those of ingestion. A new one must be entered here. */
const ROUTES: Readonly<Record<string, Attempt>> = {
  'POST /api/session': {
    path: '/api/session',
    body: { email: 'admin@vigie.local', password: 'guessed' },
    stranger: 401,
  },
  'GET /api/session': { path: '/api/session', stranger: 200 },
  'DELETE /api/session': { path: '/api/session', stranger: 204 },
  'POST /api/session/password': {
    path: '/api/session/password',
    body: { current: 'guessed', next: 'a new password' },
    stranger: 400,
  },
  'GET /api/users': { path: '/api/users', stranger: 403 },
  'POST /api/users': {
    path: '/api/users',
    body: { email: 'mole@example.com', name: 'Mole', role: 'administrator', tenants: null },
    stranger: 403,
  },
  'POST /api/users/:email/reset': { path: '/api/users/admin@vigie.local/reset', stranger: 403 },
  'DELETE /api/users/:email': { path: '/api/users/admin@vigie.local', stranger: 403 },
  'GET /api/keys': { path: '/api/keys', stranger: 403 },
  'POST /api/keys': {
    path: '/api/keys',
    body: { name: 'mole', role: 'reader', tenants: null },
    stranger: 403,
  },
  'DELETE /api/keys/:id': { path: ({ key }) => `/api/keys/${key}`, stranger: 403 },
  'GET /api/tenants': { path: '/api/tenants', stranger: 200 },
  'POST /api/tenants': { path: '/api/tenants', body: { id: 'mole', name: 'Mole' }, stranger: 403 },
  'GET /api/tenants/:id': { path: '/api/tenants/globex', stranger: 404 },
  'PATCH /api/tenants/:id': { path: '/api/tenants/globex', body: { name: 'Mole' }, stranger: 404 },
  'DELETE /api/tenants/:id': { path: '/api/tenants/globex', stranger: 403 },
  'GET /api/sources': { path: '/api/sources?tenant=globex', stranger: 200 },
  'POST /api/sources': { path: '/api/sources', body: { id: 'mole', tenant: 'globex' }, stranger: 404 },
  'GET /api/sources/:tenant/:id': { path: SOURCE, stranger: 404 },
  'PATCH /api/sources/:tenant/:id': { path: SOURCE, body: { enabled: false }, stranger: 404 },
  'DELETE /api/sources/:tenant/:id': { path: SOURCE, stranger: 404 },
  'POST /api/sources/:tenant/:id/token': { path: `${SOURCE}/token`, stranger: 404 },
  'POST /api/sources/:tenant/:id/import': {
    path: `${SOURCE}/import`,
    body: { items: [{ message: 'planted', key: '1' }] },
    stranger: 404,
  },
  'GET /api/sources/:tenant/:id/failures': { path: `${SOURCE}/failures`, stranger: 404 },
  'GET /api/sources/:tenant/:id/health': { path: `${SOURCE}/health`, stranger: 404 },
  'GET /api/source-alerts': { path: '/api/source-alerts?tenant=globex&state=all', stranger: 200 },
  'POST /api/source-alerts/:id/acknowledge': {
    path: ({ alert }) => `/api/source-alerts/${alert}/acknowledge`,
    body: { note: 'not mine', usual: true },
    stranger: 404,
  },
  'GET /api/maintenance': { path: '/api/maintenance?tenant=globex&state=all', stranger: 200 },
  'POST /api/maintenance': {
    path: '/api/maintenance',
    body: { tenant: 'globex', when: { kind: 'once', from: 0, to: 4_000_000_000_000 }, reason: 'not mine' },
    stranger: 404,
  },
  'POST /api/maintenance/:id/end': {
    path: ({ maintenance }) => `/api/maintenance/${maintenance}/end`,
    stranger: 404,
  },
  'GET /api/coverage': { path: '/api/coverage?tenant=globex', stranger: 404 },
  'GET /api/coverage/matrix': { path: '/api/coverage/matrix?tenant=globex', stranger: 404 },
  'GET /api/coverage/layer': { path: '/api/coverage/layer?tenant=globex', stranger: 404 },
  'GET /api/coverage/techniques/:technique': {
    path: '/api/coverage/techniques/T1110?tenant=globex',
    stranger: 404,
  },
  'GET /api/connectors/types': { path: '/api/connectors/types', stranger: 200 },
  'GET /api/connectors': { path: '/api/connectors?tenant=globex', stranger: 200 },
  'GET /api/sources/:tenant/:id/connector': { path: `${SOURCE}/connector`, stranger: 404 },
  'PUT /api/sources/:tenant/:id/connector': {
    path: `${SOURCE}/connector`,
    body: CONNECTOR,
    stranger: 404,
  },
  'PATCH /api/sources/:tenant/:id/connector': {
    path: `${SOURCE}/connector`,
    body: { paused: true },
    stranger: 404,
  },
  'DELETE /api/sources/:tenant/:id/connector': { path: `${SOURCE}/connector`, stranger: 404 },
  'POST /api/sources/:tenant/:id/connector/test': {
    path: `${SOURCE}/connector/test`,
    body: CONNECTOR,
    stranger: 404,
  },
  'POST /api/secrets/rotate': { path: '/api/secrets/rotate', body: {}, stranger: 403 },
  'GET /api/quarantine': { path: '/api/quarantine', stranger: 403 },
  'POST /api/quarantine/:id/assign': {
    path: ({ quarantine }) => `/api/quarantine/${quarantine}/assign`,
    body: { tenant: 'acme', source: 'own' },
    stranger: 403,
  },
  'DELETE /api/quarantine/:id': { path: ({ quarantine }) => `/api/quarantine/${quarantine}`, stranger: 403 },
  'GET /api/incidents': { path: '/api/incidents?tenant=globex&status=all', stranger: 200 },
  'GET /api/incidents/:id': { path: ({ incident }) => `/api/incidents/${incident}`, stranger: 404 },
  'PATCH /api/incidents/:id': {
    path: ({ incident }) => `/api/incidents/${incident}`,
    body: { status: 'closed', verdict: 'false-positive' },
    stranger: 404,
  },
  'POST /api/incidents/:id/merge': {
    path: ({ incident }) => `/api/incidents/${incident}/merge`,
    body: ({ incident }) => ({ incidents: [incident + 1] }),
    stranger: 404,
  },
  'POST /api/incidents/:id/unmerge': {
    path: ({ incident }) => `/api/incidents/${incident}/unmerge`,
    body: {},
    stranger: 404,
  },
  'POST /api/incidents/:id/split': {
    path: ({ incident }) => `/api/incidents/${incident}/split`,
    body: { alerts: ['guessed'] },
    stranger: 404,
  },
  'POST /api/incidents/:id/detach': {
    path: ({ incident }) => `/api/incidents/${incident}/detach`,
    body: { alerts: ['guessed'] },
    stranger: 404,
  },
  'POST /api/incidents/:id/move': {
    path: ({ incident }) => `/api/incidents/${incident}/move`,
    body: ({ incident }) => ({ alerts: ['guessed'], to: incident + 1 }),
    stranger: 404,
  },
  'GET /api/alerts/loose': { path: '/api/alerts/loose?tenant=globex', stranger: 200 },
  'POST /api/events/search': {
    path: '/api/events/search',
    body: { ...RANGE, tenants: ['globex'], q: '' },
    stranger: 200,
  },
  'POST /api/events/histogram': {
    path: '/api/events/histogram',
    body: { ...RANGE, tenants: ['globex'], q: '' },
    stranger: 200,
  },
  'GET /api/events/:tenant/:id': { path: ({ event }) => `/api/events/globex/${event}`, stranger: 404 },
  'GET /api/rules': { path: '/api/rules', stranger: 200 },
  'GET /api/rules/:id': { path: ({ rule }) => `/api/rules/${rule}`, stranger: 200 },
  'PATCH /api/rules/:id': {
    path: ({ rule }) => `/api/rules/${rule}`,
    body: { enabled: false },
    stranger: 403,
  },
  'POST /api/rules/backtest': {
    path: '/api/rules/backtest',
    body: { ...RANGE, tenants: ['globex'], text: BACKTEST },
    stranger: 200,
  },
  'GET /api/rules/:id/hits': { path: ({ rule }) => `/api/rules/${rule}/hits`, stranger: 200 },
  'GET /api/rules/:id/versions': { path: ({ rule }) => `/api/rules/${rule}/versions`, stranger: 403 },
  'GET /api/rules/:id/versions/:number': {
    path: ({ rule }) => `/api/rules/${rule}/versions/1`,
    stranger: 403,
  },
  'POST /api/rules/:id/versions': {
    path: ({ rule }) => `/api/rules/${rule}/versions`,
    body: { text: BACKTEST, revision: 0 },
    stranger: 403,
  },
  'POST /api/rules/:id/versions/:number/state': {
    path: ({ rule }) => `/api/rules/${rule}/versions/1/state`,
    body: { to: 'test', revision: 1 },
    stranger: 403,
  },
  'POST /api/rules/validate': { path: '/api/rules/validate', body: { text: BACKTEST }, stranger: 403 },
  'POST /api/rules/explain': {
    path: '/api/rules/explain',
    body: ({ event }) => ({ text: BACKTEST, event: { tenant: 'globex', id: event } }),
    stranger: 404,
  },
  'GET /api/sigma/vocabulary': { path: '/api/sigma/vocabulary', stranger: 200 },
  'GET /api/sigma/fields': { path: '/api/sigma/fields?product=linux', stranger: 200 },
  'POST /api/rules/import': { path: '/api/rules/import', body: { origin: 'mole', files: [] }, stranger: 403 },
  'POST /api/rules/reload': { path: '/api/rules/reload', stranger: 403 },
  'GET /api/rules/pipelines': { path: '/api/rules/pipelines', stranger: 403 },
  'PUT /api/rules/pipelines': {
    path: '/api/rules/pipelines',
    body: { origin: 'mole', pipelines: [] },
    stranger: 403,
  },
  'PUT /api/rules/placeholders/:name': {
    path: '/api/rules/placeholders/moles',
    body: { values: ['mole'] },
    stranger: 403,
  },
  'DELETE /api/rules/placeholders/:name': { path: '/api/rules/placeholders/moles', stranger: 403 },
  'GET /api/exceptions': { path: '/api/exceptions?tenant=globex&state=all', stranger: 404 },
  'GET /api/exceptions/:id': { path: ({ exception }) => `/api/exceptions/${exception}`, stranger: 404 },
  'POST /api/exceptions': {
    path: '/api/exceptions',
    body: { ...QUIET, token: 'guessed', reason: QUIET_REASON },
    stranger: 404,
  },
  'POST /api/exceptions/preview': {
    path: '/api/exceptions/preview',
    body: { draft: QUIET },
    stranger: 404,
  },
  'POST /api/exceptions/suggest': {
    path: '/api/exceptions/suggest',
    body: { tenant: 'globex', rule: 'f070c9c4-ab20-433a-8a91-1a35b7cae7cb' },
    stranger: 404,
  },
  'POST /api/exceptions/:id/revoke': {
    path: ({ exception }) => `/api/exceptions/${exception}/revoke`,
    body: { reason: 'not mine' },
    stranger: 404,
  },
  'POST /api/exceptions/:id/extend': {
    path: ({ exception }) => `/api/exceptions/${exception}/extend`,
    body: { reason: 'not mine', expiresAt: 4_000_000_000_000 },
    stranger: 404,
  },
  'GET /api/mappings': { path: '/api/mappings', stranger: 200 },
  'GET /api/mappings/fields': { path: '/api/mappings/fields', stranger: 200 },
  'GET /api/mappings/lines': { path: '/api/mappings/lines?tenant=globex&source=vault', stranger: 404 },
  'POST /api/mappings/preview': {
    path: '/api/mappings/preview',
    body: { tenant: 'globex', definition: MAPPING, lines: [] },
    stranger: 404,
  },
  'POST /api/mappings/suggest': {
    path: '/api/mappings/suggest',
    body: { lines: ['{"src_ip":"192.0.2.1","user":"ana"}'] },
    stranger: 200,
  },
  'POST /api/mappings': {
    path: '/api/mappings',
    body: { tenant: 'globex', definition: MAPPING },
    stranger: 404,
  },
  'POST /api/mappings/import': {
    path: '/api/mappings/import',
    body: { tenant: null, yaml: JSON.stringify(MAPPING) },
    stranger: 403,
  },
  'GET /api/mappings/:key': { path: ({ mapping }) => `/api/mappings/${mapping}`, stranger: 404 },
  'GET /api/mappings/:key/file': { path: ({ mapping }) => `/api/mappings/${mapping}/file`, stranger: 404 },
  'POST /api/mappings/:key/versions': {
    path: ({ mapping }) => `/api/mappings/${mapping}/versions`,
    body: { definition: MAPPING, revision: 1 },
    stranger: 404,
  },
  'POST /api/mappings/:key/state': {
    path: ({ mapping }) => `/api/mappings/${mapping}/state`,
    body: { to: 'retired', number: 1, revision: 1 },
    stranger: 404,
  },
  'DELETE /api/mappings/:key': { path: ({ mapping }) => `/api/mappings/${mapping}`, stranger: 404 },
  'GET /api/outbox': { path: '/api/outbox?tenant=globex', stranger: 200 },
  'GET /api/outbox/:id': { path: ({ mail }) => `/api/outbox/${mail}`, stranger: 404 },
  'POST /api/outbox/:id/retry': { path: ({ mail }) => `/api/outbox/${mail}/retry`, stranger: 404 },
  'POST /api/mail/test': { path: '/api/mail/test', body: { to: 'mole@example.com' }, stranger: 403 },
  'GET /api/assets': { path: '/api/assets?tenant=globex', stranger: 200 },
  'PUT /api/assets': { path: '/api/assets', body: { items: [ASSET] }, stranger: 404 },
  'GET /api/health': { path: '/api/health', stranger: 200 },
  'GET /api/status': { path: '/api/status', stranger: 200 },
  'GET /api/stream': { path: '/api/stream', stranger: 200 },
  'GET /api/openapi.json': { path: '/api/openapi.json', stranger: 200 },
  'POST /api/demo': { path: '/api/demo', stranger: 403 },
  'DELETE /api/demo': { path: '/api/demo', stranger: 403 },
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
let reader: Api;
let analyst: Api;
let stranger: Api;

beforeAll(async () => {
  vigie = await Vigie.start();
  await vigie.freeLoopback();
  await vigie.addTenant('acme');
  await vigie.addSource('acme', 'own');
  await vigie.addTenant('globex', { contacts: [{ name: 'Gus', email: 'gus@globex.example.com' }] });
  const token = await vigie.addSource('globex', 'vault');
  await vigie.api.ok('PUT', `${SOURCE}/connector`, CONNECTOR);
  await vigie.api.ok('PUT', '/api/assets', { items: [{ ...ASSET, name: 'globex-db' }] });
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
  const [event] = await vigie.events('useradd', ['globex']);
  const rules = await vigie.api.get<{ items: { id: string }[] }>('/api/rules?limit=1');
  const { key } = await vigie.api.ok<{ key: { id: string } }>('POST', '/api/keys', {
    name: 'globex',
    role: 'reader',
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
  things = {
    mapping: mapping.key,
    maintenance: maintenance.id,
    alert: alert!.id,
    exception: exception.id,
    event: event!.id,
    incident: incident!.id,
    mail: mail!.id,
    key: key.id,
    quarantine: held!.id,
    rule: rules.items[0]!.id,
  };
  nobody = new Api(vigie.run.url);
  reader = await vigie.keyFor('reader', null);
  analyst = await vigie.keyFor('analyst', null);
  stranger = await vigie.keyFor('administrator', ['acme']);
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
  { path, body }: Attempt,
): Promise<{ status: number; text: string }> {
  const url = typeof path === 'string' ? path : path(things);
  if (url === '/api/stream') return head(api, url);
  const answer = await api.call(method, url, typeof body === 'function' ? body(things) : body);
  return { status: answer.status, text: JSON.stringify(answer.body) };
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

  if (access === 'analyst' || access === 'administrator')
    test('a lesser role: 403', async () => {
      expect((await attempt(reader, method, one)).status).toBe(403);
      if (access === 'administrator') expect((await attempt(analyst, method, one)).status).toBe(403);
    });

  test(`the administrator of another tenant: ${one.stranger}`, async () => {
    const { status, text } = await attempt(stranger, method, one);
    expect(status, text).toBe(one.stranger);
    if (status < 300) expect(text).not.toMatch(/globex/i);
    if (url === '/api/events/histogram') expect(JSON.parse(text)).toMatchObject({ total: 0 });
  });
});

const resolved = ({ path }: Attempt) => (typeof path === 'string' ? path : path(things));

test('nothing of it was changed by all that', async () => {
  expect(await vigie.api.get('/api/tenants/globex')).toMatchObject({ name: 'globex' });
  expect(await vigie.api.get(SOURCE)).toMatchObject({ enabled: true });
  expect(await vigie.api.get(`/api/incidents/${things.incident}`)).toMatchObject({ status: 'new' });
  const connector = await vigie.api.get(`${SOURCE}/connector`);
  expect(connector).toMatchObject({ type: CONNECTOR.type, settings: CONNECTOR.settings });
  expect(connector).not.toMatchObject({ state: 'paused' });
  expect(JSON.stringify(connector)).not.toContain(CONNECTOR.secrets.token);
  const { items: keys } = await vigie.api.get<{ items: { id: string }[] }>('/api/keys');
  expect(keys.map(({ id }) => id)).toContain(things.key);
  const { items: users } = await vigie.api.get<{ items: unknown[] }>('/api/users');
  expect(users).toHaveLength(1);
  const { items: held } = await vigie.api.get<{ items: unknown[] }>('/api/quarantine');
  expect(held).toHaveLength(1);
  expect(await vigie.events('planted')).toEqual([]);
  expect(await vigie.api.get('/api/source-alerts?tenant=globex')).toMatchObject({
    items: [{ id: things.alert, state: 'open', acknowledged: null, kind: 'clock' }],
  });
  expect(await vigie.api.get('/api/maintenance?tenant=globex')).toMatchObject({
    items: [{ id: things.maintenance, endedAt: null }],
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
