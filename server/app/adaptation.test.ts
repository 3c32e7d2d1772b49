import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RuleStore } from '../storage/state/rule-store.ts';
import { RuleVersionStore } from '../storage/state/rule-version-store.ts';
import { AdaptationError, createAdaptation } from './adaptation.ts';
import { LiveRules } from './rule-book.ts';
import { RuleChecker } from './rule-check.ts';
import { attack, INSTALLATION, TestWorkshop, taxonomy } from './testing/workshop.ts';

const RULE = `
title: Sign-in by an account of the harbour
id: 0a3f7d52-94f7-4f5e-8d4e-1f6d5b3c0001
logsource: { product: pier, service: signin }
detection:
  selection:
    Berth: pilot01
    Sailor|expand: '%captains%'
  condition: selection
level: high
`;
const ID = '0a3f7d52-94f7-4f5e-8d4e-1f6d5b3c0001';
const PIPELINE = `
name: Names of the pier
priority: 20
transformations:
  - id: fields
    type: field_name_mapping
    mapping:
      Berth: host.name
      Sailor: user.name
  - type: change_logsource
    product: linux
    service: sshd
`;

const bench = TestWorkshop.use();
const folder = mkdtempSync(join(tmpdir(), 'vigie-adaptation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = { pipelines: [] as string[], placeholders: {} as Record<string, string[] | string> };
let store: RuleStore;
let rules: LiveRules;
let told: Parameters<NonNullable<ConstructorParameters<typeof LiveRules>[0]['onRules']>>[2] | undefined;

beforeEach(async () => {
  config.pipelines = [];
  config.placeholders = {};
  store = new RuleStore(bench.state.db);
  for (const table of ['rule_pipeline', 'rule_placeholder', 'rule_file'] as const)
    await bench.state.db.deleteFrom(table).execute();
  const quiet = { warn: () => undefined, debug: () => undefined };
  rules = new LiveRules({
    store,
    versions: new RuleVersionStore(bench.state.db),
    taxonomy,
    attack,
    adaptation: () => createAdaptation(config, store)(),
    folders: new Map([['vigie', join(bench.folder, 'rules')]]),
    now: () => bench.clock,
    onRules: (_files, _disabled, adaptation) => {
      told = adaptation;
    },
    log: quiet,
  });
  await rules.reload();
});

const bring = (pipelines?: { name: string; text: string }[], origin = 'pier') =>
  rules.import(origin, [{ path: 'signin.yml', text: RULE }], true, pipelines);
const pier = [{ name: 'pier.yml', text: PIPELINE }];

/** Rules that fire when a user signs in. */
function fired(user: string): string[] {
  const event = bench.event('anything');
  const batch = rules.matcher().match({
    sequence: 1,
    events: [{ ...event, fields: { ...event.fields, 'user.name': user } }],
  });
  return rules.judgeMatched([...batch.matched]).flatMap((one) => ('kind' in one ? [] : [one.ruleId]));
}

describe('a placeholder', () => {
  it('without a value keeps its rule out, with the reason, until it has one', async () => {
    const report = await bring(pier);
    expect(report.rejected).toMatchObject([
      {
        path: 'signin.yml',
        code: 'placeholder_unresolved',
        reason: 'the placeholder %captains% has no values',
      },
    ]);
    expect(rules.known(ID)).toMatchObject({ state: 'rejected' });
    expect(rules.adaptation().missing).toEqual([{ name: 'captains', rules: 1 }]);
    expect(fired('alva')).toEqual([]);

    expect((await rules.setPlaceholder('captains', ['alva', 'ru*'])).rejected).toEqual([]);
    expect(rules.known(ID)).toMatchObject({ state: 'live' });
    expect([fired('alva'), fired('rurik'), fired('bosse')]).toEqual([[ID], [ID], []]);
    expect(rules.adaptation()).toMatchObject({
      placeholders: [{ name: 'captains', values: ['alva', 'ru*'] }],
      missing: [],
    });

    await rules.setPlaceholder('captains', undefined);
    expect(rules.known(ID)).toMatchObject({ state: 'rejected' });
  });

  it('takes its values from the configuration, from a file, or from the pipeline’s own vars', async () => {
    const file = join(folder, 'captains.txt');
    writeFileSync(file, '# of this year\nalva\n\n  bosse \r\n');
    await bring([{ name: 'pier.yml', text: `${PIPELINE}vars:\n  captains: [cecilia]\n` }]);
    expect([fired('cecilia'), fired('alva')]).toEqual([[ID], []]);
    config.placeholders = { captains: file };
    await rules.reload();
    expect([fired('cecilia'), fired('alva'), fired('bosse')]).toEqual([[], [ID], [ID]]);
    writeFileSync(file, 'dag\n');
    await rules.reload();
    expect([fired('alva'), fired('dag')]).toEqual([[], [ID]]);
  });

  it('whose file can’t be read says so, and the rules stay as they were', async () => {
    await bring(pier);
    await rules.setPlaceholder('captains', ['alva']);
    config.placeholders = { captains: join(folder, 'nowhere.txt') };
    await expect(rules.reload()).rejects.toThrow(AdaptationError);
    expect(fired('alva')).toEqual([ID]);
  });
});

describe('pipelines', () => {
  beforeEach(() => rules.setPlaceholder('captains', ['alva']));

  it('adapt the rules they were brought with, and are kept with them', async () => {
    await bring();
    expect(rules.known(ID)?.state).toBe('unmapped');
    await bring(pier);
    expect(fired('alva')).toEqual([ID]);
    // The next import of the same rules has them still.
    await bring();
    expect(fired('alva')).toEqual([ID]);
    await bring(undefined, 'elsewhere');
    await rules.import('pier', [], false, []);
    expect(rules.known(ID)?.state).toBe('unmapped');
  });

  it('are told to the threads as they are in force', async () => {
    await bring(pier);
    expect(told).toEqual({
      pipelines: [{ origin: 'pier', ...pier[0] }],
      placeholders: { captains: ['alva'] },
    });
  });

  it('say on the rule’s page what they changed', async () => {
    await bring(pier);
    expect((await rules.get(ID, 'all'))?.adapted).toEqual({
      pipelines: [
        {
          name: 'pier.yml',
          steps: [
            { step: 'fields', line: 5 },
            { step: 'change_logsource', line: 10 },
          ],
        },
        { name: 'placeholders', steps: [{ step: 'value_placeholders', line: 1 }] },
      ],
      logsource: { before: 'pier / signin', after: 'linux / sshd' },
      fields: { before: ['Berth', 'Sailor'], after: ['host.name', 'user.name'] },
    });
    expect(rules.adaptation().pipelines).toMatchObject([{ origin: 'pier', name: 'pier.yml', changed: 1 }]);
    const shipped = [...rules.set.rules.values()].find(({ origin }) => origin === 'vigie')!;
    expect((await rules.get(shipped.key, 'all'))?.adapted).toBeNull();
  });

  it('of the configuration adapt all but the shipped rules', async () => {
    const file = join(folder, 'all.yml');
    writeFileSync(
      file,
      `${PIPELINE}  - type: set_custom_attribute\n    attribute: adapted\n    value: 'yes'\n`,
    );
    config.pipelines = [file];
    await bring();
    expect(fired('alva')).toEqual([ID]);
    for (const { origin, rule } of rules.set.rules.values())
      expect(rule.custom['adapted']).toBe(origin === 'vigie' ? undefined : 'yes');
  });

  it('that can’t be used are refused with their lines, and nothing changes', async () => {
    await bring(pier);
    const broken = { name: 'broken.yml', text: 'transformations:\n  - type: no_such_thing\n' };
    await expect(bring([broken])).rejects.toThrow(/pipeline broken\.yml:2: .*no_such_thing/);
    expect(fired('alva')).toEqual([ID]);
  });

  it('may refuse a rule, which says why', async () => {
    const text = `${PIPELINE}  - type: rule_failure\n    message: not at this pier\n`;
    const { rejected } = await bring([{ name: 'pier.yml', text }]);
    expect(rejected).toMatchObject([{ code: 'pipeline', reason: 'pier.yml: not at this pier' }]);
    expect(rules.known(ID)).toMatchObject({ state: 'rejected', problem: 'pier.yml: not at this pier' });
  });

  it('are seen by checks and explanations of a version of the rule', async () => {
    await bring(pier);
    const checker = new RuleChecker({ taxonomy, attack, set: () => rules.set, installation: INSTALLATION });
    const unit = checker.unit(RULE, ID);
    expect(unit?.rules[0]?.logsource).toMatchObject({ product: 'linux', service: 'sshd' });
    const codes = (await checker.check({ id: ID, text: RULE })).issues.map(({ code }) => code);
    expect(codes).not.toContain('field_unknown');
    expect(codes).not.toContain('logsource_unknown');
    expect(codes).not.toContain('placeholder_unresolved');
  });
});
