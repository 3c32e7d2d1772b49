import { translated } from '../ui/language.ts';
import { de } from './connector-strings/de.ts';
import { en } from './connector-strings/en.ts';
import { fr } from './connector-strings/fr.ts';
import { it } from './connector-strings/it.ts';
import { nl } from './connector-strings/nl.ts';

export const c = translated({ en, fr, it, nl, de });
