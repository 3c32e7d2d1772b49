import { randomUUID } from 'node:crypto';
import { isTold, type SourceAlert, type Step, step } from './alerts.ts';
import { Skip } from './history.ts';
import { ALERT_KINDS, type AlertKind, type Finding } from './judge.ts';
import { isOver, type Maintenance, maintenanceOf } from './maintenance.ts';
import type {
  AlertMail,
  DatasetRow,
  EventKind,
  HourRow,
  KindRow,
  SourceKey,
  WatchRecord,
  WatchStore,
} from './ports.ts';
import { DAY, HOUR } from './slots.ts';
import { type DelayFigures, Watched } from './watched.ts';

/** A source that is configured. */
export interface WatchedSource extends SourceKey {
  /** Zone of the tenant: its people's days and weeks are the source's rhythm. */
  readonly zone: string;
  /** It takes logs, and is a real one. */
  readonly watched: boolean;
}

export interface WatcherOptions {
  readonly store: WatchStore;
  readonly sources: () => readonly WatchedSource[];
  /** Delays of the last hour, with how many events; undefined: none. `ended`: those of the hour that ended last. */
  readonly delays: (key: SourceKey, ended: boolean) => DelayFigures | undefined;
  /** The hour has ended: delays of the one before are not asked for any more. */
  readonly onHour?: () => void;
  /** Writes the mails that tell of a change. */
  readonly mails: (step: Step) => Promise<readonly AlertMail[]>;
  readonly onChange: (step: Step) => void;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/** Events below which a median delay says nothing. */
const DELAY_EVENTS = 20;
/** An alert that has lasted so long is how the source is. Silence never is. */
const ACCEPTED_AFTER = 7 * DAY;
/** Figures of all sources are written at most so often. */
const SAVE_EVERY = 60_000;
/** Alerts whose hours are not learnt from while they are open; hours of the others are judged one by one. */
const SKIPS: Partial<Record<AlertKind, number>> = { silent: Skip.silent, clock: Skip.clock };

/** Watches every source: learns what is usual, raises and ends operational alerts. */
export class SourceWatcher {
  readonly #options: WatcherOptions;
  readonly #watched = new Map<string, Watched>();
  /** The newest alert of each kind by source. */
  readonly #alerts = new Map<string, SourceAlert>();
  #maintenance: Maintenance[] = [];
  readonly #startedAt: number;
  #ticking: Promise<void> = Promise.resolve();
  #savedAt = 0;
  #hour = 0;
  #kinds: KindRow[] = [];
  #datasets = new Map<string, DatasetRow>();
  #rows: HourRow[] = [];

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#hour = Math.floor(this.#startedAt / HOUR);
  }

