import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditState, AuditView, IncidentSummary } from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

let folder: string;
let vigie: Vigie;
let receiver: Server;
let received = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-audit-'));
  receiver = createServer((socket) => socket.setEncoding('utf8').on('data', (part) => (received += part)));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as { port: number };
  vigie = await Vigie.start({
    config: {
      audit: {
        anchors: {
          file: join(folder, 'anchors'),
          mail: 'auditor@example.org',
          syslog: { host: '127.0.0.1', port, transport: 'tcp' },
        },
      },
    },
  });
  await vigie.addTenant('acme');
  await vigie.addTenant('globex');
});
afterAll(async () => {
  await vigie?.remove();
  receiver.close();
  await rm(folder, { recursive: true, force: true });
});

const records = async (query: string, api: Api = vigie.api) =>
  (await api.get<{ items: AuditView[] }>(`/api/audit?${query}`)).items;

test('a change is there when its answer is, with who, from where, before and after', async () => {
  await vigie.api.ok('PATCH', '/api/tenants/acme', { name: 'ACME Ltd', retentionDays: 30 });
  const [record] = await records('tenant=acme&action=tenants.change');
  expect(record).toMatchObject({
    actor: { kind: 'local', address: '127.0.0.1' },
    object: { kind: 'tenant', id: 'acme' },
    outcome: 'done',
    status: 200,
  });
  expect(record!.changes).toEqual([
    { field: 'name', before: 'acme', after: 'ACME Ltd' },
    { field: 'retentionDays', before: 365, after: 30 },
  ]);
});

test('refusals and failed sign-ins are there too; secrets never are', async () => {
  const reader = await vigie.keyFor('client-reader', ['acme']);
  expect((await reader.call('DELETE', '/api/tenants/globex')).status).toBe(403);
  const [refused] = await records('action=tenants.remove');
  // Of a stranger's try only the provider hears, and the client whose key it was.
  expect(refused).toMatchObject({ outcome: 'refused', status: 403, tenant: 'acme', actor: { kind: 'key' } });

  const email = 'guess@example.org';
  const nobody = new Api(vigie.run.url);
  const password = 'a-guessed-password-1';
  expect((await nobody.call('POST', '/api/session', { email, password })).status).toBe(401);
  const [guess] = await records('action=session.sign-in');
  expect(guess).toMatchObject({ outcome: 'refused', tenant: null, actor: { kind: 'nobody' }, text: email });

  await vigie.api.ok('POST', '/api/users', {
    email: 'pat@example.org',
    name: 'Pat',
    role: 'client-reader',
    tenants: ['acme'],
    password: 'a-long-first-password',
  });
  const { id } = await vigie.api.ok<{ id: string }>('POST', '/api/service-accounts', {
    name: 'k',
    role: 'auditor',
    tenants: null,
  });
  const key = await vigie.api.ok<{ secret: string }>('POST', `/api/service-accounts/${id}/keys`, {
    name: 'k',
  });
  const { stdout } = await vigie.command('audit', 'export');
  expect(stdout).toContain('pat@example.org');
  for (const secret of [password, 'a-long-first-password', key.secret, vigie.run.key])
    expect(stdout).not.toContain(secret);
});

test('an administrator of a client sees that client’s records only (IDOR)', async () => {
  const own = await vigie.keyFor('client-administrator', ['acme']);
  const seen = await records('limit=500', own);
  expect(new Set(seen.map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
  expect((await own.call('GET', '/api/audit?tenant=globex')).status).toBe(404);
  const { body } = await own.call<string>('GET', '/api/audit/export');
  const exported = body.trim().split('\n').slice(1, -1);
  expect(exported.length).toBeGreaterThan(0);
  for (const line of exported) expect(JSON.parse(line)).toMatchObject({ tenant: 'acme' });
  expect(await own.get<AuditState>('/api/audit/state')).toMatchObject({ head: null, anchors: [] });
});

test('what Vigie does by itself is there', async () => {
  const token = await vigie.addSource('acme', 'servers');
  const at = new Date().toISOString();
  await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: `<86>1 ${at} web1 useradd 900 - - new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
  });
  const [incident] = await until('the incident', async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=acme');
    return items.length > 0 && items;
  });
  await vigie.api.ok('PATCH', `/api/incidents/${incident!.id}`, {
    status: 'closed',
    verdict: 'true-positive',
    comment: 'seen with Pat',
  });
  const [change] = await records(`object=incident/${incident!.id}`);
  expect(change).toMatchObject({ tenant: 'acme', action: 'incidents.change' });
  expect(change!.changes).toContainEqual({ field: 'status', before: 'new', after: 'closed' });
  expect(await records('action=server.start')).toMatchObject([{ actor: { kind: 'automation' } }]);
});

test('CSV defuses formulas (CSV formula injection)', async () => {
  await vigie.api.ok('PATCH', '/api/tenants/acme', { name: '=HYPERLINK("http://203.0.113.9")' });
  const { body } = await vigie.api.call<string>('GET', '/api/audit/export?format=csv&action=tenants.change');
  for (const cell of body.split(/\r\n/).flatMap((line) => line.split(',')))
    expect(cell).not.toMatch(/^"?[=+@]/);
});

test('anchors go to file, syslog and mail; the command line verifies against them, and finds a forged export', async () => {
  const sent = await vigie.command('audit', 'anchor');
  expect(sent.stdout).toMatch(/file, syslog, mail/);
  const file = join(folder, 'anchors');
  await until('the syslog anchor', () => received.includes('audit-anchor'));
  expect(received).toMatch(
    /^\d+ <110>1 \S+ \S+ vigie \d+ audit-anchor - \{"at":\d+,"hash":"[0-9a-f]{64}","seq":\d+\}/,
  );
  const mails = await vigie.api.get<{ items: { subject: string; to: string }[] }>('/api/outbox');
  expect(mails.items).toContainEqual(expect.objectContaining({ to: 'auditor@example.org' }));

  const whole = await vigie.command('audit', 'verify', '--anchor', file);
  expect(whole.stdout).toMatch(/^ok {2}\d+ records/);
  expect(whole.code).toBe(0);

  const path = join(folder, 'export.ndjson');
  expect((await vigie.command('audit', 'export', '--out', path)).code).toBe(0);
  expect((await vigie.command('audit', 'verify', '--file', path, '--anchor', file)).code).toBe(0);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(
    path,
    lines.map((line, i) => (i === 3 ? line.replace('"done"', '"failed"') : line)).join('\n'),
  );
  const forged = await vigie.command('audit', 'verify', '--file', path);
  expect(forged.code).toBe(1);
  expect(forged.stdout).toMatch(/record 3: its content is not what was hashed/);
  // Cut off, with a last line that fits.
  const cut = [...lines.slice(0, 6), `{"end":true,"records":5}`];
  writeFileSync(path, cut.join('\n'));
  expect((await vigie.command('audit', 'verify', '--file', path, '--anchor', file)).stdout).toMatch(
    /\[tail\]/,
  );
  expect(existsSync(file)).toBe(true);
});

test('a person is erased, and the chain still verifies', async () => {
  const done = await vigie.command('audit', 'erase', '--person', 'pat@example.org');
  expect(done.stdout).toMatch(/Erased from \d+ places/);
  const { stdout } = await vigie.command('audit', 'export');
  expect(stdout).not.toContain('pat@example.org');
  const verified = await vigie.command('audit', 'verify', '--anchor', join(folder, 'anchors'));
  expect(verified.code, verified.stdout).toBe(0);
  expect(await vigie.api.ok('POST', '/api/audit/verify', {})).toMatchObject({ ok: true });
});
