import { describe, expect, it } from 'vitest';
import { explain } from './explain.ts';
import { compile } from './matcher.ts';
import { parseRules } from './parse.ts';
import { referenceMatch } from './reference.ts';
import {
  IDENTITY_TAXONOMY,
  mergeTaxonomies,
  resolveField,
  resolveLogsource,
  type Taxonomy,
} from './taxonomy.ts';
import { parseTaxonomy } from './taxonomy-read.ts';
import type { EventFields } from './values.ts';

function rules(...detections: string[]) {
  const text = detections
    .map(
      (detection, index) =>
        `title: R${index}\nid: r${index}\nlogsource: { product: harbour }\ndetection:\n${detection.replace(/^/gm, '  ')}\n`,
    )
    .join('---\n');
  const parsed = parseRules(text);
  expect(parsed.errors).toEqual([]);
  return parsed.rules;
}

function fires(detection: string, fields: EventFields, placeholders = {}): boolean {
  return compile(rules(detection), { placeholders }).match(fields).length === 1;
}

const one = (item: string) => `selection:\n  ${item}\ncondition: selection`;

describe('values', () => {
  it.each<[string, EventFields, boolean]>([
    ["A: 'C:\\Windows\\*'", { A: 'c:\\windows\\x' }, false],
    ["A: 'C:\\Windows\\*'", { A: 'c:\\windows*' }, true],
    ["A: 'C:\\Windows\\\\*'", { A: 'c:\\windows\\x' }, true],
    ["A: 'C:\\Windows\\\\*'", { A: 'c:\\windows' }, false],
    ["A: 'a\\*b'", { A: 'a*b' }, true],
    ["A: 'a\\*b'", { A: 'axb' }, false],
    ['A: 4688', { A: '4688' }, true],
    ["A: '4688'", { A: 4688 }, true],
    ['A: true', { A: 'True' }, true],
    ['A: null', {}, true],
    ['A: null', { A: '' }, false],
    ["A: ''", { A: '' }, true],
    ["A: ''", {}, false],
    ["A: '*'", { A: '' }, true],
    ["A: '*'", {}, false],
    ["A: '?*'", { A: '' }, false],
    ['A|exists: true', { A: '' }, true],
    ['A|exists: false', { A: 'x' }, false],
    ['A|neq: x', {}, true],
    ['A|neq: x', { A: 'X' }, false],
    ['A|neq: [x, y]', { A: 'z' }, true],
    ['A|cased: x', { A: 'X' }, false],
    ['A|contains|all: [x, y]', { A: ['x', 'y'] }, true],
    ['A|contains|all: [x, y]', { A: 'x' }, false],
    ['A: x', { A: ['w', 'x'] }, true],
    ['A|cidr: 10.0.0.0/8', { A: '10.255.0.1' }, true],
    ['A|cidr: 10.0.0.0/8', { A: '::ffff:10.1.1.1' }, true],
    ['A|cidr: 10.0.0.0/8', { A: '11.0.0.1' }, false],
    ['A|cidr: 2001:db8::/33', { A: '2001:db8:7fff::1' }, true],
    ['A|cidr: 2001:db8::/33', { A: '2001:db8:8000::1' }, false],
    ['A|cidr: fe80::/10', { A: 'fe80::1%eth0' }, true],
    ['A|cidr: 0.0.0.0/0', { A: 'no address' }, false],
    ['A|lt: 10', { A: '9.5' }, true],
    ['A|lt: 10', { A: 'ten' }, false],
    ['A|gte: 10', { A: 10 }, true],
    ['A|fieldref: B', { A: 'x', B: 'X' }, true],
    ['A|fieldref: B', { A: 'x' }, false],
    ['A|fieldref|startswith: B', { A: 'xy', B: 'x' }, true],
    ['A|fieldref|neq: B', { A: 'x', B: 'y' }, true],
    ['A|hour: 5', { A: '2026-03-04T05:06:07Z' }, true],
    ['A|hour: 5', { A: '2026-03-04T05:06:07+02:00' }, true],
    ['A|minute|gte: 7', { A: '2026-03-04T05:06:07Z' }, false],
    ['A|day: 4', { A: '2026-03-04' }, true],
    ['A|hour: 0', { A: '2026-03-04' }, false],
    ['A|week: 10', { A: '2026-03-04' }, true],
    ['A|week: 53', { A: '2027-01-03' }, true],
    ['A|month: 3', { A: 1_772_600_767_000 }, true],
    ['A|year: 2026', { A: 1_772_600_767 }, true],
    ['A|re: ^x', { A: 'yx' }, false],
    ['A|windash|contains: " -enc "', { A: 'p \u2014enc x' }, true],
    ['A|contains: k', { A: '\u212a' }, true],
    ['A|contains: \u00e9t\u00e9', { A: 'L\u2019\u00c9T\u00c9' }, true],
    ["'Threat Name': x", { ThreatName: 'x' }, true],
    ['constructor|exists: true', {}, false],
    ['toString|contains: native', {}, false],
    ['__proto__: null', {}, true],
  ])('%s on %j: %s', (item, fields, expected) => {
    expect(fires(one(item), fields)).toBe(expected);
  });

  it('looks for keywords in every value, and with all in different ones', () => {
    expect(fires('words: [needle]\ncondition: words', { A: 1, B: ['hay', 'a NEEDLE b'] })).toBe(true);
    expect(fires("words: { '|all': [needle, hay] }\ncondition: words", { A: 'needle', B: 'hay' })).toBe(true);
    expect(fires("words: { '|all': [needle, straw] }\ncondition: words", { A: 'needle', B: 'hay' })).toBe(
      false,
    );
    expect(fires("words: { '|re': 'ne{2}d' }\ncondition: words", { B: 'a needle' })).toBe(true);
  });

  it('treats an absent field as not excluded', () => {
    const detection =
      'selection: { A: x }\nfilter_a: { B: y }\nfilter_b: { C|contains: z }\ncondition: selection and not 1 of filter_*';
    expect(fires(detection, { A: 'x' })).toBe(true);
    expect(fires(detection, { A: 'x', C: 'xyz' })).toBe(false);
  });

  it('replaces placeholders and rejects rules whose placeholders have no values', () => {
    const detection = one("A|expand: '%hosts%.example.org'");
    expect(fires(detection, { A: 'srv7.example.org' }, { hosts: ['dc', 'srv*'] })).toBe(true);
    expect(fires(one("A|cidr|expand: '%nets%'"), { A: '10.1.1.1' }, { nets: ['10.0.0.0/8'] })).toBe(true);
    const { report } = compile(rules(detection, one('A: x')));
    expect(report.loaded).toBe(1);
    expect(report.rejected.map(({ issue }) => [issue.code, issue.line])).toEqual([
      ['placeholder_unresolved', 1],
    ]);
    expect(report.rejected[0]!.issue.message).toContain('hosts');
  });
});

