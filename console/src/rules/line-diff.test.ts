import { describe, expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

const written = (first: string, second: string) =>
  diffLines(first, second).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);

describe('diffLines', () => {
  test.each([
    ['', '', []],
    ['a\nb\n', 'a\nb', [' a', ' b']],
    ['', 'a\n', ['+a']],
    ['a\n', '', ['-a']],
    ['a\nb\nc\n', 'a\nx\nc\n', [' a', '-b', '+x', ' c']],
    ['a\nb\nc\nd\n', 'b\nc\nd\ne\n', ['-a', ' b', ' c', ' d', '+e']],
    ['a\na\n', 'a\na\na\n', [' a', ' a', '+a']],
  ])('%j to %j', (first, second, expected) => {
    expect(written(first, second)).toEqual(expected);
  });

  test('numbers the lines of both texts', () => {
    expect(diffLines('a\nb\nc', 'a\nc').map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [2, null],
      [3, 2],
    ]);
  });

  test('whatever the texts, both can be read out of it', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const make = () => Array.from({ length: random(12) }, () => 'abc'[random(3)]!);
      const [first, second] = [make(), make()];
      const lines = diffLines(first.join('\n'), second.join('\n'));
      expect(lines.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(first);
      expect(lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(second);
    }
  });

  test('two long texts without a line in common are told at once', () => {
    const lines = diffLines(
      Array.from({ length: 9000 }, (_, n) => `a${n}`).join('\n'),
      Array.from({ length: 9000 }, (_, n) => `b${n}`).join('\n'),
    );
    expect(lines).toHaveLength(18_000);
  });
});
