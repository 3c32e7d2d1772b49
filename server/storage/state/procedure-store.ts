import type { Kysely } from 'kysely';
import type { ProcedureSource } from '../../procedures/ports.ts';
import type { Database } from './schema.ts';
import { storable, VersionedTexts } from './versioned-texts.ts';

/** What a procedure is made of. */
export interface ProcedureText {
  readonly source: ProcedureSource;
}

/** Procedures made here and their versions. */
export class ProcedureStore extends VersionedTexts<ProcedureText, 'sop' | 'texts'> {
  constructor(db: Kysely<Database>) {
    super(db, {
      table: 'procedure',
      columns: ['sop', 'texts'],
      write: ({ source }) => {
        const texts = Object.entries(source.texts).map(([language, text]) => [language, storable(text)]);
        return { sop: storable(source.sop), texts: JSON.stringify(Object.fromEntries(texts)) };
      },
      read: ({ sop, texts }) => ({ source: { sop, texts } }),
      most: 2_000,
      mostVersions: 100,
    });
  }
}
