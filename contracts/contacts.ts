import type { Role } from './api/permissions.ts';

/**
 * What a contact of a client is there for. People of the client come first; then whoever has to be reachable outside of
 * it. The same words say in a procedure who must be told.
 */
export const CONTACT_FUNCTIONS = [
  'client-it',
  'client-management',
  'client-dpo',
  'client-engineering',
  'client-staff',
  'on-call',
  'regulator-liaison',
  'human-resources',
  'authority-nis2',
  'authority-data-protection',
  'police',
  'bank',
  'supplier',
  'cloud-provider',
] as const;
export type ContactFunction = (typeof CONTACT_FUNCTIONS)[number];

/** Functions of contacts who do not belong to the client: telling them is not telling the client. */
export const OUTSIDE: ReadonlySet<ContactFunction> = new Set([
  'authority-nis2',
  'authority-data-protection',
  'police',
  'bank',
  'supplier',
  'cloud-provider',
]);

/** Who can have to be told: contacts by their function, the shift lead of the provider, and people nobody has listed. */
export const WHOM = [...CONTACT_FUNCTIONS, 'shift-lead', 'persons-concerned'] as const;
export type Whom = (typeof WHOM)[number];

/** Roles of the provider that a procedure can name. */
export const SOC_ROLES = [
  'soc-manager',
  'analyst',
  'detection-engineer',
  'provider-administrator',
] as const satisfies readonly Role[];

/** How somebody who must be told is reached. */
export interface Reach {
  /** Contacts that are meant themselves. */
  readonly direct: readonly ContactFunction[];
  /** Contacts that stand in or pass it on where none is meant itself, the likeliest first. */
  readonly through: readonly ContactFunction[];
  /** People of the provider, by role. */
  readonly roles: readonly Role[];
}

const THROUGH: Readonly<Record<Whom, readonly ContactFunction[]>> = {
  'client-it': ['on-call'],
  'client-management': [],
  'client-dpo': [],
  'client-engineering': ['on-call'],
  'client-staff': ['client-it'],
  'on-call': ['client-it'],
  'regulator-liaison': ['client-management'],
  'human-resources': ['client-management'],
  'authority-nis2': ['regulator-liaison', 'client-management'],
  'authority-data-protection': ['client-dpo', 'regulator-liaison'],
  police: ['client-management'],
  bank: ['client-management'],
  supplier: ['client-it'],
  'cloud-provider': ['client-it'],
  'shift-lead': [],
  'persons-concerned': ['client-dpo'],
};

/** Contacts and roles by which somebody who must be told is reached. */
export function reachOf(whom: Whom): Reach {
  return {
    direct: whom === 'shift-lead' || whom === 'persons-concerned' ? [] : [whom],
    through: THROUGH[whom],
    roles: whom === 'shift-lead' ? ['soc-manager'] : [],
  };
}
