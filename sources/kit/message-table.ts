import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from './categorise.ts';
import { compileDissect, type Dissection } from './dissect.ts';
import { type FieldKind, fieldTable } from './field-table.ts';

/**
 * One kind of message: its words with the values between them, what it means, and fields that it sets by itself.
 *
 * `{user@account}` is read into `user` by the kind `account` of `fieldTable`; without a kind a part is text.
 * `{}` is a part that nobody needs.
 */
export type Message = readonly [
  pattern: string,
  what: Categorisation,
  fields?: Readonly<Record<string, string | number>>,
];

/** A compiled list of messages. */
export interface MessageTable {
  /**
   * Reads a text by the first message that it fits and writes what it says into `doc`.
   *
   * @returns false where no message fits; `doc` is then untouched
   */
  read(doc: EcsFields, text: string): boolean;
}

interface Compiled {
  readonly start: string;
  readonly dissection: Dissection;
  readonly keys: readonly string[];
  readonly what: Categorisation;
  readonly fields: readonly (readonly [string, string | number])[];
}

/**
 * Compiles the messages of a program, which are tried in order: the more telling first. No message backtracks, so
 * a text costs at most its length for each message whose first words it has.
 *
 * @param vendor prefix of values that do not fit their field, with its dot
 * @throws Error where a pattern is wrong, or where two patterns read one field by different kinds
 */
export function messageTable(vendor: string, messages: readonly Message[]): MessageTable {
  const kinds = new Map<string, string>();
  const compiled: Compiled[] = messages.map(([pattern, what, fields]) => {
    const dissection = compileDissect(pattern);
    const keys = dissection.keys.map((part) => {
      const at = part.indexOf('@');
      const field = at < 0 ? part : part.slice(0, at);
      const kind = at < 0 ? 'text' : part.slice(at + 1);
      if (field === '') return '';
      const known = kinds.get(field);
      if (known !== undefined && known !== kind)
        throw new Error(`message table: ${field} is read as ${known} and as ${kind}`);
      kinds.set(field, kind);
      return field;
    });
    const brace = pattern.indexOf('{');
    return {
      start: brace < 0 ? pattern : pattern.slice(0, brace),
      dissection,
      keys,
      what,
      fields: Object.entries(fields ?? {}),
    };
  });
  const table = fieldTable(
    vendor,
    [...kinds].map(([field, kind]) => `${field} ${field} ${kind satisfies string as FieldKind}`).join('\n'),
  );
  return {
    read(doc, text) {
      for (const { start, dissection, keys, what, fields } of compiled) {
        if (!text.startsWith(start)) continue;
        const values = dissection.match(text);
        if (values === undefined) continue;
        for (let i = 0; i < keys.length; i++) {
          const key = keys[i]!;
          const value = values[i]!;
          if (key !== '' && value !== '') table.put(doc, key, value);
        }
        for (const [field, value] of fields) doc[field] = value;
        categorise(doc, what);
        return true;
      }
      return false;
    },
  };
}
