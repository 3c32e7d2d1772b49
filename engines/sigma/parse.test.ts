import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DetectionItem, ValueTest } from './ast.ts';
import { parseRules } from './parse.ts';
import { formatPattern, parsePattern } from './pattern.ts';

function rule(detection: string, extra = ''): string {
  return `title: Sample\nlogsource:\n  product: harbour\n${extra}detection:\n${detection.replace(/^/gm, '  ')}\n`;
}

function item(text: string): DetectionItem {
  const parsed = parseRules(rule(`selection:\n  ${text}\ncondition: selection`));
  expect(parsed.errors).toEqual([]);
  const node = parsed.rules[0]!.detection.selections[0]!.node;
  expect(node.type).toBe('item');
  return node as DetectionItem;
}

function tests(text: string): ValueTest[] {
  return item(text).values.map((value) => value.test);
}

/** The patterns of an item, written back as Sigma strings. */
function patterns(text: string): string[] {
  const all = (test: ValueTest): string[] =>
    test.kind === 'pattern'
      ? [formatPattern(test.pattern)]
      : test.kind === 'any'
        ? test.tests.flatMap(all)
        : [];
  return tests(text).flatMap(all);
}

function codes(detection: string): (string | number | undefined)[][] {
  return parseRules(rule(detection), { file: 'sample.yml' }).errors.map(({ code, line, column }) => [
    code,
    line,
    column,
  ]);
}

describe('escaping', () => {
  it.each([
    ['a\\b', ['a\\b']],
    ['a\\\\b', ['a\\b']],
    ['a\\*b', ['a*b']],
    ['a\\\\*b', ['a\\', 0, 'b']],
    ['a\\\\\\*b', ['a\\*b']],
    ['a\\\\\\b', ['a\\\\b']],
    ['a\\\\\\\\b', ['a\\\\b']],
    ['a\\?', ['a?']],
    ['a?', ['a', 1]],
    ['a\\', ['a\\']],
    ['\\', ['\\']],
    ['**a**', [0, 'a', 0]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(parsePattern(text)).toEqual(expected);
  });

  it('writes every pattern so that it is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\\', '*', '?', 'a', '%') }), (text) => {
        const pattern = parsePattern(text);
        expect(parsePattern(formatPattern(pattern))).toEqual(pattern);
      }),
    );
  });
});

