import { request } from 'node:http';
import type { AuditView, SsoConnectionView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';
import { Visitor } from '../support/visitor.ts';

const PASSWORD = 'nine lanterns on a pier';
const OIDC = { kind: 'oidc', issuer: 'https://idp.example.org', clientId: 'vigie' };

let vigie: Vigie;
beforeAll(async () => {
  vigie = await Vigie.start({ config: { http: { trustedProxies: ['127.0.0.1'] } } });
  await vigie.addTenant('acme');
  await vigie.addSource('acme', 'own');
});
afterAll(() => vigie?.remove());

const code = ({ body }: { body: unknown }) => (body as { error?: { code: string } }).error?.code;

describe('a key with few permissions', () => {
  test('takes nothing out that it may not read', async () => {
    const key = await vigie.keyFor('analyst', ['acme'], {
      permissions: ['exports.make', 'mappings.write', 'rules.test'],
    });
    const now = Date.now();
    for (const path of [
      '/api/incidents/export?format=csv',
      `/api/events/export?format=csv&from=0&to=${now}&q=`,
      '/api/sources/export?format=csv',
      '/api/assets/export?format=csv',
      '/api/rules/export?format=csv',
      '/api/incidents/1/export?format=json',
      '/api/incidents/1/regimes/gdpr/report/report.md',
      '/api/mappings/lines?tenant=acme&source=own',
    ]) {
      const answer = await key.call('GET', path);
      expect([answer.status, code(answer)], path).toEqual([403, 'VIGIE_API_FORBIDDEN']);
    }
    const text =
      'title: t\nlogsource: {product: linux}\ndetection: {s: {event.original|exists: true}, condition: s}';
    expect((await key.call('POST', '/api/rules/backtest', { from: 0, to: now, text })).status).toBe(403);
  });

  test('lets nobody in by single sign-on who may do more than it', async () => {
    const key = await vigie.keyFor('provider-administrator', null, { permissions: ['signin.manage'] });
    const add = (body: object, by = key) =>
      by.call<SsoConnectionView>('POST', '/api/sign-in-connections', { name: 'In', protocol: OIDC, ...body });
    for (const roles of [
      { defaultRole: 'provider-administrator' },
      { roles: [{ group: 'staff', role: 'auditor' }] },
    ])
      expect(code(await add({ tenant: null, ...roles }))).toBe('VIGIE_API_ESCALATION');
    expect(code(await add({ tenant: 'acme', defaultRole: 'client-administrator' }))).toBe(
      'VIGIE_API_ESCALATION',
    );
    // Nor does it lead a connection that gives more to an identity provider of its own.
    const { body: made } = await add({ tenant: null, defaultRole: 'analyst' }, vigie.api);
    const path = `/api/sign-in-connections/${made.id}`;
    const moved = { name: 'In', protocol: { ...OIDC, issuer: 'https://evil.example.org' } };
    expect(code(await key.call('PUT', path, moved))).toBe('VIGIE_API_ESCALATION');
    expect(code(await key.call('POST', `${path}/scim-token`))).toBe('VIGIE_API_ESCALATION');
    expect(code(await key.call('DELETE', path))).toBe('VIGIE_API_ESCALATION');
    expect((await vigie.api.call('DELETE', path)).status).toBe(204);
  });
});

test('phishing: no client puts a button of its own on everybody’s sign-in page, or renames one', async () => {
  const own = await vigie.keyFor('client-administrator', ['acme']);
  const wanted = { name: 'Staff of the operations centre', protocol: OIDC, button: true };
  expect((await own.call('POST', '/api/sign-in-connections', { ...wanted, tenant: 'acme' })).status).toBe(
    403,
  );
  const given = await vigie.api.ok<SsoConnectionView>('POST', '/api/sign-in-connections', {
    ...wanted,
    name: 'Acme',
    tenant: 'acme',
  });
  const put = (body: object) => own.call('PUT', `/api/sign-in-connections/${given.id}`, body);
  expect((await put(wanted)).status).toBe(403);
  // What the provider has shown may stay, and the client may take it away.
  expect((await put({ ...wanted, name: 'Acme', enabled: false })).status).toBe(200);
  expect((await put({ ...wanted, button: false })).status).toBe(200);
  expect((await put(wanted)).status).toBe(403);
  expect((await new Visitor(vigie.run.url).call('GET', '/api/sign-in')).body).toMatchObject({ choices: [] });
});

test('the identity provider by which all administrators come in is not switched off or removed', async () => {
  const connection = { name: 'Staff', protocol: OIDC, domains: ['staff.example.org'] };
  const roles = [{ group: 'root', role: 'provider-administrator' }];
  const made = await vigie.api.ok<SsoConnectionView>('POST', '/api/sign-in-connections', {
    ...connection,
    tenant: null,
    roles,
  });
  const path = `/api/sign-in-connections/${made.id}`;
  const { token } = await vigie.api.ok<{ token: string }>('POST', `${path}/scim-token`);
  const user = { userName: 'rosa@staff.example.org', roles: ['root'] };
  expect((await new Api(vigie.run.url, token).call('POST', '/scim/v2/Users', user)).status).toBe(201);
  const admin = { role: 'provider-administrator', name: 'Administrator', ...ADMINISTRATOR };
  await vigie.api.ok('DELETE', `/api/users/${ADMINISTRATOR.email}`);
  const last = 'VIGIE_API_LAST_ADMINISTRATOR';
  expect(code(await vigie.api.call('PUT', path, { ...connection, roles, enabled: false }))).toBe(last);
  expect(code(await vigie.api.call('DELETE', path))).toBe(last);
  await vigie.api.ok('POST', '/api/users', admin);
  await vigie.api.ok('PUT', path, { ...connection, roles, enabled: false });
  // Who comes by a way that is closed counts for nothing.
  expect(code(await vigie.api.call('DELETE', `/api/users/${ADMINISTRATOR.email}`))).toBe(last);
  await vigie.api.ok('DELETE', path);
});

test('a one-time password is not kept by “changing” it to itself', async () => {
  const made = await vigie.api.ok<{ oneTimePassword: string }>('POST', '/api/users', {
    email: 'new@acme.example.org',
    name: 'New',
    role: 'client-reader',
    tenants: ['acme'],
  });
  const visitor = new Visitor(vigie.run.url);
  const password = made.oneTimePassword;
  await visitor.call('POST', '/api/session', { email: 'new@acme.example.org', password });
  const change = (next: string) => visitor.call('POST', '/api/session/password', { current: password, next });
  expect((await change(password)).status).toBe(400);
  expect(code(await visitor.call('GET', '/api/tenants'))).toBe('VIGIE_API_PASSWORD_CHANGE');
  expect((await change(PASSWORD)).status).toBe(204);
  expect((await visitor.call('GET', '/api/tenants')).status).toBe(200);
});

describe('behind a proxy', () => {
  let callers = 0;
  /** A sign-in that comes by the proxy at `proxy`; `forwarded` is what the proxy says. */
  const signIn = (forwarded: string, password = PASSWORD, proxy = '127.0.0.1') =>
    new Promise<number>((resolve, reject) => {
      const call = request(`${vigie.run.url}/api/session`, {
        method: 'POST',
        localAddress: proxy,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded },
      });
      call.on('error', reject);
      call.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      });
      call.end(JSON.stringify({ email: 'anna@example.org', password }));
    });

  beforeAll(() =>
    vigie.api.ok('POST', '/api/users', {
      email: 'anna@example.org',
      name: 'Anna',
      role: 'analyst',
      password: PASSWORD,
    }),
  );

  const heldUp = async (guess: () => Promise<number>) => {
    for (let n = 0; n < 100; n++) if ((await guess()) === 429) return true;
    return false;
  };

  test('a guesser holds up itself and nobody else who comes by the same proxy', async () => {
    expect(await heldUp(() => signIn('198.51.100.66', 'a guess'))).toBe(true);
    expect(await signIn('198.51.100.66')).toBe(429);
    expect(await signIn('198.51.100.7')).toBe(200);
    const { items } = await vigie.api.get<{ items: { address: string }[] }>(
      '/api/users/anna@example.org/sessions',
    );
    expect(items.map(({ address }) => address)).toEqual(['198.51.100.7']);
  });

  test('a forged X-Forwarded-For gives no fresh tries: neither before what the proxy adds, nor past the proxy', async () => {
    expect(await heldUp(() => signIn(`192.0.2.${callers++ % 200}, 198.51.100.67`, 'a guess'))).toBe(true);
    expect(await heldUp(() => signIn(`192.0.2.${callers++ % 200}`, 'a guess', '127.0.0.9'))).toBe(true);
  });
});

