import type { Kysely } from 'kysely';
import type { Repeat, RepeatBook } from '../../api/ports.ts';
import type { Database } from './schema.ts';
import type { Vault } from './vault.ts';

/** A key is remembered so long, milliseconds. */
const KEPT = 86_400_000;

/** Calls that were given a key, over their table. Answers may hold secrets that are shown once: they are sealed. */
export class PostgresRepeats implements RepeatBook {
  readonly #db: Kysely<Database>;
  readonly #vault: Vault;
  readonly #now: () => number;
  #prunedAt = 0;

  constructor(db: Kysely<Database>, vault: Vault, now: () => number) {
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  async begin(caller: string, key: string, request: string): Promise<Repeat> {
    const now = this.#now();
    await this.#prune(now);
    const inserted = await this.#db
      .insertInto('repeatable_call')
      .values({ caller, key, request, status: null, answer: null, created_at: now })
      .onConflict((oc) => oc.columns(['caller', 'key']).doNothing())
      .executeTakeFirst();
    if ((inserted.numInsertedOrUpdatedRows ?? 0n) > 0n) return { kind: 'first' };
    const row = await this.#db
      .selectFrom('repeatable_call')
      .selectAll()
      .where('caller', '=', caller)
      .where('key', '=', key)
      .executeTakeFirst();
    // It went away in between: whoever asks again is the first.
    if (row === undefined || row.created_at <= now - KEPT) return { kind: 'open' };
    if (row.request !== request) return { kind: 'other' };
    if (row.status === null || row.answer === null) return { kind: 'open' };
    const { type, body } = JSON.parse(this.#vault.open(row.answer, ownerOf(caller, key))) as {
      type: string;
      body: string;
    };
    return { kind: 'answered', status: row.status, type, body };
  }

  async finish(
    caller: string,
    key: string,
    { status, type, body }: { status: number; type: string; body: string },
  ): Promise<void> {
    await this.#db
      .updateTable('repeatable_call')
      .set({ status, answer: this.#vault.seal(JSON.stringify({ type, body }), ownerOf(caller, key)) })
      .where('caller', '=', caller)
      .where('key', '=', key)
      .execute();
  }

  async forget(caller: string, key: string): Promise<void> {
    await this.#db
      .deleteFrom('repeatable_call')
      .where('caller', '=', caller)
      .where('key', '=', key)
      .execute();
  }

  async #prune(now: number): Promise<void> {
    if (now - this.#prunedAt < 60_000) return;
    this.#prunedAt = now;
    await this.#db
      .deleteFrom('repeatable_call')
      .where('created_at', '<=', now - KEPT)
      .execute();
  }
}

function ownerOf(caller: string, key: string): readonly string[] {
  return ['repeatable-call', caller, key];
}
