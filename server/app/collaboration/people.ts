import type { Language, Person, UserView } from '@vigie/contracts/api';
import type { AccountStore, Identity } from '../../api/index.ts';
import { seesTenants } from '../../api/reach.ts';
import { sideOfRole } from '../../api/side.ts';

/** Somebody with an account who may read about a tenant. */
export interface Reader extends Person {
  readonly email: string;
  readonly role: UserView['role'];
  /** What the person chose; null: nothing. */
  readonly language: Language | null;
}

/** Everybody with an account who may see a tenant. */
export async function readersOf(accounts: Pick<AccountStore, 'users'>, tenant: string): Promise<Reader[]> {
  return (await accounts.users())
    .filter((user) => seesTenants(user, [tenant]))
    .map((user) => ({
      id: user.id,
      name: user.name,
      email: user.email,
      role: user.role,
      side: sideOfRole(user.role),
      language: user.language,
    }));
}

/**
 * Whom somebody may mention: the provider's people everybody, the client's people their own and those of the
 * provider whom they have met in this incident. Who else works for a provider is no client's business.
 */
export function mentionable(
  identity: Identity,
  side: Person['side'],
  readers: readonly Reader[],
  met: ReadonlySet<string>,
): Reader[] {
  return readers.filter(
    (reader) =>
      reader.id !== identity.id && (side === 'provider' || reader.side === 'client' || met.has(reader.id)),
  );
}
