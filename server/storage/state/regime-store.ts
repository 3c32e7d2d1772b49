import type { Level } from '@vigie/contracts';
import type { Language } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { ClockRecord } from '../../clocks/ports.ts';
import { clockOf } from './clock-rows.ts';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** What is decided and done about an incident's duties to report. */
export interface RegimeRows {
  readonly tenant: string;
  readonly level: Level;
  readonly techniques: readonly string[];
  readonly started: readonly {
    readonly regime: string;
    readonly at: number;
    readonly awareAt: number;
    readonly by: string;
    readonly reason: string;
  }[];
  readonly done: readonly {
    readonly regime: string;
    readonly step: string;
    readonly at: number;
    readonly by: string;
    readonly note: string;
  }[];
  readonly kept: readonly { readonly regime: string; readonly step: string; readonly language: Language }[];
  readonly clocks: readonly ClockRecord[];
}

/** A report's place. */
export interface ReportKey {
  readonly incident: number;
  readonly regime: string;
  readonly step: string;
  readonly language: Language;
}

/** Duties to report, under row-level security. */
export class RegimeStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  ofIncident(scope: TenantScope, id: number): Promise<RegimeRows | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const incident = await trx
        .selectFrom('incident')
        .select(['tenant', 'level', 'techniques'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (incident === undefined) return undefined;
      const started = await trx
        .selectFrom('incident_regime')
        .select(['regime', 'at', 'aware_at as awareAt', 'actor as by', 'reason'])
        .where('incident_id', '=', id)
        .execute();
      const done = await trx
        .selectFrom('regime_step')
        .select(['regime', 'step', 'at', 'actor as by', 'note'])
        .where('incident_id', '=', id)
        .execute();
      const kept = await trx
        .selectFrom('regime_report')
        .select(['regime', 'step', 'language'])
        .distinct()
        .where('incident_id', '=', id)
        .execute();
      const clocks = await trx.selectFrom('clock').selectAll().where('incident_id', '=', id).execute();
      return {
        ...incident,
        level: incident.level as Level,
        started,
        done,
        kept,
        clocks: clocks.map(clockOf),
      };
    });
  }

  /** The newest version that was kept. */
  report(scope: TenantScope, key: ReportKey) {
    return withTenants(this.#db, scope, (trx) =>
      trx
        .selectFrom('regime_report')
        .select(['revision', 'at', 'actor as by', 'text'])
        .where('incident_id', '=', key.incident)
        .where('regime', '=', key.regime)
        .where('step', '=', key.step)
        .where('language', '=', key.language)
        .orderBy('revision', 'desc')
        .executeTakeFirst(),
    );
  }

  /** Keeps one more version. False: somebody kept that revision before. */
  async keep(
    scope: TenantScope,
    tenant: string,
    key: ReportKey,
    version: { readonly revision: number; readonly at: number; readonly by: string; readonly text: string },
  ): Promise<boolean> {
    const made = await withTenants(this.#db, scope, (trx) =>
      trx
        .insertInto('regime_report')
        .values({
          tenant,
          incident_id: key.incident,
          regime: key.regime,
          step: key.step,
          language: key.language,
          revision: version.revision,
          at: version.at,
          actor: version.by,
          text: version.text.replaceAll('\0', ''),
        })
        .onConflict((oc) =>
          oc.columns(['tenant', 'incident_id', 'regime', 'step', 'language', 'revision']).doNothing(),
        )
        .executeTakeFirst(),
    );
    return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }
}
