import { translated } from '../ui/language.ts';
import { de } from './watch-strings/de.ts';
import { en } from './watch-strings/en.ts';
import { fr } from './watch-strings/fr.ts';
import { it } from './watch-strings/it.ts';
import { nl } from './watch-strings/nl.ts';

export const w = translated({ en, fr, it, nl, de });
