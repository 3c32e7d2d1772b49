import { createHash } from 'node:crypto';
import { entityKey, joiningKeys, mergeEntities } from './entities.ts';
import type {
  AlertRecord,
  IncidentRecord,
  JudgedDetection,
  RuleFacts,
  TriageStore,
  TriageTransaction,
} from './ports.ts';
import { higher, incidentTitle, levelRank } from './title.ts';

export { entityKey, joiningKeys } from './entities.ts';
export type * from './ports.ts';
export { incidentTitle, levelRank } from './title.ts';

/** Times are milliseconds. */
export interface TriageOptions {
  readonly store: TriageStore;
  readonly rule: (id: string) => RuleFacts | undefined;
  readonly now: () => number;
  /** A detection folds into its alert when it comes within this time of the alert's last one. */
  readonly foldWindow: number;
  /** Alerts that share an entity within this time join one incident. */
  readonly incidentWindow: number;
}

/** What a call of {@link Triage.apply} changed. */
export interface TriageOutcome {
  /** Detections applied; 0 when the batch had been applied before. */
  readonly fresh: number;
  readonly opened: readonly IncidentRecord[];
  readonly changed: readonly IncidentRecord[];
}

/** Folds detections into alerts and alerts into incidents. */
export interface Triage {
  /**
   * Applies the detections that one batch of events gave for one tenant. Batches come in the order of their
   * sequence; a batch that was applied before, wholly by construction, changes nothing the second time.
   */
  apply(tenant: string, sequence: number, detections: readonly JudgedDetection[]): Promise<TriageOutcome>;
}

/** Detections of one alert that are kept with their matched values; later ones are counted. */
const EVIDENCE_KEPT = { informational: 5, low: 10, medium: 50, high: 100, critical: 200 } as const;

/** Level from which an alert opens an incident of its own; lower ones only join. */
const OPENS_FROM = levelRank('medium');

/** Builds the triage stage. */
export function createTriage(options: TriageOptions): Triage {
  return {
    apply(tenant, sequence, detections) {
      return options.store.transaction(tenant, async (tx) => {
        if (sequence <= (await tx.appliedThrough(tenant))) return { fresh: 0, opened: [], changed: [] };
        const outcome = await new Round(options, tx, tenant).apply(detections);
        await tx.setApplied(tenant, sequence);
        return outcome;
      });
    },
  };
}

/** One transaction's work: the alerts and incidents it has touched so far. */
class Round {
  readonly #options: TriageOptions;
  readonly #tx: TriageTransaction;
  readonly #tenant: string;
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #incidents = new Map<number, IncidentRecord>();
  readonly #keys = new Map<number, Set<string>>();
  /** Incidents that an alert with this entity might join. */
  readonly #byKey = new Map<string, IncidentRecord[]>();
  readonly #opened: IncidentRecord[] = [];
  readonly #dirty = new Set<AlertRecord>();

  constructor(options: TriageOptions, tx: TriageTransaction, tenant: string) {
    this.#options = options;
    this.#tx = tx;
    this.#tenant = tenant;
  }

