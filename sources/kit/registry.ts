import { z } from 'zod';
import type { SourceDefinition } from './source.ts';

/** Kinds of technology, as the catalogue groups them. */
export const CATEGORIES = [
  'firewall',
  'proxy',
  'vpn',
  'system',
  'web',
  'endpoint',
  'network-detection',
  'identity',
  'cloud',
  'saas',
  'mail',
  'dns',
  'database',
  'application',
] as const;

const name = z.string().min(1).max(120);

/**
 * `source.yml`: what people need to know about a technology, for the catalogue, the console and the README.
 * Unknown keys are refused, so that a misspelt one is not lost silently.
 */
export const manifestSchema = z.strictObject({
  /** `<vendor>.<product>`, equal to the folder's path. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/),
  /** As people call it: `Fortinet FortiGate`. */
  name,
  vendor: name,
  product: name,
  category: z.enum(CATEGORIES),
  /** One or two sentences: what these logs tell a defender. */
  description: z.string().min(20).max(600),
  /** Ways in which it usually reaches the collector. */
  transports: z
    .array(
      z.enum([
        'syslog-udp',
        'syslog-tcp',
        'syslog-tls',
        'http',
        'elasticsearch',
        'splunk-hec',
        'otlp',
        'lumberjack',
        'gelf-udp',
        'gelf-tcp',
        'gelf-http',
        'kafka',
        'netflow',
        'wef',
        'import',
      ]),
    )
    .min(1),
  /** Markdown: how to switch logging on at the device and send it, step by step. */
  setup: z.string().min(40),
  /** ATT&CK data components that these logs provide, by ATT&CK's own names (`Logon Session Creation`). */
  data_components: z.array(name).min(1),
  /** Kinds of log that the parser understands; each one has a sample. */
  kinds: z
    .array(z.strictObject({ name, description: z.string().min(3), samples: z.array(name).min(1) }))
    .min(1),
  /** Vendor documentation of the format. */
  references: z.array(z.url()).default([]),
});

/** What `source.yml` says. */
export type SourceManifest = z.infer<typeof manifestSchema>;

/** What a person writes: fields with a default may be left out. */
export type SourceManifestInput = z.input<typeof manifestSchema>;

/** A technology as the generated registry lists it. */
export interface RegisteredSource {
  readonly definition: SourceDefinition;
  readonly manifest: SourceManifestInput;
}
