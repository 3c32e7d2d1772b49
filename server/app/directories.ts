import { readFileSync } from 'node:fs';
import type { AssetPatch, DirectoryView } from '@vigie/contracts/api';
import type { Logger } from 'pino';
import { type DirectoryOptions, type Observation, readDirectory } from '../assets/index.ts';
import type { Config } from './config-schema.ts';

type Configured = Config['assets']['directories'][number];

export interface AssetDirectoriesOptions {
  readonly directories: readonly Configured[];
  readonly exists: (tenant: string) => boolean;
  readonly record: (
    tenant: string,
    records: readonly {
      readonly observation: Observation;
      readonly kind: 'host' | 'user';
      readonly name: string;
      readonly patch: AssetPatch;
    }[],
    actor: string,
  ) => Promise<number>;
  readonly done: () => Promise<void>;
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

interface State {
  readonly configured: Configured;
  lastAt: number | null;
  assets: number;
  problem: string | null;
  /** The reading under way. */
  running: Promise<void> | undefined;
}

/** Reads the configured directories, each in its own rhythm; one that fails holds up nothing. */
export class AssetDirectories {
  readonly #options: AssetDirectoriesOptions;
  readonly #states: State[];
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(options: AssetDirectoriesOptions) {
    this.#options = options;
    this.#states = options.directories.map((configured) => ({
      configured,
      lastAt: null,
      assets: 0,
      problem: null,
      running: undefined,
    }));
  }

  start(): void {
    for (const state of this.#states) {
      void this.#read(state);
      const timer = setInterval(() => void this.#read(state), state.configured.everyMinutes * 60_000);
      timer.unref();
      this.#timers.push(timer);
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#states.map(({ running }) => running));
  }

  views(): DirectoryView[] {
    return this.#states.map(({ configured: { tenant, name, url }, lastAt, assets, problem }) => ({
      tenant,
      name,
      url,
      lastAt,
      assets,
      problem,
    }));
  }

  /** Reads one now, after a reading that is under way. Undefined: there is none of that name. */
  async sync(tenant: string, name: string): Promise<DirectoryView | undefined> {
    const index = this.#states.findIndex(
      ({ configured }) => configured.tenant === tenant && configured.name === name,
    );
    if (index < 0) return undefined;
    await this.#states[index]!.running;
    await this.#read(this.#states[index]!);
    return this.views()[index];
  }

  #read(state: State): Promise<void> {
    state.running ??= this.#readNow(state).finally(() => {
      state.running = undefined;
    });
    return state.running;
  }

  async #readNow(state: State): Promise<void> {
    const { record, done, exists, now, log } = this.#options;
    const { tenant, name } = state.configured;
    try {
      if (!exists(tenant)) throw new Error(`there is no tenant ${tenant}`);
      let assets = 0;
      for await (const page of readDirectory(optionsOf(state.configured))) {
        const at = now();
        assets += await record(
          tenant,
          page.map(({ kind, name: called, identifiers, patch, os }) => ({
            kind,
            name: called,
            patch,
            observation: {
              firstAt: at,
              lastAt: at,
              recorded: true,
              [kind]: { identifiers, ...(os === undefined ? {} : { os }) },
            },
          })),
          name,
        );
      }
      await done();
      Object.assign(state, { lastAt: now(), assets, problem: null });
      log.info({ tenant, directory: name, assets }, 'directory read');
    } catch (error) {
      // The message is the directory's or the connection's; neither holds the password.
      state.problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      log.warn({ err: error, tenant, directory: name }, 'directory not read');
    }
  }
}

function optionsOf({ passwordFile, ca, ...rest }: Configured): DirectoryOptions {
  return {
    url: rest.url,
    bindDn: rest.bindDn,
    base: rest.base,
    password: readFileSync(passwordFile, 'utf8').trim(),
    adminGroups: rest.adminGroups,
    ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }),
    ...(rest.serverName === undefined ? {} : { serverName: rest.serverName }),
    ...(rest.domain === undefined ? {} : { domain: rest.domain }),
    ...(rest.filter === undefined ? {} : { filter: rest.filter }),
  };
}
