import type { ConnectorType } from '@vigie/contracts/api';
import type { z } from 'zod';
import { formFields } from './fields.ts';
import type { HttpClient } from './http-client.ts';
import type { Redactor, Secret } from './secret.ts';

/** One log of a service. */
export interface PullItem {
  /** As the service sent it. */
  readonly text: string;
  /** Its identity at the service: the same item fetched again has the same one. */
  readonly id: string;
  /** When it happened, as far as the connector knows; epoch milliseconds. */
  readonly at?: number;
}

/** What is stored and noted together. */
export interface PullPage {
  readonly items: readonly PullItem[];
  /** Where to go on once the items are stored: plain JSON, below 256 KiB. Left out: as before. */
  readonly checkpoint?: unknown;
  /** Everything that the service had until here was fetched; epoch milliseconds. */
  readonly coveredTo?: number;
  /** Told once the items are stored and the checkpoint is noted, where the service keeps its own. */
  readonly stored?: () => Promise<void>;
  /** What a person should know although fetching goes on, as a sentence. */
  readonly warning?: string;
}

/** What a fetch is given. */
export interface PullRun<Settings> {
  readonly settings: Settings;
  readonly http: HttpClient;
  /** Of the last page that was stored; undefined: this is the first fetch. */
  readonly checkpoint: unknown;
  /** Kept between the fetches of a connector as long as the process lives and nobody changes it: tokens. */
  readonly memory: Map<string, unknown>;
  readonly redactor: Redactor;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Settings as a connector gets them: secrets are {@link Secret}s. */
export type SettingsOf<Schema extends z.ZodObject, Secrets extends string> = {
  readonly [K in keyof z.output<Schema>]: K extends Secrets
    ? undefined extends z.output<Schema>[K]
      ? Secret | undefined
      : Secret
    : z.output<Schema>[K];
};

/** One kind of connector: everything that the program, the form and the documentation know of it. */
export interface Connector<Settings = unknown> {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  /** One or two sentences: what is fetched, what it shows. */
  readonly summary: string;
  /** Technologies (`sources/`) that read its items. */
  readonly technologies: readonly string[];
  readonly everySeconds: number;
  readonly schema: z.ZodObject;
  /** What the schema of single fields can't say; one sentence a problem. */
  readonly check?: (settings: Readonly<Record<string, unknown>>) => readonly string[];
  /** The least that the credential must be allowed. */
  readonly permissions: readonly string[];
  /** Markdown, numbered: how the credential is made at the vendor's. */
  readonly setup: string;
  /** Markdown: order, lateness, limits of the service's log, and what the connector does about them. */
  readonly delivery: string;
  readonly references: readonly string[];
  /**
   * Fetches what is new, page by page, oldest first. The next page is asked for when the one before is stored.
   *
   * @throws PullError
   */
  pull(run: PullRun<Settings>): AsyncIterable<PullPage>;
  /**
   * One cheap request that needs the same permissions.
   *
   * @returns what was seen, as a sentence
   * @throws PullError
   */
  probe(run: PullRun<Settings>): Promise<string>;
}

/** Declares a connector; its settings' types come from its schema. */
export function defineConnector<Schema extends z.ZodObject, const Secrets extends string>(
  connector: Omit<Connector<SettingsOf<Schema, Secrets>>, 'schema'> & {
    readonly schema: Schema;
    /** Names of the schema's secrets; a test compares. */
    readonly secrets: readonly Secrets[];
  },
): Connector {
  return connector as unknown as Connector;
}

/** A connector as the API and the documentation show it. */
export function connectorType(connector: Connector): ConnectorType {
  return {
    id: connector.id,
    name: connector.name,
    vendor: connector.vendor,
    summary: connector.summary,
    technologies: [...connector.technologies],
    everySeconds: connector.everySeconds,
    permissions: [...connector.permissions],
    setup: connector.setup,
    fields: formFields(connector.schema),
  };
}
