import { z } from 'zod';
import { Instant } from './common.ts';

/** `GET /api/status`: the platform watching itself. */
export const StatusView = z.object({
  version: z.string(),
  startedAt: Instant,
  dataDirectory: z.string(),
  components: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['starting', 'running', 'restarting', 'failed', 'stopped']),
      restarts: z.number().int(),
      since: Instant,
      detail: z.string(),
    }),
  ),
  /** Over all tenants; null for those who do not see all, to whom it would tell of the others. */
  pipeline: z
    .object({
      /** Events a second over the last minute. */
      rate: z.number(),
      stored: z.number().int(),
      detected: z.number().int(),
      /** Events accepted from senders and not yet stored / stored and not yet judged. */
      queued: z.number().int(),
      undetected: z.number().int(),
      drops: z.record(z.string(), z.number().int()),
    })
    .nullable(),
  /** Mails of the tenants that the caller sees. */
  mail: z.object({ configured: z.boolean(), pending: z.number().int(), dead: z.number().int() }),
  /** Things a person should look at; empty when all is well. */
  warnings: z.array(z.object({ code: z.string(), message: z.string(), since: Instant })),
});
export type StatusView = z.infer<typeof StatusView>;
