import { type Selectable, sql, type Transaction } from 'kysely';
import type { Rhythm, RhythmKey } from '../../triage/ports.ts';
import type { AlertRhythmTable, Database } from './schema.ts';

type Trx = Transaction<Database>;

/** Rhythms kept of a tenant. */
const RHYTHMS_KEPT = 20_000;

/** Rhythms that exist, of those asked for. */
export async function readRhythms(trx: Trx, tenant: string, keys: readonly RhythmKey[]): Promise<Rhythm[]> {
  const found: Rhythm[] = [];
  for (const part of chunks(keys, 5000)) {
    const rows = await sql<Selectable<AlertRhythmTable>>`SELECT r.*
      FROM unnest(${part.map((k) => k.entity)}::text[], ${part.map((k) => k.rule)}::text[]) AS k(entity, rule)
      JOIN alert_rhythm r ON r.tenant = ${tenant} AND r.entity = k.entity AND r.rule_id = k.rule`.execute(
      trx,
    );
    found.push(...rows.rows.map(toRhythm));
  }
  return found;
}

/** Rhythms of these entities that were unusual at `since` or later. */
export async function readSignals(
  trx: Trx,
  tenant: string,
  entities: readonly string[],
  since: number,
): Promise<Rhythm[]> {
  const rows = await trx
    .selectFrom('alert_rhythm')
    .selectAll()
    .where('tenant', '=', tenant)
    .where(sql<boolean>`entity = ANY(${entities as string[]})`)
    .where('signal_at', '>=', since)
    .execute();
  return rows.map(toRhythm);
}

/** Writes them over what was there, and keeps the number of a tenant's bounded. */
export async function saveRhythms(trx: Trx, tenant: string, rhythms: readonly Rhythm[]): Promise<void> {
  for (const part of chunks(rhythms, 1000))
    await trx
      .insertInto('alert_rhythm')
      .values(
        part.map((r) => ({
          tenant,
          entity: r.entity,
          rule_id: r.rule,
          first_at: r.firstAt,
          last_at: r.lastAt,
          total: r.total,
          slots: r.slots,
          days: r.days,
          peak: r.peak,
          in_slot: r.inSlot,
          signal_at: r.signalAt,
          signal: r.signal,
          signal_term: r.signalTerm,
        })),
      )
      .onConflict((oc) =>
        oc.columns(['tenant', 'entity', 'rule_id']).doUpdateSet((eb) => ({
          last_at: eb.ref('excluded.last_at'),
          total: eb.ref('excluded.total'),
          slots: eb.ref('excluded.slots'),
          days: eb.ref('excluded.days'),
          peak: eb.ref('excluded.peak'),
          in_slot: eb.ref('excluded.in_slot'),
          signal_at: eb.ref('excluded.signal_at'),
          signal: eb.ref('excluded.signal'),
          signal_term: eb.ref('excluded.signal_term'),
        })),
      )
      .execute();
  if (rhythms.some((r) => r.total === 1)) await bound(trx, tenant);
}

/** Who invents names of machines must not fill the table, nor push out what is known for long. */
async function bound(trx: Trx, tenant: string): Promise<void> {
  const { count } = await trx
    .selectFrom('alert_rhythm')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow();
  if (Number(count) <= RHYTHMS_KEPT) return;
  await sql`DELETE FROM alert_rhythm WHERE tenant = ${tenant} AND (entity, rule_id) IN (
    SELECT entity, rule_id FROM alert_rhythm WHERE tenant = ${tenant} AND entity <> ''
    ORDER BY days, slots, last_at LIMIT ${Number(count) - Math.floor(RHYTHMS_KEPT * 0.9)})`.execute(trx);
}

function toRhythm(row: Selectable<AlertRhythmTable>): Rhythm {
  return {
    entity: row.entity,
    rule: row.rule_id,
    firstAt: row.first_at,
    lastAt: row.last_at,
    total: Number(row.total),
    slots: row.slots,
    days: row.days,
    peak: row.peak,
    inSlot: row.in_slot,
    signalAt: row.signal_at,
    signal: row.signal,
    signalTerm: row.signal_term as Rhythm['signalTerm'],
  };
}

/** The items in parts of so many. */
export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
