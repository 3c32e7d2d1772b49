import type { AddressGuard } from './address-guard.ts';
import type { Connector, PullRun } from './connector.ts';
import { PullError } from './errors.ts';
import { HttpClient, type HttpLimits } from './http-client.ts';
import { type PageWriter, pageWriter } from './page-writer.ts';
import type { ConnectorKey, ConnectorRecord, ConnectorStore, PullLog, PullSink } from './ports.ts';
import { backOff } from './rate-limit.ts';
import { Schedule } from './schedule.ts';
import { checkSettings, openSettings } from './settings.ts';

/** Times are milliseconds. */
export interface RunnerOptions {
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly store: ConnectorStore;
  readonly sink: PullSink;
  readonly guard: AddressGuard;
  /** Authorities trusted beside the usual ones, PEM. */
  readonly ca?: string;
  readonly limits?: HttpLimits;
  /** See {@link HttpClient}. */
  readonly port?: (url: URL) => number;
  /** Fetches under way at once. */
  readonly concurrency: number;
  /** After this long a fetch lets the others go first. */
  readonly turn?: number;
  /** Fetching waits while more bytes than this are accepted and not yet stored. */
  readonly maxBacklog?: number;
  readonly now: () => number;
  readonly random?: () => number;
  readonly log: PullLog;
}

const TURN = 60_000;
const MAX_BACKLOG = 32 * 1024 * 1024;
/** Longest sleep between two looks at what is due. */
const LONGEST_SLEEP = 30_000;
/** How often a source that is switched off is looked at again. */
const OFF_WAIT = 15_000;
/** A connector's time is spread by this part of its interval. */
const JITTER = 0.1;

interface Running {
  readonly end: AbortController;
  done: Promise<void>;
}

/** Fetches for all connectors: when each is due, a bounded number at once, no tenant before the others. */
export class PullRunner {
  readonly #options: RunnerOptions;
  readonly #schedule = new Schedule();
  readonly #running = new Map<string, Running>();
  readonly #memory = new Map<string, { readonly revision: number; readonly values: Map<string, unknown> }>();
  readonly #random: () => number;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /** Reads all connectors and begins. */
  async start(): Promise<void> {
    for (const record of await this.#options.store.all()) this.#plan(record);
    this.#look();
  }

  /** Ends the fetches under way; what they had stored is noted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    for (const { end } of this.#running.values()) end.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Whether a fetch of this connector is under way. */
  isRunning(key: ConnectorKey): boolean {
    return this.#running.has(nameOf(key));
  }

  /** Ends the fetch under way of a connector that was changed, and plans it as it is now. */
  async changed(key: ConnectorKey): Promise<void> {
    const name = nameOf(key);
    const running = this.#running.get(name);
    running?.end.abort();
    await running?.done;
    const record = await this.#options.store.get(key);
    if (record === undefined) {
      this.#schedule.remove(name);
      this.#memory.delete(name);
    } else this.#plan(record);
    this.#look();
  }

  /** Fetches at once, whatever was planned. */
  fetchNow(key: ConnectorKey): void {
    this.#schedule.advance(nameOf(key), 0);
    this.#look();
  }

  /**
   * One request with settings that need not be stored.
   *
   * @param tenant whose source it is
   * @throws PullError
   */
  async probe(
    tenant: string,
    connector: Connector,
    settings: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, string>>,
  ): Promise<string> {
    const end = new AbortController();
    const late = setTimeout(() => end.abort(), 30_000);
    const run = this.#open(tenant, connector, settings, secrets, undefined, new Map(), end.signal);
    try {
      return run.redactor.clean(await connector.probe(run));
    } catch (error) {
      throw end.signal.aborted
        ? new PullError('VIGIE_PULL_TIMEOUT', 'no answer within 30 seconds')
        : this.#asPullError(error, run);
    } finally {
      clearTimeout(late);
      run.http.close();
    }
  }

  #plan(record: ConnectorRecord): void {
    const name = nameOf(record);
    if (record.paused) this.#schedule.remove(name);
    else this.#schedule.put({ name, tenant: record.tenant, dueAt: record.nextAt });
  }

