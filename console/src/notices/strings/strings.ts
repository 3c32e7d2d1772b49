import { spoken } from '../../ui/language.ts';

/** Words of the list of a person’s news. */
export const t = await spoken({
  en: () => import('./en.ts'),
  fr: () => import('./fr.ts'),
  it: () => import('./it.ts'),
  nl: () => import('./nl.ts'),
  de: () => import('./de.ts'),
});
