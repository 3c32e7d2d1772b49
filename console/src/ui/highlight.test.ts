import { describe, expect, it } from 'vitest';
import { cutAt, needlesOf } from './highlight.ts';

describe('needlesOf', () => {
  it('lights only the asked part of a contained value', () => {
    const value = 'powershell.exe -NoProfile -EncodedCommand SQBFAFgA';
    expect(
      needlesOf({ field: 'process.command_line', value, condition: 'CommandLine|contains: -encodedcommand' }),
    ).toEqual(['-encodedcommand']);
  });
  it('takes the literal parts of a wildcard', () => {
    expect(
      needlesOf({ field: 'f', value: 'cmd /c whoami /all', condition: 'CommandLine: *whoami*/all' }),
    ).toEqual(['whoami', '/all']);
  });
  it('falls back to the whole value for expressions, networks and transformed values', () => {
    for (const condition of ['F|re: ^a.*b$', 'F|cidr: 10.0.0.0/8', 'F|base64|contains: whoami', 'F'])
      expect(needlesOf({ field: 'f', value: '10.1.2.3', condition })).toEqual(['10.1.2.3']);
  });
});

describe('cutAt', () => {
  it('ignores case, joins overlaps and keeps every character', () => {
    const text = 'Failed password for ROOT from 192.0.2.7; root again';
    const pieces = cutAt(text, ['root', 'for root', '192.0.2.7']);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual([
      'for ROOT',
      '192.0.2.7',
      'root',
    ]);
  });
  it('survives letters that change length, empty needles and endless repeats', () => {
    expect(cutAt('İstanbul', ['stan'])).toEqual([{ text: 'İstanbul', hit: false }]);
    expect(cutAt('abc', [''])).toEqual([{ text: 'abc', hit: false }]);
    const long = cutAt('ab '.repeat(50_000), ['ab']);
    expect(long.filter((piece) => piece.hit).length).toBeLessThanOrEqual(400);
    expect(long.map((piece) => piece.text).join('').length).toBe(150_000);
  });
});
