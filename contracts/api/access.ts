import { z } from 'zod';
import { Instant, Language, Slug } from './common.ts';

/** Roles of this release; each includes the rights of the ones after it, within its tenants. */
export const ROLES = ['administrator', 'analyst', 'reader'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

export const Credentials = z.object({
  email: z.string().email().max(254),
  password: z.string().min(1).max(1024),
});

/** `GET /api/session`: who is signed in and what they may see. 401 when nobody is. */
export const SessionView = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string(), role: Role }),
  /** Tenants this person may see; an administrator of the provider sees all. */
  tenants: z.array(z.object({ id: Slug, name: z.string(), demo: z.boolean() })),
  /** One of the provider's own: sees every tenant, those to come included. */
  provider: z.boolean(),
  /** The password was set by somebody else and must be changed (`POST /api/session/password`). */
  mustChangePassword: z.boolean(),
  version: z.string(),
});
export type SessionView = z.infer<typeof SessionView>;

export const PasswordChange = z.object({ current: z.string().max(1024), next: z.string().min(12).max(1024) });

export const UserView = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
  /** Null: all tenants. */
  tenants: z.array(Slug).nullable(),
  createdAt: Instant,
  lastSignInAt: Instant.nullable(),
});
export type UserView = z.infer<typeof UserView>;
export const NewUser = z.object({
  email: z.string().email().max(254),
  name: z.string().min(1).max(200),
  role: Role,
  tenants: z.array(Slug).nullable().default(null),
  /** Left out: a one-time password is made and returned once. */
  password: z.string().min(12).max(1024).optional(),
});

export const ApiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  tenants: z.array(Slug).nullable(),
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
});
export const NewApiKey = z.object({
  name: z.string().min(1).max(200),
  role: Role,
  tenants: z.array(Slug).nullable().default(null),
});

/** Who gets told: an address, from which level on, about what, at which hours (tenant's time zone). */
export const Contact = z.object({
  name: z.string().min(1).max(200),
  email: z.string().email().max(254),
  phone: z.string().max(64).optional(),
  minLevel: z.enum(['informational', 'low', 'medium', 'high', 'critical']).default('medium'),
  kinds: z.array(z.enum(['incident', 'operations'])).default(['incident']),
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
export const NewTenant = z.object({
  id: Slug,
  name: z.string().min(1).max(200),
  language: Language.default('en'),
  timeZone: z.string().max(64).default('UTC'),
  retentionDays: z.number().int().min(1).max(3650).default(365),
  contacts: z.array(Contact).max(100).default([]),
});
export const TenantPatch = NewTenant.omit({ id: true }).partial();
export type ApiKeyView = z.infer<typeof ApiKeyView>;
