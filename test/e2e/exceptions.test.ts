import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExceptionDetail, ExceptionPage, ExceptionPreview, IncidentSummary } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** Root shell obtained by escaping from a program run with sudo. */
const SUDO = '3135d4cd-cc83-4e03-a90d-623f08e2af54';
const REASON = 'The backup script calls its hooks this way every night';

let vigie: Vigie;
let folder: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-exceptions-'));
  vigie = await Vigie.start();
  await vigie.freeLoopback();
  for (const tenant of ['harbour', 'lighthouse']) {
    await vigie.addTenant(tenant);
    tokens.set(tenant, await vigie.addSource(tenant, 'servers'));
  }
});
afterAll(async () => {
  await vigie?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a `sudo` that ends in a shell, of some users, each on a host of its own. */
async function sudo(tenant: string, ...users: string[]): Promise<void> {
  const lines = users.map((user) => {
    const at = new Date().toISOString();
    return `<86>1 ${at} ${hostOf(user)} sudo 900 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/find . -exec /bin/sh ;`;
  });
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.get(tenant)}` },
    body: lines.join('\n'),
  });
  expect(answer.status).toBe(200);
  await vigie.settled();
}

const hostOf = (user: string) => `box-${user.replaceAll('_', '-')}`;
const filter = (user: string) =>
  `title: Quiet for ${user}\nlogsource: { product: linux }\nfilter:\n  rules: [${SUDO}]\n  selection: { user.name: ${user} }\n  condition: not selection\n`;

const preview = (api: Api, tenant: string | null, text: string) =>
  api.ok<ExceptionPreview>('POST', '/api/exceptions/preview', { draft: { tenant, filter: text } });

async function add(
  api: Api,
  tenant: string | null,
  text: string,
  more: object = {},
): Promise<ExceptionDetail> {
  const { token } = await preview(api, tenant, text);
  return api.ok('POST', '/api/exceptions', {
    tenant,
    filter: text,
    token,
    reason: REASON,
    owner: ADMINISTRATOR.email,
    ...more,
  });
}

/** Users in the incidents of a tenant. */
async function seen(tenant: string): Promise<string[]> {
  const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(
    `/api/incidents?status=all&tenant=${tenant}&limit=200`,
  );
  return items.flatMap(({ entities }) =>
    entities.filter(({ type }) => type === 'user').map(({ value }) => value),
  );
}

const get = (id: string) => vigie.api.get<ExceptionDetail>(`/api/exceptions/${id}`);

test('an exception silences its tenant only, at once, over a restart, until it is revoked', async () => {
  const { id } = await add(vigie.api, 'harbour', filter('svc_one'));
  await sudo('harbour', 'svc_one', 'walker');
  await sudo('lighthouse', 'svc_one');
  expect(await seen('harbour')).toEqual(['walker']);
  expect(await seen('lighthouse')).toEqual(['svc_one']);
  await until('the count', async () => (await get(id)).silenced.hits === 1);

  await vigie.stop();
  await vigie.launch();
  await sudo('harbour', 'svc_one', 'svc_one');
  expect(await seen('harbour')).toEqual(['walker']);
  await until('the count', async () => (await get(id)).silenced.hits === 3);

  await vigie.kill('server');
  await until(
    'the server to be back',
    async () => (await vigie.api.call('GET', '/api/health')).status === 200,
    60_000,
  );
  await sudo('harbour', 'svc_one');
  await until('the count', async () => (await get(id)).silenced.hits === 4);
  expect(await seen('harbour')).toEqual(['walker']);

  await vigie.api.ok('POST', `/api/exceptions/${id}/revoke`, { reason: 'the account is gone' });
  await sudo('harbour', 'svc_one');
  expect((await seen('harbour')).sort()).toEqual(['svc_one', 'walker']);
  expect(await get(id)).toMatchObject({ state: 'revoked', silenced: { hits: 4 } });
});

test('it ends by itself', async () => {
  const { id } = await add(vigie.api, 'harbour', filter('svc_brief'), { expiresAt: Date.now() + 3_000 });
  await sudo('harbour', 'svc_brief');
  expect(await seen('harbour')).not.toContain('svc_brief');
  await until('the end', async () => (await get(id)).state === 'expired');
  await sudo('harbour', 'svc_brief');
  expect(await seen('harbour')).toContain('svc_brief');
});

test('one that would silence an incident marked true positive is refused, until the mark is taken back', async () => {
  await sudo('harbour', 'intruder');
  const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(
    '/api/incidents?tenant=harbour&q=intruder',
  );
  const [incident] = items;
  await vigie.api.ok('PATCH', `/api/incidents/${incident!.id}`, {
    status: 'closed',
    verdict: 'true-positive',
  });
  const shown = await preview(vigie.api, 'harbour', filter('intruder'));
  expect(shown).toMatchObject({
    token: null,
    impact: { total: expect.any(Number), silenced: 1 },
    refusals: [{ kind: 'incident', id: incident!.id, tenant: 'harbour' }],
  });
  const saved = await vigie.api.call('POST', '/api/exceptions', {
    tenant: 'harbour',
    filter: filter('intruder'),
    token: (await preview(vigie.api, 'lighthouse', filter('intruder'))).token,
    reason: REASON,
    owner: ADMINISTRATOR.email,
  });
  expect(saved).toMatchObject({ status: 409, body: { error: { code: 'VIGIE_API_EXCEPTION_PREVIEW' } } });

  await vigie.api.ok('PATCH', `/api/incidents/${incident!.id}`, { verdict: 'false-positive' });
  const { token } = await preview(vigie.api, 'harbour', filter('intruder'));
  await vigie.api.ok('PATCH', `/api/incidents/${incident!.id}`, { verdict: 'true-positive' });
  const late = await vigie.api.call('POST', '/api/exceptions', {
    tenant: 'harbour',
    filter: filter('intruder'),
    token,
    reason: REASON,
    owner: ADMINISTRATOR.email,
  });
  expect(late).toMatchObject({
    status: 409,
    body: {
      error: {
        code: 'VIGIE_API_EXCEPTION_SILENCES',
        details: { refusals: [{ kind: 'incident', id: incident!.id }] },
      },
    },
  });
});

test('a case of the rule itself refuses as well', async () => {
  expect((await preview(vigie.api, 'harbour', filter('bob'))).refusals).toMatchObject([
    { kind: 'case', ruleId: SUDO, name: 'find with -exec' },
    { kind: 'case' },
    { kind: 'case' },
    { kind: 'case' },
    { kind: 'case' },
  ]);
});

describe('who may do what', () => {
  let shared: string;
  beforeAll(async () => {
    shared = (await add(vigie.api, null, filter('lighthouse-scanner'))).id;
  });

  test('a client’s reader sees their own, and of the provider’s what it does to them', async () => {
    const reader = await vigie.keyFor('client-reader', ['harbour']);
    const page = await reader.get<ExceptionPage>('/api/exceptions?state=all');
    expect(page.items.length).toBeGreaterThan(1);
    expect(page.items.every(({ tenant }) => tenant === null || tenant === 'harbour')).toBe(true);
    expect(page.items.find(({ id }) => id === shared)).toMatchObject({
      reason: null,
      filter: null,
      owner: null,
    });
    expect(JSON.stringify(page)).not.toContain('lighthouse');
    expect(JSON.stringify(await reader.get(`/api/exceptions/${shared}`))).not.toContain('lighthouse');
    for (const [path, body] of [
      ['/api/exceptions/preview', { draft: { tenant: 'harbour', filter: filter('x') } }],
      [`/api/exceptions/${shared}/revoke`, { reason: 'not here' }],
    ] as const)
      expect((await reader.call('POST', path, body)).status).toBe(403);
  });

  test('an analyst of one client makes them there, and nowhere else', async () => {
    const analyst = await vigie.keyFor('analyst', ['harbour']);
    expect(await add(analyst, 'harbour', filter('svc_own'))).toMatchObject({ tenant: 'harbour' });
    const draft = (tenant: string | null) => ({ draft: { tenant, filter: filter('x') } });
    expect((await analyst.call('POST', '/api/exceptions/preview', draft('lighthouse'))).status).toBe(404);
    expect((await analyst.call('POST', '/api/exceptions/preview', draft(null))).status).toBe(403);
    expect((await analyst.call('POST', `/api/exceptions/${shared}/revoke`, { reason: 'mine' })).status).toBe(
      403,
    );
    const unknown = await analyst.call('POST', '/api/exceptions/preview', draft('nowhere'));
    expect(unknown.status).toBe(404);
  });
});

test('what is hostile is refused, and nothing stands still', async () => {
  const started = Date.now();
  const of = async (draft: object) =>
    (await vigie.api.call('POST', '/api/exceptions/preview', { draft })).status;
  const text = (selection: string) => filter('x').replace('{ user.name: x }', selection);
  // The answer may come while the body is still being sent.
  const huge = of({ tenant: 'harbour', filter: 'x'.repeat(10_000_000) }).catch(() => 413);
  expect(await huge).toBe(413);
  expect(await of({ tenant: 'harbour', filter: 'x'.repeat(100_000) })).toBe(400);
  expect(
    await of({ tenant: 'harbour', rules: [SUDO], fields: [{ field: 'a', values: ['y'.repeat(9_000)] }] }),
  ).toBe(400);
  expect(
    await of({ tenant: 'harbour', rules: [SUDO], fields: [{ field: '__proto__', values: ['y'] }] }),
  ).toBe(200);
  expect(await of({ tenant: 'harbour', filter: text(`{ a: ${'['.repeat(4_000)} }`) })).toBe(400);
  expect(await of({ tenant: 'harbour', filter: text("{ user.name|re: '(a' }") })).toBe(400);
  expect([200, 400]).toContain(
    await of({ tenant: 'harbour', filter: text("{ user.name|re: '^(a+)+(b+)+$' }") }),
  );
  expect(await of({ tenant: "harbour' OR true", filter: filter('x') })).toBe(400);
  expect(await of({ tenant: 'harbour' })).toBe(400);
  expect(Date.now() - started).toBeLessThan(20_000);
  await sudo('harbour', 'still-there');
  expect(await seen('harbour')).toContain('still-there');
});

test('the command line previews, adds only with --yes, lists, extends and revokes', async () => {
  const fields = [
    '--tenant',
    'lighthouse',
    '--rule',
    SUDO,
    '--field',
    'user.name=svc_cli',
    '--field',
    'host.name=box-svc-cli',
  ];
  await sudo('lighthouse', 'svc_cli', 'other_cli');
  const shown = await vigie.command('exception', 'preview', ...fields);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain('user.name: svc_cli');
  expect(shown.stdout).toMatch(/silenced 1 of \d+ hits/);

  const dry = await vigie.command(
    'exception',
    'add',
    ...fields,
    '--reason',
    REASON,
    '--owner',
    ADMINISTRATOR.email,
  );
  expect(dry.stdout).toContain('Nothing is saved yet');
  const list = async (...more: string[]) =>
    JSON.parse(
      (
        await vigie.command(
          '--json',
          'exception',
          'list',
          '--tenant',
          'lighthouse',
          '--search',
          'svc_cli',
          ...more,
        )
      ).stdout,
    ) as ExceptionPage['items'];
  expect(await list()).toEqual([]);

  const file = join(folder, 'filter.yml');
  writeFileSync(file, filter('svc_cli'));
  const added = await vigie.command(
    'exception', 'add', '--tenant', 'lighthouse', '--file', file, '--reason', REASON, '--owner', ADMINISTRATOR.email,
    '--days', '10', '--yes',
  ); // biome-ignore format: a command line
  expect(added.code, added.stderr).toBe(0);
  const [made] = await list();
  expect(made).toMatchObject({ tenant: 'lighthouse', reason: REASON, endsSoon: true });
  expect((await vigie.command('exception', 'list', '--tenant', 'lighthouse')).stdout).toContain(
    'Quiet for svc_cli',
  );
  const extended = await vigie.command(
    'exception',
    'extend',
    made!.id,
    '--days',
    '60',
    '--reason',
    'still needed',
  );
  expect(extended.code, extended.stderr).toBe(0);
  expect((await vigie.command('exception', 'revoke', made!.id, '--reason', 'done')).code).toBe(0);
  expect((await vigie.command('exception', 'show', made!.id)).stdout).toMatch(/revoked by .*: done/);
  expect(await list()).toEqual([]);
  expect(await list('--state', 'revoked')).toHaveLength(1);

  const refused = await vigie.command(
    'exception', 'add', '--tenant', 'lighthouse', '--rule', SUDO, '--field', 'user.name=bob', '--reason', REASON,
    '--owner', ADMINISTRATOR.email, '--yes',
  ); // biome-ignore format: a command line
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('find with -exec');
  expect((await vigie.command('exception', 'preview', '--tenant', 'lighthouse')).code).toBe(2);
});
