import type { Kysely } from 'kysely';
import { asStateError } from './database.ts';
import type { Database } from './schema.ts';

/** The correlations' state at the end of a batch. */
export interface DetectorSnapshot {
  readonly sequence: number;
  readonly rulesHash: string;
  readonly state: unknown;
}

/** Keeps the newest snapshot of the detector. */
export class SnapshotStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async load(): Promise<DetectorSnapshot | undefined> {
    const row = await this.#db
      .selectFrom('detector_snapshot')
      .selectAll()
      .where('id', '=', 1)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return { sequence: Number(row.sequence), rulesHash: row.rules_hash, state: JSON.parse(row.state) };
  }

  async save(sequence: number, rulesHash: string, state: unknown, now: number): Promise<void> {
    // The state is text, so NUL, which PostgreSQL refuses, must stay escaped; JSON does that.
    const row = { sequence, rules_hash: rulesHash, state: JSON.stringify(state), taken_at: now };
    try {
      await this.#db
        .insertInto('detector_snapshot')
        .values({ id: 1, ...row })
        .onConflict((oc) => oc.column('id').doUpdateSet(row))
        .execute();
    } catch (error) {
      throw asStateError(error);
    }
  }
}
