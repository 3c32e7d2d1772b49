import { spoken } from '../ui/language.ts';

export const f = await spoken({
  en: () => import('./wef-strings/en.ts'),
  fr: () => import('./wef-strings/fr.ts'),
  it: () => import('./wef-strings/it.ts'),
  nl: () => import('./wef-strings/nl.ts'),
  de: () => import('./wef-strings/de.ts'),
});
