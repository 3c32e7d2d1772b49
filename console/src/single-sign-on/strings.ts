import { spoken } from '../ui/language.ts';

/** Words of the page on how the people of a client, or of the provider, sign in. */
export const t = await spoken({
  en: () => import('./strings/en.ts'),
  fr: () => import('./strings/fr.ts'),
  it: () => import('./strings/it.ts'),
  nl: () => import('./strings/nl.ts'),
  de: () => import('./strings/de.ts'),
});
