import { translated } from '../ui/language.ts';
import { de } from './strings/de.ts';
import { en } from './strings/en.ts';
import { fr } from './strings/fr.ts';
import { it } from './strings/it.ts';
import { nl } from './strings/nl.ts';

export const t = translated({ en, fr, it, nl, de });
