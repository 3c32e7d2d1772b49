import type { Role } from '@vigie/contracts/api';
import type { ExternalProfile, ManagedAccount, SsoConnection } from './ports.ts';

/** What becomes of a person whom an identity provider vouches for. */
export type Admission =
  | { readonly kind: 'enter'; readonly account: ManagedAccount; readonly role: Role; readonly bind: boolean }
  | { readonly kind: 'create'; readonly email: string; readonly name: string; readonly role: Role }
  /** The sentence is for the administrator's log. */
  | { readonly kind: 'refuse'; readonly why: string };

/** The role of the first rule that names one of the groups, or else the connection's default. */
export function roleFor(
  { roles, defaultRole }: Pick<SsoConnection, 'roles' | 'defaultRole'>,
  groups: readonly string[],
): Role | null {
  return roles.find(({ group }) => groups.includes(group))?.role ?? defaultRole;
}

/** Whether an address is of one of the connection's domains. */
export function ofDomain({ domains }: Pick<SsoConnection, 'domains'>, email: string): boolean {
  return domains.includes(email.slice(email.lastIndexOf('@') + 1));
}

/**
 * Decides whom a connection lets in. An account is known by the issuer and the subject that it was bound to. The
 * e-mail address alone opens nothing: only an account that this same connection provisioned, and that nobody has
 * signed in to yet, is bound by it.
 *
 * @param mayGive whether a connection of this tenant (null: the provider) may give the role
 */
export function admit(
  connection: SsoConnection,
  profile: ExternalProfile,
  found: { readonly bound?: ManagedAccount; readonly sameEmail?: ManagedAccount },
  mayGive: (tenant: string | null, role: Role) => boolean,
): Admission {
  const { email } = profile;
  if (email === undefined) return { kind: 'refuse', why: 'no e-mail address was told' };
  if (!ofDomain(connection, email))
    return { kind: 'refuse', why: 'the e-mail address is of another domain than the connection’s' };
  const role = roleFor(connection, profile.groups);
  if (role === null) return { kind: 'refuse', why: 'no group gives a role' };
  if (!mayGive(connection.tenant, role))
    return { kind: 'refuse', why: `the role ${role} is not this connection’s to give` };
  const { bound, sameEmail } = found;
  if (bound !== undefined) {
    if (!bound.active) return { kind: 'refuse', why: 'the account is deactivated' };
    return { kind: 'enter', account: bound, role, bind: false };
  }
  if (sameEmail === undefined) return { kind: 'create', email, name: profile.name ?? email, role };
  if (sameEmail.connection !== connection.id || sameEmail.identities > 0)
    return { kind: 'refuse', why: 'another account has the e-mail address' };
  if (!sameEmail.active) return { kind: 'refuse', why: 'the account is deactivated' };
  return { kind: 'enter', account: sameEmail, role, bind: true };
}
