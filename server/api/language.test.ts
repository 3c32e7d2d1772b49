import { describe, expect, it } from 'vitest';
import { languageOf } from './language.ts';

const of = (header?: string) => languageOf({ headers: { 'accept-language': header } });

describe('the language a caller prefers', () => {
  it('is the one of the greatest weight that rules speak', () => {
    expect(of('de')).toBe('de');
    expect(of('sv, fr-BE;q=0.8, nl;q=0.9')).toBe('nl');
    expect(of('nl;q=0.5, it;q=0.5')).toBe('nl');
  });

  it('is English without one, and for what is no language at all', () => {
    expect(of()).toBe('en');
    expect(of('*')).toBe('en');
    expect(of('fr;q=0')).toBe('en');
    expect(of('fry, ita, <script>')).toBe('en');
    expect(of(`${'x,'.repeat(100_000)}fr`)).toBe('en');
  });
});
