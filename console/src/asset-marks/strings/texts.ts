import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';

/** The words in every language, for a page that speaks its reader's. */
export const TEXTS = { en, fr, it, nl, de };
