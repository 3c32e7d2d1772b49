import { type ParsedRules, parseRules } from '@vigie/sigma';
import type { RuleFile } from './rule-file.ts';

/**
 * Parses each text once, however often the rules are built: parsing is four fifths of it. What the last set did
 * not hold is forgotten.
 */
export class ParsedFiles {
  #known = new Map<string, ParsedRules>();

  /** A parser for one set. */
  parser(): (file: RuleFile) => ParsedRules {
    const before = this.#known;
    const now = new Map<string, ParsedRules>();
    this.#known = now;
    return ({ path, text }) => {
      const key = `${path}\0${text}`;
      const parsed = before.get(key) ?? now.get(key) ?? parseRules(text, { file: path });
      now.set(key, parsed);
      return parsed;
    };
  }
}
