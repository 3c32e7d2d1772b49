import { z } from 'zod';
import { Contract } from './clocks.ts';
import { Instant, Slug } from './common.ts';

/** Tenants as clients: where they are, when they work, what they were promised; and how the provider presents itself. */

/** Countries whose public holidays are known. */
export const HOLIDAY_COUNTRIES = ['FR', 'BE', 'IT', 'NL', 'DE', 'CH', 'LU', 'GB'] as const;
export const HolidayCountry = z.enum(HOLIDAY_COUNTRIES);
export type HolidayCountry = z.infer<typeof HolidayCountry>;

const Minute = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'HH:MM');
/** Hours of one day; an end that is not after the begin is on the next day. */
export const Span = z
  .strictObject({ from: Minute, to: Minute })
  .refine(({ from, to }) => from !== '24:00' && from !== to, 'a span needs a begin and another end');
export type Span = z.infer<typeof Span>;

export const Holidays = z.strictObject({
  country: HolidayCountry.nullable().default(null),
  /** Part of the country with holidays of its own (ISO 3166-2 without the country: `BY`, `SCT`, `57`). */
  region: z
    .string()
    .regex(/^[A-Z0-9]{1,4}$/)
    .nullable()
    .default(null),
  /** Further days on which nobody works. */
  extra: z
    .array(z.strictObject({ date: z.iso.date(), name: z.string().max(200).default('') }))
    .max(500)
    .default([]),
  /** Days of the country's list on which people work here all the same. */
  worked: z.array(z.iso.date()).max(500).default([]),
});
export type Holidays = z.infer<typeof Holidays>;

const Day = z.array(Span).max(8);
/** Hours by weekday, Monday first. */
export const BusinessHours = z.array(Day).length(7);
export type BusinessHours = z.infer<typeof BusinessHours>;

export const TenantProfile = z.strictObject({
  /** Null: not known; what is in business hours counts round the clock then. */
  businessHours: BusinessHours.nullable().default(null),
  holidays: Holidays.prefault({}),
  /** Null: no service levels, so no clocks. */
  contract: Contract.nullable().default(null),
});
export type TenantProfile = z.infer<typeof TenantProfile>;

const Network = z.union([z.cidrv4(), z.cidrv6()]);
/**
 * What belongs to a site. A host may be a pattern of names, in which `*` stands for any characters; a network is in
 * CIDR notation. A name goes before a pattern, a pattern before a network.
 */
export const SiteMember = z
  .strictObject({
    kind: z.enum(['source', 'host', 'user', 'network']),
    name: z.string().min(1).max(300),
  })
  .refine(
    ({ kind, name }) => kind !== 'network' || Network.safeParse(name).success,
    'a network is written like 10.2.0.0/16',
  )
  .refine(({ kind, name }) => kind !== 'host' || /[^*]/.test(name), 'a pattern says more than *');
export type SiteMember = z.infer<typeof SiteMember>;
/** A place of a client's, watched since a day; sources and assets may belong to it. */
export const Site = z.strictObject({
  id: Slug,
  name: z.string().trim().min(1).max(200),
  address: z.string().max(1000).default(''),
  /** Null: the tenant's. */
  timeZone: z.string().max(64).nullable().default(null),
  /** Null: the tenant's. Of incidents whose assets belong to the site, the clocks count in its zone and hours. */
  businessHours: BusinessHours.nullable().default(null),
  watchedSince: z.iso.date().nullable().default(null),
  members: z.array(SiteMember).max(2000).default([]),
});
export type Site = z.infer<typeof Site>;
/** `GET·PUT /api/tenants/:id/sites`: all of them at once. */
export const SiteList = z
  .strictObject({ items: z.array(Site).max(500) })
  .refine(({ items }) => new Set(items.map(({ id }) => id)).size === items.length, 'two sites have one id')
  .refine(({ items }) => {
    const all = items.flatMap(({ members }) => members.map(({ kind, name }) => `${kind} ${name}`));
    return new Set(all).size === all.length;
  }, 'a source or asset belongs to one site');
export type SiteList = z.infer<typeof SiteList>;

export const HolidayQuery = z.object({
  country: HolidayCountry,
  region: z
    .string()
    .regex(/^[A-Z0-9]{1,4}$/)
    .optional(),
  year: z.coerce.number().int().min(1990).max(2100),
});
export const HolidayList = z.object({
  items: z.array(z.object({ date: z.string(), name: z.string() })),
  /** Regions of the country with days of their own. */
  regions: z.array(z.string()),
});
export type HolidayList = z.infer<typeof HolidayList>;

/** How the provider presents itself; null: as configured. */
export const BrandingSetup = z.strictObject({
  name: z.string().trim().min(1).max(200).nullable().default(null),
  /** `#rrggbb`, dark enough for white text on it (WCAG 2.2, 4.5:1). */
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .nullable()
    .default(null),
  senderName: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{Cc}<>"]+$/u, 'no quotes, brackets or control characters')
    .nullable()
    .default(null),
  senderAddress: z.email().max(254).nullable().default(null),
});
export type BrandingSetup = z.infer<typeof BrandingSetup>;
export const BrandingView = BrandingSetup.extend({
  logo: z
    .object({ type: z.enum(['image/png', 'image/jpeg', 'image/svg+xml']), changedAt: Instant })
    .nullable(),
});
export type BrandingView = z.infer<typeof BrandingView>;
/** Longest logo, bytes. */
export const MAX_LOGO = 256 * 1024;
export const LogoUpload = z.strictObject({
  type: z.enum(['image/png', 'image/jpeg', 'image/svg+xml']),
  /** Base64. */
  data: z.base64().max(Math.ceil((MAX_LOGO * 4) / 3) + 4),
});
