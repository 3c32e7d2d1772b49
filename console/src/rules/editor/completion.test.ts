import { describe, expect, test } from 'vitest';
import { suggest, type Words } from './completion.ts';
import { contextAt, outlineOf } from './yaml-context.ts';

const words: Words = {
  vocabulary: {
    modifiers: ['contains', 'startswith', 'all'],
    statuses: ['stable', 'test'],
    levels: ['low', 'high'],
    correlationTypes: ['event_count'],
    logsources: [
      { product: 'windows', category: 'process_creation' },
      { product: 'windows', service: 'security' },
      { product: 'linux', category: 'process_creation' },
      { product: 'linux', service: 'sshd' },
    ],
    tags: [{ tag: 'attack.t1110', name: 'Brute Force' }],
    technologies: [],
  },
  fields: {
    known: true,
    fields: [
      { name: 'Image', found: ['process.executable'] },
      { name: 'process.name', found: ['process.name'] },
    ],
  },
  newId: () => 'made-up-id',
  today: '2026-03-04',
};

/** Suggestions at the `▮` of a text. */
function at(text: string) {
  const lines = text.replace(/^\n/, '').split('\n');
  const line = lines.findIndex((each) => each.includes('▮'));
  const column = lines[line]!.indexOf('▮');
  lines[line] = lines[line]!.replace('▮', '');
  const found = suggest(lines, line, column, words);
  return {
    labels: found?.options.map(({ label }) => label) ?? [],
    column: found?.column,
    inserts: found?.options.map(({ insert }) => insert) ?? [],
  };
}

describe('what can be written', () => {
  test('at the top: attributes that are not there yet', () => {
    const { labels, inserts } = at('title: x\n▮\nlevel: high');
    expect(labels).toContain('logsource');
    expect(labels).not.toContain('title');
    expect(labels).not.toContain('level');
    expect(inserts).toContain('tags:\n  - ');
    expect(inserts).toContain('status: ');
  });

  test.each([
    ['status: ▮', ['stable', 'test'], 8],
    ['level: hi▮', ['low', 'high'], 7],
    ['date: ▮', ['2026-03-04'], 6],
    ['tags:\n  - att▮', ['attack.t1110'], 4],
    ['tags:\n- ▮', ['attack.t1110'], 2],
    ['logsource:\n  product: ▮', ['windows', 'linux'], 11],
    ['logsource:\n  category: process_creation\n  product: win▮', ['windows', 'linux'], 11],
    ['logsource:\n  product: linux\n  service: ▮', ['sshd', 'security'], 11],
    ['logsource:\n  product: linux\n  ▮', ['category', 'service', 'definition'], 2],
    ['detection:\n  selection:\n    ▮', ['Image', 'process.name'], 4],
    ['detection:\n  selection:\n    - ▮', ['Image', 'process.name'], 6],
    ['detection:\n  selection:\n    - Image: x\n      ▮', ['Image', 'process.name'], 6],
    ['detection:\n  selection:\n    Image|con▮', ['contains', 'startswith', 'all'], 10],
    ['detection:\n  selection:\n    Image|contains|▮', ['startswith', 'all'], 19],
    [
      'detection:\n  sel_a:\n    x: 1\n  sel_b:\n    y: 1\n  condition: ▮',
      ['sel_a', 'sel_b', '1 of sel_*', '1 of them', 'all of them', 'and', 'or', 'not'],
      13,
    ],
    [
      'correlation:\n  type: ▮',
      [
        'event_count',
        'value_count',
        'temporal',
        'temporal_ordered',
        'value_sum',
        'value_avg',
        'value_percentile',
        'value_median',
      ],
      8,
    ],
    ['correlation:\n  group-by:\n    - ▮', ['Image', 'process.name'], 6],
    ['related:\n  - id: x\n    type: ▮', ['derived', 'obsolete', 'merged', 'renamed', 'similar'], 10],
  ])('%j', (text, labels, column) => {
    expect(at(text)).toMatchObject({ labels, column });
  });

  test.each([
    ['in a comment', 'title: x # sta▮'],
    ['in a value that is free', 'title: ▮'],
    ['in a description', 'description: a lo▮'],
    ['in the values of a field', 'detection:\n  selection:\n    Image:\n      - ▮'],
  ])('nothing %s', (_where, text) => {
    expect(at(text).labels).toEqual([]);
  });

  test('each document of a file for itself', () => {
    expect(at('title: x\nlevel: low\n---\n▮\n').labels).toContain('title');
    expect(at('logsource:\n  product: linux\n---\nlogsource:\n  service: ▮').labels).toEqual([
      'security',
      'sshd',
    ]);
  });
});

test('the outline of a document', () => {
  expect(
    outlineOf(
      'title: x\nlogsource: {product: linux, service: "sshd"} # ours\ndetection:\n    a:\n        b|contains: c\n    list:\n        - d: e\n    condition: a'.split(
        '\n',
      ),
    ),
  ).toEqual({
    keys: new Set(['title', 'logsource', 'detection']),
    logsource: { product: 'linux', service: 'sshd' },
    selections: ['a', 'list'],
  });
});

test('the path above the cursor', () => {
  const lines = 'detection:\n  selection:\n    - Image:\n        - a\n        - '.split('\n');
  expect(contextAt(lines, 4, 10)).toMatchObject({ path: ['detection', 'selection', 'Image'], item: true });
});
