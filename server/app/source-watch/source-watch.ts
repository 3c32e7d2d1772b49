import { randomUUID } from 'node:crypto';
import type { RawLog } from '@vigie/contracts';
import type { SourceAlertView, SourceHealthView, SourceView, StatusView } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Notice, SourceWatchBook } from '../../api/index.ts';
import type { EventStore } from '../../detect/index.ts';
import type { NormalizeCounters, SourceCounts } from '../../normalize/index.ts';
import type { Flood } from '../../respond/ports.ts';
import type { Directory } from '../../storage/state/directory.ts';
import type { Database } from '../../storage/state/schema.ts';
import { PostgresWatch } from '../../storage/state/watch-store.ts';
import {
  DAY,
  goesOn,
  HOUR,
  isOver,
  type Maintenance,
  type SourceKey,
  SourceWatcher,
  type Step,
} from '../../watch/index.ts';
import { SourceDelays } from './delays.ts';
import { learntHealth, usualRate } from './health.ts';
import { type SourceMailOptions, sourceMails } from './mails.ts';
import { pastHours } from './past-hours.ts';
import { SourceWords, type SourceWordsOptions } from './words.ts';

export interface SourceWatchOptions extends SourceMailOptions, SourceWordsOptions {
  readonly db: Kysely<Database>;
  /** When mails wait to come together; left out: none does. */
  readonly flood?: Flood | undefined;
  readonly events: Pick<EventStore, 'sourceHours' | 'sourceStats'>;
  readonly directory: Directory;
  readonly counters: NormalizeCounters;
  readonly wakeMailer: () => void;
  readonly publish: (notice: Notice) => void;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

const TICK = 10_000;
const WEEKS = 8;
/** Alerts that the page of a source lists. */
const ALERTS_SHOWN = 50;

/**
 * Watches the sources for everybody else: feeds the watcher from ingestion and from the parsers' counts, writes its
 * mails, answers the API.
 */
export class SourceWatch implements SourceWatchBook {
  readonly #options: SourceWatchOptions;
  readonly #store: PostgresWatch;
  readonly watcher: SourceWatcher;
  readonly #delays = new SourceDelays();
  readonly #words: SourceWords;
  #timer: NodeJS.Timeout | undefined;
  #statsAt = 0;

  constructor(options: SourceWatchOptions) {
    this.#options = options;
    this.#store = new PostgresWatch(options.db, options.flood);
    this.#words = new SourceWords(options);
    const { directory } = options;
    this.watcher = new SourceWatcher({
      store: this.#store,
      sources: () =>
        directory.sources().map((row) => ({
          tenant: row.tenant,
          source: row.id,
          zone: directory.tenant(row.tenant)?.time_zone ?? 'UTC',
          watched: row.enabled && !row.demo,
        })),
      delays: (key, ended) => this.#delays.of(key, this.#hour(), ended),
      mails: (step) => sourceMails(step, options),
      onChange: (step) => this.#changed(step),
      now: options.now,
      log: options.log,
    });
  }

  /** Takes up what is kept and begins to watch. */
  async start(): Promise<void> {
    const { events, now } = this.#options;
    await this.watcher.start(async (since) =>
      pastHours(await events.sourceHours(Math.max(since, now() - WEEKS * 7 * DAY)), (key) =>
        this.#isKnown(key),
      ),
    );
    await this.#readDatasets(now() - WEEKS * 7 * DAY);
    this.#statsAt = now();
    await this.tick();
    this.#timer = setInterval(() => void this.tick(), TICK);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.watcher.tick();
    await this.watcher.save();
  }

  async tick(): Promise<void> {
    const { now, log } = this.#options;
    if (now() - this.#statsAt >= HOUR) {
      const since = this.#statsAt;
      this.#statsAt = now();
      try {
        await this.#readDatasets(since - HOUR);
      } catch (error) {
        // The next hour asks for this one again.
        this.#statsAt = since;
        log.warn({ err: error }, 'technologies of the last hour not read; trying again');
      }
    }
    await this.watcher.tick();
  }

