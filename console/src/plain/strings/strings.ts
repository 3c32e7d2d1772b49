import { spoken } from '../../ui/language.ts';

/** Words of the pages for the people of a client. */
export const t = await spoken({
  en: () => import('./en.ts'),
  fr: () => import('./fr.ts'),
  it: () => import('./it.ts'),
  nl: () => import('./nl.ts'),
  de: () => import('./de.ts'),
});
