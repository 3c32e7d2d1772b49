import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import type { Vault } from './vault.ts';

/** What the secret of an authenticator app is bound to. */
export function totpOwner(accountId: string): string[] {
  return ['totp', accountId];
}

/** What a connection's secret is bound to. */
export function connectionOwner(id: string, tenant: string | null): string[] {
  return ['sso-connection', id, tenant ?? ''];
}

/**
 * Encrypts the secrets of signing in with the newest key. Sign-ins under way are left: they are over in minutes, and
 * begin again when they can't be opened.
 *
 * @returns how many were encrypted anew, and how many could not be opened
 */
export async function resealSignIn(
  db: Kysely<Database>,
  vault: Vault,
): Promise<{ readonly resealed: number; readonly unreadable: number }> {
  let resealed = 0;
  let unreadable = 0;
  const renew = (sealed: string, owner: readonly string[]): string | undefined => {
    if (!vault.isOld(sealed)) return undefined;
    try {
      const renewed = vault.seal(vault.open(sealed, owner), owner);
      resealed++;
      return renewed;
    } catch {
      // Counted; the old keys are kept while there is one.
      unreadable++;
      return undefined;
    }
  };
  for (const row of await db.selectFrom('totp').select(['account_id', 'secret']).forUpdate().execute()) {
    const secret = renew(row.secret, totpOwner(row.account_id));
    if (secret !== undefined)
      await db.updateTable('totp').set({ secret }).where('account_id', '=', row.account_id).execute();
  }
  const connections = await db
    .selectFrom('sso_connection')
    .select(['id', 'tenant', 'secret'])
    .where('secret', 'is not', null)
    .forUpdate()
    .execute();
  for (const row of connections) {
    const secret = renew(row.secret!, connectionOwner(row.id, row.tenant));
    if (secret !== undefined)
      await db.updateTable('sso_connection').set({ secret }).where('id', '=', row.id).execute();
  }
  return { resealed, unreadable };
}
