import { z } from 'zod';
import { LEVELS } from '../detection.ts';

/** Instants cross the API as epoch milliseconds; the fraction holds microseconds. */
export const Instant = z.number().nonnegative();

export const LevelSchema = z.enum(LEVELS);

/** Tenant, source and user ids: short lower-case slugs, safe in URLs, file names and metric labels. */
export const Slug = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'lower-case letters, digits and inner hyphens');

/** Every error answer has this body; `code` is stable and documented, `message` is for people. */
export const ApiError = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});
export type ApiError = z.infer<typeof ApiError>;

/** A page of a list. `next` is an opaque cursor, absent on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().optional(), total: z.number().int().optional() });
}

export const LANGUAGES = ['en', 'fr', 'it', 'nl', 'de'] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.infer<typeof Language>;
