import { translated } from './language.ts';
import { de } from './strings/de.ts';
import { en } from './strings/en.ts';
import { fr } from './strings/fr.ts';
import { it } from './strings/it.ts';
import { nl } from './strings/nl.ts';

export const ui = translated({ en, fr, it, nl, de });
