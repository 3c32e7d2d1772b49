import { expect, it } from 'vitest';
import { litLine } from './yaml-lit.ts';

const kinds = (line: string) => litLine(line).map((token) => `${token.kind}=${token.text}`);

it('colours keys, values and comments', () => {
  expect(kinds("  - CommandLine|contains: 'a # b' # why")).toEqual([
    'plain=  - ',
    'key=CommandLine|contains',
    'plain=:',
    'plain= ',
    "string='a # b' ",
    'comment=# why',
  ]);
  expect(kinds('level: 3')).toContain('number=3');
  expect(kinds("  - it's a plain # text")).toContain('comment=# text');
});
it('never loses a character', () => {
  for (const line of [
    '',
    '   ',
    '- - x',
    'a:b',
    "key: 'open",
    '#',
    'url: http://x/#y',
    ': :',
    '"k": v',
    `${' '.repeat(9)}- {a: 1}`,
  ])
    expect(
      litLine(line)
        .map((token) => token.text)
        .join(''),
    ).toBe(line);
});
