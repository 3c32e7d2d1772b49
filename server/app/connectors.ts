import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, RawLog } from '@vigie/contracts';
import type { ConnectorSetup, ConnectorTest, ConnectorView } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { ConnectorBook, ConnectorRefusal, Scope } from '../api/index.ts';
import {
  AddressGuard,
  CONNECTORS,
  type Connector,
  type ConnectorRecord,
  checkSettings,
  connectorType,
  formFields,
  PullError,
  PullRunner,
  passesByItself,
  secretNames,
} from '../collect/pull/index.ts';
import { PostgresConnectors } from '../storage/state/connector-store.ts';
import type { Database } from '../storage/state/schema.ts';
import type { Vault } from '../storage/state/vault.ts';
import type { Config } from './config-schema.ts';

/** What connectors need from the rest of the program. */
export interface ConnectorOptions {
  readonly config: Config;
  readonly vault: Vault;
  readonly db: Kysely<Database>;
  readonly ingest: {
    accept(logs: readonly RawLog[]): Promise<number>;
    backlog(): number;
  };
  readonly knowsSource: (tenant: string, source: string) => boolean;
  readonly sourceEnabled: (tenant: string, source: string) => boolean;
  readonly now: () => number;
  readonly log: Logger;
}

/** Runs the connectors of all sources, and lets people set them up. */
export class ConnectorService implements ConnectorBook {
  readonly #options: ConnectorOptions;
  readonly #connectors: ReadonlyMap<string, Connector>;
  readonly #store: PostgresConnectors;
  readonly #runner: PullRunner;

