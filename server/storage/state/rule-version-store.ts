import { mayMove, stepDown, type VersionState } from '@vigie/contracts/rule-states.ts';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { transaction } from './database.ts';
import type { Database, RuleChangeTable, RuleVersionTable } from './schema.ts';

/** A version without its texts. Instants are epoch milliseconds. */
export interface VersionRow {
  readonly number: number;
  readonly state: VersionState;
  readonly title: string;
  readonly note: string;
  readonly author: string;
  readonly createdAt: number;
  readonly stateBy: string;
  readonly stateAt: number;
  readonly wasLive: boolean;
  readonly upstreamHash: string | null;
}

export interface ChangeRow {
  readonly at: number;
  readonly actor: string;
  readonly number: number;
  readonly change: RuleChangeTable['change'];
  readonly note: string;
}

/** A text that judges: live, or in test. */
export interface JudgingVersion {
  readonly ruleId: string;
  readonly number: number;
  readonly state: 'live' | 'test';
  readonly text: string;
  readonly cases: string;
}

/** Where a rule's versions stand. */
export interface HistoryHead {
  readonly ruleId: string;
  readonly revision: number;
  readonly newest: number;
  readonly live: number | null;
  readonly test: number | null;
  /** The newest version, for rules that nothing else knows. */
  readonly last: { readonly state: VersionState; readonly text: string; readonly cases: string };
}

/** A change that was not made: somebody else made one meanwhile, or it may not be made from where things stand. */
export type Refusal =
  | { readonly refused: 'conflict'; readonly revision: number }
  | { readonly refused: 'missing' | 'not-allowed' | 'too-many' };

const CHANGES_SHOWN = 200;
/** Versions kept of one rule. */
const MAX_VERSIONS = 1000;

