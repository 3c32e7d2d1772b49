import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { compileDissect, type Dissection } from '../../kit/dissect.ts';

/** Writes one part of a message, by the part's name in the pattern. */
export type Writers = Readonly<Record<string, (doc: EcsFields, value: string) => void>>;

/**
 * One kind of message: its codes separated by blanks (message ids, mnemonics), what it means, and the forms in
 * which it is written (see `kit/dissect.ts`), the most specific first. Without a form only the meaning is known.
 */
export type MessageRule = readonly [codes: string, what: Categorisation, ...patterns: string[]];

interface Form {
  readonly what: Categorisation;
  readonly dissection: Dissection;
  readonly writers: readonly (((doc: EcsFields, value: string) => void) | undefined)[];
}

interface Kind {
  readonly what: Categorisation;
  readonly forms: readonly Form[];
}

/**
 * - `read`: a form fitted; its parts and its meaning are in the document.
 * - `known`: the code is known, the wording is not; the meaning is in the document.
 * - `unknown`: nothing was written.
 */
export type MessageReading = 'read' | 'known' | 'unknown';

/** Reads messages by their code. */
export type MessageReader = (code: string, text: string, doc: EcsFields) => MessageReading;

/**
 * Compiles a table of messages.
 *
 * A code may stand in several rules: all forms are tried in the order of the table, and the meaning is that of
 * the rule whose form fits (of the first rule, where none does).
 *
 * @throws Error for a part that no writer knows, so that a misspelt one shows when the module is loaded
 */
export function compileMessages(rules: readonly MessageRule[], writers: Writers): MessageReader {
  const kinds = new Map<string, Kind & { forms: Form[] }>();
  for (const [codes, what, ...patterns] of rules) {
    const forms = patterns.map((pattern): Form => {
      const dissection = compileDissect(pattern);
      return {
        what,
        dissection,
        writers: dissection.keys.map((key) => {
          if (key !== '' && !Object.hasOwn(writers, key))
            throw new Error(`no writer for ${key} in "${pattern}"`);
          return key === '' ? undefined : writers[key];
        }),
      };
    });
    for (const code of codes.split(' ')) {
      const kind = kinds.get(code);
      if (kind === undefined) kinds.set(code, { what, forms: [...forms] });
      else kind.forms.push(...forms);
    }
  }
  return (code, text, doc) => {
    const kind = kinds.get(code);
    if (kind === undefined) return 'unknown';
    for (const form of kind.forms) {
      const values = form.dissection.match(text);
      if (values === undefined) continue;
      categorise(doc, form.what);
      for (let i = 0; i < values.length; i++) form.writers[i]?.(doc, values[i]!);
      return 'read';
    }
    categorise(doc, kind.what);
    return 'known';
  };
}
