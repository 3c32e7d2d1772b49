import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { loadAttack } from '../app/attack.ts';
import { procedureVocabulary } from '../app/procedure-vocabulary.ts';
import { parseQuery } from '../hunt/index.ts';
import { fitOf } from './choose.ts';
import { readProcedureFolder } from './folder.ts';
import { fillMessage, fillQuery } from './placeholders.ts';
import type { IncidentFacts, Procedure, ProcedureSource, StepRecord } from './ports.ts';
import { progressOf } from './progress.ts';
import { readProcedure } from './read.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SHIPPED = join(ROOT, 'sops');
const ATTACK = loadAttack(join(ROOT, 'detections'));
const VOCABULARY = procedureVocabulary(ATTACK);

const SOP = `id: door
version: 1
types: [malware]
fits:
  techniques: { T1204: 2 }
steps:
  - { id: look, kind: query, queries: ['host.name:{host}'] }
  - { id: choose, kind: decision, mandatory: true, options: [{ id: a }, { id: b, to: tell }] }
  - { id: do, kind: task, mandatory: true }
  - { id: tell, kind: tell, whom: client-it, mandatory: true }
`;
const TEXT = `# Door
A door is open.

## look: Look
## choose: Choose
- [a] First
- [b] Second
## do: Do it
## tell: Tell them
\`\`\`message
{host} at {organisation}
\`\`\`
`;
const source = (sop = SOP, en = TEXT): ProcedureSource => ({ sop, texts: { en } });
const read = (one: ProcedureSource) => readProcedure(one, VOCABULARY, false);
const errors = (one: ProcedureSource) =>
  read(one)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
const door = (): Procedure => read(source()).procedure!;

test('a step tells contacts, people of the provider, or both, and never nobody', () => {
  const telling = (whom: string) => source(SOP.replace('whom: client-it', whom));
  for (const good of ['whom: [client-it, on-call]', 'roles: [soc-manager]', 'whom: bank, roles: [analyst]'])
    expect(errors(telling(good)), good).toEqual([]);
  expect(errors(telling('within: 1h')).join()).toContain('names nobody');
  for (const bad of ['whom: [everybody]', 'whom: []', 'roles: [client-administrator]'])
    expect(errors(telling(bad)), bad).not.toEqual([]);
});

describe('the procedures that come with Vigie', () => {
  const { procedures, problems } = readProcedureFolder(SHIPPED, VOCABULARY);

  it('are read without a complaint, in five languages', () => {
    expect(problems).toEqual([]);
    expect(procedures.length).toBeGreaterThanOrEqual(22);
  });

  it('say something in every step that is not told by its title, in each language of its own', () => {
    for (const { procedure } of procedures)
      for (const { id, kind } of procedure.file.steps) {
        const words = Object.values(procedure.words).map((language) => language.steps[id]!);
        const bare = words.filter(({ text }) => text === '');
        if (kind === 'task' || kind === 'query') expect(bare, `${procedure.file.id} ${id}`).toEqual([]);
        const said = new Set(words.map(({ title, text, message }) => `${title}\n${text}\n${message}`));
        expect(said.size, `${procedure.file.id} ${id}: the same words in two languages`).toBe(words.length);
      }
  });

  it('name the same placeholders in every language', () => {
    const named = (text: string | null) => [...new Set(text?.match(/\{[a-z]+\}/g) ?? [])].sort();
    for (const { procedure } of procedures)
      for (const { id } of procedure.file.steps) {
        const wanted = named(procedure.words.en!.steps[id]!.message);
        for (const [language, { steps }] of Object.entries(procedure.words))
          expect(named(steps[id]!.message), `${procedure.file.id} ${id} ${language}`).toEqual(wanted);
      }
  });
});

