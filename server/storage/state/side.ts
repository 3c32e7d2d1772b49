import type { Side } from '@vigie/contracts/api';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type TenantScope, withTenants } from './database.ts';

/** Who reads: the tenants they may see, and where they stand. */
export interface Viewer {
  readonly scope: TenantScope;
  readonly side: Side;
}

/** As {@link withTenants}; row-level security also keeps what is `internal` from everybody but the provider. */
export function withSide<Schema, Result>(
  db: Kysely<Schema>,
  viewer: Viewer,
  work: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return withTenants(db, viewer.scope, async (trx) => {
    await standOn(trx, viewer.side);
    return work(trx);
  });
}

/** Says on which side the rest of a transaction stands. */
export async function standOn<Schema>(trx: Transaction<Schema>, side: Side): Promise<void> {
  await sql`SELECT set_config('vigie.side', ${side}, true)`.execute(trx);
}
