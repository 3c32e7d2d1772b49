import { spoken } from '../ui/language.ts';

/** What contacts are there for, and who can have to be told, in words. */
export const t = await spoken({
  en: () => import('./strings/en.ts'),
  fr: () => import('./strings/fr.ts'),
  it: () => import('./strings/it.ts'),
  nl: () => import('./strings/nl.ts'),
  de: () => import('./strings/de.ts'),
});
