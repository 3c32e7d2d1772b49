import { describe, expect, test } from 'vitest';
import type { SigmaCorrelation, SigmaRule } from '../ast.ts';
import { compile } from '../matcher.ts';
import { parseRules } from '../parse.ts';
import type { EventFields } from '../values.ts';
import { applyPipelines } from './apply.ts';
import { parsePipeline } from './read.ts';

function rulesOf(text: string): (SigmaRule | SigmaCorrelation)[] {
  const { rules, correlations, errors } = parseRules(text);
  expect(errors).toEqual([]);
  return [...rules, ...correlations];
}

function rule(detection: string, extra = ''): SigmaRule {
  const lines = detection.trim().split('\n');
  const text = [
    'title: Test',
    'id: 11111111-1111-4111-8111-111111111111',
    'level: high',
    'tags: [attack.t1059, attack.execution]',
    extra,
    'logsource: { product: windows, category: process_creation }',
    'detection:',
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
  return rulesOf(text)[0] as SigmaRule;
}

function pipeline(transformations: string, head = '') {
  const { pipeline: made, errors } = parsePipeline(
    `name: test\n${head}\ntransformations:\n${transformations}`,
  );
  expect(errors).toEqual([]);
  return made!;
}

/** The rule a pipeline makes; the errors must be none. */
function apply(one: SigmaRule, ...texts: string[]): SigmaRule {
  const { rules, errors } = applyPipelines(
    [one],
    texts.map((text) => pipeline(text)),
  );
  expect(errors).toEqual([]);
  return rules[0]!;
}

function matches(one: SigmaRule, event: EventFields): boolean {
  const matcher = compile([one]);
  expect(matcher.report.rejected).toEqual([]);
  return matcher.match(event).length > 0;
}

const IMAGE = `
selection:
  Image|endswith: '\\cmd.exe'
  CommandLine|contains: whoami
condition: selection`;

describe('field names', () => {
  test('one to one, and only where the logsource is the right one', () => {
    const made = apply(
      rule(IMAGE),
      `
- type: field_name_mapping
  mapping: { Image: process.executable, CommandLine: process.command_line }
  rule_conditions:
    - { type: logsource, product: windows }
- type: field_name_prefix
  prefix: linux.
  rule_conditions:
    - { type: logsource, product: linux }`,
    );
    expect(
      matches(made, { 'process.executable': 'C:\\cmd.exe', 'process.command_line': 'cmd /c whoami' }),
    ).toBe(true);
    expect(matches(made, { Image: 'C:\\cmd.exe', CommandLine: 'cmd /c whoami' })).toBe(false);
  });

  test('one to many: any of the fields, and under neq none of them', () => {
    const map = '- type: field_name_mapping\n  mapping: { User: [a, b] }';
    const made = apply(rule('selection: { User: kim }\ncondition: selection'), map);
    expect([matches(made, { b: 'Kim' }), matches(made, { a: 'x', b: 'y' })]).toEqual([true, false]);
    const negated = apply(rule('selection: { User|neq: kim }\ncondition: selection'), map);
    expect([matches(negated, { a: 'x', b: 'kim' }), matches(negated, { a: 'x', b: 'y' })]).toEqual([
      false,
      true,
    ]);
  });

  test('prefixes, suffixes, include and exclude, references, keywords and the list of fields', () => {
    const made = apply(
      rule(
        'selection: { win.User|fieldref: win.Other, Image: x }\nwords: [needle]\ncondition: selection and words',
        'fields: [win.User, Image]',
      ),
      `
- type: field_name_prefix_mapping
  mapping: { win.: winlog. }
- type: field_name_suffix
  suffix: .keyword
  field_name_conditions:
    - { type: include_fields, fields: ['Im.*'], mode: re }
- type: field_name_mapping
  mapping: { null: message }`,
    );
    expect(made.fields).toEqual(['winlog.User', 'Image.keyword']);
    const event = {
      'winlog.User': 'kim',
      'winlog.Other': 'kim',
      'Image.keyword': 'x',
      message: 'a needle here',
    };
    expect(matches(made, event)).toBe(true);
    expect(matches(made, { ...event, message: 'hay', other: 'needle' })).toBe(false);
  });

  test('correlations: group-by, aliases and the counted field, by the logsource of their rules', () => {
    const documents = rulesOf(`
title: Base
name: base
logsource: { product: windows }
detection: { selection: { EventID: 4625 }, condition: selection }
---
title: Many
correlation:
  type: value_count
  rules: [base]
  group-by: [User, who]
  aliases: { who: { base: Source } }
  timespan: 5m
  condition: { field: Host, gte: 3 }`);
    const text = `
- type: field_name_mapping
  mapping: { User: user.name, Source: source.ip, Host: host.name }
  rule_conditions:
    - { type: logsource, product: windows }`;
    const { rules, errors } = applyPipelines([...documents].reverse(), [pipeline(text)]);
    expect(errors).toEqual([]);
    expect((rules[0] as SigmaCorrelation).correlation).toMatchObject({
      groupBy: ['user.name', 'who'],
      fields: ['host.name'],
      aliases: [{ name: 'who', fields: [{ rule: 'base', field: 'source.ip' }] }],
    });
    const several = pipeline('- type: field_name_mapping\n  mapping: { Host: [a, b] }');
    expect(applyPipelines(documents, [several]).errors).toMatchObject([
      { rule: 'Many', code: 'pipeline_failed_rule' },
    ]);
  });
});

describe('values', () => {
  const one = (item: string) => rule(`selection:\n  ${item}\ncondition: selection`);

  test('replace_string with groups, on numbers too, without touching what does not match', () => {
    const text = `
- type: replace_string
  regex: '^C:\\\\(\\w+)'
  replacement: '\\\\Device\\\\\\g<1>'`;
    const made = apply(one("Image: 'C:\\Windows\\x.exe'"), text);
    expect(matches(made, { Image: '\\Device\\Windows\\x.exe' })).toBe(true);
    const untouched = one('Image: other');
    expect(apply(untouched, text)).toBe(untouched);
    const number = apply(
      one('EventID: 46'),
      "- { type: replace_string, regex: '^46$', replacement: '4688' }",
    );
    expect(matches(number, { EventID: 4688 })).toBe(true);
  });

  test('replace_string leaves wildcards with skip_special', () => {
    const skip = "- { type: replace_string, regex: '[*]', replacement: '', skip_special: true }";
    expect(matches(apply(one("A: 'x*'"), skip), { A: 'xyz' })).toBe(true);
    const all = "- { type: replace_string, regex: '[*]', replacement: '' }";
    expect(matches(apply(one("A: 'x*'"), all), { A: 'xyz' })).toBe(false);
  });

  test('map_string, set_value, convert_type, case and regex', () => {
    const map = '- { type: map_string, mapping: { allow: [accept, pass] } }';
    expect(matches(apply(one('action: allow'), map), { action: 'pass' })).toBe(true);
    const set =
      '- { type: set_value, value: 5, field_name_conditions: [{ type: include_fields, fields: [A] }] }';
    expect(apply(one('A: text'), set).detection.selections[0]!.node).toMatchObject({
      values: [{ raw: '5', test: { kind: 'number', value: 5 } }],
    });
    const num = '- { type: convert_type, target_type: num }';
    expect(apply(one("A: '0x'"), '- { type: convert_type, target_type: str }')).toBeDefined();
    expect(applyPipelines([one('A: text')], [pipeline(num)]).errors).toHaveLength(1);
    const cased = apply(one('A|cased: ABC'), '- { type: case, method: lower }');
    expect([matches(cased, { A: 'abc' }), matches(cased, { A: 'ABC' })]).toEqual([true, false]);
    const regex = apply(one("A: 'a.c?*'"), '- { type: regex, method: plain }');
    expect([
      matches(regex, { A: 'a.cd' }),
      matches(regex, { A: 'A.cd' }),
      matches(regex, { A: 'abcd' }),
    ]).toEqual([true, false, false]);
  });

  test('placeholders: values, wildcards, include and exclude; what has no value fails the rule', () => {
    const users = one("User|expand: 'adm-%who%-%zone%'");
    const head = 'vars: { who: [kim, 7], zone: eu* }';
    const only = pipeline(
      '- { type: value_placeholders, include: [who] }\n- { type: wildcard_placeholders }',
      head,
    );
    const [made] = applyPipelines([users], [only]).rules;
    expect([matches(made!, { User: 'adm-7-xx' }), matches(made!, { User: 'adm-lee-xx' })]).toEqual([
      true,
      false,
    ]);
    const network = one("Ip|cidr|expand: '%lan%'");
    const lan = pipeline('- type: value_placeholders', 'vars: { lan: [10.0.0.0/8, 192.0.2.0/24] }');
    expect(matches(applyPipelines([network], [lan]).rules[0]!, { Ip: '192.0.2.9' })).toBe(true);
    const { rules, errors } = applyPipelines([users], [pipeline('- type: value_placeholders')]);
    expect([rules.length, errors[0]?.message]).toEqual([
      0,
      'test: vars has no value for the placeholder %who%',
    ]);
  });

  test('hashes are split by algorithm, by prefix or by length', () => {
    const text =
      '- { type: hashes_fields, valid_hash_algos: [MD5, SHA1, IMPHASH], field_prefix: file.hash. }';
    const md5 = '0123456789abcdef0123456789abcdef';
    const made = apply(one(`Hashes|contains: ['IMPHASH=${md5}', '${md5}']`), text);
    expect(matches(made, { 'file.hash.IMPHASH': md5 })).toBe(true);
    expect(matches(made, { 'file.hash.MD5': md5.toUpperCase() })).toBe(true);
    expect(matches(made, { 'file.hash.SHA1': md5 })).toBe(false);
    expect(applyPipelines([one('Hashes: SHA256=00')], [pipeline(text)]).errors).toHaveLength(1);
  });
});

describe('rules as a whole', () => {
  test('a condition is added, negated, and filled from the logsource', () => {
    const made = apply(
      rule(`${IMAGE}`),
      `
- type: add_condition
  template: true
  conditions: { index: '\${product}-$category' }
- type: add_condition
  negated: true
  name: not_test
  conditions: { host: [test1, test2] }`,
    );
    const event = { Image: '\\cmd.exe', CommandLine: 'whoami', index: 'windows-process_creation', host: 'a' };
    expect(matches(made, event)).toBe(true);
    expect(matches(made, { ...event, host: 'TEST2' })).toBe(false);
    expect(matches(made, { ...event, index: 'other' })).toBe(false);
    expect(made.detection.conditions[0]!.text).toBe('not not_test and (_cond_1 and selection)');
  });

  test('dropped items leave the rest of the condition', () => {
    const drop = `
- type: drop_detection_item
  field_name_conditions: [{ type: include_fields, fields: [B] }]`;
    const made = apply(
      rule(
        'one: { A: 1, B: 2 }\ntwo: { B: 3 }\nthree: { C: 3 }\ncondition: (one or two) and not (two or three)',
      ),
      drop,
    );
    expect(made.detection.conditions[0]!.text).toBe('one and not three');
    expect([matches(made, { A: 1 }), matches(made, { A: 1, C: 3 })]).toEqual([true, false]);
    const { rules, errors } = applyPipelines([rule('one: { B: 2 }\ncondition: one')], [pipeline(drop)]);
    expect([rules, errors[0]?.message]).toEqual([[], 'test: nothing is left of the condition']);
  });

  test('logsource, fields, attributes and state', () => {
    const one = rule(IMAGE, 'fields: [A, B]');
    const { rules, states } = applyPipelines(
      [one],
      [
        pipeline(`
- { type: change_logsource, category: process }
- { type: add_field, field: C }
- { type: remove_field, field: [A] }
- { type: set_custom_attribute, attribute: __proto__, value: 1 }
- { type: set_state, key: index, val: win }
- type: rule_failure
  message: reached
  rule_conditions: [{ type: processing_state, key: index, val: linux }]`),
      ],
    );
    expect(rules[0]).toMatchObject({ logsource: { category: 'process' }, fields: ['B', 'C'] });
    expect(rules[0]!.logsource.product).toBeUndefined();
    expect(Object.keys(rules[0]!.custom)).toEqual(['__proto__']);
    expect(states.get(rules[0]!)?.get('index')).toBe('win');
    expect(one.fields).toEqual(['A', 'B']);
  });

  test.each([
    ['{ type: rule_attribute, attribute: level, value: medium, op: gte }', true],
    ['{ type: rule_attribute, attribute: level, value: critical, op: gte }', false],
    ['{ type: rule_attribute, attribute: tags, value: attack.t1059, op: in }', true],
    ['{ type: rule_attribute, attribute: nothing, value: 1 }', false],
    ['{ type: tag, tag: attack.Execution }', true],
    ['{ type: contains_field, field: Image }', true],
    ["{ type: contains_detection_item, field: CommandLine, value: '*whoami*' }", true],
    ['{ type: contains_detection_item, field: CommandLine, value: whoami }', false],
    ['{ type: is_sigma_correlation_rule }', false],
    ['{ type: processing_item_applied, processing_item_id: first }', true],
    ['{ type: processing_item_applied, processing_item_id: never }', false],
  ])('condition %s → %s', (condition, expected) => {
    const { errors } = applyPipelines(
      [rule(IMAGE)],
      [
        pipeline(`
- { id: first, type: add_field, field: x }
- type: rule_failure
  message: reached
  rule_conditions: [${condition}]`),
      ],
    );
    expect(errors.some(({ code }) => code === 'pipeline_refused_rule')).toBe(expected);
  });

  test('conditions joined by or, negated, and by an expression', () => {
    const fails = (conditions: string) =>
      applyPipelines([rule(IMAGE)], [pipeline(`- type: rule_failure\n  message: no\n${conditions}`)]).errors
        .length > 0;
    const map =
      '  rule_conditions:\n    a: { type: tag, tag: attack.t1059 }\n    b: { type: tag, tag: attack.t9999 }\n';
    expect(fails(map)).toBe(false);
    expect(fails(`${map}  rule_cond_op: or`)).toBe(true);
    expect(fails(`${map}  rule_cond_not: true`)).toBe(true);
    expect(fails(`${map}  rule_cond_expr: a and not b`)).toBe(true);
    expect(fails(`${map}  rule_cond_expr: not (a or b)`)).toBe(false);
  });

  test('items by their values, and by what was applied to them, also within nest', () => {
    const made = apply(
      rule("selection: { A: ['x*', null], B: y }\ncondition: selection"),
      `
- type: nest
  items:
    - id: mapped
      type: field_name_mapping
      mapping: { A: C }
      detection_item_conditions: [{ type: contains_wildcard, cond: any }]
    - type: field_name_suffix
      suffix: .raw
      field_name_conditions: [{ type: processing_item_applied, processing_item_id: mapped }]
    - type: field_name_prefix
      prefix: p.
      detection_item_conditions: [{ type: match_string, cond: any, pattern: 'y$' }]`,
    );
    expect(matches(made, { 'C.raw': 'xx', 'p.B': 'y' })).toBe(true);
    expect(
      applyPipelines(
        [rule(IMAGE)],
        [
          pipeline(`
- type: detection_item_failure
  message: no
  detection_item_conditions: [{ type: is_null }]`),
        ],
      ).errors,
    ).toEqual([]);
  });

  test('pipelines run by priority and share variables', () => {
    const late = pipeline('- { type: field_name_prefix, prefix: late. }', 'priority: 20');
    const early = pipeline('- { type: field_name_mapping, mapping: { Image: img } }', 'priority: 10');
    const [made] = applyPipelines([rule(IMAGE)], [late, early]).rules;
    expect(matches(made!, { 'late.img': '\\cmd.exe', 'late.CommandLine': 'whoami' })).toBe(true);
  });
});

describe('what is refused, with line and reason', () => {
  test.each([
    ['- type: field_name_maping\n  mapping: {}', 'pipeline_unknown_type', 3],
    ['- type: query_expression_placeholders\n  expression: x', 'pipeline_unsupported', 3],
    ['- type: drop_detection_item\n  rule_condition: []', 'pipeline_attribute', 4],
    ['- type: drop_detection_item\n  rule_conditions: [{ type: nothing }]', 'pipeline_unknown_type', 4],
    ['- type: replace_string\n  regex: "(a{1000}){1000}"\n  replacement: b', 'pipeline_regex', 4],
    ['- type: replace_string\n  regex: "(a"\n  replacement: b', 'pipeline_regex', 4],
    ['- type: replace_string\n  regex: "a"\n  replacement: "\\\\1"', 'pipeline_regex', 4],
    ['- type: add_condition\n  conditions: { a|nope: 1 }', 'pipeline_attribute', 4],
    ['- type: field_name_mapping', 'pipeline_attribute', 3],
  ])('%s', (text, code, line) => {
    const { pipeline: made, errors } = parsePipeline(`name: x\ntransformations:\n${text}`, { file: 'p.yml' });
    expect(made).toBeUndefined();
    expect(errors).toMatchObject([{ file: 'p.yml', code, line }]);
    expect(errors[0]!.message.length).toBeGreaterThan(10);
  });

  test('everything at once; work on query text; files that are no pipeline', () => {
    const { errors } = parsePipeline(
      'transformations:\n  - type: a\n  - type: b\npostprocessing:\n  - type: embed\n',
    );
    expect(errors.map(({ line }) => line)).toEqual([2, 3, 4]);
    for (const text of ['', '[]', 'name: [', 'a: 1']) expect(parsePipeline(text).errors).toHaveLength(1);
  });
});
