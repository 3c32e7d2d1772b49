import { z } from 'zod';
import { Instant, Slug } from './common.ts';
import { EventView } from './events.ts';

/**
 * `POST /api/rules/backtest`: holds a rule against stored events. Either the id of a known rule, or the text of
 * a rule file with one rule (and, for a correlation, the rules it names, unless they are known).
 */
export const BacktestRequest = z
  .strictObject({
    id: z.string().min(1).max(200).optional(),
    text: z.string().min(1).max(1_000_000).optional(),
    from: Instant,
    to: Instant,
    /** Left out: every tenant the caller may see. */
    tenants: z.array(Slug).max(1000).optional(),
  })
  .refine(({ id, text }) => (id === undefined) !== (text === undefined), 'give either id or text')
  .refine(({ from, to }) => from < to, 'to must be after from');
export type BacktestRequest = z.infer<typeof BacktestRequest>;

export const BacktestResult = z.object({
  rule: z.object({ id: z.string(), title: z.string(), kind: z.enum(['rule', 'correlation']) }),
  from: Instant,
  to: Instant,
  /** `sql`: one query of the store. `scan`: the events were read and judged one by one, `reason` says why. */
  method: z.enum(['sql', 'scan']),
  reason: z.string().nullable(),
  /** False: a scan stopped at its bound; the figures are those of the events read up to `reached`. */
  complete: z.boolean(),
  reached: Instant,
  /** Events that a scan read; 0 for `sql`. */
  scanned: z.number().int(),
  /** Events that match; for a correlation, how often it fires. */
  hits: z.number().int(),
  /** Alerts after folding: the same rule and the same host, user and source within a day are one. */
  alerts: z.number().int(),
  alertsPerDay: z.number(),
  /** Days in UTC, oldest first; days without hits are left out. */
  byDay: z.array(z.object({ day: z.string(), count: z.number().int() })),
  /** The 20 hosts with most hits; the empty string for events that name none. */
  byHost: z.array(z.object({ tenant: Slug, host: z.string(), count: z.number().int() })),
  samples: z.array(EventView),
  tookMs: z.number(),
});
export type BacktestResult = z.infer<typeof BacktestResult>;
