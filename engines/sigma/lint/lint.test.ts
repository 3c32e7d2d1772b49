import { describe, expect, test } from 'vitest';
import { parseRules } from '../parse.ts';
import { parseTaxonomy } from '../taxonomy-read.ts';
import { applyFixes, type LintOptions, lintFile, lintFiles } from './index.ts';

const { taxonomy } = parseTaxonomy(`
logsources:
  - { product: windows, category: process_creation, when: [{ event.code: 1 }] }
fields:
  - { product: windows, map: { CommandLine: process.command_line, Image: process.executable } }
  - { product: windows, category: process_creation, fallback: ['winlog.{field}'] }
`);
const options: LintOptions = {
  taxonomy,
  attack: { techniques: new Set(['t1059', 't1059.001']), tactics: new Set(['execution', 'initial-access']) },
  custom: {
    vigie: (value) =>
      (value as { ok?: boolean }).ok === true ? [] : [{ path: ['ok'], message: 'must be true' }],
  },
  newId: () => '22222222-2222-4222-8222-222222222222',
};

const HEAD = `title: A rule
id: 11111111-1111-4111-8111-111111111111
status: test
level: medium
`;
const BODY = `logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image: a.exe
  condition: selection
`;

const lint = (text: string) => lintFile({ path: 'r.yml', text }, options);
const codes = (text: string) => lint(text).map(({ severity, code, line }) => `${severity} ${code} ${line}`);
/** The text with its safe fixes made. */
const fixed = (text: string) => applyFixes(text, lint(text)).text;
const selection = (item: string) => HEAD + BODY.replace('Image: a.exe', item);

test('a good rule has no issues', () => {
  expect(lint(HEAD + BODY)).toEqual([]);
});

describe('ATT&CK ids that the list does not have', () => {
  const attack = {
    techniques: new Set(['t1059', 't1059.001', 't1200']),
    tactics: new Set(['execution']),
    asOf: '2025-11-12',
  };
  test.each([
    ['t1201', 'info'],
    ['t1059.002', 'info'],
    ['t1100', 'warning'],
    ['t1059.000', 'warning'],
  ])('%s', (id, severity) => {
    const text = `title: A harbour in sight\ntags: [attack.${id}]\n`;
    const issue = lintFile({ path: 'rule.yml', text }, { attack }).find(
      ({ code }) => code === 'tag_attack_unknown',
    );
    expect(issue).toMatchObject({ severity, message: expect.stringContaining('as of 2025-11-12') });
    expect(issue?.message).toContain('a later one may');
  });
});

describe('attributes', () => {
  test.each([
    ['falsepostives: [x]\n', ['error attribute_misspelt 5']],
    ['team: blue\n', ['info attribute_custom 5']],
    ['date: 2026/3/4\n', ['warning date_format 5']],
    ['date: 2026-02-30\n', ['error date_invalid 5']],
    ['date: 2026-03-04\nmodified: 2026-03-03\n', ['warning date_order 6']],
    ['tags: [attack.t1059.001, attack.execution, attack.s0002, cve.2026-12345, tlp.green]\n', []],
    ['tags: [attack.t9999]\n', ['warning tag_attack_unknown 5']],
    ['tags: [attack.initial_access]\n', ['warning tag_style 5']],
    ['tags: [atack.t1059]\n', ['warning tag_namespace 5']],
    ['tags: [plain]\n', ['error tag_form 5']],
    ['references: [https://example.com/a, https://example.com/a]\n', ['warning value_duplicate 5']],
    ['related:\n  - { id: nope, type: obsoletes }\n', ['error id_invalid 6', 'warning related_type 6']],
    ['vigie: { ok: false }\n', ['error attribute_schema 5']],
    ['vigie: { ok: true }\n', []],
  ])('%s', (attribute, expected) => {
    expect(codes(HEAD + attribute + BODY)).toEqual(expected);
  });

  test('what is missing or no choice', () => {
    expect(codes(`title: A rule\n${BODY}`)).toEqual([
      'warning id_missing 1',
      'warning status_missing 1',
      'warning level_missing 1',
    ]);
    expect(codes(HEAD.replace('medium', 'hihg') + BODY)).toEqual(['error level_invalid 4']);
    expect(codes(HEAD.replace('title: A rule\n', '') + BODY)).toEqual(['error attribute_missing 1']);
    expect(codes(HEAD.replace('11111111-', '') + BODY)).toEqual(['error id_invalid 2']);
  });

  test('false positives that contradict the level', () => {
    const high = HEAD.replace('medium', 'critical');
    expect(codes(`${high}falsepositives: [Very common in scripts]\n${BODY}`)).toEqual([
      'warning level_falsepositives 5',
    ]);
    expect(codes(`${high}falsepositives: [Unlikely]\n${BODY}`)).toEqual([]);
    expect(codes(high + BODY)).toEqual(['info falsepositives_missing 4']);
  });

  test('a misspelt section hides nothing', () => {
    expect(codes((HEAD + BODY).replace('detection:', 'detecton:'))).toContain('error attribute_misspelt 8');
    expect(codes((HEAD + BODY).replace('category:', 'categroy:'))).toContain('error attribute_misspelt 7');
  });
});

