import type { Level } from '@vigie/contracts';
import type { SelfTellingSetup } from '@vigie/contracts/api';
import type { ContactFunction } from '@vigie/contracts/contacts.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** That steps of procedures may send by themselves at a tenant. `at`: epoch milliseconds. */
export interface Allowed {
  readonly minLevel: Level;
  readonly functions: readonly ContactFunction[];
  readonly by: string;
  readonly at: number;
}

/** A step of a procedure at an incident. */
export interface StepAt {
  readonly tenant: string;
  readonly incident: number;
  readonly procedure: string;
  readonly step: string;
}

/** Whether steps may send by themselves, and which have. */
export class SelfTellingStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Undefined: it is not allowed, or the tenant is not in the scope. */
  allowed(scope: TenantScope, tenant: string): Promise<Allowed | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('self_telling')
        .selectAll()
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      return (
        row && {
          minLevel: row.min_level,
          functions: row.functions,
          by: row.allowed_by,
          at: row.allowed_at,
        }
      );
    });
  }

  /** Allows it as said, or takes it back. */
  async save(
    scope: TenantScope,
    tenant: string,
    wanted: SelfTellingSetup['allowed'],
    who: Pick<Allowed, 'by' | 'at'>,
  ): Promise<void> {
    await withTenants(this.#db, scope, async (trx) => {
      if (wanted === null) {
        await trx.deleteFrom('self_telling').where('tenant', '=', tenant).execute();
        return;
      }
      const values = {
        min_level: wanted.minLevel,
        functions: JSON.stringify(wanted.functions),
        allowed_by: who.by,
        allowed_at: who.at,
      };
      await trx
        .insertInto('self_telling')
        .values({ tenant, ...values })
        .onConflict((oc) => oc.column('tenant').doUpdateSet(values))
        .execute();
    });
  }

  /** Steps that have sent by themselves at an incident, those of procedures that were taken off too. */
  told(scope: TenantScope, incident: number): Promise<Pick<StepAt, 'procedure' | 'step'>[]> {
    return withTenants(this.#db, scope, (trx) =>
      trx
        .selectFrom('self_told')
        .select(['procedure_id as procedure', 'step_id as step'])
        .where('incident_id', '=', incident)
        .execute(),
    );
  }

  /** Open incidents with a procedure that was begun while its tenant allowed this, as it does now. */
  async waiting(): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('incident_procedure')
      .innerJoin('self_telling', 'self_telling.tenant', 'incident_procedure.tenant')
      .innerJoin('incident', (join) =>
        join
          .onRef('incident.tenant', '=', 'incident_procedure.tenant')
          .onRef('incident.id', '=', 'incident_procedure.incident_id'),
      )
      .select('incident.id')
      .distinct()
      .where('incident.status', '<>', 'closed')
      .whereRef('incident_procedure.attached_at', '>=', 'self_telling.allowed_at')
      .execute();
    return rows.map(({ id }) => id);
  }
}

/**
 * Makes a step's sending by itself this transaction's, once for all time: whoever comes second waits for the first and
 * gets false. False as well when what was allowed, or the incident, is no longer what the caller looked at.
 */
export async function claimSelfTelling(
  trx: Transaction<Database>,
  { tenant, incident, procedure, step }: StepAt,
  seen: { readonly allowedAt: number; readonly level: Level },
  now: number,
): Promise<boolean> {
  const allowed = await trx
    .selectFrom('self_telling')
    .select('tenant')
    .where('tenant', '=', tenant)
    .where('allowed_at', '=', seen.allowedAt)
    // Whoever takes it back waits until this mail is written, or this one sees that it was taken back.
    .forShare()
    .executeTakeFirst();
  const open = await trx
    .selectFrom('incident')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', incident)
    .where('level', '=', seen.level)
    .where('status', '<>', 'closed')
    .executeTakeFirst();
  if (allowed === undefined || open === undefined) return false;
  const claimed = await trx
    .insertInto('self_told')
    .values({ tenant, incident_id: incident, procedure_id: procedure, step_id: step, at: now })
    .onConflict((oc) => oc.doNothing())
    .returning(sql`1`.as('one'))
    .executeTakeFirst();
  return claimed !== undefined;
}
