import type { Logger } from 'pino';
import type { Notice } from '../../api/index.ts';
import type { ComponentReport } from '../../storage/component.ts';
import type { Config } from '../config-schema.ts';

/** What a start is given. */
export interface ServerOptions {
  readonly config: Config;
  /** Folder of the program itself. */
  readonly installation: string;
  readonly version: string;
  readonly restarts: number;
  readonly demo: boolean;
  readonly log: Logger;
  /** A copy whose secrets are taken out when they have been read. */
  readonly env: Record<string, string | undefined>;
}

/** For taking in, at the end, what senders have under way, milliseconds. */
export const DRAIN_PATIENCE = 3_000;

/**
 * What all parts of a server stand on: its options, the clock, the list of what has to be ended, what components
 * say of themselves, and those who listen to news.
 */
export class Base {
  readonly options: ServerOptions;
  readonly startedAt: number;
  readonly components = new Map<string, ComponentReport>();
  /** Where we can be reached; known only when everything listens. */
  readonly address: { url: string; syslogPort: number };
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #ends: (() => Promise<unknown> | unknown)[] = [];
  #stopping = false;

  constructor(options: ServerOptions) {
    this.options = options;
    this.startedAt = this.now();
    this.address = { url: '', syslogPort: options.config.syslog.port };
  }

  readonly now = (): number => Date.now();

  get stopping(): boolean {
    return this.#stopping;
  }

  /** The address that people use, as configured or as it is. */
  readonly publicUrl = (): string => this.options.config.http.publicUrl ?? this.address.url;

  /** Remembers how to end what was started; everything is ended in the opposite order. */
  onStop(end: () => Promise<unknown> | unknown): void {
    this.#ends.push(end);
  }

  readonly stop = async (): Promise<void> => {
    this.#stopping = true;
    for (const end of this.#ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        this.options.log.error({ err: error }, 'not ended in order');
      }
    }
  };

  readonly publish = (notice: Notice): void => {
    for (const listener of this.#listeners) listener(notice);
  };

  /** @returns ends the subscription */
  readonly subscribe = (listener: (notice: Notice) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly onState = (report: ComponentReport): void => {
    const before = this.components.get(report.name);
    this.components.set(report.name, report);
    if (report.state !== before?.state)
      this.options.log[report.state === 'restarting' || report.state === 'failed' ? 'warn' : 'debug'](
        { component: report.name, state: report.state, detail: report.detail },
        'component',
      );
    this.publish({ type: 'status' });
  };
}
