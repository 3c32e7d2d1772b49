import { join } from 'node:path';
import { IDENTITY_TAXONOMY, parseRules } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import { describe, expect, test } from 'vitest';
import { sentenceOf, wordsOf } from './rule-words.ts';

/** The lines of the only selection, as plain text. */
function said(selection: string): string[] {
  const text = `title: t\nlogsource: {product: p}\ndetection:\n  s:\n${selection.replace(/^/gm, '    ')}\n  condition: s\n`;
  const { rules, errors } = parseRules(text);
  expect(errors).toEqual([]);
  return wordsOf(rules[0]!, IDENTITY_TAXONOMY, () => undefined).selections[0]!.lines.map((line) =>
    [
      '  '.repeat(line.depth),
      line.kind === 'item' ? '' : `${line.kind} of`,
      line.negated ? 'not ' : '',
      line.field,
      line.test === '' ? '' : ` ${line.test}`,
      line.values.length > 1 ? (line.every ? ' each of' : ' one of') : '',
      line.values.length > 0 ? ` ${line.values.join(', ')}` : '',
    ].join(''),
  );
}

describe('what a rule looks for, in words', () => {
  test.each([
    ['a: b', ['a is b']],
    ['a: [b, c]', ['a is one of b, c']],
    ['a|contains|all: [b, c]', ['a contains each of b, c']],
    ['a|endswith: b', ['a ends with b']],
    ['a|neq: b', ['not a is b']],
    ['a|re|i: b+', ['a matches the expression (i) b+']],
    ['a|cidr: 192.0.2.0/24', ['a is an address in 192.0.2.0/24']],
    ['a|gte: 5', ['a is at least 5']],
    ['a|hour|lt: 6', ['a (its hour) is below 6']],
    ['a|exists: false', ['a is absent']],
    ['a|exists: true', ['a is present']],
    ['a: null', ['a is absent or null']],
    ['a|fieldref|startswith: b', ['a starts with the value of b']],
    ['a|base64offset|contains: b', ['a contains (in Base64 at any offset) b']],
    ['a|contains|windash: -b', ['a contains (with any dash) -b']],
    ['a: 1\nb: 2', ['all of', '  a is 1', '  b is 2']],
    ['- a: 1\n- b: 2\n  c: 3', ['any of', '  a is 1', '  all of', '    b is 2', '    c is 3']],
    ['- one\n- two', [' contain one of one, two']],
  ])('%j', (selection, lines) => {
    expect(said(selection)).toEqual(lines);
  });

  test('long lists are cut, and the rest is counted', () => {
    const values = Array.from({ length: 100 }, (_, n) => `v${n}`).join(', ');
    const { rules } = parseRules(
      `title: t\nlogsource: {product: p}\ndetection:\n  s:\n    a: [${values}]\n  condition: s\n`,
    );
    const [line] = wordsOf(rules[0]!, IDENTITY_TAXONOMY, () => undefined).selections[0]!.lines;
    expect(line!.values.length + line!.more).toBe(100);
    expect(line!.more).toBeGreaterThan(0);
  });

  test.each([
    ['event_count', 'condition: {gte: 10}', '10 or more events within 5 minutes, with the same a and b.'],
    [
      'value_count',
      'condition: {gt: 3, field: u}',
      'More than 3 different values of u within 5 minutes, with the same a and b.',
    ],
    ['temporal', '', 'All of these happen within 5 minutes, with the same a and b.'],
    ['temporal_ordered', '', 'All of these happen in this order within 5 minutes, with the same a and b.'],
    [
      'value_sum',
      'condition: {gte: 1000, lt: 2000, field: n}',
      'The sum of n is 1000 or more and fewer than 2000 within 5 minutes, with the same a and b.',
    ],
    [
      'value_percentile',
      'condition: {gt: 7, field: n, percentile: 95}',
      'The 95th percentile of n is more than 7 within 5 minutes, with the same a and b.',
    ],
  ])('a correlation of type %s', (type, condition, sentence) => {
    const { correlations, errors } = parseRules(
      `title: t\ncorrelation:\n  type: ${type}\n  rules: [x, y]\n  group-by: [a, b]\n  timespan: 5m\n  ${condition}\n`,
    );
    expect(errors).toEqual([]);
    expect(sentenceOf(correlations[0]!)).toBe(sentence);
  });

  test('every shipped rule can be said', () => {
    const files = readRuleFolder(join(import.meta.dirname, '..', '..', 'detections', 'sigma'));
    for (const { text, path } of files) {
      const { rules, correlations } = parseRules(text);
      for (const rule of [...rules, ...correlations]) {
        const words = wordsOf(rule, IDENTITY_TAXONOMY, () => undefined);
        expect(words.correlation === null ? words.selections.length : 1, path).toBeGreaterThan(0);
        expect(JSON.stringify(words)).not.toContain('undefined');
      }
    }
  });
});
