import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import { VersionedTexts } from './versioned-texts.ts';

/** A mapping's definition, as JSON text: it cannot hold NUL. */
export interface MappingText {
  readonly definition: string;
}

/** Mappings and their versions. */
export class MappingStore extends VersionedTexts<MappingText, 'definition'> {
  constructor(db: Kysely<Database>) {
    super(db, {
      table: 'mapping',
      columns: ['definition'],
      write: ({ definition }) => ({ definition }),
      read: ({ definition }) => ({ definition }),
      most: 5_000,
      mostVersions: 200,
    });
  }
}
