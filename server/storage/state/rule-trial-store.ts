import { type Kysely, sql } from 'kysely';
import { transaction } from './database.ts';
import type { Database } from './schema.ts';

/** Hits of one version in test on the events of one tenant; instants are epoch milliseconds. */
export interface TrialCount {
  readonly ruleId: string;
  readonly number: number;
  readonly tenant: string;
  /** Start of the day in UTC. */
  readonly day: number;
  readonly hits: number;
  readonly lastAt: number;
  readonly samples: readonly { readonly id: string; readonly at: number }[];
}

const DAY = 86_400_000;
/** Days that the hits of a version in test are kept. */
const KEPT_DAYS = 90;
/** Events remembered by version, tenant and day. */
const SAMPLES = 5;

/** What versions in test would have found: counted, and never an alert. */
export class RuleTrialStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /**
   * Adds the hits of one batch of events. A batch that was counted before changes nothing, and so do hits of
   * a tenant that is gone.
   */
  async count(counts: readonly TrialCount[], sequence: number, now: number): Promise<void> {
    await transaction(this.#db, async (trx) => {
      const progress = await trx
        .selectFrom('rule_trial_progress')
        .select(['sequence', 'pruned_at'])
        .where('id', '=', 1)
        .forUpdate()
        .executeTakeFirst();
      if (sequence <= Number(progress?.sequence ?? 0)) return;
      // A tenant or a version may have been removed since the events were judged.
      for (const count of merged(counts))
        await sql`
          INSERT INTO rule_trial_hit AS r (tenant, rule_id, number, day, hits, last_at, samples)
          SELECT t.id, v.rule_id, v.number, ${count.day}, ${count.hits}, ${count.lastAt}, ${JSON.stringify(count.samples.slice(0, SAMPLES))}::jsonb
          FROM tenant t, rule_version v
          WHERE t.id = ${count.tenant} AND v.rule_id = ${count.ruleId} AND v.number = ${count.number}
          ON CONFLICT (tenant, rule_id, number, day) DO UPDATE SET
            hits = r.hits + excluded.hits,
            last_at = greatest(r.last_at, excluded.last_at),
            samples = CASE WHEN jsonb_array_length(r.samples) >= ${SAMPLES} THEN r.samples
              ELSE (SELECT jsonb_agg(e) FROM (SELECT e FROM jsonb_array_elements(r.samples || excluded.samples) e LIMIT ${SAMPLES}) kept) END
        `.execute(trx);
      const prune = now - (progress?.pruned_at ?? 0) > DAY;
      if (prune)
        await trx
          .deleteFrom('rule_trial_hit')
          .where('day', '<', now - KEPT_DAYS * DAY)
          .execute();
      const row = { sequence, pruned_at: prune ? now : progress!.pruned_at };
      await trx
        .insertInto('rule_trial_progress')
        .values({ id: 1, ...row })
        .onConflict((oc) => oc.column('id').doUpdateSet(row))
        .execute();
    });
  }

  /** Forgets how far counting came where the event store does not reach that far (it was replaced). */
  async forgetBeyond(lastSequence: number): Promise<void> {
    await this.#db.deleteFrom('rule_trial_progress').where('sequence', '>', String(lastSequence)).execute();
  }

  /** Everything counted for the versions of a rule, oldest day first. */
  async of(ruleId: string): Promise<TrialCount[]> {
    const rows = await this.#db
      .selectFrom('rule_trial_hit')
      .selectAll()
      .where('rule_id', '=', ruleId)
      .orderBy('day')
      .orderBy('tenant')
      .execute();
    return rows.map((row) => ({
      ruleId: row.rule_id,
      number: row.number,
      tenant: row.tenant,
      day: row.day,
      hits: Number(row.hits),
      lastAt: row.last_at,
      samples: row.samples,
    }));
  }
}

/** One row a version, tenant and day: a batch is judged in slices, each of which has counted. */
function merged(counts: readonly TrialCount[]): TrialCount[] {
  const rows = new Map<string, TrialCount>();
  for (const count of counts) {
    const key = JSON.stringify([count.ruleId, count.number, count.tenant, count.day]);
    const row = rows.get(key);
    rows.set(
      key,
      row === undefined
        ? count
        : {
            ...row,
            hits: row.hits + count.hits,
            lastAt: Math.max(row.lastAt, count.lastAt),
            samples: [...row.samples, ...count.samples].slice(0, SAMPLES),
          },
    );
  }
  return [...rows.values()];
}