test('the audit log is not filled by callers of whom nobody knows, and a right sign-in among them is in it', async () => {
  const from = '198.51.100.90';
  const call = (method: string, path: string, body?: object) =>
    fetch(vigie.run.url + path, {
      method,
      headers: {
        'x-forwarded-for': from,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then((answer) => answer.status);
  const email = 'noisy@example.org';
  await vigie.api.ok('POST', '/api/users', { email, name: 'Noisy', role: 'auditor', password: PASSWORD });
  const tries = Array.from({ length: 40 }, (_, n) => n);
  for (const _ of tries) {
    await call('POST', '/api/sign-in/second-factor', { code: '123456' });
    await call('DELETE', '/api/session');
    await call('POST', '/api/answer', { text: 'x' });
  }
  expect(await call('POST', '/api/session', { email, password: PASSWORD })).toBe(200);
  const { items } = await vigie.api.get<{ items: AuditView[] }>(`/api/audit?person=${from}&limit=200`);
  // Thirty a minute; the tries may fall into two.
  expect(items.length).toBeLessThanOrEqual(61);
  expect(items[0]).toMatchObject({ action: 'session.sign-in', outcome: 'done', actor: { email } });
});

describe('answers', () => {
  test('none is kept by a cache, read as something else, or shown in a frame', async () => {
    for (const path of [
      '/api/session',
      '/api/incidents',
      '/api/nothing',
      '/api/answer',
      '/api/openapi.json',
    ]) {
      const answer = await fetch(vigie.run.url + path, {
        headers: { authorization: `Bearer ${vigie.run.key}` },
      });
      await answer.body?.cancel();
      const of = (name: string) => answer.headers.get(name);
      expect(of('cache-control'), path).toBe('no-store');
      expect(of('content-security-policy'), path).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(of('x-content-type-options'), path).toBe('nosniff');
      expect(of('cross-origin-resource-policy'), path).toBe('same-origin');
    }
  });
});

describe('using it all up', () => {
  test('open streams: one reader does not take the places of those who watch', async () => {
    const reader = await vigie.keyFor('client-reader', ['acme']);
    const end = new AbortController();
    try {
      const opened = await Promise.all(
        Array.from({ length: 60 }, () => reader.open('GET', '/api/stream', end.signal)),
      );
      expect(opened.filter(({ status }) => status === 200)).toHaveLength(50);
      expect(opened.filter(({ status }) => status === 503)).toHaveLength(10);
      expect((await vigie.api.open('GET', '/api/stream', end.signal)).status).toBe(200);
    } finally {
      end.abort();
    }
  });

  test('files: one reader is given sixty a minute, and others theirs', async () => {
    const [reader, other] = [
      await vigie.keyFor('client-reader', ['acme']),
      await vigie.keyFor('client-reader', ['acme']),
    ];
    const take = async (api: Api) => (await api.call('GET', '/api/sources/export?format=csv')).status;
    // Two minutes of the clock at most, so that one of them holds more than sixty.
    const taken = await Promise.all(Array.from({ length: 130 }, () => take(reader)));
    expect(taken).toContain(200);
    expect(taken).toContain(429);
    expect(await take(other)).toBe(200);
  });

  test('repeat keys: answers of calls that change nothing are not kept', async () => {
    const search = (q: string) =>
      fetch(`${vigie.run.url}/api/events/search`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${vigie.run.key}`,
          'content-type': 'application/json',
          'idempotency-key': 'one-key',
        },
        body: JSON.stringify({ from: 0, to: Date.now(), q, limit: 1 }),
      });
    expect((await search('one')).status).toBe(200);
    const second = await search('two');
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([200, null]);
  });

  test('bodies of callers who have proved nothing are small', async () => {
    const nobody = new Api(vigie.run.url);
    const password = 'x'.repeat(1024 * 1024);
    for (const path of ['/api/session', '/api/sign-in/discover', '/api/sign-in/passkey', '/api/answer'])
      expect((await nobody.call('POST', path, { ...ADMINISTRATOR, password })).status, path).toBe(413);
  });
});