/** Versions of rules: kept for good, their states moved under a lock by rule and revision. */
export class RuleVersionStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** All versions that judge, in the order of their rules. */
  async judging(): Promise<JudgingVersion[]> {
    const rows = await this.#db
      .selectFrom('rule_version')
      .select(['rule_id', 'number', 'state', 'text', 'cases'])
      .where('state', 'in', ['live', 'test'])
      .orderBy('rule_id')
      .execute();
    return rows.map(({ rule_id, state, ...row }) => ({
      ruleId: rule_id,
      state: state === 'test' ? 'test' : 'live',
      ...row,
    }));
  }

  /** Where every rule that has versions stands. */
  async heads(): Promise<HistoryHead[]> {
    const rows = await this.#db
      .selectFrom('rule_history as h')
      .innerJoin('rule_version as v', (join) =>
        join.onRef('v.rule_id', '=', 'h.rule_id').onRef('v.number', '=', 'h.newest'),
      )
      .select(['h.rule_id', 'h.revision', 'h.newest', 'v.state', 'v.text', 'v.cases'])
      .select((eb) => [
        eb
          .selectFrom('rule_version as l')
          .select('l.number')
          .whereRef('l.rule_id', '=', 'h.rule_id')
          .where('l.state', '=', 'live')
          .as('live'),
        eb
          .selectFrom('rule_version as t')
          .select('t.number')
          .whereRef('t.rule_id', '=', 'h.rule_id')
          .where('t.state', '=', 'test')
          .as('test'),
      ])
      .orderBy('h.rule_id')
      .execute();
    return rows.map((row) => ({
      ruleId: row.rule_id,
      revision: row.revision,
      newest: row.newest,
      live: row.live,
      test: row.test,
      last: { state: row.state, text: row.text, cases: row.cases },
    }));
  }

  /** All versions of a rule and the last changes, newest first; a rule without any has revision 0. */
  async list(
    ruleId: string,
  ): Promise<{ readonly revision: number; readonly versions: VersionRow[]; readonly changes: ChangeRow[] }> {
    // One snapshot: a version saved between the reads would otherwise be missing from the other.
    return this.#db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (trx) => {
        const head = await trx
          .selectFrom('rule_history')
          .select('revision')
          .where('rule_id', '=', ruleId)
          .executeTakeFirst();
        const versions = await trx
          .selectFrom('rule_version')
          .select(SUMMARY)
          .where('rule_id', '=', ruleId)
          .orderBy('number', 'desc')
          .execute();
        const changes = await trx
          .selectFrom('rule_change')
          .select(['at', 'actor', 'number', 'change', 'note'])
          .where('rule_id', '=', ruleId)
          .orderBy('id', 'desc')
          .limit(CHANGES_SHOWN)
          .execute();
        return { revision: head?.revision ?? 0, versions: versions.map(toVersion), changes };
      });
  }

  /** One version with its texts. */
  async get(
    ruleId: string,
    number: number,
  ): Promise<(VersionRow & { readonly text: string; readonly cases: string }) | undefined> {
    const row = await this.#db
      .selectFrom('rule_version')
      .select([...SUMMARY, 'text', 'cases'])
      .where('rule_id', '=', ruleId)
      .where('number', '=', number)
      .executeTakeFirst();
    return row && { ...toVersion(row), text: row.text, cases: row.cases };
  }

  /**
   * Keeps a new draft.
   *
   * @param revision the one that the author saw last; 0 for a rule without versions
   */
  save(
    ruleId: string,
    version: {
      readonly text: string;
      readonly cases: string;
      readonly title: string;
      readonly note: string;
      readonly author: string;
      readonly upstreamHash: string | null;
    },
    revision: number,
    now: number,
  ): Promise<{ readonly number: number; readonly revision: number } | Refusal> {
    return transaction(this.#db, async (trx) => {
      await trx
        .insertInto('rule_history')
        .values({ rule_id: ruleId, revision: 0, newest: 0 })
        .onConflict((oc) => oc.doNothing())
        .execute();
      const head = await this.#lock(trx, ruleId);
      if (head === undefined || head.revision !== revision) {
        const present = head?.revision ?? 0;
        // A rule that only this refused save has brought about leaves no trace.
        if (present === 0)
          await trx
            .deleteFrom('rule_history')
            .where('rule_id', '=', ruleId)
            .where('newest', '=', 0)
            .execute();
        return { refused: 'conflict', revision: present };
      }
      const number = head.newest + 1;
      if (number > MAX_VERSIONS) return { refused: 'too-many' };
      await trx
        .insertInto('rule_version')
        .values({
          rule_id: ruleId,
          number,
          // PostgreSQL's text cannot hold NUL.
          text: version.text.replaceAll('\0', ''),
          cases: version.cases.replaceAll('\0', ''),
          title: version.title.replaceAll('\0', '').slice(0, 300),
          note: version.note.replaceAll('\0', ''),
          author: version.author,
          state: 'draft',
          state_by: version.author,
          state_at: now,
          upstream_hash: version.upstreamHash,
          created_at: now,
        })
        .execute();
      await this.#note(trx, ruleId, number, version.author, 'saved', version.note, now);
      const next = await this.#advance(trx, ruleId, number);
      return { number, revision: next };
    });
  }

  /**
   * Brings a version to another state; the version whose place it takes steps down.
   *
   * @param revision the one that the person saw last
   */
  move(
    ruleId: string,
    number: number,
    to: VersionState,
    by: { readonly actor: string; readonly note: string },
    revision: number,
    now: number,
  ): Promise<{ readonly revision: number; readonly change: RuleChangeTable['change'] } | Refusal> {
    return transaction(this.#db, async (trx) => {
      const head = await this.#lock(trx, ruleId);
      if (head === undefined) return { refused: 'missing' };
      if (head.revision !== revision) return { refused: 'conflict', revision: head.revision };
      const row = await trx
        .selectFrom('rule_version')
        .select(['state', 'was_live'])
        .where('rule_id', '=', ruleId)
        .where('number', '=', number)
        .executeTakeFirst();
      if (row === undefined) return { refused: 'missing' };
      if (!mayMove(row.state, to, row.was_live)) return { refused: 'not-allowed' };
      const set = (which: number, state: VersionState) =>
        trx
          .updateTable('rule_version')
          .set({
            state,
            state_by: by.actor,
            state_at: now,
            ...(state === 'live' ? { was_live: true } : {}),
          })
          .where('rule_id', '=', ruleId)
          .where('number', '=', which)
          .execute();
      if (to === 'live' || to === 'test') {
        const before = await trx
          .selectFrom('rule_version')
          .select(['number', 'state', 'was_live'])
          .where('rule_id', '=', ruleId)
          .where('state', '=', to)
          .executeTakeFirst();
        if (before !== undefined) await set(before.number, stepDown(before.state, before.was_live));
      }
      await set(number, to === 'draft' ? stepDown(row.state, row.was_live) : to);
      const change = changeOf(row.state, to, row.was_live);
      await this.#note(trx, ruleId, number, by.actor, change, by.note, now);
      return { revision: await this.#advance(trx, ruleId), change };
    });
  }

  #lock(trx: Transaction<Database>, ruleId: string) {
    return trx
      .selectFrom('rule_history')
      .select(['revision', 'newest'])
      .where('rule_id', '=', ruleId)
      .forUpdate()
      .executeTakeFirst();
  }

  async #advance(trx: Transaction<Database>, ruleId: string, newest?: number): Promise<number> {
    const { revision } = await trx
      .updateTable('rule_history')
      .set({ revision: sql`revision + 1`, ...(newest === undefined ? {} : { newest }) })
      .where('rule_id', '=', ruleId)
      .returning('revision')
      .executeTakeFirstOrThrow();
    return revision;
  }

  async #note(
    trx: Transaction<Database>,
    ruleId: string,
    number: number,
    actor: string,
    change: RuleChangeTable['change'],
    note: string,
    at: number,
  ): Promise<void> {
    await trx
      .insertInto('rule_change')
      .values({ rule_id: ruleId, number, at, actor, change, note: note.replaceAll('\0', '') })
      .execute();
  }
}

const SUMMARY = [
  'number',
  'state',
  'title',
  'note',
  'author',
  'created_at',
  'state_by',
  'state_at',
  'was_live',
  'upstream_hash',
] as const;

function toVersion(row: Pick<Selectable<RuleVersionTable>, (typeof SUMMARY)[number]>): VersionRow {
  return {
    number: row.number,
    state: row.state,
    title: row.title,
    note: row.note,
    author: row.author,
    createdAt: row.created_at,
    stateBy: row.state_by,
    stateAt: row.state_at,
    wasLive: row.was_live,
    upstreamHash: row.upstream_hash,
  };
}

function changeOf(from: VersionState, to: VersionState, wasLive: boolean): RuleChangeTable['change'] {
  if (to === 'live') return from === 'retired' && wasLive ? 'rolled-back' : 'live';
  return ({ test: 'tested', draft: 'withdrawn', retired: 'retired' } as const)[to];
}