  /** Starts what is due, and sleeps until the next is. */
  #look(): void {
    if (this.#stopping) return;
    clearTimeout(this.#timer);
    const now = this.#options.now();
    while (this.#running.size < this.#options.concurrency) {
      const due = this.#schedule.take(now, this.#running.keys());
      if (due === undefined) break;
      const running: Running = { end: new AbortController(), done: Promise.resolve() };
      this.#running.set(due.name, running);
      running.done = this.#turn(due.name, running.end.signal).finally(() => {
        this.#running.delete(due.name);
        this.#look();
      });
    }
    const next = this.#schedule.nextDue(this.#running.keys());
    const free = this.#running.size < this.#options.concurrency;
    const sleep = free && next !== undefined ? Math.max(0, next - now) : LONGEST_SLEEP;
    this.#timer = setTimeout(() => this.#look(), Math.min(LONGEST_SLEEP, sleep));
  }

  async #turn(name: string, signal: AbortSignal): Promise<void> {
    const { store, log, now } = this.#options;
    const [tenant = '', source = ''] = name.split('/');
    try {
      const record = await store.get({ tenant, source });
      if (record === undefined || record.paused) {
        this.#schedule.remove(name);
        return;
      }
      if (!record.sourceEnabled) {
        this.#schedule.put({ name, tenant, dueAt: now() + OFF_WAIT });
        return;
      }
      const nextAt = await this.#fetch(record, signal);
      if (nextAt !== undefined) this.#schedule.put({ name, tenant, dueAt: nextAt });
    } catch (error) {
      // The database is away: nothing was noted, so nothing is lost by trying again.
      log.warn({ tenant, source, err: error }, 'connector: state not available; trying again');
      this.#schedule.put({ name, tenant, dueAt: now() + backOff(3, true, this.#random()) });
    }
  }

  /** @returns when it is due again; undefined: it was changed meanwhile, and who changed it plans it */
  async #fetch(record: ConnectorRecord, signal: AbortSignal): Promise<number | undefined> {
    const { store, log, now } = this.#options;
    const writer = pageWriter({ ...this.#options, record, signal, backlog: () => this.#room(signal) });
    const failure = await this.#pages(record, writer, signal);
    if (failure === 'ended' || writer.outdated) return undefined;
    const at = now();
    if (failure === undefined || failure === 'turn') {
      const every = record.everySeconds * 1000;
      const nextAt = failure === 'turn' ? at : at + every * (1 + JITTER * (2 * this.#random() - 1));
      const warning = writer.warning;
      const settled = {
        nextAt,
        lastFetchAt: at,
        failures: 0,
        problem: warning === undefined ? null : { code: 'VIGIE_PULL_WARNING', at, ...warning },
      };
      return (await store.settle(record, settled)) ? nextAt : undefined;
    }
    const failures = record.failures + 1;
    const wait = backOff(failures, failure.passing, this.#random());
    const nextAt = Math.max(at + wait, failure.notBefore ?? 0);
    const { code, message, advice } = failure;
    if (record.problem?.code !== code)
      log.warn({ tenant: record.tenant, source: record.source, code }, `connector: ${message}`);
    const settled = {
      nextAt,
      lastFetchAt: record.lastFetchAt,
      failures,
      problem: { code, message, advice, at: record.problem?.code === code ? record.problem.at : at },
    };
    return (await store.settle(record, settled)) ? nextAt : undefined;
  }

  /** Takes pages until there are none, the turn is over, or something fails. */
  async #pages(
    record: ConnectorRecord,
    writer: PageWriter,
    signal: AbortSignal,
  ): Promise<PullError | 'ended' | 'turn' | undefined> {
    const { connectors, store, now } = this.#options;
    let run: PullRun<unknown> | undefined;
    try {
      const connector = connectors.get(record.type);
      if (connector === undefined)
        throw new PullError('VIGIE_PULL_SETTINGS', `there is no connector "${record.type}" in this version`);
      const secrets = await secretsOf(store, record);
      run = this.#open(
        record.tenant,
        connector,
        record.settings,
        secrets,
        record.checkpoint,
        this.#memoryOf(record),
        signal,
      );
      const turnEnds = now() + (this.#options.turn ?? TURN);
      for await (const page of connector.pull(run)) {
        if (!(await writer.write(page)) || signal.aborted) return 'ended';
        if (now() >= turnEnds) return 'turn';
      }
      return undefined;
    } catch (error) {
      if (signal.aborted) return 'ended';
      return this.#asPullError(error, run);
    } finally {
      run?.http.close();
    }
  }

  #open(
    tenant: string,
    connector: Connector,
    settings: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, string>>,
    checkpoint: unknown,
    memory: Map<string, unknown>,
    signal: AbortSignal,
  ): PullRun<unknown> {
    const { guard, ca, limits, port, now } = this.#options;
    const checked = checkSettings(connector, settings, secrets);
    if ('problems' in checked) throw new PullError('VIGIE_PULL_SETTINGS', checked.problems.join('; '));
    const opened = openSettings(checked);
    const http = new HttpClient({
      guard: guard.of(tenant),
      redactor: opened.redactor,
      now,
      signal,
      ...(ca === undefined ? {} : { ca }),
      ...(limits === undefined ? {} : { limits }),
      ...(port === undefined ? {} : { port }),
    });
    return { ...opened, http, checkpoint, memory, now, signal };
  }

  /** What is no coded failure is a fault of ours; it must not end the fetching of everybody else. */
  #asPullError(error: unknown, run: PullRun<unknown> | undefined): PullError {
    if (error instanceof PullError) return error;
    this.#options.log.warn(
      { err: { name: error instanceof Error ? error.name : 'Error', stack: cleanStack(error, run) } },
      'connector: an unexpected failure',
    );
    const text = error instanceof Error ? error.message : String(error);
    return new PullError('VIGIE_PULL_BAD_ANSWER', run?.redactor.clean(text) ?? text);
  }

  #memoryOf(record: ConnectorRecord): Map<string, unknown> {
    const kept = this.#memory.get(nameOf(record));
    if (kept?.revision === record.revision) return kept.values;
    const values = new Map<string, unknown>();
    this.#memory.set(nameOf(record), { revision: record.revision, values });
    return values;
  }

  /** Waits until ingestion has room. */
  async #room(signal: AbortSignal): Promise<void> {
    const limit = this.#options.maxBacklog ?? MAX_BACKLOG;
    while (this.#options.sink.backlog() > limit && !signal.aborted)
      await new Promise((done) => setTimeout(done, 100));
  }
}

/** Key of a connector in maps; ids hold no slash. */
export function nameOf({ tenant, source }: ConnectorKey): string {
  return `${tenant}/${source}`;
}

function cleanStack(error: unknown, run: PullRun<unknown> | undefined): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return run?.redactor.clean(stack) ?? stack;
}

async function secretsOf(
  store: ConnectorStore,
  key: ConnectorKey,
): Promise<Readonly<Record<string, string>>> {
  try {
    return await store.secrets(key);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && code.startsWith('VIGIE_SECRETS_'))
      throw new PullError('VIGIE_PULL_SECRET', 'the stored secrets can’t be decrypted');
    throw error;
  }
}
