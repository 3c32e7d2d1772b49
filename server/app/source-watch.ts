import { createHash, randomUUID } from 'node:crypto';
import type { RawLog } from '@vigie/contracts';
import type {
  Contact,
  SourceAlertView,
  SourceHealthView,
  SourceView,
  StatusView,
} from '@vigie/contracts/api';
import type { REGISTRY } from '@vigie/sources';
import type { Kysely } from 'kysely';
import type { Notice, SourceWatchBook } from '../api/index.ts';
import type { EventStore } from '../detect/index.ts';
import {
  type DelayCounts,
  delayQuantiles,
  type NormalizeCounters,
  type SourceCounts,
} from '../normalize/index.ts';
import type { OperationsMail } from '../respond/mail/model.ts';
import { languageOf, recipients } from '../respond/mail/recipients.ts';
import type { MailRenderer } from '../respond/mail/render.ts';
import type { Directory } from '../storage/state/directory.ts';
import type { Database } from '../storage/state/schema.ts';
import { PostgresWatch } from '../storage/state/watch-store.ts';
import {
  type AlertMail,
  DAY,
  type DelayFigures,
  describe,
  evenHour,
  goesOn,
  HOUR,
  type HourRow,
  isOver,
  type Maintenance,
  patience,
  rightZone,
  Skip,
  type SourceAlert,
  type SourceKey,
  SourceWatcher,
  type Step,
  type Watched,
  zoneOffset,
} from '../watch/index.ts';

export interface SourceWatchOptions {
  readonly db: Kysely<Database>;
  readonly events: Pick<EventStore, 'sourceHours' | 'sourceStats'>;
  readonly directory: Directory;
  readonly counters: NormalizeCounters;
  readonly registry: typeof REGISTRY;
  readonly renderer: MailRenderer;
  /** Whom operational mails go to where a tenant has nobody who wants them. */
  readonly fallback: () => readonly Contact[];
  readonly link: (key: SourceKey) => string;
  readonly wakeMailer: () => void;
  readonly publish: (notice: Notice) => void;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

const TICK = 10_000;
const WEEKS = 8;
const DAYS_SHOWN = 7;
const NEW_KINDS_DAYS = 7;
const MOST_NEW_KINDS = 50;

/** Delays of one source: of this hour and of the one before. */
interface Delays {
  hour: number;
  now: Map<number, number>;
  before: DelayCounts;
}

/**
 * Watches the sources for everybody else: feeds the watcher from ingestion and from the parsers' counts, writes its
 * mails, answers the API.
 */
export class SourceWatch implements SourceWatchBook {
  readonly #options: SourceWatchOptions;
  readonly #store: PostgresWatch;
  readonly watcher: SourceWatcher;
  readonly #delays = new Map<string, Delays>();
  #timer: NodeJS.Timeout | undefined;
  #statsAt = 0;

