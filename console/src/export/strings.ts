import { spoken } from '../ui/language.ts';

/** Words of taking things out as files. */
export const t = await spoken({
  en: () => import('./strings/en.ts'),
  fr: () => import('./strings/fr.ts'),
  it: () => import('./strings/it.ts'),
  nl: () => import('./strings/nl.ts'),
  de: () => import('./strings/de.ts'),
});