const TAXONOMY_TEXT = `
name: test
logsources:
  - product: harbour
    when: [{ module: harbour }]
  - product: harbour
    category: berth
    when: [{ module: harbour, code: [1, '2*'] }]
  - product: quay
    category: berth
    when: [{ module: quay }]
  - service: crane
    when: [{ device: '*crane*' }]
fields:
  - map: { Ship: vessel.name }
  - product: harbour
    map:
      Ship: [ship.name, vessel.name]
      Crew: { any: [crew.captain, crew.mate] }
      Direction: { first: [way], values: { 'true': in, 'false': out } }
    fallback: ['raw.{field}']
  - product: harbour
    category: berth
    map: { Ship: berth.ship }
`;

describe('taxonomies', () => {
  const { taxonomy, errors } = parseTaxonomy(TAXONOMY_TEXT, { file: 'test.yml' });
  it('are read and checked', () => {
    expect(errors).toEqual([]);
    const wrong = parseTaxonomy(
      'logsources: [{ when: [] }, { product: x, when: [3] }]\nfields: [{ map: { A: {} } }]',
    );
    expect(wrong.errors).toHaveLength(3);
    expect(wrong.errors.every(({ code }) => code === 'taxonomy_invalid')).toBe(true);
    expect(mergeTaxonomies([taxonomy, wrong.taxonomy]).logsources).toHaveLength(4);
  });

  it('resolve fields by the most specific scope', () => {
    const names = (logsource: object, field: string) => resolveField(taxonomy, logsource, field).candidates;
    expect(names({ product: 'quay' }, 'Ship')).toEqual(['vessel.name']);
    expect(names({ product: 'harbour' }, 'Ship')).toEqual(['ship.name', 'vessel.name']);
    expect(names({ product: 'harbour', category: 'berth' }, 'Ship')).toEqual(['berth.ship']);
    expect(names({ product: 'harbour' }, 'Other Name')).toEqual(['raw.OtherName']);
    expect(names({ product: 'harbour' }, 'ship.kind')).toEqual(['raw.ship.kind', 'ship.kind']);
    expect(names({ product: 'quay' }, 'Other')).toEqual(['Other']);
    expect(names({ product: 'harbour' }, 'constructor')).toEqual(['raw.constructor']);
  });

  it('resolve logsources exactly, to narrower ones, or to the conjunction of wider ones', () => {
    expect(resolveLogsource(taxonomy, { category: 'berth' })).toEqual([
      [{ module: 'harbour', code: [1, '2*'] }, { module: 'quay' }],
    ]);
    expect(resolveLogsource(taxonomy, { product: 'harbour', service: 'crane' })).toEqual([
      [{ module: 'harbour' }],
      [{ device: '*crane*' }],
    ]);
    expect(resolveLogsource(taxonomy, { product: 'quay', service: 'boat' })).toBeUndefined();
    expect(resolveLogsource(IDENTITY_TAXONOMY, { product: 'x', service: 'y' })).toBeDefined();
  });

  it('decide which rules an event meets', () => {
    const make = (logsource: string, item: string, index: number) =>
      `title: R${index}\nid: r${index}\nlogsource: ${logsource}\ndetection: { s: { ${item} }, condition: s }\n`;
    const { rules: made } = parseRules(
      [
        make('{ product: harbour, category: berth }', 'Ship: Alva', 0),
        make('{ product: harbour }', 'Ship: Alva', 1),
        make('{ category: berth }', 'Ship: Alva', 2),
        make('{ product: harbour, service: crane }', 'Load|gt: 5', 3),
        make('{ product: harbour }', 'Crew|endswith: bo', 4),
        make('{ product: harbour }', "Direction: 'true'", 5),
        make('{ product: nowhere }', 'A: b', 6),
      ].join('---\n'),
    );
    const matcher = compile(made, { taxonomy });
    const hits = (fields: EventFields) => matcher.match(fields).map(({ rule }) => rule.id);
    expect(matcher.report.unmapped.map(({ rule }) => rule.id)).toEqual(['r6']);
    expect(hits({ module: 'harbour', code: '1', 'berth.ship': 'alva' })).toEqual(['r0']);
    expect(hits({ module: 'Harbour', code: 27, 'ship.name': 'alva', 'vessel.name': 'alva' })).toEqual([
      'r1',
      'r2',
    ]);
    expect(hits({ module: 'harbour', 'ship.name': 'bo', 'vessel.name': 'alva' })).toEqual([]);
    expect(hits({ module: ['x', 'harbour'], device: 'Big Crane 2', 'raw.Load': 7 })).toEqual(['r3']);
    expect(hits({ module: 'harbour', 'crew.captain': 'cy', 'crew.mate': 'Bo' })).toEqual(['r4']);
    expect(hits({ module: 'harbour', way: 'IN' })).toEqual(['r5']);
    expect(hits({ module: 'elsewhere' })).toEqual([]);
  });

  it('may name the fields that keywords are looked for in', () => {
    const limited: Taxonomy = { ...IDENTITY_TAXONOMY, keywords: ['message'] };
    const matcher = compile(rules('words: [needle]\ncondition: words'), { taxonomy: limited });
    expect(matcher.match({ message: 'a needle' })).toHaveLength(1);
    expect(matcher.match({ other: 'a needle' })).toHaveLength(0);
  });
});

