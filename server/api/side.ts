import { permissionsOf, type Role, type Side } from '@vigie/contracts/api';
import type { Identity } from './ports.ts';

/**
 * Where an identity stands: whoever may read what is internal is one of the provider's own. A key without that
 * permission counts as the client's: it is the side that sees less.
 */
export function sideOf(identity: Pick<Identity, 'permissions'>): Side {
  return identity.permissions.has('comments.internal') ? 'provider' : 'client';
}

/** As {@link sideOf}, of an account by its role. */
export function sideOfRole(role: Role): Side {
  return permissionsOf(role).has('comments.internal') ? 'provider' : 'client';
}
