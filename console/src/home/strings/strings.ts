import { translated } from '../../ui/language.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';

/** Words of the pages that people begin on, in the language in use. */
export const t = translated({ en, fr, it, nl, de });