  /**
   * Takes up what is kept.
   *
   * @param counted hours that the event store knows and the state may not, with counts only
   */
  async start(counted: (since: number) => Promise<readonly HourRow[]>): Promise<void> {
    const kept = await this.#options.store.load();
    this.#maintenance = [...kept.maintenance];
    for (const row of kept.watches) this.#of(row).restore(row);
    for (const { hour, record, ...key } of kept.hours) this.#of(key).history.set(hour, record);
    for (const row of kept.kinds) this.#of(row).addKind(row, row.firstAt, row.example);
    for (const row of kept.datasets) this.#of(row).datasets.set(row.dataset, row);
    for (const alert of kept.alerts) {
      const name = alertName(alert, alert.kind);
      const other = this.#alerts.get(name);
      if (other === undefined || alert.openedAt > other.openedAt) this.#alerts.set(name, alert);
    }
    const newest = Math.max(-1, ...[...this.#watched.values()].map(({ history }) => history.newest));
    const rows = await counted(newest < 0 ? 0 : (newest + 1) * HOUR);
    for (const { hour, record, ...key } of rows) {
      if (hour >= this.#hour) continue;
      const watched = this.#of(key);
      if (watched.history.has(hour)) continue;
      watched.history.set(hour, record);
      this.#rows.push({ ...key, hour, record });
      if (record.events === 0) continue;
      watched.firstAt = Math.min(watched.firstAt ?? Number.POSITIVE_INFINITY, hour * HOUR + record.first);
      watched.lastAt = Math.max(watched.lastAt ?? 0, hour * HOUR + record.last);
      watched.total += record.events;
      watched.dirty = true;
    }
    for (const watched of this.#watched.values()) watched.learn();
  }

  /** Counts logs that were stored. */
  note(key: SourceKey, at: number, events: number): void {
    this.#of(key).note(at, events);
  }

  /** Counts logs that no parser could read. */
  failed(key: SourceKey, logs: number): void {
    this.#of(key).fail(logs);
  }

  /** Notes kinds of event that have come. */
  saw(key: SourceKey, kind: EventKind, at: number, example: string): void {
    const watched = this.#of(key);
    const row = watched.addKind(kind, at, example);
    if (row !== undefined) this.#kinds.push(row);
    if (kind.dataset !== '') this.sawDataset(key, kind.dataset, at);
  }

  /** Notes that a technology has come. */
  sawDataset(key: SourceKey, dataset: string, at: number): void {
    const watched = this.#of(key);
    const known = watched.datasets.get(dataset);
    if (known !== undefined && known.lastAt >= at) return;
    // A key may come as part of a larger row.
    const { tenant, source } = key;
    const row = { tenant, source, dataset, firstAt: known?.firstAt ?? at, lastAt: at };
    watched.datasets.set(dataset, row);
    this.#datasets.set(`${key.tenant}/${key.source}/${dataset}`, row);
  }

  of(key: SourceKey): Watched | undefined {
    return this.#watched.get(`${key.tenant}/${key.source}`);
  }

  /** Open alerts of a source. */
  openAlerts(key: SourceKey): SourceAlert[] {
    return ALERT_KINDS.map((kind) => this.#alerts.get(alertName(key, kind))).filter(
      (alert): alert is SourceAlert => alert?.state === 'open',
    );
  }

  get maintenance(): readonly Maintenance[] {
    return this.#maintenance;
  }

  /** Planned maintenance has changed. */
  setMaintenance(windows: readonly Maintenance[]): void {
    const now = this.#options.now();
    this.#maintenance = windows.filter((one) => !isOver(one, now));
  }

  inMaintenance(key: SourceKey): Maintenance | undefined {
    return maintenanceOf(this.#maintenance, key.tenant, key.source, this.#options.now());
  }

  /** An alert was acknowledged. */
  async acknowledge(alert: SourceAlert, by: string, note: string, usual: boolean): Promise<SourceAlert> {
    await this.#ticking;
    const name = alertName(alert, alert.kind);
    const current = this.#alerts.get(name);
    const base = current?.id === alert.id ? current : alert;
    const now = this.#options.now();
    let changed: SourceAlert = { ...base, acknowledged: { by, at: now, note }, updatedAt: now };
    if (usual && base.state === 'open') {
      changed = { ...changed, state: 'accepted', recoveredAt: now };
      const watched = this.of(base);
      if (watched !== undefined) {
        this.#rows.push(...watched.accept(base.kind, base.since));
        if (base.kind === 'silent') watched.excusedUntil = now;
      }
    }
    await this.#options.store.putAlert(changed, []);
    if (current === undefined || current.id === alert.id) this.#alerts.set(name, changed);
    return changed;
  }

  /** One look at everything; looks follow each other. */
  tick(): Promise<void> {
    this.#ticking = this.#ticking
      .then(() => this.#tick())
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'sources not watched; trying again'));
    return this.#ticking;
  }

  async #tick(): Promise<void> {
    const now = this.#options.now();
    const hour = Math.floor(now / HOUR);
    const sources = this.#options.sources();
    const present = new Set<string>();
    for (const source of sources) {
      present.add(`${source.tenant}/${source.source}`);
      const watched = this.#of(source);
      const busy = maintenanceOf(this.#maintenance, source.tenant, source.source, now) !== undefined;
      if (busy) watched.skip |= Skip.maintenance;
      const ended = this.#options.delays(source, true);
      const median = ended !== undefined && ended.events >= DELAY_EVENTS ? ended.p50 : Number.NaN;
      const skip = this.openAlerts(source).reduce((sum, { kind }) => sum | (SKIPS[kind] ?? 0), 0);
      this.#rows.push(...watched.endHours(now, median, skip));
      if (!source.watched) {
        await this.#end(source, now);
        watched.excusedUntil = now;
        continue;
      }
      const latest = this.#options.delays(source, false);
      const findings = watched.findings(
        now,
        latest !== undefined && latest.events >= DELAY_EVENTS ? latest : undefined,
      );
      await this.#judge(watched, findings, busy, now);
      if (busy) watched.excusedUntil = now;
    }
    for (const name of this.#watched.keys()) if (!present.has(name)) this.#forget(name);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#options.onHour?.();
    }
    if (now - this.#savedAt >= SAVE_EVERY || this.#rows.length > 0) await this.save();
  }

  async #judge(watched: Watched, findings: readonly Finding[], busy: boolean, now: number): Promise<void> {
    for (const kind of ALERT_KINDS) {
      const name = alertName(watched.key, kind);
      const last = this.#alerts.get(name);
      const about = kind === 'silent' || kind.startsWith('volume');
      // What is planned is neither told nor a sign of recovery.
      if (busy && about && !(kind === 'silent' && isBack(watched, last))) continue;
      const found = findings.find((one) => one.kind === kind);
      if (last === undefined && found === undefined) continue;
      if (
        last?.state === 'open' &&
        found !== undefined &&
        kind !== 'silent' &&
        now - last.openedAt > ACCEPTED_AFTER
      ) {
        this.#rows.push(...watched.accept(kind, last.since));
        await this.#put({
          change: 'recovered',
          alert: { ...last, state: 'accepted', recoveredAt: now, updatedAt: now },
        });
        continue;
      }
      const next = step(last, found, watched.key, now, () => randomUUID());
      if (next === undefined || next.change === 'none') continue;
      if (kind === 'silent' && (next.change === 'opened' || next.change === 'reopened'))
        this.#rows.push(...watched.markSilent(found?.since ?? now));
      await this.#put(next);
    }
  }

  async #put(next: Step): Promise<void> {
    const told = isTold(next);
    const mails = told ? await this.#options.mails(next) : [];
    const alert = { ...next.alert, told: next.alert.told || (told && next.change !== 'recovered') };
    await this.#options.store.putAlert(alert, mails);
    this.#alerts.set(alertName(alert, alert.kind), alert);
    this.#options.onChange({ ...next, alert });
  }

  /** A source that takes no logs any more is not missed. */
  async #end(key: SourceKey, now: number): Promise<void> {
    for (const alert of this.openAlerts(key))
      await this.#put({
        change: 'updated',
        alert: { ...alert, state: 'ended', recoveredAt: now, updatedAt: now },
      });
  }

  #forget(name: string): void {
    this.#watched.delete(name);
    for (const kind of ALERT_KINDS) this.#alerts.delete(`${name}/${kind}`);
    const [tenant, source] = name.split('/');
    const other = (row: SourceKey) => row.tenant !== tenant || row.source !== source;
    this.#rows = this.#rows.filter(other);
    this.#kinds = this.#kinds.filter(other);
    for (const [key, row] of this.#datasets) if (!other(row)) this.#datasets.delete(key);
  }

  /** Writes what has changed. */
  async save(): Promise<void> {
    const { store, now } = this.#options;
    const known = new Set(this.#options.sources().map(({ tenant, source }) => `${tenant}/${source}`));
    // Rows of a source that was removed meanwhile have nowhere to go.
    const isKnown = (row: SourceKey) => known.has(`${row.tenant}/${row.source}`);
    const rows = this.#rows.filter(isKnown);
    const kinds = this.#kinds.filter(isKnown);
    const datasets = [...this.#datasets.values()].filter(isKnown);
    const dirty = [...this.#watched.values()].filter((watched) => watched.dirty && isKnown(watched.key));
    const records = dirty
      .map(({ record }) => record)
      .filter((record): record is WatchRecord => record !== undefined);
    if (rows.length > 0) await store.saveHours(rows);
    if (kinds.length > 0) await store.addKinds(kinds);
    if (datasets.length > 0) await store.saveDatasets(datasets);
    if (records.length > 0) await store.saveWatches(records);
    // Only now: what could not be written is tried again.
    for (const watched of dirty) watched.dirty = false;
    const written = new Set<SourceKey>([...rows, ...kinds]);
    this.#rows = this.#rows.filter((row) => !written.has(row) && isKnown(row));
    this.#kinds = this.#kinds.filter((row) => !written.has(row) && isKnown(row));
    for (const row of datasets) {
      const name = `${row.tenant}/${row.source}/${row.dataset}`;
      if (this.#datasets.get(name) === row) this.#datasets.delete(name);
    }
    this.#savedAt = now();
  }

  #of(key: SourceKey): Watched {
    const name = `${key.tenant}/${key.source}`;
    let watched = this.#watched.get(name);
    if (watched === undefined) {
      const source = this.#options
        .sources()
        .find((one) => one.tenant === key.tenant && one.source === key.source);
      watched = new Watched(
        { tenant: key.tenant, source: key.source },
        source?.zone ?? 'UTC',
        this.#options.now(),
      );
      this.#watched.set(name, watched);
    }
    return watched;
  }
}

/** A source that was told silent has been heard since. */
function isBack(watched: Watched, alert: SourceAlert | undefined): boolean {
  return alert?.state === 'open' && (watched.lastAt ?? 0) > alert.since;
}

function alertName(key: SourceKey, kind: AlertKind): string {
  return `${key.tenant}/${key.source}/${kind}`;
}
