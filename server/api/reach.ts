import { permissionsOf, ROLE_TABLE, within } from '@vigie/contracts/api';
import { ApiFailure } from './errors.ts';
import type { Account, Grant, Identity, TenantStore } from './ports.ts';

/*
 * How far those reach who manage access. Nobody gives what they lack, and nobody changes somebody who may more than
 * they: a password that is set for an analyst is the analyst's rights.
 */

/** Whether a caller sees all the tenants of a grant; one for none (its tenant is gone) is for whoever sees all. */
function covers(identity: Identity, tenants: Grant['tenants']): boolean {
  const { scope } = identity;
  if (scope === 'all') return true;
  return tenants !== null && tenants.length > 0 && tenants.every((each) => scope.includes(each));
}

/**
 * Whether somebody with an account may see tenants; null: all there are. Whoever is named beside a tenant, as owner, on
 * call, or asked, is held to it.
 */
export function seesTenants(
  account: Pick<Account, 'tenants' | 'active'>,
  tenants: readonly string[] | null,
): boolean {
  const { tenants: own } = account;
  return account.active && (own === null || tenants?.every((each) => own.includes(each)) === true);
}

/**
 * Whether somebody may be called for tenants: an address without an account is the provider's word, one with an
 * account is of the provider and sees them.
 */
export function mayBeOnCall(
  users: readonly Account[],
  { email }: { readonly email: string },
  tenants: readonly string[] | null,
): boolean {
  const account = users.find((user) => user.email.toLowerCase() === email.toLowerCase());
  return (
    account === undefined || (ROLE_TABLE[account.role].side === 'provider' && seesTenants(account, tenants))
  );
}

/** 409: somebody who is named beside a tenant may not see it. */
export function outOfReach(name: string): ApiFailure {
  return new ApiFailure(409, OUT_OF_REACH, `${name} may not see this client`);
}

/** Code of {@link outOfReach}. */
export const OUT_OF_REACH = 'VIGIE_API_OUT_OF_REACH';

/** Whether a caller may know of somebody: within their tenants, and of the provider's people only among themselves. */
export function maySeeHolder(identity: Identity, holder: Grant): boolean {
  return (
    covers(identity, holder.tenants) &&
    (ROLE_TABLE[identity.role].side === 'provider' || ROLE_TABLE[holder.role].side === 'client')
  );
}

/** Whether a caller may change, reset or remove somebody, or act for them. */
export function mayManageHolder(identity: Identity, holder: Grant): boolean {
  return (
    identity.permissions.has('access.manage') &&
    maySeeHolder(identity, holder) &&
    within(permissionsOf(holder.role), identity.permissions)
  );
}

/**
 * @throws 403 `VIGIE_API_ESCALATION` when the caller lacks what they would give; 400 when the grant can't be: a role of
 * a client for all tenants, a tenant that is not there
 */
export function requireGrant(identity: Identity, grant: Grant, tenants: Pick<TenantStore, 'list'>): void {
  if (!covers(identity, grant.tenants) || !within(permissionsOf(grant.role), identity.permissions))
    throw new ApiFailure(
      403,
      'VIGIE_API_ESCALATION',
      'nobody can give a role, a permission or a tenant that they do not have themselves',
    );
  if (ROLE_TABLE[grant.role].side === 'client' && grant.tenants === null)
    throw new ApiFailure(
      400,
      'VIGIE_API_INVALID',
      `the role ${grant.role} is a client’s: name the tenants it holds for`,
    );
  const known = new Set(tenants.list(identity.scope).map(({ id }) => id));
  const unknown = grant.tenants?.find((each) => !known.has(each));
  if (unknown !== undefined) throw new ApiFailure(400, 'VIGIE_API_INVALID', `there is no tenant ${unknown}`);
}
