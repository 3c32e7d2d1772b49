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

  /**
   * Forgets what refers to batches that the event store does not have (it was restored from an older copy, or
   * replaced): their sequences will be given again, to other events, which must be judged.
   */
  async forgetBeyond(lastSequence: number): Promise<boolean> {
    const progress = await this.#db
      .deleteFrom('triage_progress')
      .where('sequence', '>', String(lastSequence))
      .executeTakeFirst();
    const snapshot = await this.#db
      .deleteFrom('detector_snapshot')
      .where('sequence', '>', String(lastSequence))
      .executeTakeFirst();
    return progress.numDeletedRows > 0n || snapshot.numDeletedRows > 0n;
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
