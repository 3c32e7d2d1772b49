import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView, MappingDetail, MappingPage, SourceLines, StatusView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runVigie } from '../support/program.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const DOOR = (holder: string, result: string, at: number) =>
  JSON.stringify({
    event: 'ENTRY',
    time: new Date(at).toISOString(),
    door: 'North 2',
    badge: { holder, number: 4711 },
    result,
    controller: '192.0.2.7:4050',
  });

const FILE = `
id: harbour.door
name: Harbour door controller
format: { kind: json }
signatures:
  - { kind: members, members: [door, badge, controller] }
fields:
  - { field: "@timestamp", from: [time], date: iso }
  - { field: user.name, from: [badge.holder], lowercase: true }
  - { field: event.outcome, from: [result], values: { GRANTED: success, DENIED: failure } }
  - { field: source, from: [controller], as: host-port }
  - { field: event.severity, from: [level] }
constants:
  - { field: event.category, value: [authentication] }
samples:
  - '${DOOR('ana', 'GRANTED', Date.UTC(2026, 2, 1, 10))}'
`;

describe('mappings in the whole program', () => {
  let vigie: Vigie;
  let folder: string;
  let token: string;
  const send = async (lines: readonly string[]) => {
    const answer = await fetch(`${vigie.run.url}/api/ingest/doors`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: lines.join('\n'),
    });
    expect(answer.status).toBe(200);
    await vigie.settled();
  };
  const search = async (q: string) => {
    const found = await vigie.api.ok<{ items: EventView[] }>('POST', '/api/events/search', {
      from: 0,
      to: 4_000_000_000_000,
      tenants: ['harbour', 'quarry'],
      q,
    });
    return found.items;
  };
  const cli = (...args: string[]) => runVigie(['--data', vigie.data, 'mapping', ...args]);
  const mapping = async () => (await vigie.api.get<MappingPage>('/api/mappings')).items[0]!;

  beforeAll(async () => {
    vigie = await Vigie.start();
    folder = mkdtempSync(join(tmpdir(), 'vigie-mappings-'));
    await vigie.addTenant('harbour');
    await vigie.addTenant('quarry');
    token = await vigie.addSource('harbour', 'doors');
    writeFileSync(join(folder, 'door.mapping.yml'), FILE);
  });
  afterAll(async () => {
    await vigie?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('without it the lines are kept, and its samples are read without a server', async () => {
    await send([DOOR('ana', 'DENIED', Date.now())]);
    expect(await search('user.name:ana')).toEqual([]);
    const lines = await vigie.api.get<SourceLines>('/api/mappings/lines?tenant=harbour&source=doors');
    expect(lines.items[0]?.text).toContain('"holder":"ana"');
    const tested = await cli('test', join(folder, 'door.mapping.yml'));
    expect(tested.stdout).toContain('1 of 1 lines are read');
    expect(tested.code).toBe(0);
  });

  test('a draft reads nothing; live, the next line is found by its ECS fields, without a restart', async () => {
    const imported = await cli('import', join(folder, 'door.mapping.yml'), '--tenant', 'harbour');
    expect(imported.stdout).toContain('version 1 is a draft');
    await send([DOOR('bob', 'DENIED', Date.now())]);
    expect(await search('user.name:bob')).toEqual([]);
    expect((await cli('live', 'harbour.door')).stdout).toContain('version 1 reads now');
    await send([DOOR('Carol', 'DENIED', Date.now())]);
    const [event] = await search('user.name:carol event.outcome:failure source.ip:192.0.2.7');
    expect(event?.fields).toMatchObject({
      'event.dataset': 'harbour.door',
      'event.module': 'harbour',
      'event.category': ['authentication'],
      'source.port': 4050,
      'harbour.door.door': 'North 2',
      'event.original': expect.stringContaining('"holder":"Carol"'),
    });
  });

  test('what does not fit is kept and counted; a source that is set to it says what is not its', async () => {
    const odd = JSON.stringify({ ...JSON.parse(DOOR('dan', 'GRANTED', Date.now())), level: 'loud' });
    expect(
      (await vigie.api.call('PATCH', '/api/sources/harbour/doors', { type: 'harbour.door' })).status,
    ).toBe(200);
    await send([odd, 'the controller says hello', 'and goes on']);
    const [event] = await search('user.name:dan');
    expect(event?.fields).toMatchObject({ 'harbour.door.level': 'loud' });
    await until('the figures', async () => (await mapping()).figures.refused === 2);
    expect(await mapping()).toMatchObject({
      sources: [{ tenant: 'harbour', id: 'doors' }],
      figures: { read: 2, misfits: [{ field: 'event.severity', member: 'level', times: 1, value: 'loud' }] },
    });
    await send(['once more']);
    await until('the warning', async () =>
      (await vigie.api.get<StatusView>('/api/status')).warnings.some(
        ({ code }) => code === 'VIGIE_MAPPING_REFUSES',
      ),
    );
  });

  test('a broken version is refused before it goes live, and a roll-back brings the old one back', async () => {
    const { key, revision } = await mapping();
    const detail = await vigie.api.get<MappingDetail>(`/api/mappings/${key}`);
    const { definition } = detail.versions[0]!;
    const save = (change: object) =>
      vigie.api.ok<MappingDetail>('POST', `/api/mappings/${key}/versions`, {
        definition: { ...definition, ...change },
        revision,
      });
    const broken = await save({
      constants: [{ field: 'event.category', value: ['doors'] }],
    });
    const refused = await vigie.api.call('POST', `/api/mappings/${key}/state`, {
      to: 'live',
      number: broken.newest,
      revision: broken.revision,
    });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'VIGIE_MAPPING_NOT_READY' } } });
    // Somebody who still has the version before has to look first.
    const late = await vigie.api.call('POST', `/api/mappings/${key}/versions`, { definition, revision });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'VIGIE_MAPPING_CONFLICT' } } });
    const unread = await vigie.api.ok<MappingDetail>('POST', `/api/mappings/${key}/versions`, {
      definition: { ...definition, samples: ['no JSON'] },
      revision: broken.revision,
    });
    expect(
      await vigie.api.call('POST', `/api/mappings/${key}/state`, {
        to: 'live',
        number: unread.newest,
        revision: unread.revision,
      }),
    ).toMatchObject({ status: 422 });
    const renamed = await vigie.api.ok<MappingDetail>('POST', `/api/mappings/${key}/versions`, {
      definition: { ...definition, constants: [{ field: 'event.category', value: ['iam'] }] },
      revision: unread.revision,
    });
    await cli('live', 'harbour.door', String(renamed.newest));
    await send([DOOR('eve', 'GRANTED', Date.now())]);
    expect((await search('user.name:eve'))[0]?.fields['event.category']).toEqual(['iam']);
    await cli('live', 'harbour.door', '1');
    await send([DOOR('finn', 'GRANTED', Date.now())]);
    expect((await search('user.name:finn'))[0]?.fields['event.category']).toEqual(['authentication']);
  });

  test('another tenant’s lines are not read by it, nor is it seen there', async () => {
    const other = await vigie.addSource('quarry', 'gates');
    await fetch(`${vigie.run.url}/api/ingest/gates`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other}` },
      body: DOOR('gus', 'GRANTED', Date.now()),
    });
    await vigie.settled();
    expect(await search('user.name:gus')).toEqual([]);
    expect(
      await vigie.api.call('PATCH', '/api/sources/quarry/gates', { type: 'harbour.door' }),
    ).toMatchObject({
      status: 400,
    });
    const stranger = await vigie.keyFor('client-administrator', ['quarry']);
    expect((await stranger.get<MappingPage>('/api/mappings')).items).toEqual([]);
    const { key } = await mapping();
    expect((await stranger.call('GET', `/api/mappings/${key}`)).status).toBe(404);
    expect((await stranger.call('GET', '/api/mappings/lines?tenant=harbour&source=doors')).status).toBe(404);
  });

  test('export gives the file back, and a restart keeps what is live', async () => {
    const out = join(folder, 'out.yml');
    await cli('export', 'harbour.door', '--version-number', '1', '--out', out);
    const tested = await cli('test', out);
    expect(tested.code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('from:');
    await vigie.stop();
    await vigie.launch();
    await send([DOOR('hal', 'GRANTED', Date.now())]);
    expect((await search('user.name:hal'))[0]?.fields['event.dataset']).toBe('harbour.door');
    expect((await cli('retire', 'harbour.door')).stdout).toContain('reads nothing now');
    await send([DOOR('ida', 'GRANTED', Date.now())]);
    expect(await search('user.name:ida')).toEqual([]);
  });
});
