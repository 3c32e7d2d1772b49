import { z } from 'zod';
import { Instant } from './common.ts';

/** Events that Windows machines are asked for: an event log, and an XPath expression in it; `*`: all. */
export const WefQuery = z.object({
  channel: z.string().min(1).max(255),
  xpath: z.string().min(1).max(4096),
});
export type WefQuery = z.infer<typeof WefQuery>;

/** What the Windows machines of a source are asked for. */
export const WefSetup = z.object({
  enabled: z.boolean(),
  queries: z.array(WefQuery).min(1).max(100),
  /** `raw`: the event alone; `rendered`: with its texts in the machine's language, several times as large. */
  format: z.enum(['raw', 'rendered']),
  /** Whether a machine that comes for the first time sends what its logs hold already. */
  readExisting: z.boolean(),
  /** For which a machine may gather events before it sends them. */
  latencySeconds: z.int().min(1).max(3600),
  /** After which a machine that has nothing to send says that it lives. */
  heartbeatSeconds: z.int().min(60).max(86_400),
});
export type WefSetup = z.infer<typeof WefSetup>;

/** An authority of machines' certificates that the listener trusts. */
export const WefAuthority = z.object({
  name: z.string(),
  /** SHA-1, as the policy of Windows names it (`IssuerCA`). */
  thumbprint: z.string(),
  /** SHA-256, as a source names it among its senders. */
  fingerprint: z.string(),
  /** It is among the senders of this source. */
  assigned: z.boolean(),
});
export type WefAuthority = z.infer<typeof WefAuthority>;

/** The Windows Event Forwarding of a source. */
export const WefView = WefSetup.extend({
  /** Nobody has changed what is asked for. */
  isDefault: z.boolean(),
  /** Port of the listener; null: it is off. */
  port: z.int().nullable(),
  /** Those of this source; for people of the provider who see all tenants, the others as well. */
  authorities: z.array(WefAuthority),
  /** Machines that were heard of, and those of them that are late or gave up. */
  machines: z.int(),
  ailing: z.int(),
});
export type WefView = z.infer<typeof WefView>;

/** A machine that forwards its event logs. */
export const WefMachineView = z.object({
  id: z.string(),
  /** What it calls itself. */
  name: z.string(),
  /** Name of its certificate. */
  certificate: z.string(),
  address: z.string(),
  /** `late`: not heard for more than twice its time; `ended`: gave its subscription up. */
  state: z.enum(['ok', 'late', 'ended']),
  /** It works by what is asked for now; null: it has not said. */
  current: z.boolean().nullable(),
  firstAt: Instant,
  lastAt: Instant,
  /** When events came from it last. */
  eventsAt: Instant.nullable(),
  events: z.number().int(),
  /** Why it gave up, in its own words. */
  problem: z.string().nullable(),
});
export type WefMachineView = z.infer<typeof WefMachineView>;
