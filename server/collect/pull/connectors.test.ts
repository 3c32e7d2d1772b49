/** Every connector against a stand-in of its service: pages, lateness, tokens, and what reads its items. */
import { generateKeyPairSync, verify } from 'node:crypto';
import { createReader, REGISTRY } from '@vigie/sources';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PullBench } from './testing/bench.ts';
import { ENTRA, MicrosoftStandIn } from './testing/microsoft-stand-in.ts';

const HOUR = 3_600_000;
const { tenantId, clientId, clientSecret } = ENTRA;

let bench: PullBench;
beforeAll(async () => {
  bench = await PullBench.open();
});
afterAll(() => bench?.close());
beforeEach(() => bench.reset());

const reader = createReader({ registry: REGISTRY });
/** Technologies that the stored logs are read as. */
const technologies = () => [
  ...new Set(bench.sink.logs.map((log) => reader.read(log, { timeZone: 'UTC' }).sourceType)),
];
const ids = (name: string) => bench.sink.logs.map(({ text }) => JSON.parse(text)[name]);
const iso = (at: number) => new Date(at).toISOString();

describe('Microsoft Graph', () => {
  let microsoft: MicrosoftStandIn;
  beforeEach(() => {
    microsoft = new MicrosoftStandIn().open(bench.internet);
    const base = Date.now() - 2 * HOUR;
    microsoft.collections.set(
      'auditLogs/directoryAudits',
      Array.from({ length: 250 }, (_, n) => ({
        id: `Directory_${n}`,
        activityDateTime: iso(base + n * 1000),
        category: 'UserManagement',
        activityDisplayName: 'Add user',
        result: 'success',
        loggedByService: 'Core Directory',
        operationType: 'Add',
        initiatedBy: { user: { userPrincipalName: 'nora.lind@example.com' } },
        targetResources: [],
      })),
    );
    microsoft.collections.set('auditLogs/signIns', [
      {
        id: 'sign-in-1',
        createdDateTime: iso(base),
        userPrincipalName: 'tomas.berg@example.com',
        appDisplayName: 'Office 365',
        ipAddress: '203.0.113.9',
        status: { errorCode: 0 },
      },
    ]);
  });
  const set = () =>
    bench.set('microsoft-graph-audit', { tenantId, clientId, lookBackHours: 6 }, { clientSecret });

  test('follows next links, and takes nothing twice from the overlap', async () => {
    await set();
    const runner = bench.runner();
    expect(await bench.fetch(runner)).toMatchObject({ added: 251, problem: null });
    expect(technologies()).toEqual(['microsoft.entra-id']);
    const late = { id: 'late', activityDateTime: iso(Date.now() - 10 * 60_000), category: 'Policy' };
    microsoft.collections.get('auditLogs/directoryAudits')!.push(late);
    expect(await bench.fetch(runner)).toMatchObject({ added: 252 });
  });

  test('a token that is refused is renewed once; one that has run out is renewed before it is used', async () => {
    await set();
    const runner = bench.runner();
    await bench.fetch(runner);
    expect(microsoft.tokens).toBe(1);
    microsoft.revoke();
    expect(await bench.fetch(runner)).toMatchObject({ failures: 0, problem: null });
    bench.ahead = 2 * HOUR;
    const before = microsoft.tokens;
    await bench.fetch(runner);
    expect(microsoft.tokens).toBe(before + 1);
  });

  test('a service that refuses every token is asked twice, not for ever', async () => {
    await set();
    bench.internet.at('graph.microsoft.com', () => ({ status: 401, body: { error: { message: 'no' } } }));
    const record = await bench.fetch(bench.runner());
    expect(record.problem).toMatchObject({ code: 'VIGIE_PULL_UNAUTHORISED' });
    expect(bench.internet.asked.filter(({ host }) => host === 'graph.microsoft.com')).toHaveLength(2);
  });

  test('a wrong secret is said to be so, and is not repeated', async () => {
    await set();
    microsoft.secret = 'another';
    const { problem } = await bench.fetch(bench.runner());
    expect(problem).toMatchObject({ code: 'VIGIE_PULL_UNAUTHORISED' });
    expect(problem?.message).toContain('AADSTS7000215');
    expect(problem?.message).not.toContain(clientSecret);
  });

  test('a missing permission is said to be so', async () => {
    await bench.set(
      'microsoft-graph-audit',
      { tenantId, clientId, logs: ['riskDetections'] },
      { clientSecret },
    );
    expect((await bench.fetch(bench.runner())).problem).toMatchObject({ code: 'VIGIE_PULL_FORBIDDEN' });
  });

  test('an interrupted span goes on at its page; one whose page is gone is read again', async () => {
    await set();
    bench.internet.at('graph.microsoft.com', (asked) => {
      if (asked.url.searchParams.get('$skiptoken') === '200') return { status: 503, body: {} };
      return original(asked);
    });
    const original = (asked: Parameters<Parameters<typeof bench.internet.at>[1]>[0]) =>
      microsoft.graph(asked);
    const runner = bench.runner();
    expect(await bench.fetch(runner)).toMatchObject({ failures: 1, added: 200 });
    bench.internet.at('graph.microsoft.com', (asked) =>
      asked.url.searchParams.get('$skiptoken') === '200' && bench.internet.asked.length < 8
        ? { status: 410, body: { error: { code: 'Gone', message: 'the skip token has expired' } } }
        : microsoft.graph(asked),
    );
    expect(await bench.fetch(runner)).toMatchObject({ failures: 0, added: 251 });
    expect(new Set(ids('id')).size).toBe(251);
  });

  test('alerts that change are fetched again, each state once', async () => {
    const at = Date.now() - HOUR;
    const alert = { id: 'da1', title: 'Suspicious PowerShell', severity: 'high', createdDateTime: iso(at) };
    microsoft.collections.set('security/alerts_v2', [
      { ...alert, status: 'new', lastUpdateDateTime: iso(at) },
    ]);
    await bench.set('microsoft-graph-security', { tenantId, clientId }, { clientSecret });
    const runner = bench.runner();
    await bench.fetch(runner);
    microsoft.collections.set('security/alerts_v2', [
      { ...alert, status: 'resolved', lastUpdateDateTime: iso(Date.now() - 1000) },
    ]);
    await bench.fetch(runner);
    await bench.fetch(runner);
    expect(ids('status')).toEqual(['new', 'resolved']);
  });
});