  /** @throws an error when the authorities can't be read */
  constructor(options: ConnectorOptions, connectors: readonly Connector[] = CONNECTORS) {
    const { config, vault, db, ingest, now, log } = options;
    this.#options = options;
    this.#connectors = new Map(connectors.map((connector) => [connector.id, connector]));
    this.#store = new PostgresConnectors(db, vault);
    this.#runner = new PullRunner({
      connectors: this.#connectors,
      store: this.#store,
      sink: ingest,
      guard: new AddressGuard(config.pull.allowHosts),
      ...(config.pull.ca === undefined ? {} : { ca: readFileSync(config.pull.ca, 'utf8') }),
      concurrency: config.pull.concurrency,
      now,
      log,
    });
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  types() {
    return [...this.#connectors.values()].map(connectorType);
  }

  async list(scope: Scope, tenant?: string): Promise<ConnectorView[]> {
    return (await this.#store.list(scope, tenant)).map((record) => this.#view(record));
  }

  async get(scope: Scope, tenant: string, source: string): Promise<ConnectorView | undefined> {
    const [record] = await this.#store.list(scope, tenant, source);
    return record && this.#view(record);
  }

  async put(
    tenant: string,
    source: string,
    setup: ConnectorSetup,
  ): Promise<ConnectorView | ConnectorRefusal> {
    if (!this.#options.knowsSource(tenant, source)) return { refused: 'not-found', message: 'source' };
    const merged = await this.#merge(tenant, source, setup);
    if ('refused' in merged) return merged;
    const { connector, before, settings, secrets } = merged;
    const record = await this.#store.put({
      tenant,
      source,
      type: connector.id,
      settings: settings as JsonObject,
      secrets,
      everySeconds: setup.everySeconds ?? before?.everySeconds ?? connector.everySeconds,
      // Another log at another place has another cursor.
      restart:
        before !== undefined && (before.type !== connector.id || moved(connector, before.settings, settings)),
      now: this.#options.now(),
    });
    await this.#runner.changed({ tenant, source });
    return record === undefined ? { refused: 'not-found', message: 'source' } : this.#view(record);
  }

  async change(
    tenant: string,
    source: string,
    change: { readonly paused?: boolean; readonly fetch?: true },
  ): Promise<ConnectorView | undefined> {
    const key = { tenant, source };
    if (change.paused !== undefined) {
      if (!(await this.#store.pause(key, change.paused, this.#options.now()))) return undefined;
      await this.#runner.changed(key);
    }
    if (change.fetch === true) this.#runner.fetchNow(key);
    return this.get([tenant], tenant, source);
  }

  async test(
    tenant: string,
    source: string,
    setup: ConnectorSetup | undefined,
  ): Promise<ConnectorTest | ConnectorRefusal> {
    if (!this.#options.knowsSource(tenant, source)) return { refused: 'not-found', message: 'source' };
    const before = await this.#store.get({ tenant, source });
    if (setup === undefined && before === undefined) return { refused: 'not-found', message: 'connector' };
    const merged = await this.#merge(
      tenant,
      source,
      setup ?? { type: before!.type, settings: before!.settings, secrets: {} },
    );
    if ('refused' in merged) return merged;
    try {
      const message = await this.#runner.probe(tenant, merged.connector, merged.settings, merged.secrets);
      return { ok: true, message, advice: '' };
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return { ok: false, message: `${error.message} (${error.code})`, advice: error.advice };
    }
  }

  async remove(tenant: string, source: string): Promise<boolean> {
    if (!(await this.#store.remove({ tenant, source }))) return false;
    await this.#runner.changed({ tenant, source });
    return true;
  }

  async rotateSecrets() {
    const { resealed, unreadable } = await this.#store.rotate();
    return { resealed, unreadable: unreadable.map(({ tenant, source }) => `${tenant}/${source}`) };
  }

  /** Connectors that need a person, for the status page. */
  async warnings(): Promise<{ code: string; message: string; since: number }[]> {
    return (await this.#store.all())
      .filter((record) => this.#stateOf(record) === 'broken')
      .map(({ tenant, source, problem }) => ({
        code: problem!.code,
        message: `connector of ${tenant}/${source}: ${problem!.message}`,
        since: problem!.at,
      }));
  }

  /** What a person entered, with the stored secrets that were left out. */
  async #merge(tenant: string, source: string, setup: ConnectorSetup) {
    const connector = this.#connectors.get(setup.type);
    if (connector === undefined)
      return invalid(
        `there is no connector "${setup.type}"; there are ${[...this.#connectors.keys()].join(', ')}`,
      );
    const before = await this.#store.get({ tenant, source });
    let secrets = setup.secrets;
    if (before?.type === connector.id && before.secretNames.some((name) => secrets[name] === undefined)) {
      const missing = before.secretNames.filter((name) => secrets[name] === undefined);
      // Else whoever may change the address could have a secret that was never theirs sent to themselves.
      if (moved(connector, before.settings, setup.settings))
        return invalid(`the address changes, so the secrets must be entered again: ${missing.join(', ')}`);
      try {
        secrets = { ...(await this.#store.secrets({ tenant, source })), ...secrets };
      } catch (error) {
        if (!String((error as { code?: unknown }).code).startsWith('VIGIE_SECRETS_')) throw error;
        return invalid(`the stored secrets can’t be decrypted; enter them again: ${missing.join(', ')}`);
      }
    }
    const checked = checkSettings(connector, setup.settings, secrets);
    if ('problems' in checked) return invalid(checked.problems.join('; '));
    return { connector, before, ...checked };
  }

  #view(record: ConnectorRecord): ConnectorView {
    const connector = this.#connectors.get(record.type);
    const names = connector === undefined ? record.secretNames : secretNames(connector.schema);
    const state = this.#stateOf(record);
    return {
      tenant: record.tenant,
      source: record.source,
      type: record.type,
      settings: record.settings,
      secrets: names.map((name) => ({ name, set: record.secretNames.includes(name) })),
      everySeconds: record.everySeconds,
      state,
      running: this.#runner.isRunning(record),
      lastFetchAt: record.lastFetchAt,
      nextFetchAt: state === 'paused' || state === 'off' ? null : record.nextAt,
      coveredTo: record.coveredTo,
      fetched: record.fetched,
      added: record.added,
      failures: record.failures,
      problem: record.problem,
      createdAt: record.createdAt,
    };
  }

  #stateOf(record: ConnectorRecord): ConnectorView['state'] {
    if (record.paused) return 'paused';
    if (!this.#options.sourceEnabled(record.tenant, record.source)) return 'off';
    if (record.failures > 0) return passesByItself(record.problem?.code ?? '') ? 'retrying' : 'broken';
    return record.lastFetchAt === null ? 'waiting' : 'ok';
  }
}

/** Whether a setting that says where secrets are sent differs. */
function moved(
  connector: Connector,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): boolean {
  return formFields(connector.schema).some(
    ({ name, destination, default: fallback }) =>
      destination && !isDeepStrictEqual(before[name] ?? fallback, after[name] ?? fallback),
  );
}

function invalid(message: string): ConnectorRefusal {
  return { refused: 'invalid', message };
}
