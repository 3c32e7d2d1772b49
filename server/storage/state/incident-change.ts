import { randomUUID } from 'node:crypto';
import { type IncidentQueueState, UNDO_FOR } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { HandOver, Identity, IncidentChange, Scope } from '../../api/ports.ts';
import { withTenants } from './database.ts';
import { type NewNotice, noticeRow } from './notice-store.ts';
import type { Database, IncidentTable } from './schema.ts';
import { standOn } from './side.ts';
import { countOutcomes, judgeIncident } from './verdict-store.ts';

type Trx = Transaction<Database>;
type Row = Selectable<IncidentTable>;

/** An incident before and after a change; the same object twice where nothing changed but words were added. */
export interface Changed {
  readonly tenant: string;
  /** Where it changed hands. */
  readonly handed?: HandOver;
  readonly before: IncidentQueueState;
  readonly after: IncidentQueueState;
}

/** Nothing was changed: the owner who is wanted may not see the incident's tenant. */
export type OwnerRefused = 'owner';

/** Changes one incident and writes down who changed what; undefined: it is not there. */
export async function changeIncident(
  trx: Trx,
  id: number,
  change: IncidentChange,
  actor: Identity,
  now: number,
): Promise<Changed | OwnerRefused | undefined> {
  const row = await trx
    .selectFrom('incident')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { tenant } = row;
  const before = stateOf(row);
  const { status, owner, comment } = change;
  const notes: { kind: 'status' | 'comment'; text: string }[] = [];
  const moves = status !== undefined && status !== row.status;
  if (moves) notes.push({ kind: 'status', text: `Status: ${row.status} → ${status}` });
  const hands = owner !== undefined && owner !== row.owner_id;
  if (hands && owner !== null && !(await seesTenant(trx, owner, tenant))) return 'owner';
  const handed: HandOver | undefined = hands
    ? {
        id,
        tenant,
        title: row.title,
        from: await ownerOf(trx, row.owner_id),
        to: await ownerOf(trx, owner),
      }
    : undefined;
  if (handed !== undefined) notes.push({ kind: 'status', text: `Owner: ${handed.to?.name ?? 'nobody'}` });
  if (comment !== undefined) notes.push({ kind: 'comment', text: comment });
  const verdict = change.verdict === undefined ? row.verdict : change.verdict;
  const reason = change.verdict === undefined ? row.verdict_reason : (change.reason ?? null);
  // Rules at fault may be told of a verdict that stands already.
  const judges =
    change.verdict !== undefined &&
    (verdict !== row.verdict || reason !== row.verdict_reason || (change.rules ?? []).length > 0);
  if (moves || hands)
    await trx
      .updateTable('incident')
      .set({
        ...(moves ? { status, closed_at: status === 'closed' ? now : null } : {}),
        ...(hands ? { owner_id: owner } : {}),
        worked_from: row.worked_from ?? now,
      })
      .where('id', '=', id)
      .execute();
  if (handed !== undefined) await tellOwners(trx, handed, actor, now);
  if (judges)
    await judgeIncident(
      trx,
      row,
      { verdict, reason, note: comment ?? '', rules: change.rules ?? [] },
      actor,
      now,
    );
  if (judges || (moves && verdict !== null)) await countOutcomes(trx, tenant, id, now);
  if (notes.length > 0) {
    // What the provider's people note is theirs; for the client there is the conversation.
    const ours = actor.permissions.has('comments.internal');
    await standOn(trx, ours ? 'provider' : 'client');
    await trx
      .insertInto('incident_log')
      .values(
        notes.map((note) => ({
          tenant,
          incident_id: id,
          at: now,
          actor: actor.name,
          internal: ours && note.kind === 'comment',
          ...note,
        })),
      )
      .execute();
  }
  // What a person did themselves is no news to them.
  if (actor.kind === 'account') await markSeen(trx, tenant, id, actor.id, now);
  return {
    tenant,
    ...(handed === undefined ? {} : { handed }),
    before,
    after: {
      status: status ?? row.status,
      verdict,
      reason,
      owner: owner === undefined ? row.owner_id : owner,
    },
  };
}