  constructor(options: SourceWatchOptions) {
    this.#options = options;
    this.#store = new PostgresWatch(options.db);
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
      delays: (key, ended) => this.#delaysOf(key, ended),
      mails: (step) => this.#mails(step),
      onChange: (step) => this.#changed(step),
      now: options.now,
      log: options.log,
    });
  }

  /** Takes up what is kept and begins to watch. */
  async start(): Promise<void> {
    const { events, now } = this.#options;
    await this.watcher.start(async (since) => this.#counted(Math.max(since, now() - WEEKS * 7 * DAY)));
    for (const row of await events.sourceStats(now() - WEEKS * 7 * DAY))
      if (this.#options.directory.source(row.tenant, row.source) !== undefined)
        this.watcher.sawDataset(row, row.dataset, row.lastReceivedAt);
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
    const { now, events, log, directory } = this.#options;
    if (now() - this.#statsAt >= HOUR) {
      const since = this.#statsAt;
      this.#statsAt = now();
      try {
        for (const row of await events.sourceStats(since - HOUR))
          if (directory.source(row.tenant, row.source) !== undefined)
            this.watcher.sawDataset(row, row.dataset, row.lastReceivedAt);
      } catch (error) {
        // The next hour asks for this one again.
        this.#statsAt = since;
        log.warn({ err: error }, 'technologies of the last hour not read; trying again');
      }
    }
    await this.watcher.tick();
  }

  /** Hours from the event store, where the state has none: an upgrade, or a process that died. */
  async #counted(since: number): Promise<HourRow[]> {
    const { events, directory } = this.#options;
    const bySource = new Map<
      string,
      { key: SourceKey; hours: Map<number, { events: number; failures: number }> }
    >();
    const heard = new Set<number>();
    for (const row of await events.sourceHours(since)) {
      heard.add(row.hour);
      if (directory.source(row.tenant, row.source) === undefined) continue;
      const name = `${row.tenant}/${row.source}`;
      let own = bySource.get(name);
      if (own === undefined) {
        own = { key: { tenant: row.tenant, source: row.source }, hours: new Map() };
        bySource.set(name, own);
      }
      const before = own.hours.get(row.hour);
      own.hours.set(row.hour, {
        events: (before?.events ?? 0) + row.events,
        failures: (before?.failures ?? 0) + row.parseFailures,
      });
    }
    // An hour in which nothing came from anybody is one in which we may not have listened.
    const hours = [...heard].sort((a, b) => a - b);
    const last = hours.at(-1);
    return [...bySource.values()].flatMap(({ key, hours: own }) => {
      const first = Math.min(...own.keys());
      return hours
        .filter((hour) => hour >= first)
        .map((hour) => {
          const counts = own.get(hour) ?? { events: 0, failures: 0 };
          return {
            ...key,
            hour,
            record: evenHour(counts.events, counts.failures, hour === last ? Skip.unobserved : 0),
          };
        });
    });
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
      if (transport !== 'import' && this.#options.directory.source(tenant, source) !== undefined)
        this.watcher.note({ tenant, source }, receivedAt, to - from);
    }
  }

  /** Takes what the parsers have counted. */
  counted(counts: readonly SourceCounts[]): void {
    const hour = Math.floor(this.#options.now() / HOUR);
    for (const one of counts) {
      const key = { tenant: one.tenant, source: one.source };
      if (this.#options.directory.source(key.tenant, key.source) === undefined) continue;
      this.watcher.failed(key, one.failed + one.unrecognised);
      for (const { receivedAt, text, ...kind } of one.kinds) this.watcher.saw(key, kind, receivedAt, text);
      const delays = this.#delayed(key, hour);
      for (const [number, events] of Object.entries(one.delays))
        delays.now.set(Number(number), (delays.now.get(Number(number)) ?? 0) + events);
    }
  }

  #delayed(key: SourceKey, hour: number): Delays {
    const name = `${key.tenant}/${key.source}`;
    let delays = this.#delays.get(name);
    if (delays === undefined) {
      delays = { hour, now: new Map(), before: {} };
      this.#delays.set(name, delays);
    }
    if (delays.hour !== hour) {
      delays.before = delays.hour === hour - 1 ? Object.fromEntries(delays.now) : {};
      delays.now = new Map();
      delays.hour = hour;
    }
    return delays;
  }

  #delaysOf(key: SourceKey, ended: boolean): DelayFigures | undefined {
    const delays = this.#delayed(key, Math.floor(this.#options.now() / HOUR));
    const found = delayQuantiles(
      ended ? [delays.before] : [delays.before, Object.fromEntries(delays.now)],
      [0.05, 0.5, 0.95],
    );
    if (found === undefined) return undefined;
    const [p5 = 0, p50 = 0, p95 = 0] = found.values;
    return { events: found.events, p5, p50, p95 };
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
        message: this.#message(alert),
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
        message: `source ${row.tenant}/${row.id}: ${this.#message(alert)}${alert.acknowledged === null ? '' : ` (acknowledged by ${alert.acknowledged.by})`}`,
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
      : { reason: `${row.name}: ${this.#message(alert)}`, since: alert.since };
  }

  async health(tenant: string, source: string): Promise<SourceHealthView | undefined> {
    const { now, counters, directory } = this.#options;
    const row = directory.source(tenant, source);
    if (row === undefined) return undefined;
    const key = { tenant, source };
    const at = now();
    const watched = this.watcher.of(key);
    const counts = counters.snapshot().find((one) => one.tenant === tenant && one.source === source);
    const lesson = watched?.lesson;
    const allowed =
      watched === undefined || lesson === undefined || watched.lastAt === undefined || watched.total < 20
        ? Number.POSITIVE_INFINITY
        : patience(lesson, watched.clock, Math.max(watched.lastAt, watched.excusedUntil));
    const delay = this.#delaysOf(key, false);
    const since = lesson?.rhythm.since ?? -1;
    return {
      days: lesson?.rhythm.days ?? 0,
      learningSince: since < 0 ? null : since * HOUR,
      patienceMs: Number.isFinite(allowed) ? allowed : null,
      hours: watched === undefined ? [] : hoursOf(watched, at),
      usualRate: usualRate(watched, at),
      delay:
        delay === undefined || delay.events < 5
          ? null
          : { events: delay.events, p50: delay.p50, p95: delay.p95, usual: finite(lesson?.delay) },
      clock: this.#clock(key, delay),
      newKinds: (watched?.newKinds(at - NEW_KINDS_DAYS * DAY) ?? [])
        .slice(0, MOST_NEW_KINDS)
        .map(({ dataset, action, code, firstAt, example }) => ({ dataset, action, code, firstAt, example })),
      kinds: watched?.kinds.size ?? 0,
      unrecognised: counts?.unrecognised ?? 0,
      partial: counts?.partial ?? 0,
      alerts: (await this.#store.alerts({ scope: [tenant], tenant, source, open: false, limit: 50 })).map(
        (alert) => this.#view(alert),
      ),
    };
  }

  #clock(key: SourceKey, delay: DelayFigures | undefined): SourceHealthView['clock'] {
    if (delay === undefined || delay.events < 20) return null;
    const zone = zoneOffset(delay);
    if (zone === undefined && delay.p50 > -60_000) return null;
    const facts = { delayMs: delay.p50, ...(zone === undefined ? {} : { zoneMs: zone }) };
    return {
      aheadMs: zone ?? -delay.p50,
      zone: zone !== undefined,
      message: describe('clock', facts, this.#zoneFor(key, zone)),
    };
  }

  /** The zone that would put a source's clock right. */
  #zoneFor({ tenant, source }: SourceKey, zoneMs: number | undefined): string | undefined {
    const { directory, now } = this.#options;
    const row = directory.source(tenant, source);
    if (zoneMs === undefined || row === undefined) return undefined;
    return rightZone(row.time_zone, zoneMs, [directory.tenant(tenant)?.time_zone ?? 'UTC'], now());
  }

  #message(alert: SourceAlert): string {
    const { kind, facts } = alert;
    const { now } = this.#options;
    const silent = kind === 'silent' && alert.state === 'open' && alert.clearSince === null;
    const live = silent ? { ...facts, silentForMs: now() - alert.since } : facts;
    if (alert.state === 'open' && alert.clearSince !== null && kind === 'silent')
      return `sends again; it was silent for ${describe(kind, facts).slice('silent for '.length)}`;
    return describe(kind, live, this.#zoneFor(alert, facts['zoneMs']));
  }

  #view(alert: SourceAlert): SourceAlertView {
    const { clearSince: _, told: __, ...rest } = alert;
    return { ...rest, facts: { ...alert.facts }, message: this.#message(alert) };
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
    return found.map((alert) => this.#view(alert));
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
    return this.#view(changed);
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
      log[change === 'recovered' ? 'info' : 'warn']({ tenant, source, kind, change }, this.#message(alert));
      publish({ type: 'status' });
    }
    if (alert.told) this.#options.wakeMailer();
  }

  async #mails({ alert, change }: Step): Promise<AlertMail[]> {
    const { directory, registry, renderer, fallback, link, now } = this.#options;
    const tenant = directory.tenant(alert.tenant);
    const source = directory.source(alert.tenant, alert.source);
    if (tenant === undefined || source === undefined) return [];
    const at = now();
    // Who asked for operational mails gets them all: the levels are those of incidents.
    const about = { level: 'critical', kind: 'operations', now: at, timeZone: tenant.time_zone } as const;
    const own = recipients(tenant.contacts, about);
    const chosen = own.length > 0 ? own : recipients(fallback(), about);
    if (chosen.length === 0) return [];
    const over = change === 'recovered';
    const { kind, facts } = alert;
    const technology = registry.find(({ definition }) => definition.id === source.type)?.manifest.name;
    const pick = (name: string) => (facts[name] === undefined ? {} : { [name]: facts[name] });
    const model: OperationsMail = {
      tenant: tenant.name,
      timeZone: tenant.time_zone,
      link: link(alert),
      notice:
        kind === 'silent'
          ? over
            ? 'source-back'
            : 'source-silent'
          : over
            ? 'source-usual'
            : 'source-unusual',
      trouble: kind,
      source: { name: source.name, ...(technology === undefined ? {} : { technology }) },
      since: over ? (alert.recoveredAt ?? at) : alert.since,
      silentForMs: over ? (alert.recoveredAt ?? at) - alert.since : at - alert.since,
      figures: {
        ...pick('events'),
        ...pick('usual'),
        ...pick('share'),
        ...pick('usualShare'),
        ...(kind === 'clock' ? { aheadMs: facts['zoneMs'] ?? -(facts['delayMs'] ?? 0) } : {}),
      },
    };
    return Promise.all(
      chosen.map(async ({ contact, notBefore }) => ({
        key: `operations:${alert.id}:${change}:${alert.flaps}:${digest(contact.email.toLowerCase())}`,
        to: contact.email,
        notBefore,
        ...(await renderer.render('operations', languageOf(contact, tenant.language), model)),
      })),
    );
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function finite(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function usualRate(watched: Watched | undefined, at: number): number | null {
  const events = watched?.lesson?.volume.slots[watched.clock.slot(Math.floor(at / HOUR))]?.events;
  return events === undefined || (watched?.lesson?.volume.days ?? 0) < 2 ? null : events / 3600;
}

function hoursOf(watched: Watched, now: number): SourceHealthView['hours'] {
  const { history, clock, lesson, open } = watched;
  const current = Math.floor(now / HOUR);
  const known = (lesson?.volume.days ?? 0) >= 2;
  return Array.from({ length: DAYS_SHOWN * 24 }, (_, index) => {
    const hour = current - DAYS_SHOWN * 24 + 1 + index;
    const slot = known ? lesson?.volume.slots[clock.slot(hour)] : undefined;
    const events =
      hour === open.hour
        ? open.record.events
        : history.has(hour) &&
            !(history.value('skip', hour) & Skip.unobserved && history.value('events', hour) === 0)
          ? history.value('events', hour)
          : null;
    return {
      at: hour * HOUR,
      events,
      usual: slot?.events ?? null,
      low: slot?.low ?? null,
      high: slot?.high ?? null,
    };
  });
}