describe('Office 365 Management Activity API', () => {
  const TYPE = 'Audit.General';
  let microsoft: MicrosoftStandIn;
  const record = (n: number, created: number) => ({
    CreationTime: iso(created).slice(0, 19),
    Id: `4000-${n}`,
    Operation: 'ViewReport',
    OrganizationId: tenantId,
    RecordType: 20,
    UserKey: '1',
    UserType: 0,
    Version: 1,
    Workload: 'PowerBI',
    UserId: 'amelie@example.com',
  });
  beforeEach(() => {
    microsoft = new MicrosoftStandIn().open(bench.internet);
    for (let i = 0; i < 9; i++) {
      const created = Date.now() - (10 - i) * 600_000;
      microsoft.blobs.push({
        id: `blob$${i}`,
        type: TYPE,
        created,
        // Records in no order, and one that is in two blobs.
        records: [record(i * 2 + 1, created), record(i * 2, created - 60_000), record(0, created)],
      });
    }
  });
  const set = () =>
    bench.set('microsoft-office365', { tenantId, clientId, content: [TYPE] }, { clientSecret });

  test('subscribes, lists page after page, reads every blob, each record once', async () => {
    await set();
    expect(await bench.fetch(bench.runner())).toMatchObject({ problem: null, fetched: 27, added: 18 });
    expect([...microsoft.subscribed]).toEqual([TYPE]);
    expect(technologies()).toEqual(['microsoft.m365-audit']);
  });

  test('goes on in the middle of a listing, reading no blob again', async () => {
    await set();
    const runner = bench.runner();
    bench.internet.at('manage.office.com', (asked) =>
      asked.url.pathname.endsWith('blob$3') ? { status: 500, body: {} } : microsoft.office(asked),
    );
    expect(await bench.fetch(runner)).toMatchObject({ failures: 1, fetched: 9 });
    microsoft.open(bench.internet);
    const asked = bench.internet.asked.length;
    expect(await bench.fetch(runner)).toMatchObject({ failures: 0, added: 18 });
    const again = bench.internet.asked.slice(asked).filter(({ url }) => /blob\$[0-2]$/.test(url.pathname));
    expect(again).toEqual([]);
  });

  test('a blob that is gone is told, and the others are read', async () => {
    await set();
    bench.internet.at('manage.office.com', (asked) =>
      asked.url.pathname.endsWith('blob$3') ? { status: 404, body: {} } : microsoft.office(asked),
    );
    const fetched = await bench.fetch(bench.runner());
    expect(fetched).toMatchObject({ failures: 0, fetched: 24, problem: { code: 'VIGIE_PULL_WARNING' } });
  });
});

