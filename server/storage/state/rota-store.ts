import { randomUUID } from 'node:crypto';
import type { NewOverride, OverrideView, RotaSetup } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Override } from '../../clocks/ports.ts';
import { withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** A stored rota with what is still to come of its overrides. */
export interface RotaRecord {
  readonly id: string;
  readonly setup: RotaSetup;
  readonly overrides: readonly (Override & Pick<OverrideView, 'kind' | 'note' | 'by'>)[];
  readonly notes: readonly { readonly at: number; readonly by: string; readonly text: string }[];
}

/** Rotas; they are the provider's, so everything here sees all tenants. */
export class RotaStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  list(now: number): Promise<RotaRecord[]> {
    return withTenants(this.#db, 'all', async (trx) => {
      const rotas = await trx.selectFrom('rota').selectAll().orderBy('id').limit(200).execute();
      const overrides = await trx
        .selectFrom('rota_override')
        .selectAll()
        .where('to_at', '>', now)
        .orderBy('from_at')
        .execute();
      const notes = await trx
        .selectFrom('rota_note')
        .selectAll()
        .orderBy('at', 'desc')
        .limit(2_000)
        .execute();
      return rotas.map(({ id, setup }) => ({
        id,
        setup,
        overrides: overrides
          .filter(({ rota }) => rota === id)
          .map((row) => ({
            id: row.id,
            from: row.from_at,
            to: row.to_at,
            member: row.member,
            at: row.at,
            kind: row.kind,
            note: row.note,
            by: row.actor,
          })),
        notes: notes
          .filter(({ rota }) => rota === id)
          .slice(0, 50)
          .map(({ at, actor, text }) => ({ at, by: actor, text })),
      }));
    });
  }

  async put(id: string, setup: RotaSetup): Promise<void> {
    const text = JSON.stringify(setup);
    await withTenants(this.#db, 'all', (trx) =>
      trx
        .insertInto('rota')
        .values({ id, setup: text })
        .onConflict((oc) => oc.column('id').doUpdateSet({ setup: text }))
        .execute(),
    );
  }

  async remove(id: string): Promise<boolean> {
    const [gone] = await withTenants(this.#db, 'all', (trx) =>
      trx.deleteFrom('rota').where('id', '=', id).execute(),
    );
    return (gone?.numDeletedRows ?? 0n) > 0n;
  }

  /** False: there is no such rota. */
  override(rota: string, change: NewOverride, actor: string, at: number): Promise<boolean> {
    return withTenants(this.#db, 'all', async (trx) => {
      if ((await trx.selectFrom('rota').select('id').where('id', '=', rota).executeTakeFirst()) === undefined)
        return false;
      const { from, to, member, kind, note } = change;
      await trx
        .insertInto('rota_override')
        .values({
          id: randomUUID(),
          rota,
          from_at: from,
          to_at: to,
          member: JSON.stringify(member),
          kind,
          note: note.replaceAll('\0', ''),
          actor,
          at,
        })
        .execute();
      return true;
    });
  }

  async removeOverride(rota: string, id: string): Promise<boolean> {
    const [gone] = await withTenants(this.#db, 'all', (trx) =>
      trx.deleteFrom('rota_override').where('rota', '=', rota).where('id', '=', id).execute(),
    );
    return (gone?.numDeletedRows ?? 0n) > 0n;
  }

  /** False: there is no such rota. */
  note(rota: string, text: string, actor: string, at: number): Promise<boolean> {
    return withTenants(this.#db, 'all', async (trx) => {
      if ((await trx.selectFrom('rota').select('id').where('id', '=', rota).executeTakeFirst()) === undefined)
        return false;
      await trx
        .insertInto('rota_note')
        .values({ rota, at, actor, text: text.replaceAll('\0', '') })
        .execute();
      return true;
    });
  }
}
