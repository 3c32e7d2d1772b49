import { describe, expect, it } from 'vitest';
import { compileDissect } from './dissect.ts';

describe('compileDissect', () => {
  it('cuts a text at the words between the parts', () => {
    const { keys, match } = compileDissect(
      'Built {direction} {transport} connection {id} for {source} to {target}',
    );
    expect(keys).toEqual(['direction', 'transport', 'id', 'source', 'target']);
    expect(match('Built inbound TCP connection 17 for a:192.0.2.1/1 to b:192.0.2.2/2 (x to y)')).toEqual([
      'inbound',
      'TCP',
      '17',
      'a:192.0.2.1/1',
      'b:192.0.2.2/2 (x to y)',
    ]);
  });
  it('refuses what lacks a word, and parts without a character', () => {
    const { match } = compileDissect('User {name} logged {verb}');
    expect(match('User alice logged in')).toEqual(['alice', 'in']);
    expect(match('user alice logged in')).toBeUndefined();
    expect(match('User alice went')).toBeUndefined();
    expect(match('User  logged in')).toBeUndefined();
    expect(match('User alice logged ')).toBeUndefined();
    expect(match('User')).toBeUndefined();
  });
  it('lets a part that may be empty be so', () => {
    const { match } = compileDissect('[user: {name?}] [from: {address}]');
    expect(match('[user: ] [from: 192.0.2.1]')).toEqual(['', '192.0.2.1']);
    expect(match('[user: bob] [from: 192.0.2.1]')).toEqual(['bob', '192.0.2.1']);
    expect(match('[user: bob] [from: 192.0.2.1] and more')).toBeUndefined();
  });
  it('takes patterns without parts and parts at the beginning', () => {
    expect(compileDissect('Cable OK').match('Cable OK')).toEqual([]);
    expect(compileDissect('Cable OK').match('Cable OK.')).toBeUndefined();
    expect(compileDissect('{}: {rest}').match('a: b: c')).toEqual(['a', 'b: c']);
    expect(compileDissect('{all?}').match('')).toEqual(['']);
  });
  it('lets the last part hold the words that end the text, and a part begin with the words behind it', () => {
    expect(compileDissect('({inner})').match('(a) (b)')).toEqual(['a) (b']);
    expect(compileDissect('{a}: {b}').match(': : c')).toEqual([': ', 'c']);
    expect(compileDissect('to {a} x').match('to x')).toBeUndefined();
  });
  it('refuses a pattern that no text could be cut by', () => {
    expect(() => compileDissect('{a}{b}')).toThrow('no words between');
  });
  // In quadratic time this length would outlast the test's own time.
  it('needs linear time', () => {
    const { match } = compileDissect('{a} x {b} x {c} x {d} y');
    expect(match(' x '.repeat(300_000))).toBeUndefined();
  });
});