describe('rule sets', () => {
  it('report a rule that throws and go on', () => {
    const failed: string[] = [];
    const made = rules('selection: { A: xyz, B|re: q? }\ncondition: selection', one('A: xyz'));
    const matcher = compile(made, { onError: (rule, error) => failed.push(`${rule.id} ${String(error)}`) });
    const event = Object.defineProperty({ A: 'xyz' }, 'B', {
      get: () => {
        throw new Error('broken');
      },
    });
    expect(matcher.match(event).map(({ rule }) => rule.id)).toEqual(['r1']);
    expect(failed).toEqual(['r0 Error: broken']);
    expect(matcher.failures.get('r0')).toBe(1);
  });

  it('switch rules off and on', () => {
    const matcher = compile(rules(one('A: x'), one('A: x')));
    expect(matcher.setEnabled('r0', false)).toBe(true);
    expect(matcher.match({ A: 'x' }).map(({ rule }) => rule.id)).toEqual(['r1']);
    expect(matcher.isEnabled('r0')).toBe(false);
    matcher.setEnabled('r0', true);
    expect(matcher.match({ A: 'x' })).toHaveLength(2);
    expect(matcher.setEnabled('nobody', true)).toBe(false);
  });

  it('refuse a second rule of the same id', () => {
    const [first] = rules(one('A: x'));
    const { report } = compile([first!, { ...first!, file: 'copy.yml' }]);
    expect(report.loaded).toBe(1);
    expect(report.rejected[0]!.issue).toMatchObject({ code: 'duplicate_id', file: 'copy.yml' });
  });

  it('apply filters to the rules they name', () => {
    const made = rules(one('A: x'), one('A: x'));
    const filter = (names: string) =>
      parseRules(
        `title: F\nlogsource: { product: harbour }\nfilter:\n  rules: ${names}\n  own: { User|startswith: adm_ }\n  condition: not own\n`,
      ).filters;
    const hits = (names: string) =>
      compile(made, { filters: filter(names) })
        .match({ A: 'x', User: 'adm_alva' })
        .map(({ rule }) => rule.id);
    expect(hits('[r1]')).toEqual(['r0']);
    expect(hits('any')).toEqual([]);
    expect(hits('[other]')).toEqual(['r0', 'r1']);
    expect(compile(made, { filters: filter('any') }).match({ A: 'x', User: 'alva' })).toHaveLength(2);
  });
});