describe('Google Workspace', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const key = JSON.stringify({
    type: 'service_account',
    client_email: 'vigie@p.iam.example',
    private_key: pem,
    private_key_id: 'k1',
  });
  const activities = Array.from({ length: 5 }, (_, n) => ({
    kind: 'admin#reports#activity',
    id: {
      time: iso(Date.now() - HOUR + n * 60_000),
      uniqueQualifier: String(n),
      applicationName: 'login',
      customerId: 'C01',
    },
    actor: { email: 'nora@example.com' },
    ipAddress: '203.0.113.4',
    events: [{ type: 'login', name: 'login_success' }],
  }));
  beforeEach(() => {
    bench.internet.at('oauth2.googleapis.com', ({ body }) => {
      const [head = '', claims = '', signature = ''] = (
        new URLSearchParams(body).get('assertion') ?? ''
      ).split('.');
      const told = JSON.parse(Buffer.from(claims, 'base64url').toString());
      const good =
        verify(
          'RSA-SHA256',
          Buffer.from(`${head}.${claims}`),
          publicKey,
          Buffer.from(signature, 'base64url'),
        ) &&
        told.sub === 'reports@example.com' &&
        told.aud === 'https://oauth2.googleapis.com/token' &&
        told.exp - told.iat <= 3600;
      return good
        ? { body: { access_token: 'google-access', expires_in: 3599, token_type: 'Bearer' } }
        : { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
    });
    bench.internet.at('admin.googleapis.com', ({ url, headers }) => {
      if (headers.authorization !== 'Bearer google-access')
        return { status: 401, body: { error: { message: 'no' } } };
      const within = activities
        .filter(
          ({ id }) =>
            url.pathname.endsWith(`/${id.applicationName}`) &&
            id.time >= url.searchParams.get('startTime')! &&
            id.time < url.searchParams.get('endTime')!,
        )
        .reverse();
      const from = Number(url.searchParams.get('pageToken') ?? 0);
      return {
        body: {
          kind: 'admin#reports#activities',
          ...(within.length === 0 ? {} : { items: within.slice(from, from + 2) }),
          ...(from + 2 < within.length ? { nextPageToken: String(from + 2) } : {}),
        },
      };
    });
  });
  const set = (file = key) =>
    bench.set(
      'google-workspace-reports',
      { administrator: 'reports@example.com', applications: ['login', 'admin'] },
      { key: file },
    );

  test('signs its own assertion, reads the newest-first pages whole, each activity once', async () => {
    await set();
    const runner = bench.runner();
    expect(await bench.fetch(runner)).toMatchObject({ problem: null, added: 5 });
    expect(await bench.fetch(runner)).toMatchObject({ added: 5 });
    expect(technologies()).toEqual(['google.workspace']);
  });

  test('a key that is none is said to be so, without being shown', async () => {
    await set('{"client_email":"a","private_key":"-----BEGIN nonsense"}');
    const { problem } = await bench.fetch(bench.runner());
    expect(problem).toMatchObject({ code: 'VIGIE_PULL_SETTINGS' });
    expect(JSON.stringify(problem)).not.toContain('nonsense');
  });
});

