/** A compiled pattern. */
export interface Dissection {
  /** Names of the parts in their order; a part without a name has the empty one. */
  readonly keys: readonly string[];
  /**
   * The values of the parts in the order of {@link keys}; `undefined` where the text lacks a word of the pattern
   * or leaves a part without a character.
   */
  match(text: string): string[] | undefined;
}

interface Part {
  readonly mayBeEmpty: boolean;
  /** The words behind the part; empty where it runs to the end. */
  readonly words: string;
}

const PART = /\{([A-Za-z0-9_.@-]*)(\?)?\}/g;

/**
 * Compiles a pattern of words and named parts, as in `User {name} logged {verb}`. Each part runs to the first
 * occurrence of the words behind it, the last one to the end of the text or to the words that end it (so that it
 * may hold these words itself), and the whole text has to fit. There is no backtracking: a text costs its length,
 * whatever it holds.
 *
 * `{name}` holds at least one character, `{name?}` may be empty, `{}` is cut out and has no name.
 *
 * @throws Error where two parts have no words between them
 */
export function compileDissect(pattern: string): Dissection {
  const keys: string[] = [];
  const parts: Part[] = [];
  const found = [...pattern.matchAll(PART)];
  const start = found.length === 0 ? pattern : pattern.slice(0, found[0]!.index);
  found.forEach((part, i) => {
    const next = found[i + 1];
    const words = pattern.slice(part.index + part[0].length, next?.index ?? pattern.length);
    if (next !== undefined && words === '')
      throw new Error(`dissect: no words between {${part[1]}} and {${next[1]}} in "${pattern}"`);
    keys.push(part[1]!);
    parts.push({ mayBeEmpty: part[2] !== undefined, words });
  });
  return {
    keys,
    match(text) {
      if (!text.startsWith(start)) return undefined;
      const values: string[] = [];
      let at = start.length;
      for (let i = 0; i < parts.length; i++) {
        const { mayBeEmpty, words } = parts[i]!;
        // A part of at least one character may begin with the words behind it.
        const from = mayBeEmpty ? at : at + 1;
        let end: number;
        if (i + 1 < parts.length) end = text.indexOf(words, from);
        else end = text.endsWith(words) ? text.length - words.length : -1;
        if (end < from) return undefined;
        values.push(text.slice(at, end));
        at = end + words.length;
      }
      return at === text.length ? values : undefined;
    },
  };
}