describe('detections', () => {
  test.each([
    ['Image|contain: a', ['warning modifier_misspelt 10', 'error modifier_unknown 10']],
    ['Image|contains: "*a*"', ['warning wildcard_redundant 10']],
    ["Image|startswith: 'a\\*'", []],
    ['Image: ["A.exe", a.exe]', ['warning value_duplicate 10']],
    ['CommandLine|base64offset|contains: [iex abc, IEX abc]', []],
    ["Image: 'C:\\Temp\\*'", ['warning escape_wildcard 10']],
    ["CommandLine: '/index.php\\?x'", []],
    ["Image: '\\\\server\\share'", ['warning escape_unc 10']],
    ["Image|endswith: 'a\\\\b.exe'", ['info escape_double 10']],
    ["Image|re: '(a{1000}){1000}'", ['error regex_unsafe 10']],
    ['Image: "*"', ['info wildcard_only 10']],
    ['commandline: x', ['warning field_misspelt 10']],
    ['Unheard: x', ['info field_unmapped 10']],
    ['process.name: x', []],
    ['Image|hour: [7, 24]', ['warning value_range 10']],
    ['Image|hour: 7.5', ['warning value_range 10']],
    ['Image|hour|lt: 7.5', []],
    ['Image|month|gte: 13', ['warning value_range 10']],
  ])('%s', (item, expected) => {
    expect(codes(selection(item)).sort()).toEqual([...expected].sort());
  });

  test('every selection is read, though the first is wrong', () => {
    const text = selection('Image|gt: x').replace('condition:', 'other:\n    Image|lt: y\n  condition:');
    expect(codes(text).filter((code) => code.startsWith('error'))).toEqual([
      'error value_invalid 10',
      'error value_invalid 12',
    ]);
  });

  test('selections that no condition names, and names that no selection has', () => {
    const unused = selection('Image: a').replace('condition:', 'filter:\n    Image: b\n  condition:');
    expect(codes(unused)).toEqual(['warning selection_unused 11']);
    expect(codes(selection('Image: a').replace('condition: selection', 'condition: selectoin'))).toEqual([
      'warning condition_misspelt 11',
      'error condition_unknown_selection 11',
    ]);
  });

  test('logsources nobody writes, and the one that is meant', () => {
    const [issue] = lint((HEAD + BODY).replace('product: windows', 'product: windwos'));
    expect([issue?.code, issue?.message]).toEqual([
      'logsource_unknown',
      'no source writes product: windwos, category: process_creation (product: windows?)',
    ]);
  });
});

