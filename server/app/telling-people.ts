import type { Contact, Language, Role, RotaView, TellPerson } from '@vigie/contracts/api';
import { type ContactFunction, OUTSIDE, reachOf, type Whom } from '@vigie/contracts/contacts.ts';
import { languageOf, nextOpening } from '../respond/index.ts';

/** Whom a step of a procedure must tell. */
export interface Wanted {
  readonly whom: readonly Whom[];
  readonly roles: readonly Role[];
}

/** What is known where people are looked for. */
export interface Known {
  readonly tenant: {
    readonly id: string;
    readonly language: Language;
    readonly timeZone: string;
    readonly contacts: readonly Contact[];
  };
  /** Accounts of the provider's people who may see the tenant. */
  readonly colleagues: readonly {
    readonly name: string;
    readonly email: string;
    readonly role: Role;
    readonly language: Language;
  }[];
  readonly rotas: readonly Pick<RotaView, 'setup' | 'now'>[];
  /** Epoch milliseconds. */
  readonly now: number;
}

const RANK = { direct: 0, through: 1, other: 2 } as const;

/**
 * People whom a step means, those that can be reached now first, and then every other contact of the tenant. Where
 * nobody is meant themselves, whoever stands in or passes it on is `through`. An address comes once.
 */
export function peopleFor(wanted: Wanted, known: Known): TellPerson[] {
  const reaches = wanted.whom.map(reachOf);
  const roles = new Set([...wanted.roles, ...reaches.flatMap((reach) => reach.roles)]);
  const people = new Map<string, TellPerson>();
  for (const person of [...contactsOf(reaches, known), ...ofProvider(roles, known)]) {
    const key = person.email.toLowerCase();
    const other = people.get(key);
    if (other === undefined || RANK[person.meant] < RANK[other.meant]) people.set(key, person);
  }
  return [...people.values()].sort(
    (a, b) => RANK[a.meant] - RANK[b.meant] || Number(b.onCall) - Number(a.onCall) || later(a) - later(b),
  );
}

function contactsOf(reaches: readonly ReturnType<typeof reachOf>[], { tenant, now }: Known): TellPerson[] {
  const having = (functions: readonly ContactFunction[]) => (contact: Contact) =>
    contact.functions.some((each) => functions.includes(each));
  const meant = new Map<Contact, 'direct' | 'through'>();
  for (const { direct, through } of reaches) {
    const found = tenant.contacts.filter(having(direct));
    for (const contact of found) meant.set(contact, 'direct');
    if (found.length > 0) continue;
    // The likeliest function that anybody has; the others would be told for nothing.
    const next = through.find((each) => tenant.contacts.some(having([each])));
    if (next !== undefined)
      for (const contact of tenant.contacts.filter(having([next])))
        if (!meant.has(contact)) meant.set(contact, 'through');
  }
  return tenant.contacts.map((contact) => {
    const reachableAt = nextOpening(contact.hours, now, tenant.timeZone) ?? null;
    return {
      id: `contact:${contact.email.toLowerCase()}`,
      side: isOutside(contact.functions) ? 'outside' : 'client',
      name: contact.name,
      email: contact.email,
      phone: contact.phone ?? null,
      functions: contact.functions,
      role: null,
      onCall: false,
      language: languageOf(contact, tenant.language),
      meant: meant.get(contact) ?? 'other',
      reachableAt,
      reachable: reachableAt === now,
    };
  });
}

/** The provider's people with one of the roles, and who of it is on call first. */
function ofProvider(roles: ReadonlySet<Role>, { tenant, colleagues, rotas, now }: Known): TellPerson[] {
  if (roles.size === 0) return [];
  const onCall = rotas
    .filter(({ setup }) => setup.level === 1 && (setup.tenants?.includes(tenant.id) ?? true))
    .flatMap(({ now: duty }) => (duty.member === null ? [] : [duty.member]));
  const phones = new Map(onCall.map((member) => [member.email.toLowerCase(), member.phone]));
  const base = {
    side: 'provider',
    functions: [],
    meant: 'direct',
    reachableAt: now,
    reachable: true,
  } as const;
  const byRole = colleagues
    .filter(({ role }) => roles.has(role))
    .map(({ name, email, role, language }) => ({
      ...base,
      functions: [],
      id: `provider:${email.toLowerCase()}`,
      name,
      email,
      phone: phones.get(email.toLowerCase()) ?? null,
      role,
      onCall: phones.has(email.toLowerCase()),
      language,
    }));
  const others = onCall.map(({ name, email, phone, language }) => ({
    ...base,
    functions: [],
    id: `provider:${email.toLowerCase()}`,
    name,
    email,
    phone,
    role: null,
    onCall: true,
    language,
  }));
  return [...byRole, ...others];
}

/** Whether telling them is not telling the client: all that they are there for is outside of it. */
function isOutside(functions: readonly ContactFunction[]): boolean {
  return functions.length > 0 && functions.every((each) => OUTSIDE.has(each));
}

function later({ reachable, reachableAt }: TellPerson): number {
  return reachable ? 0 : (reachableAt ?? Number.MAX_SAFE_INTEGER);
}
