import type { Kysely } from 'kysely';
import type { Moment, MomentStore } from '../../ingest/ports.ts';
import { asStateError } from './database.ts';
import type { Database } from './schema.ts';

/** Moments are told apart from batches of events over so many numbers back. */
const KEPT = 10_000;

/** Moments, as ingestion numbered them and detection decided by them. */
export class PostgresMoments implements MomentStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** @throws `VIGIE_STATE_UNAVAILABLE` while the database is away */
  async add({ sequence, after, clocks, at }: Moment): Promise<void> {
    const row = { after, clocks: JSON.stringify(clocks), at };
    try {
      await this.#db
        .insertInto('detector_moment')
        .values({ sequence, ...row })
        // Adding may have succeeded without our hearing of it.
        .onConflict((oc) => oc.column('sequence').doUpdateSet(row))
        .execute();
    } catch (error) {
      throw asStateError(error);
    }
  }

  async lastSequence(): Promise<number> {
    const row = await this.#db
      .selectFrom('detector_moment')
      .select((eb) => eb.fn.max('sequence').as('last'))
      .executeTakeFirst();
    return Number(row?.last ?? 0);
  }

  async sequencesSince(sequence: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('detector_moment')
      .select('sequence')
      .where('sequence', '>=', String(sequence))
      .orderBy('sequence')
      .execute();
    return rows.map((row) => Number(row.sequence));
  }

  /** Moments that come after a place among the batches, in order. */
  async after(sequence: number): Promise<Moment[]> {
    const rows = await this.#db
      .selectFrom('detector_moment')
      .selectAll()
      .where('sequence', '>', String(sequence))
      .orderBy('sequence')
      .execute();
    return rows.map((row) => ({
      sequence: Number(row.sequence),
      after: Number(row.after),
      clocks: row.clocks,
      at: row.at,
    }));
  }

  /**
   * Forgets moments that follow batches which the event store does not have: it was restored from an older copy.
   *
   * @param lastBatch the event store's last one
   * @returns the last number in use, by a batch or a moment
   */
  async forgetBeyond(lastBatch: number): Promise<number> {
    await this.#db.deleteFrom('detector_moment').where('after', '>', String(lastBatch)).execute();
    return Math.max(lastBatch, await this.lastSequence());
  }

  /** Forgets what no restart will ask for: `sequence` is what the saved state stands for. */
  async prune(sequence: number): Promise<void> {
    await this.#db
      .deleteFrom('detector_moment')
      .where('sequence', '<', String(sequence - KEPT))
      .execute();
  }
}