describe('modifiers', () => {
  it('contains, startswith, endswith', () => {
    expect(patterns("A|contains: 'x*y'")).toEqual(['*x*y*']);
    expect(patterns('A|startswith: [x, y]')).toEqual(['x*', 'y*']);
    expect(patterns("A|endswith: '\\x.exe'")).toEqual(['*\\\\x.exe']);
    expect(item('A|contains|all: [x, y]').linking).toBe('and');
    expect(item('A|neq: x').negated).toBe(true);
  });

  it('windash takes five dashes where a word starts after them', () => {
    expect(patterns("A|windash|contains: ' -enc'")).toEqual([
      '* -enc*',
      '* /enc*',
      '* –enc*',
      '* —enc*',
      '* ―enc*',
    ]);
    expect(patterns("A|windash: '/a /b'")).toHaveLength(25);
    expect(patterns("A|windash: 'a-b - c'")).toEqual(['a-b - c']);
    expect(patterns('A|windash: –x')[0]).toBe('–x');
  });

  it('base64 and base64offset work on bytes', () => {
    expect(patterns('A|base64: foobar')).toEqual(['Zm9vYmFy']);
    expect(patterns('A|base64offset|contains: foobar')).toEqual(['*Zm9vYmFy*', '*Zvb2Jhc*', '*mb29iYX*']);
    expect(patterns('A|base64: é')).toEqual([Buffer.from('é').toString('base64')]);
    expect(patterns('A|wide|base64: ab')).toEqual([Buffer.from('ab', 'utf16le').toString('base64')]);
    expect(patterns('A|utf16|base64: ab')).toEqual([Buffer.from('\ufeffab', 'utf16le').toString('base64')]);
    expect(patterns('A|utf16be|base64: ab')).toEqual([Buffer.from('\0a\0b').toString('base64')]);
  });

  it('base64offset finds a text at every place of an encoded text', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, maxLength: 12, unit: 'grapheme' }),
        fc.string({ maxLength: 7 }),
        fc.string({ maxLength: 7 }),
        (text, before, after) => {
          fc.pre(!/[*?\\'\r\n\0]/.test(text) && !/\p{C}|\p{Z}/u.test(text));
          const variants = patterns(`A|base64offset: ${JSON.stringify(text)}`);
          const encoded = Buffer.from(before + text + after).toString('base64');
          expect(variants.some((variant) => encoded.includes(variant))).toBe(true);
        },
      ),
    );
  });

  it('types', () => {
    expect(tests('A: [1, true, null, 1.5]')).toEqual([
      { kind: 'number', value: 1 },
      { kind: 'boolean', value: true },
      { kind: 'null' },
      { kind: 'number', value: 1.5 },
    ]);
    expect(tests("A: ''")).toEqual([{ kind: 'pattern', pattern: [], cased: false }]);
    expect(tests('A|contains: 5')).toEqual([{ kind: 'pattern', pattern: [0, '5', 0], cased: false }]);
    expect(tests('A: 90071992547409931')).toEqual([
      { kind: 'pattern', pattern: ['90071992547409931'], cased: false },
    ]);
    expect(tests('A|exists: false')).toEqual([{ kind: 'exists', value: false }]);
    expect(tests('A|gte: 7')).toEqual([{ kind: 'compare', operator: 'gte', value: 7 }]);
    expect(tests('A|hour|gt: 20')).toEqual([{ kind: 'time', part: 'hour', operator: 'gt', value: 20 }]);
    expect(tests('A|week: 9')).toEqual([{ kind: 'time', part: 'week', operator: 'eq', value: 9 }]);
    expect(tests("A|re|i: 'x+'")).toEqual([
      { kind: 'regex', pattern: 'x+', flags: { i: true, m: false, s: false } },
    ]);
    expect(tests('A|fieldref|endswith: B')).toEqual([
      { kind: 'fieldref', field: 'B', match: 'endswith', cased: false },
    ]);
    expect(tests('A|cased: X')).toEqual([{ kind: 'pattern', pattern: ['X'], cased: true }]);
    expect(tests("A|expand: '\\%a%b%c'")).toEqual([
      { kind: 'pattern', pattern: ['%a', { placeholder: 'b' }, 'c'], cased: false },
    ]);
  });

  it.each([
    ['A|nothing: x', 'modifier_unknown'],
    ['A|i: x', 'modifier_combination'],
    ['A|re|contains: x', 'modifier_combination'],
    ['A|re|cidr: x', 'modifier_combination'],
    ['A|contains|startswith: x', 'modifier_combination'],
    ['A|hour|re: 3', 'modifier_combination'],
    ['A|all|all: x', 'modifier_combination'],
    ['A|contains: null', 'value_type'],
    ['A: { B: c }', 'value_type'],
    ['A|gt: much', 'value_invalid'],
    ['A|cidr: 10.0.0.0/33', 'value_invalid'],
    ['A|exists: perhaps', 'value_invalid'],
    ['A|base64: a*b', 'value_invalid'],
    ["A|re: 'a('", 'regex_syntax'],
    ["A|re: 'a++'", 'regex_syntax'],
    ["A|re: '(a{1000}){1000}b'", 'regex_unsafe'],
    ["A|re: '((a{999}){999}){999}'", 'regex_unsafe'],
    ['A: []', 'detection_empty'],
    ["A|windash: '-a -b -c -d -e -f'", 'value_invalid'],
  ])('refuses %s', (text, code) => {
    const parsed = parseRules(rule(`selection:\n  ${text}\ncondition: selection`));
    expect(parsed.rules).toEqual([]);
    expect(parsed.errors.map((error) => error.code)).toEqual([code]);
    expect(parsed.errors[0]!.line).toBe(6);
  });
});

