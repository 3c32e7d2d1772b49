import type { Level } from '@vigie/contracts';
import { type Kysely, sql } from 'kysely';
import { type TenantScope, transaction, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** A rule file that a person imported; `origin` names the import, `path` is relative to its folder. */
export interface ImportedRule {
  readonly origin: string;
  readonly path: string;
  readonly text: string;
}

/** How often a rule fired since the asked time, and when it last did (epoch milliseconds). */
export interface RuleHits {
  readonly hits: number;
  readonly lastAt: number;
}

/** What a rule found lately at some tenants; instants are epoch milliseconds. */
export interface RuleFindings {
  /** `day` is the start of the day in UTC. */
  readonly days: readonly { readonly day: number; readonly hits: number }[];
  readonly tenants: readonly { readonly tenant: string; readonly hits: number; readonly lastAt: number }[];
  /** Newest first. */
  readonly alerts: readonly {
    readonly id: string;
    readonly tenant: string;
    readonly title: string;
    readonly level: Level;
    readonly count: number;
    readonly lastAt: number;
    readonly incident: number | null;
  }[];
}

const DAY = 86_400_000;
const ALERTS = 20;

/** Rows of one insert: PostgreSQL takes at most 65,535 parameters a statement. */
const ROWS = 200;

/** Imported rules, which rules are switched off, and how often each one fired. */
export class RuleStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** All imported rule files, in the order of origin and path. */
  imported(): Promise<ImportedRule[]> {
    return this.#db
      .selectFrom('rule_file')
      .select(['origin', 'path', 'text'])
      .orderBy('origin')
      .orderBy('path')
      .execute();
  }

  /** Pipelines that were given with imports, in the order of origin and as they were given. */
  pipelines(): Promise<{ origin: string; name: string; text: string }[]> {
    return this.#db
      .selectFrom('rule_pipeline')
      .select(['origin', 'name', 'text'])
      .orderBy('origin')
      .orderBy('position')
      .execute();
  }

  /** Keeps the pipelines of an origin in the place of those before; none: it has none any more. */
  async setPipelines(
    origin: string,
    pipelines: readonly { readonly name: string; readonly text: string }[],
  ): Promise<void> {
    await transaction(this.#db, async (trx) => {
      await trx.deleteFrom('rule_pipeline').where('origin', '=', origin).execute();
      if (pipelines.length === 0) return;
      await trx
        .insertInto('rule_pipeline')
        .values(
          pipelines.map(({ name, text }, position) => ({
            origin,
            position,
            name,
            text: text.replaceAll('\0', ''),
          })),
        )
        .execute();
    });
  }

  /** Values of placeholders that people have given, by name. */
  async placeholders(): Promise<Record<string, readonly string[]>> {
    const rows = await this.#db
      .selectFrom('rule_placeholder')
      .select(['name', 'values'])
      .orderBy('name')
      .execute();
    return Object.fromEntries(rows.map(({ name, values }) => [name, values]));
  }

  /** Gives a placeholder its values; undefined takes them away. */
  async setPlaceholder(name: string, values: readonly string[] | undefined, now: number): Promise<void> {
    if (values === undefined) {
      await this.#db.deleteFrom('rule_placeholder').where('name', '=', name).execute();
      return;
    }
    const row = { values: JSON.stringify(values), changed_at: now };
    await this.#db
      .insertInto('rule_placeholder')
      .values({ name, ...row })
      .onConflict((oc) => oc.column('name').doUpdateSet(row))
      .execute();
  }

  /** Ids of the rules that a person switched off. */
  async disabled(): Promise<Set<string>> {
    const rows = await this.#db
      .selectFrom('rule_setting')
      .select('rule_id')
      .where('enabled', '=', false)
      .execute();
    return new Set(rows.map((row) => row.rule_id));
  }

  /** Keeps rule files; with `replace`, those of the same origin that are not among them are forgotten. */
  async import(
    origin: string,
    files: readonly { readonly path: string; readonly text: string }[],
    replace: boolean,
    now: number,
  ): Promise<void> {
    await transaction(this.#db, async (trx) => {
      if (replace) await trx.deleteFrom('rule_file').where('origin', '=', origin).execute();
      for (let at = 0; at < files.length; at += ROWS)
        await trx
          .insertInto('rule_file')
          .values(
            files.slice(at, at + ROWS).map((file) => ({
              origin,
              path: file.path,
              // PostgreSQL's text cannot hold NUL.
              text: file.text.replaceAll('\0', ''),
              imported_at: now,
            })),
          )
          .onConflict((oc) =>
            oc
              .columns(['origin', 'path'])
              .doUpdateSet((eb) => ({ text: eb.ref('excluded.text'), imported_at: now })),
          )
          .execute();
    });
  }

  async setEnabled(id: string, enabled: boolean): Promise<void> {
    await this.#db
      .insertInto('rule_setting')
      .values({ rule_id: id, enabled })
      .onConflict((oc) => oc.column('rule_id').doUpdateSet({ enabled }))
      .execute();
  }

  /** Rules that ever fired at the tenants of a scope, with their hits there since `since` (epoch milliseconds). */
  async hits(scope: TenantScope, since: number): Promise<Map<string, RuleHits>> {
    const rows = await withTenants(this.#db, scope, (trx) =>
      trx
        .selectFrom('rule_hit')
        .select([
          'rule_id',
          sql<string>`coalesce(sum(hits) FILTER (WHERE hour >= ${since}), 0)`.as('hits'),
          sql<number>`max(last_at)`.as('last_at'),
        ])
        .groupBy('rule_id')
        .execute(),
    );
    return new Map(rows.map((row) => [row.rule_id, { hits: Number(row.hits), lastAt: row.last_at }]));
  }

  /** What a rule found since `since` (epoch milliseconds) at the tenants of a scope. */
  findings(scope: TenantScope, ruleId: string, since: number): Promise<RuleFindings> {
    return withTenants(this.#db, scope, async (trx) => {
      const mine = trx.selectFrom('rule_hit').where('rule_id', '=', ruleId).where('hour', '>=', since);
      const day = sql<number>`floor(hour / ${DAY}) * ${DAY}`;
      const days = await mine
        .select([day.as('day'), sql<string>`sum(hits)`.as('hits')])
        .groupBy(sql`1`)
        .orderBy(sql`1`)
        .execute();
      const tenants = await mine
        .select(['tenant', sql<string>`sum(hits)`.as('hits'), sql<number>`max(last_at)`.as('last_at')])
        .groupBy('tenant')
        .orderBy(sql`2`, 'desc')
        .execute();
      const alerts = await trx
        .selectFrom('alert')
        .select(['id', 'tenant', 'title', 'level', 'count', 'last_at', 'incident_id'])
        .where('rule_id', '=', ruleId)
        .where('last_at', '>=', since)
        .orderBy('last_at', 'desc')
        .limit(ALERTS)
        .execute();
      return {
        days: days.map((row) => ({ day: row.day, hits: Number(row.hits) })),
        tenants: tenants.map((row) => ({ tenant: row.tenant, hits: Number(row.hits), lastAt: row.last_at })),
        alerts: alerts.map(({ last_at, incident_id, ...alert }) => ({
          ...alert,
          lastAt: last_at,
          incident: incident_id,
        })),
      };
    });
  }
}
