import { describe, expect, test } from 'vitest';
import { type Block, type Inline, readMarkdown } from './markdown.ts';

const p = (...lines: Inline[][]): Block => ({ kind: 'p', lines });
const text = (value: string) => ({ kind: 'text', text: value }) as const;

test('what people may use', () => {
  expect(
    readMarkdown(
      'Seen on **web01** by _us_, `id -u` says 0.\nSee INC-12.\n\n- one\n- two\n\n> no\n\n```\na *b*\n```',
    ),
  ).toEqual([
    p(
      [
        text('Seen on '),
        { kind: 'strong', parts: [text('web01')] },
        text(' by '),
        { kind: 'em', parts: [text('us')] },
        text(', '),
        { kind: 'code', text: 'id -u' },
        text(' says 0.'),
      ],
      [text('See '), { kind: 'incident', id: 12 }, text('.')],
    ),
    { kind: 'ul', items: [[text('one')], [text('two')]] },
    { kind: 'quote', lines: [[text('no')]] },
    { kind: 'code', text: 'a *b*' },
  ]);
});

test('names of fields and files are not taken for marks', () => {
  for (const line of ['process.parent_name and user_name', '2 * 3 * 4', 'a*b*c', 'C:\\temp', '*', '**', '``'])
    expect(readMarkdown(line)).toEqual([p([text(line)])]);
});

test('mentions are of people who were mentioned', () => {
  expect(readMarkdown('@Eve Adams, @Mallory', ['Eve Adams'])).toEqual([
    p([{ kind: 'mention', name: 'Eve Adams' }, text(', @Mallory')]),
  ]);
});

describe('stored script: markup and addresses stay text', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '[click](javascript:alert(1))',
    '![x](https://evil.example/pixel.gif)',
    'https://evil.example/login',
    '<a href="data:text/html,x">x</a>',
    '&lt;script&gt;',
    '{{7*7}} #{7*7}',
  ])('%s', (attack) => {
    expect(readMarkdown(attack)).toEqual([p([text(attack)])]);
  });
});

test('hostile lengths and nesting cost little', () => {
  for (const attack of [
    '*'.repeat(10_000),
    '_a'.repeat(5000),
    '`'.repeat(9_999),
    '> '.repeat(5000),
    '**a '.repeat(2500),
  ])
    expect(readMarkdown(attack, ['Eve']).length).toBeGreaterThan(0);
});