describe('conditions', () => {
  const SELECTIONS = 'sel_a: { A: x }\nsel_b: { B: y }\n_hidden: { C: z }\n';
  const node = (condition: string) => {
    const parsed = parseRules(rule(`${SELECTIONS}condition: ${condition}`));
    expect(parsed.errors).toEqual([]);
    return parsed.rules[0]!.detection.conditions;
  };
  it('binds not before and before or', () => {
    expect(node('sel_a or not sel_b and _hidden')[0]!.node).toEqual({
      op: 'or',
      items: [
        { op: 'ref', name: 'sel_a' },
        {
          op: 'and',
          items: [
            { op: 'not', item: { op: 'ref', name: 'sel_b' } },
            { op: 'ref', name: '_hidden' },
          ],
        },
      ],
    });
  });

  it('knows the quantified forms; them leaves out names that start with an underscore', () => {
    expect(node('1 of them')[0]!.node).toEqual({
      op: 'of',
      count: 1,
      pattern: 'them',
      names: ['sel_a', 'sel_b'],
    });
    expect(node('all of *_*')[0]!.node).toMatchObject({ count: 'all', names: ['sel_a', 'sel_b', '_hidden'] });
    expect(node('any of s*_b')[0]!.node).toMatchObject({ count: 1, names: ['sel_b'] });
    expect(node('2 OF sel_*')[0]!.node).toMatchObject({ count: 2 });
    expect(node('[sel_a, sel_b]')).toHaveLength(2);
  });

  it.each([
    ['sel_a and', 'condition_syntax'],
    ['(sel_a', 'condition_syntax'],
    ['sel_a)', 'condition_syntax'],
    ['sel_a sel_b', 'condition_syntax'],
    ["''", 'condition_syntax'],
    ['0 of sel_*', 'condition_syntax'],
    ['sel_c', 'condition_unknown_selection'],
    ['1 of other_*', 'condition_unknown_selection'],
  ])('refuses %s', (condition, code) => {
    expect(codes(`${SELECTIONS}condition: ${condition}`)[0]![0]).toBe(code);
  });

  it.each([
    ['sel_a | count() > 5', 'event_count'],
    ['sel_a | count(User) by Host > 5', 'value_count'],
    ['sel_a | sum(Bytes) > 5', 'value_sum'],
    ['sel_a | near sel_b', 'temporal'],
  ])('names the successor of %s', (condition, successor) => {
    const { errors } = parseRules(rule(`${SELECTIONS}condition: ${condition}`));
    expect(errors[0]!.code).toBe('condition_deprecated');
    expect(errors[0]!.message).toContain(successor);
  });
});

describe('documents', () => {
  it('keeps metadata and custom attributes', () => {
    const extra =
      'id: x\nstatus: test\nlevel: high\ndate: 2026-01-02\ntags: [attack.t1059]\nrelated: [{ id: y, type: similar }]\nowner: { team: blue, __proto__: 1 }\n';
    const [parsed] = parseRules(rule('selection: { A: b }\ncondition: selection', extra)).rules;
    expect(parsed).toMatchObject({
      id: 'x',
      status: 'test',
      level: 'high',
      date: '2026-01-02',
      tags: ['attack.t1059'],
    });
    expect(parsed!.related).toEqual([{ id: 'y', type: 'similar' }]);
    expect(Object.hasOwn(parsed!.custom['owner'] as object, '__proto__')).toBe(true);
  });

  it('reads several documents; a wrong one does not stop the others', () => {
    const good = rule('selection: { A: b }\ncondition: selection');
    const parsed = parseRules(`${good}---\ntitle: Wrong\nlevel: severe\n---\n${good}`, { file: 'many.yml' });
    expect(parsed.rules).toHaveLength(2);
    expect(parsed.errors).toMatchObject([{ file: 'many.yml', line: 8, code: 'document_kind' }]);
  });

  it('resolves rule collections', () => {
    const text = `action: global\ntitle: Shared\nlogsource: { product: harbour }\nlevel: low\n---\n${'detection: { selection: { A: b }, condition: selection }\n'}---\naction: repeat\nlevel: high\n---\naction: reset\n---\n${rule('selection: { A: b }\ncondition: selection')}`;
    const { rules, errors } = parseRules(text);
    expect(errors).toEqual([]);
    expect(rules.map(({ title, level }) => [title, level])).toEqual([
      ['Shared', 'low'],
      ['Shared', 'high'],
      ['Sample', undefined],
    ]);
  });

  it('says where a mistake is', () => {
    expect(codes('selection:\n  A|contains:\n    - fine\n    - null\ncondition: selection')).toEqual([
      ['value_type', 8, 9],
    ]);
    expect(codes('selection:\n  A: x\n  A: y\ncondition: selection')).toEqual([['yaml_syntax', 7, 5]]);
    expect(codes("selection:\n  A: 'open\ncondition: selection")[0]![0]).toBe('yaml_syntax');
  });
});

