import { z } from 'zod';
import { Instant, Slug } from './common.ts';

/**
 * `q` is the search text: terms joined by spaces (and), `or`, `not`/`-`, parentheses, `field:value`,
 * `field:"a b"`, `field:val*`, `field:>=500`, `source.ip:10.0.0.0/8`, `field:*` (exists); a bare word or
 * quoted phrase searches the original log.
 */
export const EventSearch = z.object({
  tenants: z.array(Slug).max(1000).optional(),
  from: Instant,
  to: Instant,
  q: z.string().max(4000).default(''),
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(1000).default(100),
});

export const EventView = z.object({
  id: z.string(),
  tenant: Slug,
  source: z.string(),
  at: Instant,
  receivedAt: Instant,
  /** Flat ECS document; `event.original` is the log as received. */
  fields: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]),
  ),
});
export type EventView = z.infer<typeof EventView>;

export const EventPage = z.object({
  items: z.array(EventView),
  next: z.string().optional(),
  /** Milliseconds the store took. */
  tookMs: z.number(),
});
export type EventPage = z.infer<typeof EventPage>;

export const HistogramSearch = EventSearch.omit({ cursor: true, limit: true }).extend({
  buckets: z.number().int().min(1).max(500).default(60),
});
export const Histogram = z.object({
  /** Width of a bucket in milliseconds; `buckets[i]` starts at `from + i × width`. */
  from: Instant,
  width: z.number(),
  buckets: z.array(z.number().int()),
  total: z.number().int(),
});
export type Histogram = z.infer<typeof Histogram>;
