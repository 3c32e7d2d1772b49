/** What the tests of connectors share: a runner over real PostgreSQL, and logs that are kept as ingestion keeps them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, RawLog } from '@vigie/contracts';
import { keyedId } from '../../../ingest/event-id.ts';
import { PostgresConnectors } from '../../../storage/state/connector-store.ts';
import { openTestState, type TestState } from '../../../storage/state/testing/test-state.ts';
import { Vault } from '../../../storage/state/vault.ts';
import type { HttpLimits } from '../http-client.ts';
import {
  CONNECTORS,
  type ConnectorRecord,
  type ConnectorStore,
  PullRunner,
  type RunnerOptions,
} from '../index.ts';
import { checkSettings } from '../settings.ts';
import { Internet } from './internet-stand-in.ts';

export const LIMITS: HttpLimits = { headTimeout: 6_000, wholeTimeout: 15_000, maxBody: 4 * 1024 * 1024 };

/** Takes logs as ingestion does: one with a key that is there already is not added. */
export class KeepingSink {
  readonly logs: RawLog[] = [];
  readonly #ids = new Set<string>();
  bytes = 0;
  /** Set: `accept` waits for it. */
  gate: Promise<void> | undefined;

  async accept(logs: readonly RawLog[]): Promise<number> {
    await this.gate;
    let added = 0;
    for (const log of logs) {
      const id = keyedId(log);
      if (this.#ids.has(id)) continue;
      this.#ids.add(id);
      this.logs.push(log);
      added++;
    }
    return added;
  }

  backlog(): number {
    return this.bytes;
  }
}

export class PullBench {
  readonly internet: Internet;
  readonly store: PostgresConnectors;
  readonly vault: Vault;
  readonly state: TestState;
  readonly folder: string;
  readonly said: string[] = [];
  sink = new KeepingSink();
  /** Clock of the runner; milliseconds are added to the real one. */
  ahead = 0;
  readonly #runners: PullRunner[] = [];

  private constructor(parts: Pick<PullBench, 'internet' | 'folder' | 'state' | 'vault'>) {
    this.internet = parts.internet;
    this.folder = parts.folder;
    this.state = parts.state;
    this.vault = parts.vault;
    this.store = new PostgresConnectors(parts.state.db, parts.vault);
  }

  static async open(): Promise<PullBench> {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-pull-'));
    const state = await openTestState({ maxConnections: 4 });
    const vault = Vault.open(join(folder, 'secret.key'), undefined);
    return new PullBench({ internet: await Internet.open(), folder, state, vault });
  }

  async close(): Promise<void> {
    await this.reset();
    await this.internet.close();
    await this.state.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Ends runners and forgets everything, for the next test. */
  async reset(): Promise<void> {
    for (const runner of this.#runners.splice(0)) await runner.stop();
    this.internet.reset();
    this.sink = new KeepingSink();
    this.said.length = 0;
    this.ahead = 0;
    await this.state.db.deleteFrom('tenant').execute();
  }

  async addSource(tenant: string, source: string): Promise<void> {
    await this.state.db
      .insertInto('tenant')
      .values({
        id: tenant,
        name: tenant,
        language: 'en',
        time_zone: 'UTC',
        retention_days: 30,
        contacts: '[]',
        created_at: 0,
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
    await this.state.db
      .insertInto('source')
      .values({
        tenant,
        id: source,
        name: source,
        type: null,
        time_zone: 'UTC',
        addresses: [],
        token_hash: Buffer.from(`${tenant}/${source}`),
        created_at: 0,
      })
      .execute();
  }

  /** Sets up a connector of `acme/cloud`, or of another source. */
  async set(
    type: string,
    settings: Record<string, unknown>,
    secrets: Record<string, string>,
    at: { tenant: string; source: string } = { tenant: 'acme', source: 'cloud' },
  ): Promise<ConnectorRecord> {
    if (
      (
        await this.state.db
          .selectFrom('source')
          .select('id')
          .where('tenant', '=', at.tenant)
          .where('id', '=', at.source)
          .execute()
      ).length === 0
    )
      await this.addSource(at.tenant, at.source);
    const connector = CONNECTORS.find(({ id }) => id === type)!;
    const checked = checkSettings(connector, settings, secrets);
    if ('problems' in checked) throw new Error(checked.problems.join('; '));
    const record = await this.store.put({
      ...at,
      type,
      settings: checked.settings as JsonObject,
      secrets: checked.secrets,
      everySeconds: 3600,
      restart: false,
      now: this.now(),
    });
    return record!;
  }

  /** The store, with some of what it does done otherwise: a process that dies, or one that is watched. */
  storeBut(others: Partial<ConnectorStore>): ConnectorStore {
    const { store } = this;
    return {
      all: () => store.all(),
      get: (key) => store.get(key),
      secrets: (key) => store.secrets(key),
      advance: (record, advance) => store.advance(record, advance),
      settle: (record, settled) => store.settle(record, settled),
      put: (connector) => store.put(connector),
      pause: (key, paused, now) => store.pause(key, paused, now),
      remove: (key) => store.remove(key),
      ...others,
    };
  }

  now = (): number => Date.now() + this.ahead;

  /** A runner of a process that dies when it would note a checkpoint: it stores, and gets no further. */
  dyingRunner(options: Partial<RunnerOptions> = {}): PullRunner {
    const runner = this.runner({
      ...options,
      store: this.storeBut({ advance: () => new Promise<never>(() => undefined) }),
    });
    // The dead are not waited for.
    this.#runners.splice(this.#runners.indexOf(runner), 1);
    return runner;
  }

  /** A runner; a second one on the same store is what a restart makes. */
  runner(options: Partial<RunnerOptions> = {}): PullRunner {
    const note = (fields: object, message: string) =>
      void this.said.push(`${message} ${JSON.stringify(fields)}`);
    const runner = new PullRunner({
      connectors: new Map(CONNECTORS.map((connector) => [connector.id, connector])),
      store: this.store,
      sink: this.sink,
      guard: this.internet.guard(),
      ca: this.internet.ca,
      limits: LIMITS,
      port: () => this.internet.port,
      concurrency: 4,
      now: this.now,
      log: { info: note, warn: note },
      ...options,
    });
    this.#runners.push(runner);
    return runner;
  }

  async record(
    at: { tenant: string; source: string } = { tenant: 'acme', source: 'cloud' },
  ): Promise<ConnectorRecord> {
    return (await this.store.get(at))!;
  }

  /** Fetches once: until the connector's fetch has ended, well or not. */
  async fetch(
    runner: PullRunner,
    at: { tenant: string; source: string } = { tenant: 'acme', source: 'cloud' },
  ): Promise<ConnectorRecord> {
    const before = await this.record(at);
    await runner.changed(at);
    runner.fetchNow(at);
    const end = Date.now() + 20_000;
    for (;;) {
      const record = await this.record(at);
      const settled = record.nextAt !== before.nextAt || record.failures !== before.failures;
      if (settled && !runner.isRunning(at)) return record;
      if (Date.now() > end) throw new Error(`no end of the fetch: ${JSON.stringify(record)}`);
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}