describe('fixes', () => {
  test('are made where they are safe, once, and keep the rest of the text', () => {
    const text = `title: A rule # with a comment
status: test
level: Medium
date: 2026/03/04
tags:
    - attack.initial_access
    - attack.t1059
    - attack.t1059
falsepostives:
    - it's nothing
${BODY.replace('Image: a.exe', "commandline|contains: '*a''b*'")}`;
    const after = fixed(text);
    expect(after).toContain('id: 22222222-2222-4222-8222-222222222222\nstatus: test\n');
    expect(after).toContain('title: A rule # with a comment');
    expect(after).toContain('level: medium\ndate: 2026-03-04\n');
    expect(after).toContain('    - attack.initial-access\n    - attack.t1059\nfalsepositives:\n');
    expect(after).toContain("    CommandLine|contains: 'a''b'\n");
    expect(lint(after)).toEqual([]);
  });

  test('leave what the rule finds as it is', () => {
    for (const item of [
      "CommandLine|contains: ['*x*', 'X', 'y?*']",
      "Image|endswith: ['*\\\\a.exe', '\\a.exe']",
      "Image: ['C:\\\\b', \"c\\\\\\\\d\", 'e\\*']",
    ]) {
      const before = parseRules(selection(item));
      const after = parseRules(fixed(selection(item)));
      expect([before.errors, after.errors]).toEqual([[], []]);
      const tests = ({ rules }: typeof before) =>
        JSON.stringify(rules[0]!.detection.selections, (key, value) =>
          key === 'position' || key === 'raw' ? undefined : value,
        ).toLowerCase();
      // A repeated value on one line stays; everything else is the same test.
      expect(tests(after)).toBe(tests(before));
    }
  });
});

test('between files: ids and titles given twice, and rules that are not there', () => {
  const correlation = `${HEAD.replace('11111111', '33333333').replace('A rule', 'Many')}correlation:
  type: event_count
  rules: [11111111-1111-4111-8111-111111111111, gone]
  group-by: [host.name]
  timespan: 5m
  condition: { gte: 3 }
`;
  const issues = lintFiles(
    [
      { path: 'a.yml', text: HEAD + BODY },
      { path: 'b.yml', text: HEAD + BODY },
      { path: 'c.yml', text: correlation },
    ],
    options,
  );
  expect(issues.map(({ file, code }) => `${file} ${code}`)).toEqual([
    'b.yml duplicate_id',
    'b.yml duplicate_title',
    'c.yml rule_unknown',
  ]);
});

test('hostile files are refused, not read', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((n, i) => `${n}: &${n} [${`*${'abcdefgh'[i]},`.repeat(9)}]`)
    .join('\n')}`;
  for (const text of [bomb, '['.repeat(100_000), `title: ${'*'.repeat(2_000_000)}`]) {
    const issues = lint(text);
    expect(issues.some(({ severity }) => severity === 'error')).toBe(true);
  }
  const stars = selection(`Image|contains: '${'*'.repeat(300_000)}a${'\\\\'.repeat(100_000)}*'`);
  // In quadratic time this would outlast the test's own.
  expect(Array.isArray(lint(stars))).toBe(true);
});

test('a misspelt attribute of a correlation is an error: it would group by nothing', () => {
  const text = `${HEAD}correlation:
  type: event_count
  rules: [11111111-1111-4111-8111-111111111111]
  groupby: [host.name]
  timespan: 5m
  condition: { gte: 3 }
`;
  expect(codes(text)).toContain('error attribute_misspelt 8');
  expect(codes(fixed(text))).toEqual([]);
});

test('of a file that is no Sigma it says just that', () => {
  expect(codes('name: build\non: push\n')).toEqual(['error document_kind 1']);
});

test('a character that was lost on reading is told with its place', () => {
  const text = selection('Image: caf\uFFFD');
  expect(codes(text)).toEqual(['warning encoding 10']);
});