test('GitHub: spans by time, cursor links, and its way to say “too often” with 403', async () => {
  const events = Array.from({ length: 150 }, (_, n) => ({
    '@timestamp': Date.now() - HOUR + n * 1000,
    _document_id: `d-${n}`,
    action: 'org.add_member',
    actor: 'nora',
    org: 'acme',
  }));
  bench.internet.at('api.github.com', ({ url, headers }) => {
    expect(headers.authorization).toBe('Bearer github-token-for-tests');
    expect(url.searchParams.get('order')).toBe('asc');
    const [, from = '', to = ''] =
      /^created:(\S+)\.\.(\S+)$/.exec(url.searchParams.get('phrase') ?? '') ?? [];
    const within = events.filter(
      (e) => e['@timestamp'] >= Date.parse(from) && e['@timestamp'] <= Date.parse(to),
    );
    const at = Number(url.searchParams.get('after') ?? 0);
    const next = new URL(url);
    next.searchParams.set('after', String(at + 100));
    return {
      ...(at + 100 < within.length ? { headers: { link: `<${next.href}>; rel="next"` } } : {}),
      body: within.slice(at, at + 100),
    };
  });
  await bench.set('github-audit-log', { name: 'acme' }, { token: 'github-token-for-tests' });
  const runner = bench.runner();
  expect(await bench.fetch(runner)).toMatchObject({ problem: null, added: 150 });
  expect(technologies()).toEqual(['github.audit']);
  bench.internet.fail('api.github.com', {
    status: 403,
    headers: {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 600),
    },
    body: { message: 'API rate limit exceeded' },
  });
  const held = await bench.fetch(runner);
  expect(held.problem).toMatchObject({ code: 'VIGIE_PULL_THROTTLED' });
  expect(held.nextAt - Date.now()).toBeGreaterThan(590_000);
});

test('1Password: a cursor a feed, renewed from time when it is refused', async () => {
  let refuse = false;
  const event = (feed: string, n: number) => ({
    uuid: `${feed}-${n}`,
    timestamp: iso(Date.now() - HOUR + n * 1000),
    action: 'join',
    object_type: 'gm',
    actor_uuid: 'u-1',
    object_uuid: 'g-1',
  });
  bench.internet.at('events.1password.com', ({ url, body }) => {
    const feed = url.pathname.split('/').at(-1)!;
    const asked = JSON.parse(body) as { cursor?: string; start_time?: string };
    if (asked.cursor !== undefined && refuse)
      return { status: 400, body: { Error: { Message: 'invalid cursor' } } };
    const from = Number(asked.cursor?.split('-')[1] ?? 0);
    const all = Array.from({ length: 3 }, (_, n) => event(feed, n));
    return {
      body: {
        cursor: `c-${Math.min(3, from + 2)}`,
        has_more: from + 2 < 3,
        items: all.slice(from, from + 2),
      },
    };
  });
  await bench.set(
    'onepassword-events',
    { feeds: ['auditevents', 'itemusages'] },
    { token: '1p-token-for-tests' },
  );
  const runner = bench.runner();
  expect(await bench.fetch(runner)).toMatchObject({ problem: null, added: 6 });
  refuse = true;
  expect(await bench.fetch(runner)).toMatchObject({ added: 6 });
  expect(technologies()).toContain('onepassword.events');
});

