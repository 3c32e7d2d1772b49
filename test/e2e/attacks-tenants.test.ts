import type { RuleDetail, RuleView, SourceView, StatusView, TenantView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const CONTACTS = [{ name: 'Olga', email: 'olga@globex.example.com' }];
const RULE = 'f5f2cf2c-7a83-4f0a-9a2b-6f0f6f3f0001';

let vigie: Vigie;
let theirs: Api;
beforeAll(async () => {
  vigie = await Vigie.start({ config: { attachments: { maxTenantBytes: 300_000 } } });
  await vigie.freeLoopback();
  await vigie.addTenant('acme');
  await vigie.addTenant('globex', {
    contacts: CONTACTS,
    retentionDays: 30,
    language: 'it',
    timeZone: 'Europe/Rome',
  });
  await vigie.addSource('acme', 'own');
  theirs = await vigie.keyFor('client-reader', ['acme']);
});
afterAll(() => vigie?.remove());

describe('a change of one field silences nobody', () => {
  test('of a client: its contacts, its retention and its language stay', async () => {
    const changed = await vigie.api.ok<TenantView>('PATCH', '/api/tenants/globex', { name: 'Globex SpA' });
    const before = { contacts: CONTACTS, retentionDays: 30, language: 'it', timeZone: 'Europe/Rome' };
    expect(changed).toMatchObject({ ...before, name: 'Globex SpA' });
    const own = await vigie.keyFor('client-administrator', ['globex']);
    expect(await own.ok<TenantView>('PATCH', '/api/tenants/globex', { language: 'fr' })).toMatchObject({
      ...before,
      language: 'fr',
    });
    expect(await own.ok<TenantView>('PATCH', '/api/tenants/globex', {})).toMatchObject({ language: 'fr' });
  });

  test('of a source: its senders stay, which only the provider may name', async () => {
    const kept = { addresses: ['192.0.2.7'], type: 'linux.sshd', timeZone: 'Europe/Rome' };
    await vigie.addSource('globex', 'gate', kept);
    const own = await vigie.keyFor('client-administrator', ['globex']);
    const path = '/api/sources/globex/gate';
    expect(await own.ok<SourceView>('PATCH', path, { name: 'The gate' })).toMatchObject(kept);
    expect(await vigie.api.ok<SourceView>('PATCH', path, { type: null })).toMatchObject({
      ...kept,
      type: null,
    });
    // Taking a sender away is as much the provider's as naming one.
    expect((await own.call('PATCH', path, { addresses: [] })).status).toBe(403);
    expect((await own.call('PATCH', path, { ...kept, type: null, name: 'Same' })).status).toBe(200);
    expect(await vigie.api.get<SourceView>(path)).toMatchObject({ addresses: kept.addresses, name: 'Same' });
  });
});

describe('figures that would tell of other clients', () => {
  beforeAll(async () => {
    const token = await vigie.addSource('globex', 'vault');
    await fetch(`${vigie.run.url}/api/ingest/vault`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `<86>1 ${new Date().toISOString()} globex-db useradd 900 - - new user: name=globex-root, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
    });
    await until('the mail about it', async () => (await vigie.status()).mail.pending > 0);
  });

  test('how often a rule fires, and when it last did, is counted at the caller’s own', async () => {
    const top = async (api: Api) =>
      (await api.get<{ items: RuleView[] }>('/api/rules?sort=hits&limit=1')).items[0]!;
    const fired = await until('the hit', async () => {
      const rule = await top(vigie.api);
      return rule.hits24h > 0 && rule;
    });
    expect((await top(theirs)).hits24h).toBe(0);
    for (const path of [`/api/rules/${fired.id}`, `/api/rules?q=${fired.id}`]) {
      const seen = JSON.stringify(await theirs.get(path));
      expect(seen, path).toContain('"hits24h":0');
      expect(seen, path).not.toMatch(/"hits24h":[1-9]|"lastHitAt":\d/);
    }
    const file = await theirs.call<string>('GET', `/api/rules/export?format=ndjson&q=${fired.id}`);
    expect(file.body).not.toMatch(/"hits24h":[1-9]|"lastHitAt":\d/);
    const own = await vigie.keyFor('client-reader', ['globex']);
    expect((await top(own)).id).toBe(fired.id);
  });

  test('the status: mails and events of others', async () => {
    expect(await theirs.get<StatusView>('/api/status')).toMatchObject({
      pipeline: null,
      mail: { pending: 0, dead: 0 },
      components: [],
      warnings: [],
      dataDirectory: '',
    });
    const own = await vigie.keyFor('client-reader', ['globex']);
    expect((await own.get<StatusView>('/api/status')).mail.pending).toBeGreaterThan(0);
  });

  test('values of placeholders, which are other clients’ machines', async () => {
    await vigie.api.ok('POST', '/api/rules/import', {
      origin: 'own',
      replace: false,
      files: [
        {
          path: 'jump.yml',
          text: `title: Sign-in from a jump host\nid: ${RULE}\nlogsource: { product: linux, service: sshd }\ndetection:\n  selection:\n    host.name|expand: '%jump_hosts%'\n  condition: selection\nlevel: low\n`,
        },
      ],
    });
    await vigie.api.ok('PUT', '/api/rules/placeholders/jump_hosts', { values: ['globex-jump-01'] });
    const ours = await vigie.api.get<RuleDetail>(`/api/rules/${RULE}`);
    expect(JSON.stringify(ours.words)).toContain('globex-jump-01');
    const seen = await theirs.get<RuleDetail>(`/api/rules/${RULE}`);
    expect(JSON.stringify(seen)).not.toContain('globex');
    expect(JSON.stringify(seen.words)).toContain('%jump_hosts%');
  });
});

test('race: files that are sent at the same time don’t take more room than their client has', async () => {
  const own = await vigie.keyFor('client-responder', ['globex']);
  const { items } = await own.get<{ items: { id: number }[] }>('/api/incidents');
  const send = () =>
    fetch(`${vigie.run.url}/api/incidents/${items[0]!.id}/attachments?name=log.bin`, {
      method: 'POST',
      headers: { ...own.headers, 'content-type': 'application/octet-stream' },
      body: Buffer.alloc(100_000, 'x'),
    });
  const sent = await Promise.all(Array.from({ length: 8 }, async () => (await send()).status));
  expect(sent.filter((status) => status === 201)).toHaveLength(3);
  expect(sent.filter((status) => status === 409)).toHaveLength(5);
});
