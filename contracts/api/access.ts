import { z } from 'zod';
import { CONTACT_FUNCTIONS } from '../contacts.ts';
import { Instant, Language, Slug } from './common.ts';
import { PERMISSIONS, ROLES } from './permissions.ts';

export const RoleName = z.enum(ROLES);
export const PermissionName = z.enum(PERMISSIONS);

/** Which tenants somebody may see; null: all, those to come included. A list that is there names one at least. */
const Tenants = z.array(Slug).min(1).max(1000).nullable();

export const Credentials = z.strictObject({
  email: z.string().email().max(254),
  password: z.string().min(1).max(1024),
});

/** `GET /api/session`: who is signed in and what they may see and do. 401 when nobody is. */
export const SessionView = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: RoleName,
    /** What the person chose for the console and for mails to them; null: nothing, as for a key. */
    language: Language.nullable(),
  }),
  /** What they may do: their role's permissions, or their key's. */
  permissions: z.array(PermissionName),
  /** Tenants this person may see. */
  tenants: z.array(z.object({ id: Slug, name: z.string(), demo: z.boolean() })),
  /** Sees every tenant, those to come included: one of the provider's own. */
  provider: z.boolean(),
  /** The password was set by somebody else and must be changed (`POST /api/session/password`). */
  mustChangePassword: z.boolean(),
  /** A second factor is required and there is none yet; nothing else is answered before (`/api/security`). */
  mustEnrol: z.boolean(),
  version: z.string(),
});
export type SessionView = z.infer<typeof SessionView>;

/** `PUT /api/session/language`; null: the browser's, and in mails the tenant's or English. */
export const LanguageChoice = z.strictObject({ language: Language.nullable() });

export const PasswordChange = z.strictObject({
  current: z.string().max(1024),
  next: z.string().min(12).max(1024),
});

/** A place where somebody is signed in. */
export const SignedInView = z.object({
  id: z.string(),
  /** Where the sign-in came from. */
  address: z.string(),
  /** Browser and system, `Firefox on Windows`; empty when the browser did not say. */
  client: z.string(),
  since: Instant,
  lastSeenAt: Instant,
  /** When it ends whatever happens. */
  endsAt: Instant,
  /** The session that asks. */
  current: z.boolean(),
});
export type SignedInView = z.infer<typeof SignedInView>;

export const UserView = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: RoleName,
  /** Null: all tenants. */
  tenants: z.array(Slug).nullable(),
  createdAt: Instant,
  lastSignInAt: Instant.nullable(),
  /** The person's own choice. */
  language: Language.nullable(),
  /** The caller may change this account: it may do nothing that they may not. */
  mayChange: z.boolean(),
});
export type UserView = z.infer<typeof UserView>;
/** Unknown members are refused rather than dropped: whoever sends one means something by it. */
export const NewUser = z.strictObject({
  email: z.string().email().max(254),
  name: z.string().trim().min(1).max(200),
  role: RoleName,
  tenants: Tenants.default(null),
  /** Left out: a one-time password is made and returned once. */
  password: z.string().min(12).max(1024).optional(),
});
export const UserPatch = z
  .strictObject({ name: z.string().trim().min(1).max(200), role: RoleName, tenants: Tenants })
  .partial();

/** Something that is no person and comes in by API keys: a script, another program. */
export const ServiceAccountView = z.object({
  id: z.string(),
  name: z.string(),
  role: RoleName,
  tenants: z.array(Slug).nullable(),
  createdAt: Instant,
  /** Name of whoever made it. */
  createdBy: z.string(),
  mayChange: z.boolean(),
});
export type ServiceAccountView = z.infer<typeof ServiceAccountView>;
export const NewServiceAccount = z.strictObject({
  name: z.string().trim().min(1).max(200),
  role: RoleName,
  tenants: Tenants.default(null),
});
export const ServiceAccountPatch = UserPatch;

export const ApiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** Whose key it is; it ends with its owner and never may more than they. */
  owner: z.object({ kind: z.enum(['person', 'service']), id: z.string(), name: z.string() }),
  /** Null: whatever its owner may do. */
  permissions: z.array(PermissionName).nullable(),
  /** Null: its owner's. */
  tenants: z.array(Slug).nullable(),
  createdAt: Instant,
  createdBy: z.string(),
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  mayRemove: z.boolean(),
});
export type ApiKeyView = z.infer<typeof ApiKeyView>;
export const NewApiKey = z.strictObject({
  name: z.string().trim().min(1).max(200),
  permissions: z.array(PermissionName).min(1).nullable().default(null),
  tenants: Tenants.default(null),
  expiresAt: Instant.nullable().default(null),
});

/** Who gets told: an address, what the person is there for, from which level on, about what, at which hours (tenant's time zone). */
export const Contact = z.object({
  name: z.string().min(1).max(200),
  email: z.string().email().max(254),
  phone: z.string().max(64).optional(),
  minLevel: z.enum(['informational', 'low', 'medium', 'high', 'critical']).default('medium'),
  kinds: z.array(z.enum(['incident', 'operations'])).default(['incident']),
  /** What the contact is there for: procedures say by this whom a step must tell. */
  functions: z.array(z.enum(CONTACT_FUNCTIONS)).max(CONTACT_FUNCTIONS.length).default([]),
  /** Languages the contact reads, the preferred first, in which mails come; empty: the tenant's. */
  languages: z.array(Language).max(5).default([]),
  /** Place in the order in which they are called when it is urgent, 1 first; left out: not called. */
  order: z.number().int().min(1).max(99).optional(),
  /** `always`, or local hours `{from: 8, to: 18, days: [1..5]}` (ISO weekday, Monday 1). */
  hours: z
    .union([
      z.literal('always'),
      z.object({
        from: z.number().int().min(0).max(23),
        to: z.number().int().min(1).max(24),
        days: z.array(z.number().int().min(1).max(7)).min(1),
      }),
    ])
    .default('always'),
});
export type Contact = z.infer<typeof Contact>;

export const TenantView = z.object({
  id: Slug,
  name: z.string(),
  language: Language,
  timeZone: z.string(),
  retentionDays: z.number().int().min(1).max(3650),
  contacts: z.array(Contact),
  demo: z.boolean(),
  createdAt: Instant,
});
export type TenantView = z.infer<typeof TenantView>;
/** What is said of a tenant, whether it is made or changed. */
const TenantFields = z.object({
  name: z.string().min(1).max(200),
  language: Language,
  timeZone: z.string().max(64),
  retentionDays: z.number().int().min(1).max(3650),
  contacts: z.array(Contact).max(100),
});
export const NewTenant = TenantFields.extend({
  id: Slug,
  language: TenantFields.shape.language.default('en'),
  timeZone: TenantFields.shape.timeZone.default('UTC'),
  retentionDays: TenantFields.shape.retentionDays.default(365),
  contacts: TenantFields.shape.contacts.default([]),
});
/** Of the fields and not of {@link NewTenant}: a default is no part of a change, it would undo what was set before. */
export const TenantPatch = TenantFields.partial();
