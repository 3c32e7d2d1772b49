import { translated } from '../../ui/language.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';

/** Words of the page behind a mailed link in every language, for a page that speaks its reader's. */
export const TEXTS = { en, fr, it, nl, de };

/** Words of the page behind a mailed link. */
export const t = translated(TEXTS);
