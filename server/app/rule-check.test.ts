import type { RuleCheck } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import {
  ANNA,
  BASE,
  CASES,
  done,
  MANY,
  OWN,
  refused,
  rule,
  SHIPPED,
  TestWorkshop,
} from './testing/workshop.ts';

const shop = TestWorkshop.use();
const { event, judge, save } = shop;

describe('what is not ready', () => {
  test.each([
    ['broken YAML', 'title: [', 'yaml_syntax', 1],
    ['an unknown modifier', rule(OWN, 'x').replace('|contains', '|ends'), 'modifier_unknown', 8],
    [
      'a condition without its selection',
      rule(OWN, 'x').replace('condition: selection', 'condition: select'),
      'condition_unknown_selection',
      9,
    ],
    ['another id', rule(SHIPPED, 'x'), 'id_changed', 1],
    ['a second rule', `${rule(OWN, 'x')}---\n${rule(BASE, 'y')}`, 'rule_extra', 14],
    [
      'a placeholder that nothing fills',
      rule(OWN, '"%admins%"').replace('contains', 'contains|expand'),
      'placeholder_unresolved',
      1,
    ],
    [
      'a filter',
      `${rule(OWN, 'x')}---\ntitle: f\nlogsource: {product: linux}\nfilter: {rules: any, s: {a: b}, condition: not s}\n`,
      'filter_here',
      14,
    ],
    [
      'an expression that explodes',
      rule(OWN, "'(a{1000}){1000}'").replace('contains', 're'),
      'regex_unsafe',
      8,
    ],
  ])('%s: refused with the line', async (_what, text, code, line) => {
    await save(OWN, text, 0);
    const outcome = refused(
      await shop.bench.workshop.move(OWN, 1, { to: 'test', note: '', revision: 1 }, ANNA),
    );
    expect(outcome.refused).toBe('not-ready');
    const { ok, issues } = outcome.details as RuleCheck;
    expect(ok).toBe(false);
    expect(issues.filter(({ severity }) => severity === 'error')).toContainEqual(
      expect.objectContaining({ code, line }),
    );
    expect((await shop.bench.workshop.versions(OWN))!.versions[0]!.state).toBe('draft');
    // Nothing of it has touched the others.
    expect(judge([event('the beacon')]).alerts).toEqual([SHIPPED]);
  });

  test('a failing case: refused with its line and the reason', async () => {
    await save(OWN, rule(OWN, 'tugboat'), 0, { cases: CASES });
    const outcome = refused(
      await shop.bench.workshop.move(OWN, 1, { to: 'test', note: '', revision: 1 }, ANNA),
    );
    const { cases } = outcome.details as RuleCheck;
    expect(cases).toMatchObject([
      { name: 'somebody says it', passed: false, line: 2 },
      { name: 'nobody does', passed: true },
    ]);
    expect(cases![0]!.reasons.join('\n')).toMatch(
      /event.original\|contains: tugboat ← event.original = .*anchor/,
    );
  });

  test.each([
    ['no YAML', 'cases: [', 'yaml_syntax', 1],
    [
      'a key that cases don’t have',
      CASES.replace('fires: false', 'fires: false\n    wants: more'),
      'cases_invalid',
      6,
    ],
    [
      'a file of the machine',
      CASES.replace(/- log: .*\n/, '- { sample: ../../etc/passwd }\n'),
      'sample_unknown',
      2,
    ],
    [
      'a way out of the samples',
      CASES.replace(/- log: .*\n/, '- { sample: sources/a/b/samples/.. }\n'),
      'sample_unknown',
      2,
    ],
    [
      'more logs than are run here',
      CASES.replace(/(- log: .*\n)/, '$1        times: 5000\n').replace(
        /(sailor.*\n)/,
        '$1        times: 5000\n',
      ),
      'cases_too_large',
      1,
    ],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ncases: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
      'yaml_too_large',
      1,
    ],
  ])('cases with %s', async (_what, cases, code, line) => {
    const check = await shop.bench.workshop.validate({ id: OWN, text: rule(OWN, 'anchor'), cases });
    expect(check).toMatchObject({ ok: false, cases: null });
    expect(check.caseIssues).toContainEqual(expect.objectContaining({ code, line }));
  });

  test('hostile texts are refused', async () => {
    for (const text of [
      'a: '.repeat(20_000),
      `title: ${'['.repeat(50_000)}`,
      `__proto__: {title: x}\n${rule(OWN, 'x')}`,
      `${'k'.repeat(200_000)}: 1`,
      rule(OWN, `"${'*a'.repeat(60_000)}"`),
    ])
      expect(await shop.bench.workshop.validate({ id: OWN, text })).toHaveProperty('ok');
    expect(Object.hasOwn(Object.prototype, 'title')).toBe(false);
  });
});

describe('explanations', () => {
  test('of a pasted log, a record, a version and a count', async () => {
    const line =
      '<38>Mar  4 10:00:00 web1 sshd[100]: Failed password for anchor from 192.0.2.7 port 40000 ssh2';
    const text = rule(OWN, 'anchor').replace(
      'condition: selection',
      'filter:\n    host.name: web1\n  condition: selection and not filter',
    );
    const explained = done(await shop.bench.workshop.explain({ text, log: line }, undefined));
    expect(explained).toMatchObject({
      source: 'linux.sshd',
      rules: [{ matches: false, logsource: 'holds' }],
    });
    expect(
      explained.rules[0]!.lines.map(({ depth, kind, holds, text: what }) => [depth, kind, holds, what]),
    ).toEqual([
      [0, 'and', false, ''],
      [1, 'selection', true, 'selection'],
      [2, 'item', true, 'event.original|contains'],
      [1, 'not', false, ''],
      [2, 'selection', true, 'filter'],
      [3, 'item', true, 'host.name'],
    ]);
    expect(explained.rules[0]!.lines.at(-1)!.item).toMatchObject({
      present: [{ field: 'host.name', value: 'web1' }],
      values: [{ raw: 'web1', holds: true }],
    });
    const counted = done(await shop.bench.workshop.explain({ id: MANY, log: line }, undefined));
    expect(counted.correlation).toEqual({
      sentence: '3 or more events within 5 minutes, with the same host.name.',
      group: [{ field: 'host.name', value: 'web1' }],
    });
    expect(counted.rules).toMatchObject([{ id: BASE, matches: false }]);
    expect(refused(await shop.bench.workshop.explain({ text: 'x: 1', log: line }, undefined)).refused).toBe(
      'invalid',
    );
    expect(
      refused(
        await shop.bench.workshop.explain({ text, log: '{"a":'.repeat(100_000), type: 'ecs' }, undefined),
      ).refused,
    ).toBe('invalid');
  });

  test('the words of completion', () => {
    const { logsources, modifiers, tags } = shop.bench.workshop.vocabulary();
    expect(logsources).toContainEqual({ product: 'windows', category: 'process_creation' });
    expect(modifiers).toContain('startswith');
    expect(tags).toContainEqual({ tag: 'attack.t1110', name: 'Brute Force' });
    const { known, fields } = shop.bench.workshop.fields({
      product: 'windows',
      category: 'process_creation',
    });
    expect(known).toBe(true);
    expect(fields.find(({ name }) => name === 'Image')!.found.length).toBeGreaterThan(0);
    expect(shop.bench.workshop.fields({ product: 'abacus' }).known).toBe(false);
  });
});
