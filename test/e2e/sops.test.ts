import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AttachedProcedure,
  IncidentProcedures,
  IncidentSummary,
  IncidentView,
  ProcedureCoverage,
  ProcedureDetail,
  ProcedurePage,
  StepSearch,
} from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { stamp } from '../../scenarios/stamp.ts';
import type { Api } from '../support/api.ts';
import { runVigie } from '../support/program.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'sops');

const SOP = `id: malware-endpoint
version: 7
types: [malware]
fits:
  techniques: { T1204: 3 }
steps:
  - { id: look, kind: task, mandatory: true, by: client, role: client-it }
  - { id: choose, kind: decision, mandatory: true, options: [{ id: stop, to: end }, { id: go }] }
  - { id: note, kind: evidence, asks: value, mandatory: true }
`;
const FRENCH = `# La nôtre
Notre façon de faire.

## look: Regarder
## choose: Choisir
- [stop] Arrêter
- [go] Continuer
## note: Noter
`;

describe('procedures in the whole program', () => {
  let vigie: Vigie;
  let api: Api;
  let folder: string;
  let incidents: IncidentSummary[];
  /** The incident of the phishing story, and its address. */
  let story: IncidentSummary;
  let base: string;

  const of = (id: number, language = 'en') =>
    api.get<IncidentProcedures>(`/api/incidents/${id}/procedures?language=${language}`);
  const attached = async (procedure: string, id = story.id): Promise<AttachedProcedure> =>
    (await of(id)).attached.find((one) => one.id === procedure)!;
  const stepOf = async (procedure: string, step: string) =>
    (await attached(procedure)).content.find(({ id }) => id === step)!;
  const settle = (procedure: string, step: string, body: object, who: Api = api) =>
    who.call<IncidentProcedures & { error?: { code: string; message: string } }>(
      'PATCH',
      `${base}/${procedure}/steps/${step}`,
      body,
    );

  beforeAll(async () => {
    vigie = await Vigie.start();
    api = vigie.api;
    folder = mkdtempSync(join(tmpdir(), 'vigie-sops-'));
    await api.call('POST', '/api/demo');
    incidents = await until(
      'the stories',
      async () => {
        const { items } = await api.get<{ items: IncidentSummary[] }>(
          '/api/incidents?tenant=demo&status=all',
        );
        return items.some(({ techniques }) => techniques.some(({ id }) => id === 'T1070.001')) && items;
      },
      60_000,
    );
    await vigie.settled();
    ({ items: incidents } = await api.get<{ items: IncidentSummary[] }>(
      '/api/incidents?tenant=demo&status=all',
    ));
    story = incidents.find(({ techniques }) => techniques.some(({ id }) => id === 'T1070.001'))!;
    base = `/api/incidents/${story.id}/procedures`;
  });
  afterAll(async () => {
    await vigie?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('what comes with Vigie is there in five languages, and every story finds a procedure', async () => {
    const { items, problems } = await api.get<ProcedurePage>('/api/procedures?language=de');
    expect(problems).toEqual([]);
    expect(items.length).toBeGreaterThanOrEqual(22);
    expect(items.find(({ id }) => id === 'ransomware')).toMatchObject({ origin: 'shipped', key: null });
    expect(items.every(({ languages }) => languages.length === 5)).toBe(true);
    for (const { id, title } of incidents) {
      const { proposed } = await of(id);
      expect(proposed.length, title).toBeGreaterThan(0);
      expect(proposed[0]!.terms.reduce((sum, { weight }) => sum + weight, 0)).toBe(proposed[0]!.total);
    }
    const { proposed } = await of(story.id);
    expect(proposed.map(({ id }) => id)).toEqual(expect.arrayContaining(['lateral-movement', 'log-source']));
    expect(proposed[0]!.terms[0]).toMatchObject({ kind: 'rule' });
    const coverage = await api.get<ProcedureCoverage>('/api/procedures/coverage');
    expect(coverage.types.find(({ type }) => type === 'ransomware')!.procedures).toHaveLength(1);
    expect(coverage.without.length).toBeLessThan(coverage.rules / 10);
  });

  test('every search of every procedure runs at a real incident, and those of a fitting one find its events', async () => {
    const { items } = await api.get<ProcedurePage>('/api/procedures');
    const found = new Map<string, number>();
    for (const { id } of items) await api.ok('POST', base, { procedure: id });
    for (const { id, content } of (await of(story.id)).attached) {
      for (const step of content.filter(({ kind }) => kind === 'query')) {
        const search = await api.ok<StepSearch>('POST', `${base}/${id}/steps/${step.id}/search`, {});
        expect(search.count === null, `${id} ${step.id}`).toBe(search.missing.length > 0);
        found.set(`${id} ${step.id}`, search.count ?? -1);
        if (search.count === null) continue;
        const { total } = await api.ok<{ total: number }>('POST', '/api/events/histogram', {
          tenants: ['demo'],
          from: search.from,
          to: search.to,
          q: search.q,
          buckets: 10,
        });
        expect(total, `${id} ${step.id}: ${search.q}`).toBe(search.count);
      }
      expect((await api.call('DELETE', `${base}/${id}`)).status).toBe(204);
    }
    for (const step of [
      'lateral-movement path',
      'malware-endpoint how-started',
      'malware-endpoint where-else',
      'admin-activity who-did',
      'log-source last-events',
    ])
      expect(found.get(step), step).toBeGreaterThan(0);
    expect([...found.values()].filter((count) => count > 0).length).toBeGreaterThan(found.size / 2);
  });

  test('destroyed backups lead to the procedure for ransomware, whose search finds the command', async () => {
    await vigie.addTenant('harbour');
    const token = await vigie.addSource('harbour', 'windows');
    const file = join(import.meta.dirname, '../../detections/sigma/windows/backups_destroyed.cases.yml');
    const [fires] = (parse(readFileSync(file, 'utf8')) as { cases: { logs: { log: string }[] }[] }).cases;
    const line = stamp(fires!.logs[0]!.log, Date.now() - 60_000, 1);
    // The same machine looks a name up (Sysmon, event 22).
    const lookUp = JSON.parse(line) as {
      winlog: { event_id: string; record_id: string; event_data: object };
    };
    Object.assign(lookUp.winlog, {
      event_id: '22',
      record_id: '2001',
      event_data: { ...lookUp.winlog.event_data, QueryName: 'aGVsbG8.tunnel.example.org', QueryStatus: '0' },
    });
    await fetch(`${vigie.run.url}/api/ingest/windows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `${line}\n${JSON.stringify(lookUp)}`,
    });
    const { id } = await until('the incident', async () => {
      const { items } = await api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour');
      return items[0];
    });
    expect((await of(id, 'fr')).proposed[0]).toMatchObject({ id: 'ransomware', title: 'Rançongiciel' });
    const there = `/api/incidents/${id}/procedures`;
    await api.ok('POST', there, { procedure: 'ransomware' });
    const search = await api.ok<StepSearch>('POST', `${there}/ransomware/steps/backup-killing/search`, {});
    expect(search.count).toBe(1);
    await api.ok('POST', there, { procedure: 'dns-tunnelling' });
    const names = await api.ok<StepSearch>('POST', `${there}/dns-tunnelling/steps/queries/search`, {});
    expect(names).toMatchObject({ q: 'host.name:"pc-17.example.com" dns.question.name:*', count: 1 });
  });

  test('steps are done, skipped with a reason, decided and reopened; all of it is in the log', async () => {
    await api.ok('POST', base, { procedure: 'data-exfiltration' });
    expect((await api.call('POST', base, { procedure: 'data-exfiltration' })).status).toBe(409);
    expect((await settle('data-exfiltration', 'volume', { state: 'done', was: 'open' })).status).toBe(200);
    expect(await stepOf('data-exfiltration', 'volume')).toMatchObject({
      state: 'done',
      actor: expect.any(String),
    });

    // Somebody who still saw it open is told, and nothing is lost.
    const late = await settle('data-exfiltration', 'volume', {
      state: 'skipped',
      was: 'open',
      reason: 'no time',
    });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'VIGIE_PROCEDURE_CONFLICT' } } });

    expect((await settle('data-exfiltration', 'what-data', { state: 'done' })).status).toBe(400);
    expect((await settle('data-exfiltration', 'what-data', { state: 'skipped' })).status).toBe(400);
    expect((await settle('data-exfiltration', 'by-whom', { state: 'done', option: 'guessed' })).status).toBe(
      400,
    );
    expect((await settle('data-exfiltration', 'no-step', { state: 'done' })).status).toBe(404);
    await settle('data-exfiltration', 'what-data', { state: 'done', evidence: 'Invoices of 2025' });
    await settle('data-exfiltration', 'by-whom', { state: 'done', option: 'staff' });
    expect(await stepOf('data-exfiltration', 'how-in')).toMatchObject({ passed: true, state: 'open' });
    await settle('data-exfiltration', 'by-whom', { state: 'open' });
    expect(await stepOf('data-exfiltration', 'how-in')).toMatchObject({ passed: false });
    expect(await stepOf('data-exfiltration', 'dpo')).toMatchObject({
      whom: ['client-dpo'],
      message: expect.stringContaining(`INC-${story.id}`),
      dueAt: story.createdAt + 4 * 3_600_000,
    });

    const { timeline } = await api.get<IncidentView>(`/api/incidents/${story.id}`);
    const said = timeline.map(({ text }) => text).join('\n');
    expect(said).toContain(
      'Procedure attached: Data leaving the organisation (data-exfiltration, version 1)',
    );
    expect(said).toContain('“What data it is”: done; noted: Invoices of 2025');
    expect(said).toContain('decision: A person of the organisation');
    expect(said).toContain('reopened');
  });

  test('a step is given to a person of the client; nobody else’s people can be named', async () => {
    await vigie.addTenant('globex');
    const make = async (name: string, tenants: string[]) => {
      const { user } = await api.ok<{ user: { id: string } }>('POST', '/api/users', {
        email: `${name}@example.org`,
        name,
        role: 'client-responder',
        tenants,
      });
      return user.id;
    };
    const clara = await make('clara', ['demo']);
    const gus = await make('gus', ['globex']);
    expect((await settle('data-exfiltration', 'stop', { assignee: clara })).status).toBe(200);
    expect(await stepOf('data-exfiltration', 'stop')).toMatchObject({
      by: 'client',
      state: 'open',
      assignee: { name: 'clara' },
    });
    expect((await settle('data-exfiltration', 'stop', { assignee: gus })).status).toBe(404);
    // A client's own key is shown its own people, not the provider's.
    const client = await vigie.keyFor('client-responder', ['demo']);
    const { people } = await client.get<IncidentProcedures>(base);
    expect(people.map(({ name }) => name)).toEqual(['clara']);
    expect((await settle('data-exfiltration', 'stop', { state: 'done', was: 'open' }, client)).status).toBe(
      200,
    );
  });

  test('a client’s person does the client’s steps, and no others', async () => {
    const client = await vigie.keyFor('client-responder', ['demo']);
    const refused = await settle('data-exfiltration', 'freeze', { state: 'not-applicable' }, client);
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'VIGIE_API_FORBIDDEN' } } });
    expect((await settle('data-exfiltration', 'people', { assignee: null }, client)).status).toBe(403);
    expect((await settle('data-exfiltration', 'no-step', { state: 'done' }, client)).status).toBe(404);
    expect((await settle('data-exfiltration', 'people', { state: 'not-applicable' }, client)).status).toBe(
      200,
    );
  });

  test('mass assignment: who and when are the server’s to say', async () => {
    const forged = await settle('data-exfiltration', 'freeze', {
      state: 'not-applicable',
      actor: 'somebody else',
      at: 1,
    });
    expect(forged.status).toBe(400);
  });

  test('closing with mandatory steps open asks for a reason, and the log keeps it', async () => {
    const path = `/api/incidents/${story.id}`;
    const refused = await api.call<{ error: { code: string; details: { items: { step: string }[] } } }>(
      'PATCH',
      path,
      {
        status: 'closed',
        verdict: 'true-positive',
      },
    );
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'VIGIE_PROCEDURE_OPEN' } } });
    expect(refused.body.error.details.items).toMatchObject([{ step: 'by-whom', title: 'Who does it' }]);
    expect(await api.get(path)).toMatchObject({ status: story.status });
    const closed = await api.ok<IncidentView>('PATCH', path, {
      status: 'closed',
      verdict: 'true-positive',
      comment: 'Handed over to the lawyers',
    });
    expect(closed.status).toBe('closed');
    expect(closed.timeline.some(({ text }) => text.startsWith('Closed with mandatory steps open: '))).toBe(
      true,
    );
    await api.ok('PATCH', path, { status: 'in-progress', verdict: null });
  });

  test('an own version replaces a shipped one once it is in force; an incident keeps what it began with', async () => {
    await api.ok('POST', base, { procedure: 'malware-endpoint' });
    const made = await api.ok<ProcedureDetail>('POST', '/api/procedures', {
      tenant: null,
      sop: SOP,
      texts: { fr: FRENCH },
      note: 'Ours',
    });
    expect(made).toMatchObject({ origin: 'provider', live: null, version: 1, languages: ['fr'] });
    expect((await attached('malware-endpoint')).newer).toBeNull();
    const state = `/api/procedures/own/${made.key}/state`;
    await api.ok('POST', state, { live: 1, revision: 1 });
    expect(await attached('malware-endpoint')).toMatchObject({
      origin: 'shipped',
      title: 'Malware on an endpoint',
      newer: 1,
    });
    const { items } = await api.get<ProcedurePage>('/api/procedures');
    const ofId = items.filter(({ id }) => id === 'malware-endpoint');
    expect(ofId.find(({ origin }) => origin === 'provider')).toMatchObject({ live: 1, key: made.key });
    expect(ofId.find(({ origin }) => origin === 'shipped')).toMatchObject({ replaced: true });

    // The next version, by somebody who had not seen that it went live, is refused; then it is kept, as a draft.
    const versions = `/api/procedures/own/${made.key}/versions`;
    const second = { sop: SOP.replace('mandatory: true, by', 'by'), texts: { fr: FRENCH }, note: 'Lighter' };
    expect((await api.call('POST', versions, { ...second, revision: 1 })).status).toBe(409);
    const saved = await api.ok<ProcedureDetail>('POST', versions, { ...second, revision: 2 });
    expect(saved.versions).toMatchObject([
      { number: 2, state: 'draft', note: 'Lighter' },
      { number: 1, state: 'live' },
    ]);
    expect((await api.call('DELETE', `/api/procedures/own/${made.key}`)).status).toBe(409);

    await api.call('DELETE', `${base}/malware-endpoint`);
    await api.ok('POST', base, { procedure: 'malware-endpoint' });
    expect(await attached('malware-endpoint')).toMatchObject({
      origin: 'provider',
      title: 'La nôtre',
      total: 3,
    });
    await api.ok('POST', `/api/procedures/own/${made.key}/state`, { live: null, revision: 3 });
    expect((await api.call('DELETE', `/api/procedures/own/${made.key}`)).status).toBe(204);
  });

  test('stored script and what is wrong are refused, with file and line', async () => {
    const hostile = await api.call<{ error: { details: { problems: { file: string; line: number }[] } } }>(
      'POST',
      '/api/procedures',
      { tenant: null, sop: SOP, texts: { en: FRENCH.replace('Notre', '<script>alert(1)</script>') } },
    );
    expect(hostile.status).toBe(400);
    expect(hostile.body.error.details.problems[0]).toMatchObject({ file: 'en.md', line: 2 });
  });

  test('vigie sops lint: the shipped ones are good; a missing language is told, and ends with a failure', async () => {
    const good = await runVigie(['sops', 'lint']);
    expect(good.code, good.stdout + good.stderr).toBe(0);
    cpSync(join(SHIPPED, 'insider'), join(folder, 'insider'), { recursive: true });
    rmSync(join(folder, 'insider', 'it.md'));
    writeFileSync(join(folder, 'insider', 'de.md'), '# Missbrauch\n');
    const bad = await runVigie(['sops', 'lint', folder]);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('insider/it.md:1: error: the language is missing');
    expect(bad.stdout).toMatch(/insider\/de\.md:\d+: error: the step “circle” has no section/);
  });
});
