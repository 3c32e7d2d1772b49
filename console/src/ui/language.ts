import type { Language } from '@vigie/contracts/api';

const KEY = 'vigie.language';

/** The languages of the console under their own names, in the order of a choice. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  fr: 'Français',
  it: 'Italiano',
  nl: 'Nederlands',
  de: 'Deutsch',
};

/** The language of the console, as the first script of the document has decided (`first/first.ts`). */
export const language: Language = known(globalThis.document?.documentElement.lang ?? '') ?? 'en';

/** The locale of a language, for `Intl`: dates of English are British, with the day first and 24 hours. */
export function localeOf(of: Language): string {
  return of === 'en' ? 'en-GB' : of;
}

/** Orders names as people of the language look for them. */
export const collator = new Intl.Collator(localeOf(language), { numeric: true });

/**
 * The texts of the language in use, for few texts and for those of the frame: they are brought in all languages, and
 * nothing has to wait for a second file before it can say anything.
 */
export function translated<T>(texts: { readonly [L in Language]: T }): T {
  return texts[language];
}

/**
 * The texts of the language in use, as a file of their own: what `translated` would make a page of many texts carry
 * five times. The page waits for it; catalogues may therefore import nothing but `language.ts`, `numbers.ts` and the
 * contract, or they would wait for each other.
 */
export async function spoken<T>(
  texts: {
    readonly [L in Language]: () => Promise<{ readonly [K in L]: T }>;
  },
): Promise<T> {
  const module = await texts[language]();
  return (module as { readonly [L in Language]: T })[language];
}

/** Keeps the choice and starts again in that language: texts are taken once, when a page's script loads. */
export function choose(next: Language): void {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    return; // Storage is blocked: the browser's own language stays.
  }
  location.reload();
}

function known(tag: string): Language | undefined {
  return (Object.keys(LANGUAGE_NAMES) as Language[]).find((each) => each === tag);
}