  async apply(detections: readonly JudgedDetection[]): Promise<TriageOutcome> {
    if (detections.length === 0) return { fresh: 0, opened: [], changed: [] };
    const fresh = [...detections].sort((a, b) => a.time - b.time);

    const keys = new Map(fresh.map((d) => [d, foldKey(d)]));
    const since = fresh[0]!.time - this.#options.foldWindow;
    for (const alert of await this.#tx.openAlerts(this.#tenant, [...new Set(keys.values())], since))
      this.#alerts.set(alert.foldKey, alert);

    const saved: (JudgedDetection & { alertId: string })[] = [];
    const unplaced = new Set<AlertRecord>();
    const grown = new Map<number, number>();
    for (const detection of fresh) {
      const alert = this.#fold(detection, keys.get(detection)!);
      if (alert.count <= EVIDENCE_KEPT[alert.level]) saved.push({ ...detection, alertId: alert.id });
      if (alert.incidentId === null) unplaced.add(alert);
      else grown.set(alert.incidentId, (grown.get(alert.incidentId) ?? 0) + 1);
    }

    // The most severe first: it opens the incident that the others then find.
    const order = [...unplaced].sort(
      (a, b) => levelRank(b.level) - levelRank(a.level) || a.firstAt - b.firstAt,
    );
    await this.#loadCandidates(order);
    for (const alert of order) if (alert.incidentId === null) await this.#place(alert);
    const missing = [...grown.keys()].filter((id) => !this.#incidents.has(id));
    if (missing.length > 0)
      for (const incident of await this.#tx.incidents(this.#tenant, missing))
        this.#incidents.set(incident.id, incident);

    // Alerts refer to incidents and detections to alerts: incidents exist already, so alerts come next.
    await this.#tx.saveAlerts([...this.#dirty]);
    await this.#tx.saveDetections(saved);
    await this.#tx.countHits(fresh);
    for (const incident of this.#incidents.values()) await this.#refresh(incident);
    const all = [...this.#incidents.values()];
    await this.#tx.saveIncidents(all, new Map([...this.#keys].map(([id, set]) => [id, [...set]])));
    return {
      fresh: fresh.length,
      opened: this.#opened,
      changed: all.filter((i) => !this.#opened.includes(i)),
    };
  }

  #fold(detection: JudgedDetection, key: string): AlertRecord {
    const open = this.#alerts.get(key);
    if (open !== undefined && detection.time - open.lastAt <= this.#options.foldWindow) {
      open.count++;
      open.firstAt = Math.min(open.firstAt, detection.time);
      open.lastAt = Math.max(open.lastAt, detection.time);
      open.level = higher(open.level, detection.level);
      this.#dirty.add(open);
      return open;
    }
    const rule = this.#options.rule(detection.ruleId);
    const alert: AlertRecord = {
      tenant: this.#tenant,
      id: digest(this.#tenant, key, detection.id),
      ruleId: detection.ruleId,
      title: rule?.alertTitle(detection.facts) ?? detection.ruleId,
      level: detection.level,
      foldKey: key,
      incidentId: null,
      count: 1,
      firstAt: detection.time,
      lastAt: detection.time,
      entities: detection.entities,
      techniques: rule?.techniques ?? [],
      facts: detection.facts,
      createdAt: this.#options.now(),
    };
    this.#alerts.set(key, alert);
    this.#dirty.add(alert);
    return alert;
  }

  /** Finds or opens the incident of an alert; a low alert that finds none stays loose. */
  async #place(alert: AlertRecord): Promise<void> {
    const keys = joiningKeys(alert.entities);
    const incident = this.#find(alert, keys);
    if (incident !== undefined) {
      this.#attach(alert, incident, keys);
      await this.#tx.log(this.#tenant, incident.id, this.#options.now(), 'alert', alert.title);
      return;
    }
    if (levelRank(alert.level) < OPENS_FROM) return;
    const now = this.#options.now();
    const opened = await this.#tx.createIncident({
      tenant: this.#tenant,
      title: alert.title,
      level: alert.level,
      firstAt: alert.firstAt,
      lastAt: alert.lastAt,
      createdAt: now,
      entities: [...alert.entities],
      techniques: [...alert.techniques],
      alertCount: 0,
      detectionCount: 0,
    });
    this.#opened.push(opened);
    this.#attach(alert, opened, keys);
    await this.#tx.log(this.#tenant, opened.id, now, 'incident', `Incident opened by “${alert.title}”`);
    if (keys.length === 0) return;
    const window = this.#options.incidentWindow;
    for (const loose of await this.#tx.looseAlerts(
      this.#tenant,
      keys,
      alert.firstAt - window,
      alert.lastAt + window,
    )) {
      const mine = this.#alerts.get(loose.foldKey);
      // An alert of this round is newer in memory than in the database.
      const record = mine !== undefined && mine.id === loose.id ? mine : loose;
      if (record.incidentId === null) this.#attach(record, opened, joiningKeys(record.entities));
    }
  }

  /** Reads, in one query, every open incident that one of the alerts might join. */
  async #loadCandidates(alerts: readonly AlertRecord[]): Promise<void> {
    const keys = new Set(alerts.flatMap((alert) => joiningKeys(alert.entities)));
    if (keys.size === 0) return;
    const window = this.#options.incidentWindow;
    const since = Math.min(...alerts.map((alert) => alert.firstAt)) - window;
    const until = Math.max(...alerts.map((alert) => alert.lastAt)) + window;
    for (const { incident, keys: shared } of await this.#tx.openIncidents(
      this.#tenant,
      [...keys],
      since,
      until,
    ))
      for (const key of shared) this.#offer(key, incident);
  }

  #offer(key: string, incident: IncidentRecord): void {
    const list = this.#byKey.get(key);
    if (list === undefined) this.#byKey.set(key, [incident]);
    else if (!list.some((other) => other.id === incident.id)) list.push(incident);
  }

  #find(alert: AlertRecord, keys: readonly string[]): IncidentRecord | undefined {
    const window = this.#options.incidentWindow;
    const shared = new Map<IncidentRecord, number>();
    for (const key of keys)
      for (const candidate of this.#byKey.get(key) ?? []) {
        const incident = this.#incidents.get(candidate.id) ?? candidate;
        const near = incident.lastAt >= alert.firstAt - window && incident.firstAt <= alert.lastAt + window;
        if (near) shared.set(incident, (shared.get(incident) ?? 0) + 1);
      }
    return [...shared].sort(([a, n], [b, m]) => m - n || b.lastAt - a.lastAt)[0]?.[0];
  }

  #attach(alert: AlertRecord, incident: IncidentRecord, keys: readonly string[]): void {
    alert.incidentId = incident.id;
    this.#dirty.add(alert);
    this.#incidents.set(incident.id, incident);
    const own = this.#keys.get(incident.id) ?? new Set();
    for (const key of keys) {
      own.add(key);
      this.#offer(key, incident);
    }
    this.#keys.set(incident.id, own);
    incident.firstAt = Math.min(incident.firstAt, alert.firstAt);
    incident.lastAt = Math.max(incident.lastAt, alert.lastAt);
  }

  /** Recomputes what an incident says of its alerts. */
  async #refresh(incident: IncidentRecord): Promise<void> {
    const alerts = await this.#tx.alertsOf(this.#tenant, incident.id);
    incident.alertCount = alerts.length;
    incident.detectionCount = alerts.reduce((sum, alert) => sum + alert.count, 0);
    for (const alert of alerts) {
      incident.level = higher(incident.level, alert.level);
      incident.firstAt = Math.min(incident.firstAt, alert.firstAt);
      incident.lastAt = Math.max(incident.lastAt, alert.lastAt);
      incident.entities = mergeEntities(incident.entities, alert.entities);
      incident.techniques = [...new Set([...incident.techniques, ...alert.techniques])];
    }
    incident.title = incidentTitle(alerts);
  }
}

function foldKey(detection: JudgedDetection): string {
  return digest(detection.ruleId, ...detection.foldBy.map(entityKey).sort());
}

function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 32);
}
