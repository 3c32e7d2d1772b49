import { spoken } from '../ui/language.ts';

export const w = await spoken({
  en: () => import('./watch-strings/en.ts'),
  fr: () => import('./watch-strings/fr.ts'),
  it: () => import('./watch-strings/it.ts'),
  nl: () => import('./watch-strings/nl.ts'),
  de: () => import('./watch-strings/de.ts'),
});
