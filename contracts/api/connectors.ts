import { z } from 'zod';
import { Instant, Slug } from './common.ts';

/** How one setting of a connector is asked for; made from the connector's schema. */
export const ConnectorField = z.object({
  name: z.string(),
  title: z.string(),
  /** One sentence under the field. */
  description: z.string(),
  kind: z.enum(['text', 'number', 'boolean', 'choice', 'choices', 'list', 'secret']),
  /** A value must be given, where the field is asked for at all. */
  required: z.boolean(),
  /** Of a text or secret that has lines, such as a key file. */
  multiline: z.boolean(),
  /** Says where the secrets are sent: who changes it enters the secrets again. */
  destination: z.boolean(),
  default: z.unknown().optional(),
  choices: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  /** Asked for only while another field has one of these values. */
  when: z.object({ field: z.string(), is: z.array(z.string()) }).optional(),
});
export type ConnectorField = z.infer<typeof ConnectorField>;

/** A kind of connector: which service it fetches from, and what it must be told. */
export const ConnectorType = z.object({
  id: z.string(),
  name: z.string(),
  vendor: z.string(),
  summary: z.string(),
  /** Technologies that read what it fetches; empty: recognised line by line. */
  technologies: z.array(z.string()),
  /** Seconds between two fetches, unless the connector is told otherwise. */
  everySeconds: z.number().int(),
  /** The least that the credential must be allowed at the vendor. */
  permissions: z.array(z.string()),
  /** Markdown: how the credential is made. */
  setup: z.string(),
  fields: z.array(ConnectorField),
});
export type ConnectorType = z.infer<typeof ConnectorType>;

/** What is wrong, and what a person can do about it. */
export const ConnectorProblem = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string(),
  at: Instant,
});
export type ConnectorProblem = z.infer<typeof ConnectorProblem>;

/** The connector of a source. Secrets never leave the server: only which of them are set. */
export const ConnectorView = z.object({
  tenant: Slug,
  source: Slug,
  type: z.string(),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.array(z.object({ name: z.string(), set: z.boolean() })),
  everySeconds: z.number().int(),
  /**
   * `waiting`: has not fetched yet; `retrying`: failed for a reason that passes by itself; `broken`: needs a
   * person; `off`: its source is switched off.
   */
  state: z.enum(['waiting', 'ok', 'retrying', 'broken', 'paused', 'off']),
  running: z.boolean(),
  /** When the last fetch that went well ended. */
  lastFetchAt: Instant.nullable(),
  nextFetchAt: Instant.nullable(),
  /** Everything that the service had until here was fetched; null where the service has no such order. */
  coveredTo: Instant.nullable(),
  /** Items fetched since the connector was made, repeats included, and how many of them were new. */
  fetched: z.number().int(),
  added: z.number().int(),
  /** Fetches that failed one after the other. */
  failures: z.number().int(),
  problem: ConnectorProblem.nullable(),
  createdAt: Instant,
});
export type ConnectorView = z.infer<typeof ConnectorView>;

/**
 * Sets up a source's connector, or changes it. A secret that is left out stays as it is; when a setting that
 * says where secrets are sent changes, all of them must be given again.
 */
export const ConnectorSetup = z.strictObject({
  type: z.string().max(64),
  settings: z.record(z.string().max(64), z.unknown()),
  secrets: z.record(z.string().max(64), z.string().max(32_768)).default({}),
  everySeconds: z.int().min(10).max(86_400).optional(),
});
export type ConnectorSetup = z.infer<typeof ConnectorSetup>;

/** `fetch`: the next fetch begins now. */
export const ConnectorChange = z.strictObject({
  paused: z.boolean().optional(),
  fetch: z.literal(true).optional(),
});
export type ConnectorChange = z.infer<typeof ConnectorChange>;

/** What one request with these settings said; nothing is fetched or changed. */
export const ConnectorTest = z.object({ ok: z.boolean(), message: z.string(), advice: z.string() });
export type ConnectorTest = z.infer<typeof ConnectorTest>;