/** Changes many incidents, each in a transaction of its own, so that one that is held up holds up no other. */
export async function changeMany(
  db: Kysely<Database>,
  scope: Scope,
  ids: readonly number[],
  change: IncidentChange,
  actor: Identity,
  now: number,
) {
  const batch = randomUUID();
  const done: { id: number; tenant: string; handed?: HandOver }[] = [];
  const missing: number[] = [];
  const refused: number[] = [];
  let undoable = false;
  for (const id of new Set(ids)) {
    const changed = await withTenants(db, scope, async (trx) => {
      const one = await changeIncident(trx, id, change, actor, now);
      if (typeof one === 'object' && !same(one.before, one.after)) {
        await trx
          .insertInto('incident_undo')
          .values({
            tenant: one.tenant,
            batch,
            incident_id: id,
            actor_id: actor.id,
            at: now,
            before: JSON.stringify(one.before),
            after: JSON.stringify(one.after),
          })
          .execute();
        undoable = true;
      }
      return one;
    });
    if (changed === undefined) missing.push(id);
    else if (changed === 'owner') refused.push(id);
    else
      done.push({
        id,
        tenant: changed.tenant,
        ...(changed.handed === undefined ? {} : { handed: changed.handed }),
      });
  }
  if (undoable)
    await withTenants(db, scope, (trx) =>
      trx
        .deleteFrom('incident_undo')
        .where('at', '<', now - UNDO_FOR)
        .execute(),
    );
  return { done, missing, refused, undo: undoable ? batch : null };
}

/** Takes a bulk change back, incident by incident, where it still stands as the change left it. */
export async function undoMany(
  db: Kysely<Database>,
  scope: Scope,
  batch: string,
  actor: Identity,
  now: number,
) {
  return withTenants(db, scope, async (trx) => {
    const rows = await trx
      .selectFrom('incident_undo')
      .selectAll()
      .where('batch', '=', batch)
      .where('actor_id', '=', actor.id)
      .where('at', '>=', now - UNDO_FOR)
      .orderBy('incident_id')
      .execute();
    if (rows.length === 0) return undefined;
    const undone: { id: number; tenant: string }[] = [];
    const kept: number[] = [];
    for (const { incident_id: id, tenant, before, after } of rows) {
      const row = await trx
        .selectFrom('incident')
        .selectAll()
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined || row.merged_into !== null || !same(stateOf(row), after)) {
        kept.push(id);
        continue;
      }
      const back: IncidentChange = {
        ...(before.status === after.status ? {} : { status: before.status }),
        ...(before.owner === after.owner ? {} : { owner: before.owner }),
        ...(before.verdict === after.verdict && before.reason === after.reason
          ? {}
          : { verdict: before.verdict, ...(before.reason === null ? {} : { reason: before.reason }) }),
      };
      // Whoever had it may not see the tenant any more.
      if ((await changeIncident(trx, id, back, actor, now)) === 'owner') kept.push(id);
      else undone.push({ id, tenant });
    }
    await trx.deleteFrom('incident_undo').where('batch', '=', batch).execute();
    return { undone, kept };
  });
}

/** Notes what an account has seen of an incident: all there is now. */
export async function markSeen(trx: Trx, tenant: string, id: number, account: string, now: number) {
  await sql`INSERT INTO incident_seen (tenant, incident_id, account_id, at, alert_count, level_rank)
    SELECT tenant, id, ${account}, greatest(${now}::float8, changed_at), alert_count, level_rank
    FROM incident WHERE tenant = ${tenant} AND id = ${id}
    ON CONFLICT (tenant, incident_id, account_id) DO UPDATE
    SET at = excluded.at, alert_count = excluded.alert_count, level_rank = excluded.level_rank`.execute(trx);
}

function stateOf(row: Row): IncidentQueueState {
  return { status: row.status, verdict: row.verdict, reason: row.verdict_reason, owner: row.owner_id };
}

function same(a: IncidentQueueState, b: IncidentQueueState): boolean {
  return a.status === b.status && a.verdict === b.verdict && a.reason === b.reason && a.owner === b.owner;
}

async function seesTenant(trx: Trx, account: string, tenant: string): Promise<boolean> {
  const { rows } = await sql<{ sees: boolean }>`SELECT account_sees(${account}, ${tenant}) AS sees`.execute(
    trx,
  );
  return rows[0]?.sees === true;
}

async function ownerOf(trx: Trx, account: string | null): Promise<HandOver['to']> {
  if (account === null) return null;
  const row = await trx.selectFrom('account').select('name').where('id', '=', account).executeTakeFirst();
  return { id: account, name: row?.name ?? account };
}

/** Who gets an incident hears of it, and so does who had it; what one does oneself is no news. */
async function tellOwners(trx: Trx, { id, tenant, title, from, to }: HandOver, actor: Identity, at: number) {
  const about = { tenant, incident: id, actor: actor.name, at };
  const rows: NewNotice[] = [];
  if (to !== null && to.id !== actor.id)
    rows.push({ ...about, account: to.id, kind: 'assigned', excerpt: title });
  if (from !== null && from.id !== actor.id)
    rows.push({
      ...about,
      account: from.id,
      kind: 'handed-on',
      excerpt: `${to === null ? '' : `${to.name} · `}${title}`,
    });
  if (rows.length > 0) await trx.insertInto('notice').values(rows.map(noticeRow)).execute();
}
