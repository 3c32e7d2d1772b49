import { spoken } from '../ui/language.ts';

export const c = await spoken({
  en: () => import('./connector-strings/en.ts'),
  fr: () => import('./connector-strings/fr.ts'),
  it: () => import('./connector-strings/it.ts'),
  nl: () => import('./connector-strings/nl.ts'),
  de: () => import('./connector-strings/de.ts'),
});
