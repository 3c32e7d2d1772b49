import { type Kysely, sql, type Transaction } from 'kysely';
import type { Procedure, StepRecord } from '../../procedures/ports.ts';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** A procedure at an incident, with what was recorded of its steps. Times are epoch milliseconds. */
export interface AttachedRecord {
  readonly incident: number;
  readonly id: string;
  readonly origin: 'shipped' | 'provider' | 'tenant';
  readonly version: number;
  readonly procedure: Procedure;
  readonly attachedAt: number;
  readonly attachedBy: string;
  readonly steps: readonly StepRecord[];
}

/** Who and when, for the record. */
export interface Doing {
  readonly actor: string;
  readonly at: number;
  /** What the incident's log says of it. */
  readonly text: string;
}

type Trx = Transaction<Database>;

/** Procedures at incidents, under row-level security; every change is in the incident's log. */
export class IncidentProcedureStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Procedures of the incidents of these numbers that the scope may see. */
  list(scope: TenantScope, incidents: readonly number[]): Promise<AttachedRecord[]> {
    return withTenants(this.#db, scope, (trx) => attachedIn(trx, incidents));
  }

  /** Attaches one. `undefined`: there is no such incident; false: it is there already. */
  attach(
    scope: TenantScope,
    incident: number,
    wanted: Pick<AttachedRecord, 'id' | 'origin' | 'version' | 'procedure'>,
    doing: Doing,
  ): Promise<boolean | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const tenant = await tenantOf(trx, incident);
      if (tenant === undefined) return undefined;
      const made = await trx
        .insertInto('incident_procedure')
        .values({
          tenant,
          incident_id: incident,
          procedure_id: wanted.id,
          origin: wanted.origin,
          version: wanted.version,
          content: JSON.stringify(wanted.procedure),
          attached_at: doing.at,
          attached_by: doing.actor,
        })
        .onConflict((oc) => oc.doNothing())
        .returning('procedure_id')
        .executeTakeFirst();
      if (made === undefined) return false;
      await noteIn(trx, tenant, incident, doing);
      return true;
    });
  }

  /** Takes one off, with what was recorded of its steps; what the log says of them stays. */
  detach(scope: TenantScope, incident: number, id: string, doing: Doing): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const gone = await trx
        .deleteFrom('incident_procedure')
        .where('incident_id', '=', incident)
        .where('procedure_id', '=', id)
        .returning('tenant')
        .executeTakeFirst();
      if (gone === undefined) return false;
      await noteIn(trx, gone.tenant, incident, doing);
      return true;
    });
  }

  /**
   * Changes a step. `change` is given what is recorded now and says what is to be recorded and noted in the log, or
   * refuses with a value, in which case nothing is written.
   *
   * @returns undefined: there is no such procedure at such an incident
   */
  step<Refusal>(
    scope: TenantScope,
    incident: number,
    id: string,
    change: (
      found: AttachedRecord,
      tenant: string,
    ) => { readonly record: StepRecord; readonly doing: Doing } | { readonly refusal: Refusal },
  ): Promise<true | { readonly refusal: Refusal } | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const tenant = await tenantOf(trx, incident);
      if (tenant === undefined) return undefined;
      const found = (await attachedIn(trx, [incident])).find((one) => one.id === id);
      if (found === undefined) return undefined;
      const wanted = change(found, tenant);
      if ('refusal' in wanted) return wanted;
      const { record, doing } = wanted;
      await saveStep(trx, tenant, incident, id, record);
      await noteIn(trx, tenant, incident, doing);
      return true as const;
    });
  }

  /** Writes a line into the log of an incident that is not closed. False: there is none in the scope. */
  noteOpen(scope: TenantScope, incident: number, doing: Doing): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .select('tenant')
        .where('id', '=', incident)
        .where('status', '<>', 'closed')
        .executeTakeFirst();
      if (row === undefined) return false;
      await noteIn(trx, row.tenant, incident, doing);
      return true;
    });
  }
}

/** Locks the incident, so that two people's changes come one after the other. */
async function tenantOf(trx: Trx, incident: number): Promise<string | undefined> {
  const row = await trx
    .selectFrom('incident')
    .select('tenant')
    .where('id', '=', incident)
    .forUpdate()
    .executeTakeFirst();
  return row?.tenant;
}

/** Procedures of these incidents, as far as the transaction's role sees them. */
export async function attachedIn(trx: Trx, incidents: readonly number[]): Promise<AttachedRecord[]> {
  if (incidents.length === 0) return [];
  const rows = await trx
    .selectFrom('incident_procedure')
    .selectAll()
    .where('incident_id', 'in', [...incidents])
    .orderBy('attached_at')
    .orderBy('procedure_id')
    .execute();
  const steps = await trx
    .selectFrom('incident_step')
    .leftJoin('account', 'account.id', 'incident_step.assignee_id')
    .selectAll('incident_step')
    .select(sql<string | null>`account.name`.as('assignee_name'))
    .where('incident_id', 'in', [...incidents])
    .execute();
  return rows.map((row) => ({
    incident: row.incident_id,
    id: row.procedure_id,
    origin: row.origin,
    version: row.version,
    procedure: row.content,
    attachedAt: row.attached_at,
    attachedBy: row.attached_by,
    steps: steps
      .filter((step) => step.incident_id === row.incident_id && step.procedure_id === row.procedure_id)
      .map((step) => ({
        step: step.step_id,
        state: step.state,
        at: step.at,
        actor: step.actor,
        reason: step.reason,
        evidence: step.evidence,
        option: step.option,
        assignee:
          step.assignee_id === null
            ? null
            : { id: step.assignee_id, name: step.assignee_name ?? step.assignee_id },
      })),
  }));
}

/** Keeps what is now recorded of a step. */
export async function saveStep(
  trx: Trx,
  tenant: string,
  incident: number,
  procedure: string,
  record: StepRecord,
): Promise<void> {
  const values = {
    state: record.state,
    at: record.at,
    actor: record.actor,
    reason: storable(record.reason),
    evidence: storable(record.evidence),
    option: record.option,
    assignee_id: record.assignee?.id ?? null,
  };
  await trx
    .insertInto('incident_step')
    .values({ tenant, incident_id: incident, procedure_id: procedure, step_id: record.step, ...values })
    .onConflict((oc) => oc.columns(['tenant', 'incident_id', 'procedure_id', 'step_id']).doUpdateSet(values))
    .execute();
}

/** Writes a line into the incident's log; `internal`: not for the client's people. */
export async function noteIn(
  trx: Trx,
  tenant: string,
  incident: number,
  { actor, at, text }: Doing,
  internal = false,
): Promise<void> {
  await trx
    .insertInto('incident_log')
    .values({ tenant, incident_id: incident, at, kind: 'status', actor, text: storable(text), internal })
    .execute();
}

/** PostgreSQL's text cannot hold NUL. */
function storable<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\0', '')) as T;
}
