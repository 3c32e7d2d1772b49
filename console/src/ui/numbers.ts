import type { Language } from '@vigie/contracts/api';
import { language, localeOf } from './language.ts';

/** Numbers as a language writes them. Formats are made when they are first used: a catalogue may never be. */
export interface Numbers {
  /** A whole number with its separators: `12,345`, `12 345`. */
  readonly whole: (n: number) => string;
  /** With at most one decimal: `3.5`. */
  readonly fine: (n: number) => string;
  /** For little room: `1.2K`. */
  readonly compact: (n: number) => string;
  /** The number and its noun, in the form that the language asks for: `1 rule`, `0 rules`, `0 règle`. */
  readonly count: (n: number, one: string, other: string) => string;
  /** The form alone. */
  readonly plural: (n: number, one: string, other: string) => string;
}

/** The numbers of one language; catalogues ask for their own, so that they read the same wherever they are shown. */
export function numbersIn(language: Language): Numbers {
  const locale = localeOf(language);
  const whole = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
  const fine = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
  const compact = once(() => new Intl.NumberFormat(locale, { notation: 'compact' }));
  const rules = once(() => new Intl.PluralRules(locale));
  const plural = (n: number, one: string, other: string) => (rules().select(n) === 'one' ? one : other);
  return {
    whole: (n) => whole().format(n),
    fine: (n) => fine().format(n),
    compact: (n) => compact().format(n),
    count: (n, one, other) => `${whole().format(n)} ${plural(n, one, other)}`,
    plural,
  };
}

/** The numbers of the language in use. */
export const { whole, fine, compact } = numbersIn(language);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
