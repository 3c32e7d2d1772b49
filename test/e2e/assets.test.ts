import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssetDetail, AssetPage, AssetTimeline, EventView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BASE, READER, SLAPD, Slapd } from '../../server/assets/directory/testing/slapd.ts';
import { runVigie } from '../support/program.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const LDIF = `dn: ${BASE}
objectClass: dcObject
objectClass: organization
dc: dom
o: Dom

dn: cn=reader,${BASE}
objectClass: person
cn: reader
sn: reader
userPassword: ${READER.password}

dn: uid=ana,${BASE}
objectClass: inetOrgPerson
objectClass: adEntry
cn: Ana Rossi
sn: Rossi
uid: ana
userPrincipalName: ana@dom.example
`;

let vigie: Vigie;
let slapd: Slapd | undefined;
let folder: string;
let token: string;

const line = (host: string, user: string) =>
  `<38>1 ${new Date().toISOString()} ${host} sshd 900 - - Accepted password for ${user} from 198.51.100.7 port 50022 ssh2`;

async function send(...lines: string[]): Promise<void> {
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: lines.join('\n'),
  });
  expect(answer.status).toBe(200);
  await vigie.settled();
}

const list = (query: string) => vigie.api.get<AssetPage>(`/api/assets?tenant=clinic&${query}`);
const found = (name: string) =>
  until(`${name} in the inventory`, async () =>
    (await list(`q=${name}`)).items.find((each) => each.name.includes(name)),
  );
const one = (id: string) => vigie.api.get<AssetDetail>(`/api/assets/clinic/${id}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-assets-'));
  writeFileSync(join(folder, 'password'), READER.password, { mode: 0o600 });
  slapd = SLAPD === undefined ? undefined : await Slapd.start(LDIF);
  vigie = await Vigie.start({
    config: {
      assets: {
        directories:
          slapd === undefined
            ? []
            : [
                {
                  tenant: 'clinic',
                  name: 'dc',
                  url: slapd.ldapsUrl,
                  bindDn: READER.dn,
                  passwordFile: join(folder, 'password'),
                  base: BASE,
                  ca: slapd.ca,
                  serverName: 'dc01.dom.example',
                },
              ],
      },
    },
  });
  await vigie.addTenant('clinic');
  token = await vigie.addSource('clinic', 'servers');
});
afterAll(async () => {
  await vigie?.remove();
  await slapd?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the inventory', () => {
  test('grows from logs: the machine, its user, who used what, and what happened', async () => {
    await send(line('web01', 'deploy'), line('web01', 'deploy'));
    const host = await found('web01');
    const detail = await one(host.id);
    expect(detail).toMatchObject({
      kind: 'host',
      sources: [{ id: 'servers' }],
      uses: [{ name: 'web01\\deploy' }],
    });
    expect(detail.lastAt).toBeGreaterThan(Date.now() - 600_000);
    const { items } = await vigie.api.get<AssetTimeline>(`/api/assets/clinic/${host.id}/timeline`);
    expect(items.filter(({ kind }) => kind === 'logon')).toHaveLength(2);
    const peers = await vigie.api.get<{ items: unknown[] }>(`/api/assets/clinic/${host.id}/peers`);
    expect(peers.items).toContainEqual({ ip: '198.51.100.7', count: 2, asset: null });
  });

  test('tells the events that come what is written down, by every name of the machine', async () => {
    const text =
      'fqdn,name,criticality,note,handling\nmri-01.clinic.example,,critical,"MRI console, never isolate without calling",never-isolate;call-first\n';
    const report = await vigie.api.ok('POST', '/api/assets/import', { tenant: 'clinic', text, save: true });
    expect(report).toMatchObject({ added: 1, updated: 0, errors: [] });
    await send(line('MRI-01', 'tech'));
    const [event] = await until('the event', async () => {
      const events = (await vigie.events('tech', ['clinic'])) as EventView[];
      return events.length > 0 && events;
    });
    expect(event!.fields).toMatchObject({
      'vigie.host.criticality': 'critical',
      'vigie.host.note': 'MRI console, never isolate without calling',
      'vigie.host.handling': ['never-isolate', 'call-first'],
    });
    const marks = await vigie.api.ok<{ items: { note: string }[][] }>('POST', '/api/assets/resolve', {
      items: [{ tenant: 'clinic', entities: [{ type: 'host', value: 'mri-01' }] }],
    });
    expect(marks.items[0]).toMatchObject([
      { criticality: 'critical', handling: ['never-isolate', 'call-first'] },
    ]);
  });

  test('is exported so that a spreadsheet runs nothing, and the export can be imported', async () => {
    const evil = '=HYPERLINK("http://203.0.113.9","x")';
    await vigie.api.ok('PUT', '/api/assets', {
      items: [{ tenant: 'clinic', kind: 'host', name: 'sheet', note: evil }],
    });
    const { body } = await vigie.api.call<string>('GET', '/api/assets/export?tenant=clinic&q=sheet');
    expect(body).toContain(`"'=HYPERLINK`);
    expect(body).not.toMatch(/[,"\n]=HYPERLINK/);
    const report = await vigie.api.ok('POST', '/api/assets/import', { tenant: 'clinic', text: body });
    expect(report).toMatchObject({ good: 1, errorCount: 0 });
  });

  test('mass assignment: risk, tenant and who did it are not the caller’s to set', async () => {
    const host = await found('sheet');
    for (const body of [
      { risk: 0 },
      { tenant: 'other' },
      { byHand: [] },
      { mergedInto: host.id },
      { erased: true },
    ])
      expect((await vigie.api.call('PATCH', `/api/assets/clinic/${host.id}`, body)).status).toBe(400);
  });

  test('merges by hand and takes out again', async () => {
    await send(line('left.clinic.example', 'a'), line('right.clinic.example', 'b'));
    const [left, right] = [await found('left'), await found('right')];
    const merged = await vigie.api.ok<AssetDetail>('POST', `/api/assets/clinic/${left.id}/merge`, {
      with: right.id,
    });
    expect(merged.identifiers.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['left.clinic.example', 'right.clinic.example']),
    );
    expect((await one(left.id)).id).toBe((await one(right.id)).id);
    await vigie.api.ok('POST', `/api/assets/clinic/${merged.id}/merges/${merged.merges[0]!.id}/undo`, {});
    expect((await one(left.id)).name).toBe('left.clinic.example');
    expect((await one(right.id)).name).toBe('right.clinic.example');
  });

  test.skipIf(SLAPD === undefined)('reads the directory: its user is the one that logs name', async () => {
    await vigie.api.ok('POST', '/api/assets/directories/clinic/dc/sync', {});
    const { items } = await vigie.api.get<{ items: object[] }>('/api/assets/directories?tenant=clinic');
    expect(items).toMatchObject([{ name: 'dc', assets: 1, problem: null }]);
    expect(JSON.stringify(items)).not.toContain(READER.password);
    const ana = await found('Ana Rossi');
    expect((await one(ana.id)).identifiers.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['ana@dom.example', 'dom\\ana']),
    );
    await vigie.api.ok('PUT', '/api/assets', {
      items: [{ tenant: 'clinic', kind: 'user', name: 'DOM\\ana', criticality: 'high' }],
    });
    expect(await one(ana.id)).toMatchObject({ name: 'Ana Rossi', criticality: 'high' });
  });

  test('erases a person with the command', async () => {
    await vigie.api.ok('PUT', '/api/assets', {
      items: [{ tenant: 'clinic', kind: 'user', name: 'gone@dom.example', owner: 'HR' }],
    });
    const person = await found('gone@dom.example');
    const { url, key } = vigie.run;
    const asked = await runVigie([
      '--url',
      url,
      '--key',
      key,
      'asset',
      'erase',
      'gone@dom.example',
      '--tenant',
      'clinic',
    ]);
    expect(asked.code).not.toBe(0);
    const done = await runVigie([
      '--url',
      url,
      '--key',
      key,
      'asset',
      'erase',
      'gone@dom.example',
      '--tenant',
      'clinic',
      '--yes',
    ]);
    expect(done).toMatchObject({ code: 0 });
    expect(await one(person.id)).toMatchObject({ erased: true, owner: '', identifiers: [] });
    expect((await list('q=gone')).items).toEqual([]);
  });
});