  /** Which technologies the sources have sent since then. */
  async #readDatasets(since: number): Promise<void> {
    for (const row of await this.#options.events.sourceStats(since))
      if (this.#isKnown(row)) this.watcher.sawDataset(row, row.dataset, row.lastReceivedAt);
  }

  #isKnown({ tenant, source }: SourceKey): boolean {
    return this.#options.directory.source(tenant, source) !== undefined;
  }

  /** Whole hours since 1970, now. */
  #hour(): number {
    return Math.floor(this.#options.now() / HOUR);
  }

  /** Counts logs that were stored. What was imported says nothing of a rhythm. */
  note(logs: readonly Pick<RawLog, 'tenant' | 'source' | 'receivedAt' | 'transport'>[]): void {
    for (let from = 0, to = 0; from < logs.length; from = to) {
      const { tenant, source, receivedAt, transport } = logs[from]!;
      while (to < logs.length) {
        const log = logs[to]!;
        if (log.receivedAt !== receivedAt || log.source !== source || log.tenant !== tenant) break;
        to++;
      }
      const key = { tenant, source };
      if (transport !== 'import' && this.#isKnown(key)) this.watcher.note(key, receivedAt, to - from);
    }
  }

  /** Takes what the parsers have counted. */
  counted(counts: readonly SourceCounts[]): void {
    const hour = this.#hour();
    for (const one of counts) {
      const key = { tenant: one.tenant, source: one.source };
      if (!this.#isKnown(key)) continue;
      this.watcher.failed(key, one.failed + one.unrecognised);
      for (const { receivedAt, text, ...kind } of one.kinds) this.watcher.saw(key, kind, receivedAt, text);
      this.#delays.add(key, hour, one.delays);
    }
  }

  /** What the health of a source's view says of the watch. */
  figures(
    tenant: string,
    source: string,
  ): Pick<SourceView['health'], 'silentForMs' | 'usualRate' | 'alerts' | 'maintenance'> {
    const key = { tenant, source };
    const now = this.#options.now();
    const open = this.watcher.openAlerts(key);
    const watched = this.watcher.of(key);
    return {
      silentForMs: open.some(({ kind, clearSince }) => kind === 'silent' && clearSince === null)
        ? now - (watched?.lastAt ?? now)
        : null,
      usualRate: usualRate(watched, now),
      alerts: open.map((alert) => ({
        id: alert.id,
        kind: alert.kind,
        since: alert.since,
        message: this.#words.message(alert),
        acknowledged: alert.acknowledged !== null,
      })),
      maintenance: this.watcher.inMaintenance(key) !== undefined,
    };
  }

  /** Open alerts, as the status page shows them. */
  warnings(): StatusView['warnings'] {
    return this.#options.directory.sources().flatMap((row) =>
      this.watcher.openAlerts({ tenant: row.tenant, source: row.id }).map((alert) => ({
        code: `VIGIE_SOURCE_${alert.kind.toUpperCase().replace('-', '_')}`,
        message: `source ${row.tenant}/${row.id}: ${this.#words.message(alert)}${alert.acknowledged === null ? '' : ` (acknowledged by ${alert.acknowledged.by})`}`,
        since: alert.since,
      })),
    );
  }

  /** Why the detections that need a source can't be relied on. */
  trouble(key: SourceKey): { reason: string; since: number } | null {
    const alert = this.watcher
      .openAlerts(key)
      .find(
        ({ kind, clearSince }) =>
          clearSince === null && (kind === 'silent' || kind === 'parse-failures' || kind === 'volume-low'),
      );
    const row = this.#options.directory.source(key.tenant, key.source);
    if (row === undefined) return null;
    if (!row.enabled)
      return { reason: `${row.name} is switched off`, since: this.watcher.of(key)?.lastAt ?? row.created_at };
    return alert === undefined
      ? null
      : { reason: `${row.name}: ${this.#words.message(alert)}`, since: alert.since };
  }

  async health(tenant: string, source: string): Promise<SourceHealthView | undefined> {
    const { now, counters, directory } = this.#options;
    if (directory.source(tenant, source) === undefined) return undefined;
    const key = { tenant, source };
    const counts = counters.snapshot().find((one) => one.tenant === tenant && one.source === source);
    const delay = this.#delays.of(key, this.#hour(), false);
    const alerts = await this.#store.alerts({
      scope: [tenant],
      tenant,
      source,
      open: false,
      limit: ALERTS_SHOWN,
    });
    return {
      ...learntHealth(this.watcher.of(key), delay, now()),
      clock: this.#words.clock(key, delay),
      unrecognised: counts?.unrecognised ?? 0,
      partial: counts?.partial ?? 0,
      alerts: alerts.map((alert) => this.#words.view(alert)),
    };
  }