describe('any JSON API', () => {
  const URL_ = 'https://api.example.org/v1/audit?from={since}&to={until}';
  const items = Array.from({ length: 5 }, (_, n) => ({
    key: { id: n },
    when: Math.floor(Date.now() / 1000) - 600 + n,
  }));

  test.each([
    ['page-number', {}],
    ['link-header', {}],
    ['next-cursor', { next: 'meta.next' }],
    ['next-url', { next: 'meta.url' }],
  ] as const)('pages by %s', async (paging, more) => {
    bench.internet.at('api.example.org', ({ url, headers }) => {
      expect(headers['x-api-key']).toBe('poller-key-for-tests');
      expect(Number(url.searchParams.get('from'))).toBeLessThan(Number(url.searchParams.get('to')));
      const at = Number(url.searchParams.get('page') ?? url.searchParams.get('cursor') ?? 0);
      const from = url.searchParams.has('page') ? (at - 1) * 2 : at;
      const next = new URL(url);
      next.searchParams.set('cursor', String(from + 2));
      const last = from + 2 >= items.length;
      return {
        ...(paging === 'link-header' && !last ? { headers: { link: `<${next.href}>; rel="next"` } } : {}),
        body: {
          data: { list: items.slice(from, from + 2) },
          meta: last ? {} : { next: from + 2, url: next.href },
        },
      };
    });
    await bench.set(
      'http-poller',
      {
        url: URL_,
        auth: 'header',
        timeFormat: 'seconds',
        items: 'data.list',
        id: 'key.id',
        time: 'when',
        paging,
        ...(paging === 'page-number' ? { cursorParameter: 'page' } : {}),
        ...more,
      },
      { token: 'poller-key-for-tests' },
    );
    const runner = bench.runner();
    expect(await bench.fetch(runner)).toMatchObject({ problem: null, added: 5 });
    expect(await bench.fetch(runner)).toMatchObject({ added: 5 });
  });

  test('asks by cursor, with a body, as an OAuth client', async () => {
    bench.internet.at('login.microsoftonline.com', ({ headers, body }) => {
      expect(headers.authorization).toBe(
        `Basic ${Buffer.from('vigie:oauth-secret-for-tests').toString('base64')}`,
      );
      expect(body).toContain('grant_type=client_credentials');
      return { body: { access_token: 'at', token_type: 'bearer' } };
    });
    const bodies: unknown[] = [];
    bench.internet.at('api.example.org', ({ body }) => {
      const asked = JSON.parse(body) as { after?: string };
      bodies.push(asked);
      const from = Number(asked.after ?? 0);
      return { body: { list: items.slice(from, from + 3), cursor: String(Math.min(5, from + 3)) } };
    });
    await bench.set(
      'http-poller',
      {
        url: 'https://api.example.org/search',
        method: 'POST',
        body: '{"after":"{cursor}","size":3}',
        auth: 'oauth2',
        tokenUrl: 'https://login.microsoftonline.com/token',
        clientId: 'vigie',
        clientAuth: 'basic',
        items: 'list',
        id: 'key.id',
        time: 'when',
        ask: 'cursor',
        paging: 'next-cursor',
        next: 'cursor',
      },
      { clientSecret: 'oauth-secret-for-tests' },
    );
    const runner = bench.runner();
    expect(await bench.fetch(runner)).toMatchObject({ problem: null, added: 5 });
    expect(bodies[0]).toEqual({ size: 3 });
    expect(bodies[1]).toEqual({ after: '3', size: 3 });
    await bench.fetch(runner);
    expect(bodies.at(-1)).toEqual({ after: '5', size: 3 });
  });

  test('says what is missing in its settings', async () => {
    await expect(
      bench.set('http-poller', { url: 'https://api.example.org/', auth: 'bearer' }, {}),
    ).rejects.toThrow(/token: needed.*time: needed for an overlap.*\{since\}/);
  });
});
