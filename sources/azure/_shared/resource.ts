import type { EcsFields } from '@vigie/contracts';

/**
 * Writes what an Azure resource id says (`/subscriptions/<id>/resourceGroups/<group>/providers/<type>/<name>`, in any
 * case): `cloud.provider`, and the subscription as `cloud.account.id`.
 */
export function putResource(doc: EcsFields, id: unknown): void {
  doc['cloud.provider'] = 'azure';
  if (typeof id !== 'string' || id.length > 2_048) return;
  const parts = id.split('/', 4);
  if (parts[1]?.toLowerCase() === 'subscriptions' && parts[2] !== undefined && parts[2] !== '')
    doc['cloud.account.id'] = parts[2];
}

/** The last part of a resource id: the resource's own name. */
export function resourceName(id: unknown): string | undefined {
  if (typeof id !== 'string' || id.length > 2_048) return undefined;
  const name = id.slice(id.lastIndexOf('/') + 1);
  return name === '' ? undefined : name;
}

/** Claims of a token under the names that the two generations of Azure's logs write them with. */
const UPN = ['upn', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'unique_name'] as const;
const NAME = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name';
const OBJECT = ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'] as const;

/** Who a token was issued to. */
export interface Identity {
  readonly login?: string;
  readonly id?: string;
  readonly fullName?: string;
  readonly ip?: string;
}

/** Reads who acted from the claims of the token that a request came with. */
export function identityOf(claims: Readonly<Record<string, unknown>> | undefined): Identity {
  if (claims === undefined) return {};
  const own = (name: string): string | undefined => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const login = own(UPN[0]) ?? own(UPN[1]) ?? own(UPN[2]) ?? own(NAME);
  return {
    // A guest's login names the directory of its account: `live.com#alice@example.com`.
    login: login?.slice(login.indexOf('#', 0) + 1 < login.length ? login.lastIndexOf('#') + 1 : 0),
    id: own(OBJECT[0]) ?? own(OBJECT[1]),
    fullName: own('name'),
    ip: own('ipaddr'),
  };
}
