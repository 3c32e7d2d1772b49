import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';

/** Words of the conversation in every language, for a page that has to speak its reader’s. */
export const TEXTS = { en, fr, it, nl, de };