describe('explanations', () => {
  const detection =
    "selection_img:\n  - Image|endswith: ['\\a.exe', '\\b.exe']\n  - Name: other\nselection_cmd:\n  Cmd|contains|all: [one, two]\nfilter_user:\n  User: root\ncondition: all of selection_* and not filter_user";
  const event = { Image: 'C:\\B.exe', Cmd: 'two and one', User: 'alva', Extra: 'x' };

  it('name the fields that made a rule match, and no others', () => {
    const [match] = compile(rules(detection)).match(event);
    expect(match!.matched).toEqual([
      { field: 'Image', value: 'C:\\B.exe', condition: 'Image|endswith: \\b.exe' },
      { field: 'Cmd', value: 'two and one', condition: 'Cmd|contains|all: one' },
      { field: 'Cmd', value: 'two and one', condition: 'Cmd|contains|all: two' },
    ]);
  });

  it('show what is excluded by neq and what is absent', () => {
    const [match] = compile(
      rules(one('{ A|neq: x, B: null, C|exists: true }'.replace(/^\{ | \}$/g, '').replaceAll(', ', '\n  '))),
    ).match({ A: 'y', C: 'z' });
    expect(match!.matched).toEqual([
      { field: 'A', value: 'y', condition: 'A|neq: x' },
      { field: 'B', value: '', condition: 'B: null' },
      { field: 'C', value: 'z', condition: 'C|exists: true' },
    ]);
  });

  it('show why a rule does not match, down to the value', () => {
    const [rule] = rules(detection);
    expect(explain(rule!, event).matches).toBe(true);
    const explained = explain(rule!, { ...event, Cmd: 'one' });
    expect(explained.matches).toBe(false);
    expect(explained.conditions[0]).toMatchObject({
      kind: 'and',
      holds: false,
      items: [
        {
          kind: 'of',
          text: 'all of selection_*',
          items: [
            { kind: 'selection', name: 'selection_img', holds: true },
            {
              kind: 'selection',
              name: 'selection_cmd',
              holds: false,
              items: [
                {
                  kind: 'item',
                  present: [{ name: 'Cmd', text: 'one' }],
                  values: [
                    { raw: 'one', holds: true },
                    { raw: 'two', holds: false },
                  ],
                },
              ],
            },
          ],
        },
        { kind: 'not', holds: true },
      ],
    });
    expect(explain(rule!, event, { name: 'none', logsources: [], fields: [] }).logsource).toBe('unmapped');
  });
});

describe('numbers as they are written', () => {
  it.each<[string, EventFields['x'], boolean]>([
    ['0x17', 23, true],
    ['0x17', '23', true],
    ['0x17', '0X17', true],
    ['0x17', ['a', '0x17'], true],
    ['0x17', '17', false],
    ['007', '7', true],
    ['007', '007', true],
    ['007', '07', false],
    ['[1.0, 5]', '1.0', true],
    ['1.0', 1, true],
    ['1.0', '1.00', false],
    ['7', '007', false],
  ])('%s on %j: %s', (written, value, expected) => {
    for (const [item, wanted] of [
      [`A: ${written}`, expected],
      [`A|neq: ${written}`, !expected],
    ] as const) {
      const [rule] = rules(one(item));
      expect(fires(one(item), { A: value })).toBe(wanted);
      expect(referenceMatch([rule!], { A: value })).toHaveLength(wanted ? 1 : 0);
      expect(explain(rule!, { A: value }).matches).toBe(wanted);
    }
  });
});