describe('reading', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-sops-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('names file and line of what is missing in a language', () => {
    cpSync(join(SHIPPED, 'phishing'), join(folder, 'phishing'), { recursive: true });
    rmSync(join(folder, 'phishing', 'nl.md'));
    const file = join(folder, 'phishing', 'fr.md');
    const text = readFileSync(file, 'utf8').replace(/^## isolate: .*$/m, '## isolated: Isoler');
    writeFileSync(file, text);
    const { procedures, problems } = readProcedureFolder(folder, VOCABULARY);
    const line = text.split('\n').findIndex((each) => each.startsWith('## isolated')) + 1;
    expect(procedures).toEqual([]);
    expect(problems).toEqual([
      { file: 'phishing/fr.md', line, severity: 'error', message: 'there is no step “isolated” in sop.yml' },
      expect.objectContaining({ file: 'phishing/fr.md', message: 'the step “isolate” has no section' }),
      { file: 'phishing/nl.md', line: 1, severity: 'error', message: 'the language is missing' },
    ]);
  });

  test.each([
    ['a field that is not ECS’s', SOP.replace('host.name', 'hostname'), /sop\.yml:7: no event has the field/],
    ['a search that is no search', SOP.replace("{host}'", "{host} or'"), /sop\.yml:7: search text/],
    ['a placeholder of nothing', SOP.replace('{host}', '{hots}'), /sop\.yml:7: \{hots\}/],
    ['a way back', SOP.replace('to: tell', 'to: look'), /sop\.yml:8: “look” comes before/],
    ['a member that is not known', SOP.replace('version: 1', 'version: 1\nowner: x'), /sop\.yml:1: .*owner/],
    ['a technique that is none', SOP.replace('T1204', 'T9999'), /sop\.yml:5: ATT&CK has no technique/],
    [
      'two steps of one name',
      SOP.replace('id: do,', 'id: look,'),
      /sop\.yml:9: the step “look” is there twice/,
    ],
  ])('%s', (_what, sop, expected) => {
    expect(errors(source(sop)).join('\n')).toMatch(expected);
  });

  it('stored script: markup and script addresses are refused', () => {
    const lineOf = (en: string, what: string) => en.split('\n').findIndex((line) => line.includes(what)) + 1;
    for (const attack of ['<img src=x onerror=alert(1)>', '[click](javascript:alert(1))']) {
      const en = TEXT.replace('## do: Do it', `## do: Do it\n${attack}`);
      expect(errors(source(SOP, en))[0]).toMatch(new RegExp(`^en\\.md:${lineOf(en, attack)}: `));
    }
  });

  it('YAML bomb: aliases are refused', () => {
    const bomb = `${SOP}x: &a [1]\ny: [*a, *a]\n`;
    expect(errors(source(bomb)).length).toBeGreaterThan(0);
    expect(errors(source('x: ['.repeat(20_000))).length).toBeGreaterThan(0);
  });
});

describe('choosing', () => {
  const facts = (more: Partial<IncidentFacts>): IncidentFacts => ({
    level: 'high',
    rules: [],
    techniques: [],
    tactics: [],
    sources: [],
    entities: [],
    ...more,
  });
  const { file } = door();

  it('takes a technique of which another is a part, and tells what spoke for it', () => {
    expect(fitOf(file, facts({ techniques: ['T1204.002', 'T1059'] }))).toEqual({
      total: 6,
      terms: [{ kind: 'technique', value: 'T1204.002', weight: 6 }],
    });
    expect(fitOf(file, facts({ techniques: ['T1059'] }))).toBeUndefined();
  });

  it('leaves an incident below its level alone', () => {
    const strict = { ...file, fits: { ...file.fits, level: 'critical' as const } };
    expect(fitOf(strict, facts({ techniques: ['T1204'] }))).toBeUndefined();
  });
});

describe('placeholders', () => {
  it('hostile names: a value from a log stays one quoted value of the search', () => {
    const entities = [
      { type: 'host' as const, value: 'a" or user.name:* or "' },
      { type: 'host' as const, value: 'b\\' },
    ];
    const filled = fillQuery(['host.name:{host}'], entities);
    expect(parseQuery('q' in filled ? filled.q : '')).toEqual({
      op: 'or',
      items: entities.map(({ value }) => ({ op: 'eq', field: 'host.name', value })),
    });
  });

  it('takes the first search that can be filled, or says what is missing', () => {
    const entities = [{ type: 'ip' as const, value: '192.0.2.1' }];
    expect(fillQuery(['host.name:{host}', 'source.ip:{ip}'], entities)).toEqual({
      q: 'source.ip:"192.0.2.1"',
    });
    expect(fillQuery(['host.name:{host} user.name:{user}'], entities)).toEqual({ missing: ['host', 'user'] });
  });

  it('fills messages once only, and leaves what is not known to a person', () => {
    const entities = [{ type: 'host' as const, value: '{incident}\n' }];
    expect(fillMessage('{host} {user} {incident}', { entities, incident: 'INC-1', organisation: 'A' })).toBe(
      '{incident}  {user} INC-1',
    );
  });
});

describe('progress', () => {
  const record = (step: string, more: Partial<StepRecord> = {}): StepRecord => ({
    step,
    state: 'done',
    at: 1,
    actor: 'Ana',
    reason: null,
    evidence: null,
    option: null,
    assignee: null,
    ...more,
  });
  const { file } = door();

  it('does not ask for what a choice still to be made could lead past', () => {
    expect(progressOf(file, [])).toMatchObject({
      settled: 0,
      total: 4,
      openMandatory: ['choose', 'tell'],
      next: 'look',
    });
  });

  it('leaves out what the choice has led past, and asks for the rest', () => {
    const first = progressOf(file, [record('choose', { option: 'a' })]);
    expect(first).toMatchObject({ settled: 1, total: 4, openMandatory: ['do', 'tell'] });
    const second = progressOf(file, [record('choose', { option: 'b' })]);
    expect([...second.passed]).toEqual(['do']);
    expect(second).toMatchObject({ settled: 1, total: 3, openMandatory: ['tell'] });
  });

  it('is done when every step is settled or led past', () => {
    const records = [record('choose', { option: 'b' }), record('look', { state: 'skipped' }), record('tell')];
    expect(progressOf(file, records)).toMatchObject({ settled: 3, total: 3, openMandatory: [], next: null });
  });
});