describe('hostile files', () => {
  it('are refused, in time linear in their size', () => {
    const aliases = Array.from(
      { length: 12 },
      (_, i) => `l${i}: &l${i} [${`*l${i - 1},`.repeat(i === 0 ? 0 : 12)}x]`,
    ).join('\n');
    const files = [
      aliases,
      'a: &a [*a]\n',
      `a: ${'['.repeat(100_000)}`,
      `a: ${'{a: '.repeat(50_000)}`,
      `${'- '.repeat(50_000)}x`,
      'k: v\n'.repeat(150_000),
      Array.from({ length: 90_000 }, (_, i) => `k${i}: v`).join('\n'),
      'x'.repeat(2 << 20),
      '---\n'.repeat(200_000),
      `title: T\nlogsource: {product: p}\ndetection: {s: {A|contains: ${'q'.repeat(900_000)}}, condition: s}`,
      rule(`selection: { A: b }\ncondition: ${'('.repeat(10_000)}selection`),
      rule(`selection: { A: b }\ncondition: ${'not '.repeat(4000)}selection`),
      rule(`selection: { A|re: '${'('.repeat(7000)}' }\ncondition: selection`),
    ];
    for (const file of files) {
      const parsed = parseRules(file);
      expect(parsed.errors.length + parsed.rules.length).toBeGreaterThan(0);
    }
    expect(parseRules(files[0]!).errors[0]!.code).toBe('yaml_too_large');
    for (const deep of files.slice(1, 5)) expect(parseRules(deep).errors[0]!.code).toBe('yaml_too_deep');
  }, 120_000);

  it('never make the parser throw', () => {
    const piece = fc.constantFrom(
      'title: x\n', 'detection:\n', '  s:\n', '    A|re: ', '(', ')', '[', '*', '&a ', '*a', '|', '>', '- ', ': ', '"', "'", '\\',
      'condition: s\n', '\t', '\n', '{', '}', ',', '? ', '!!set', '---\n', 'action: repeat\n', 'correlation:\n', '  timespan: 1h\n', '%', '#',
    ); // biome-ignore format: a table
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 40 }), (pieces) => {
        parseRules(pieces.join(''));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('what YAML 1.1 read otherwise', () => {
  it.each([
    ['true', true],
    ['yes', true],
    ['On', true],
    ['False', false],
    ['no', false],
    ["'off'", false],
  ])('exists: %s', (word, value) => {
    expect(tests(`field|exists: ${word}`)).toEqual([{ kind: 'exists', value }]);
  });

  it('exists takes nothing else', () => {
    expect(codes('selection:\n  field|exists: perhaps\ncondition: selection')).toEqual([
      ['value_invalid', 6, 19],
    ]);
  });

  it.each([
    ['0x17', 23],
    ['007', 7],
    ['1.0', 1],
    ['1e3', 1000],
  ])('the number %s is also the text that the rule holds', (written, value) => {
    expect(tests(`field: ${written}`)).toEqual([
      {
        kind: 'any',
        tests: [
          { kind: 'number', value },
          { kind: 'pattern', pattern: [written], cased: false },
        ],
      },
    ]);
  });

  it('a number written as it is read is just that', () => {
    expect(tests('field: 4625')).toEqual([{ kind: 'number', value: 4625 }]);
  });
});

describe('merge keys', () => {
  const detection = (merge: string) =>
    rule(
      `_a: &a\n  one: x\n  two: x\n_b: &b\n  two: y\n  three: y\nselection:\n  ${merge}\n  one: own\ncondition: selection`,
    );
  const fields = (merge: string) => {
    const parsed = parseRules(detection(merge));
    expect(parsed.errors).toEqual([]);
    const node = parsed.rules[0]!.detection.selections.find(({ name }) => name === 'selection')!.node;
    if (node.type === 'item') throw new Error('one item only');
    return node.items.map((own) => (own.type === 'item' ? `${own.field}=${own.values[0]!.raw}` : ''));
  };

  it('take over what the map does not say itself', () => {
    expect(fields('<<: *a')).toEqual(['one=own', 'two=x']);
  });

  it('take the first of several', () => {
    expect(fields('<<: [*b, *a]')).toEqual(['one=own', 'two=y', 'three=y']);
  });

  it('are a field where they are quoted', () => {
    expect(fields("'<<': z")).toEqual(['<<=z', 'one=own']);
  });

  it('take maps only', () => {
    expect(parseRules(detection('<<: x')).errors).toMatchObject([{ code: 'yaml_syntax', line: 12 }]);
  });

  it('count with every use, so that they make no bomb', () => {
    const maps = Array.from({ length: 30 }, (_, i) => {
      const before = i === 0 ? '' : `<<: [${`*m${i - 1}, `.repeat(9)}]\n  `;
      return `m${i}: &m${i}\n  ${before}f${i}: x`;
    });
    expect(parseRules(maps.join('\n')).errors.map(({ code }) => code)).toEqual(['yaml_too_large']);
  });
});

it('says that a file in UTF-16 is not UTF-8', () => {
  const text = Buffer.from('\uFEFFtitle: x\n', 'utf16le').toString('utf8');
  expect(parseRules(text).errors).toMatchObject([{ code: 'yaml_syntax', line: 1 }]);
  expect(parseRules(text).errors[0]!.message).toContain('UTF-8');
});
