import { createHash } from 'node:crypto';
import { type ParsedRules, parseRules } from '@vigie/sigma';
import type { RuleFile } from './rule-file.ts';

/** Files that were parsed before the program started, by {@link parsedKey}. */
export type ParsedAhead = ReadonlyMap<string, ParsedRules>;

/** What a file's parsed rules depend on: SHA-256 of path and text. */
export function parsedKey({ path, text }: Pick<RuleFile, 'path' | 'text'>): string {
  return createHash('sha256').update(path).update('\0').update(text).digest('hex');
}

/**
 * Parses each text once, however often the rules are built: parsing is four fifths of it. What the last set did
 * not hold is forgotten.
 */
export class ParsedFiles {
  readonly #ahead: ParsedAhead;
  #known = new Map<string, ParsedRules>();

  constructor(ahead: ParsedAhead = new Map()) {
    this.#ahead = ahead;
  }

  /** A parser for one set. */
  parser(): (file: RuleFile) => ParsedRules {
    const before = this.#known;
    const now = new Map<string, ParsedRules>();
    this.#known = now;
    return (file) => {
      const { path, text } = file;
      const key = `${path}\0${text}`;
      const parsed = before.get(key) ?? now.get(key) ?? this.#parse(file);
      now.set(key, parsed);
      return parsed;
    };
  }

  #parse(file: RuleFile): ParsedRules {
    const ahead = this.#ahead.size === 0 ? undefined : this.#ahead.get(parsedKey(file));
    return ahead ?? parseRules(file.text, { file: file.path });
  }
}
