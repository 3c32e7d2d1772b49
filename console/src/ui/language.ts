import type { Language } from '@vigie/contracts/api';

const KEY = 'vigie.language';
const LANGUAGES: readonly Language[] = ['en', 'fr', 'it', 'nl', 'de'];

/** The language of the console: the person's choice, or the first of the browser's that it speaks. */
export const language: Language = chosen() ?? preferred();

/**
 * The texts of the language in use. Every page brings its texts in all languages: they are a few kilobytes beside
 * its script, and no page has to wait for a second file before it can say anything.
 */
export function translated<T>(texts: { readonly [L in Language]: T }): T {
  return texts[language];
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

function chosen(): Language | undefined {
  try {
    return known(localStorage.getItem(KEY) ?? '');
  } catch {
    return undefined;
  }
}

function preferred(): Language {
  if (typeof navigator === 'undefined') return 'en';
  for (const tag of navigator.languages) {
    const found = known(tag.slice(0, 2).toLowerCase());
    if (found !== undefined) return found;
  }
  return 'en';
}

function known(tag: string): Language | undefined {
  return LANGUAGES.find((each) => each === tag);
}
