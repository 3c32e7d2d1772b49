import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from './query.ts';

describe('search text', () => {
  it.each([
    ['', undefined],
    ['   ', undefined],
    ['failed', { op: 'text', value: 'failed' }],
    ['"failed password"', { op: 'text', value: 'failed password' }],
    ['user.name:root', { op: 'eq', field: 'user.name', value: 'root' }],
    ['file.path:"C:\\Windows\\x y"', { op: 'eq', field: 'file.path', value: 'C:\\Windows\\x y' }],
    ['process.name:power*', { op: 'wildcard', field: 'process.name', pattern: 'power*' }],
    ['user.name:*', { op: 'exists', field: 'user.name' }],
    ['http.response.status_code:>=500', { op: 'range', field: 'http.response.status_code', gte: 500 }],
    ['destination.port:1..1023', { op: 'range', field: 'destination.port', gte: 1, lte: 1023 }],
    ['source.ip:10.0.0.0/8', { op: 'cidr', field: 'source.ip', network: '10.0.0.0/8' }],
    ['source.ip:2001:db8::/32', { op: 'cidr', field: 'source.ip', network: '2001:db8::/32' }],
    ['source.ip:2001:db8::1', { op: 'eq', field: 'source.ip', value: '2001:db8::1' }],
    ['-a:b', { op: 'not', item: { op: 'eq', field: 'a', value: 'b' } }],
    ['not a:b', { op: 'not', item: { op: 'eq', field: 'a', value: 'b' } }],
    [
      'a:1 b:2 or c:3',
      { op: 'or', items: [{ op: 'and', items: [eq('a', '1'), eq('b', '2')] }, eq('c', '3')] },
    ],
    [
      'a:1 and (b:2 OR c:3)',
      { op: 'and', items: [eq('a', '1'), { op: 'or', items: [eq('b', '2'), eq('c', '3')] }] },
    ],
    ['user.name:(root or admin)', { op: 'or', items: [eq('user.name', 'root'), eq('user.name', 'admin')] }],
  ])('%s', (text, tree) => expect(parseQuery(text)).toEqual(tree));

  it.each([
    ['(a', 'position 1: this parenthesis is never closed'],
    ['a)', 'position 2: this parenthesis was never opened'],
    ['a or', 'position 5: a term is missing here'],
    ['and a', 'position 1: "and" needs a term before it'],
    ['a:"b', 'position 3: this quote is never closed'],
    ['a:', 'position 1: a value is missing after "a:"'],
    ['a:>x', 'position 1: ">x" is no number to compare with'],
    ['ip:10.0.0.0/99', 'position 1: "10.0.0.0/99" is no network'],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'nested too deeply'],
  ])('%s is refused with a sentence', (text, message) => expect(() => parseQuery(text)).toThrow(message));

  it('gives a tree or a SyntaxError for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }),
    );
  });
});

function eq(field: string, value: string) {
  return { op: 'eq', field, value };
}
