import type { Selectable } from 'kysely';
import type { CallRecord, ClockRecord } from '../../clocks/ports.ts';
import type { ClockCallTable, ClockTable } from './schema.ts';

/** A clock of its row. */
export function clockOf(row: Selectable<ClockTable>): ClockRecord {
  return {
    tenant: row.tenant,
    incident: row.incident_id,
    kind: row.kind,
    basis: row.basis,
    site: row.site,
    startedAt: row.started_at,
    targets: row.targets,
    pauses: row.pauses,
    stoppedAt: row.stopped_at,
    breachedAt: row.breached_at,
    cancelledAt: row.cancelled_at,
    dueAt: row.due_at,
    warnAt: row.warn_at,
    warned: row.warned,
    nextAt: row.next_at,
  };
}

/** A call of its row. */
export function callOf(row: Selectable<ClockCallTable>): CallRecord {
  return {
    tenant: row.tenant,
    id: row.id,
    incident: row.incident_id,
    kind: row.kind,
    reason: row.reason,
    share: row.share,
    step: row.step,
    told: row.told,
    at: row.at,
    nextAt: row.next_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
  };
}
