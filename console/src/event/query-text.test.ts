import { expect, it } from 'vitest';
import { addTerm, termOf, tokens } from './query-text.ts';

it('quotes what the grammar would read otherwise', () => {
  expect(termOf('user.name', 'm.janssens')).toBe('user.name:m.janssens');
  expect(termOf('source.ip', '2001:db8::1')).toBe('source.ip:"2001:db8::1"');
  expect(termOf('process.name', 'or')).toBe('process.name:"or"');
  expect(termOf('file.path', 'C:\\a "b"', true)).toBe('-file.path:"C:\\\\a \\"b\\""');
  expect(termOf('url.original', '/a*')).toBe('url.original:"/a*"');
});
it('adds a term once, and replaces its opposite', () => {
  expect(addTerm('', 'a:1')).toBe('a:1');
  expect(addTerm('a:1', 'a:1')).toBe('a:1');
  expect(addTerm('b:2 -a:1', 'a:1')).toBe('b:2 a:1');
});
it('wraps an outer or, and only that', () => {
  expect(addTerm('a:1 or b:2', 'c:3')).toBe('(a:1 or b:2) c:3');
  expect(addTerm('(a:1 or b:2) d:4', 'c:3')).toBe('(a:1 or b:2) d:4 c:3');
  expect(addTerm('"this or that"', 'c:3')).toBe('"this or that" c:3');
});
it('splits outside quotes only', () => {
  expect(tokens('a:"x y" "say \\"hi\\" now"  b')).toEqual(['a:"x y"', '"say \\"hi\\" now"', 'b']);
});
