import { z } from 'zod';
import { Instant, pageOf, Slug } from './common.ts';

/**
 * Webhooks: notices of incidents as HTTP requests to a client's or a partner's own system. Signed as Standard
 * Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`).
 */
export const WEBHOOK_KINDS = ['incident.opened', 'incident.changed', 'incident.closed'] as const;
export const WebhookKind = z.enum(WEBHOOK_KINDS);
export type WebhookKind = z.infer<typeof WebhookKind>;

const Url = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine((text) => {
    const { username, password, hash } = new URL(text);
    return username === '' && password === '' && hash === '';
  }, 'an address without a name, a password or a fragment');
const Name = z.string().trim().min(1).max(200);
const Kinds = z
  .array(WebhookKind)
  .min(1)
  .max(WEBHOOK_KINDS.length)
  .transform((kinds) => [...new Set(kinds)]);

export const WebhookView = z.object({
  tenant: Slug,
  id: z.string(),
  name: z.string(),
  url: z.string(),
  kinds: z.array(WebhookKind),
  enabled: z.boolean(),
  /** Why Vigie switched it off by itself. */
  stopped: z.string().nullable(),
  createdAt: Instant,
  createdBy: z.string(),
  /** Deliveries that wait, and that were given up. */
  waiting: z.number().int(),
  dead: z.number().int(),
  lastSentAt: Instant.nullable(),
});
export type WebhookView = z.infer<typeof WebhookView>;

export const NewWebhook = z.strictObject({ tenant: Slug, name: Name, url: Url, kinds: Kinds });
export type NewWebhook = z.infer<typeof NewWebhook>;
export const WebhookPatch = z.strictObject({
  name: Name.optional(),
  url: Url.optional(),
  kinds: Kinds.optional(),
  enabled: z.boolean().optional(),
});
export type WebhookPatch = z.infer<typeof WebhookPatch>;

/** The signing secret, shown once. */
export const WebhookSecret = z.object({ secret: z.string() });

export const WebhookDeliveryView = z.object({
  id: z.string(),
  kind: z.union([WebhookKind, z.literal('ping')]),
  incident: z.number().int().nullable(),
  state: z.enum(['pending', 'sending', 'sent', 'dead']),
  attempts: z.number().int(),
  createdAt: Instant,
  nextAttemptAt: Instant.nullable(),
  sentAt: Instant.nullable(),
  /** HTTP status of the last answer. */
  status: z.number().int().nullable(),
  lastError: z.string().nullable(),
});
export type WebhookDeliveryView = z.infer<typeof WebhookDeliveryView>;
export const WebhookDeliveryPage = pageOf(WebhookDeliveryView);
export type WebhookDeliveryPage = z.infer<typeof WebhookDeliveryPage>;

/** Body of a delivery. `data` is the incident when the notice was first sent; ask the API for all of it. */
export const WebhookNotice = z.object({
  type: z.union([WebhookKind, z.literal('ping')]),
  /** ISO 8601. */
  timestamp: z.string(),
  data: z.object({
    tenant: Slug,
    incident: z
      .object({
        id: z.number().int(),
        title: z.string(),
        status: z.string(),
        level: z.string(),
        verdict: z.string().nullable(),
        firstAt: z.string(),
        lastAt: z.string(),
        createdAt: z.string(),
        closedAt: z.string().nullable(),
        alerts: z.number().int(),
        entities: z.array(z.object({ type: z.string(), value: z.string() })),
        techniques: z.array(z.string()),
        demo: z.boolean(),
        link: z.string(),
      })
      .nullable(),
  }),
});
export type WebhookNotice = z.infer<typeof WebhookNotice>;