  async alerts(
    scope: readonly string[] | 'all',
    query: Parameters<SourceWatchBook['alerts']>[1],
  ): Promise<SourceAlertView[]> {
    const { state, limit, tenant, source } = query;
    const found = await this.#store.alerts({
      scope,
      open: state === 'open',
      limit,
      ...(tenant === undefined ? {} : { tenant }),
      ...(source === undefined ? {} : { source }),
    });
    return found.map((alert) => this.#words.view(alert));
  }

  async acknowledge(
    scope: readonly string[] | 'all',
    id: string,
    by: { readonly name: string },
    note: string,
    usual: boolean,
  ): Promise<SourceAlertView | undefined> {
    const alert = await this.#store.alert(scope, id);
    if (alert === undefined) return undefined;
    const changed = await this.watcher.acknowledge(alert, by.name, note, usual);
    this.#options.publish({ type: 'status' });
    return this.#words.view(changed);
  }

  async maintenance(scope: readonly string[] | 'all', query: Parameters<SourceWatchBook['maintenance']>[1]) {
    const at = this.#options.now();
    return (await this.#store.maintenance(scope, query.tenant))
      .filter((one) => query.state === 'all' || !isOver(one, at))
      .map((one) => ({ ...one, active: goesOn(one, at) }));
  }

  async addMaintenance(
    wanted: Parameters<SourceWatchBook['addMaintenance']>[0],
    by: { readonly name: string },
  ) {
    const { directory, now } = this.#options;
    if (directory.tenant(wanted.tenant) === undefined) return undefined;
    if (wanted.source !== null && directory.source(wanted.tenant, wanted.source) === undefined)
      return undefined;
    const made: Maintenance = {
      ...wanted,
      id: randomUUID(),
      createdBy: by.name,
      createdAt: now(),
      endedBy: null,
      endedAt: null,
    };
    await this.#store.addMaintenance(made);
    this.watcher.setMaintenance([...this.watcher.maintenance, made]);
    return { ...made, active: goesOn(made, now()) };
  }

  async endMaintenance(scope: readonly string[] | 'all', id: string, by: { readonly name: string }) {
    const at = this.#options.now();
    const one = (await this.#store.maintenance(scope)).find((each) => each.id === id);
    if (one === undefined) return undefined;
    if (one.endedAt !== null) return { ...one, active: false };
    await this.#store.endMaintenance(id, by.name, at);
    const ended = { ...one, endedBy: by.name, endedAt: at };
    this.watcher.setMaintenance(this.watcher.maintenance.filter((each) => each.id !== id));
    return { ...ended, active: false };
  }

  #changed({ alert, change }: Step): void {
    const { log, publish } = this.#options;
    const { tenant, source, kind } = alert;
    if (change !== 'updated') {
      log[change === 'recovered' ? 'info' : 'warn'](
        { tenant, source, kind, change },
        this.#words.message(alert),
      );
      publish({ type: 'status' });
    }
    if (alert.told) this.#options.wakeMailer();
  }

  /** Datasets that the sources of a tenant have sent. */
  datasets(tenant: string) {
    return this.#options.directory
      .sources()
      .filter((row) => row.tenant === tenant)
      .flatMap((row) => [...(this.watcher.of({ tenant, source: row.id })?.datasets.values() ?? [])])
      .filter(({ dataset }) => dataset !== '' && dataset !== 'vigie.unknown');
  }
}
