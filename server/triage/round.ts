import { createHash } from 'node:crypto';
import { Candidates, type Found } from './candidates.ts';
import { entityKey, joiningKeys, mergeEntities } from './entities.ts';
import { Gathering } from './gathering.ts';
import { CONTEXT, OPENS_AT, openedByRarity, TIES_AT, UNUSUAL } from './joining.ts';
import { Listening } from './listening.ts';
import type {
  AlertRecord,
  IncidentRecord,
  JudgedDetection,
  Reason,
  TriageOptions,
  TriageOutcome,
  TriageTransaction,
} from './ports.ts';
import { higher, incidentTitle, levelRank } from './title.ts';

/** Detections of one alert that are kept with their matched values; later ones are counted. */
const EVIDENCE_KEPT = { informational: 5, low: 10, medium: 50, high: 100, critical: 200 } as const;

/** Level from which an alert opens an incident of its own, unless it is a routine. */
const OPENS_FROM = levelRank('medium');
/** Level from which it opens one even then. */
const ALWAYS_OPENS_FROM = levelRank('high');

/** One transaction's work: the alerts and incidents it has touched so far. */
export class Round {
  readonly #options: TriageOptions;
  readonly #tx: TriageTransaction;
  readonly #tenant: string;
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #listening: Listening;
  readonly #candidates: Candidates;
  readonly #gathering: Gathering;
  readonly #opened: IncidentRecord[] = [];
  readonly #dirty = new Set<AlertRecord>();
  readonly #merged = new Map<number, IncidentRecord>();

  constructor(options: TriageOptions, tx: TriageTransaction, tenant: string) {
    this.#options = options;
    this.#tx = tx;
    this.#tenant = tenant;
    this.#listening = new Listening(tenant, tx);
    this.#candidates = new Candidates(options, tx, tenant, this.#listening);
    this.#gathering = new Gathering({
      tx,
      tenant,
      listening: this.#listening,
      candidates: this.#candidates,
      held: () => [...this.#alerts.values(), ...this.#dirty],
      attach: (alert, incident, reason, part) => this.#attach(alert, incident, reason, part),
    });
  }

  async apply(detections: readonly JudgedDetection[]): Promise<TriageOutcome> {
    if (detections.length === 0) return { fresh: 0, opened: [], changed: [] };
    const fresh = [...detections].sort((a, b) => a.time - b.time);
    const folds = new Map<JudgedDetection, string>();
    const digests = new Map<string, string>();
    for (const d of fresh) folds.set(d, foldKey(d, digests));
    const since = fresh[0]!.time - this.#options.foldWindow;
    for (const alert of await this.#tx.openAlerts(this.#tenant, [...new Set(folds.values())], since))
      this.#alerts.set(alert.foldKey, alert);
    await this.#candidates.read([...this.#alerts.values()]);
    await this.#listening.load(fresh, folds);

    const saved: (JudgedDetection & { alertId: string })[] = [];
    const touched = new Set<AlertRecord>();
    for (const detection of fresh) {
      const alert = this.#fold(detection, folds.get(detection)!);
      this.#listening.hear(detection, alert);
      if (alert.count <= EVIDENCE_KEPT[alert.level]) saved.push({ ...detection, alertId: alert.id });
      touched.add(alert);
    }
    for (const alert of touched) {
      const { surprise, habit } = this.#listening.of(alert);
      alert.rarity = Math.max(alert.rarity, surprise.score);
      alert.routine = habit === 'routine';
    }
    await this.#placeAll(touched);
    await this.#save(fresh, saved);
    const all = this.#candidates.changed();
    return {
      fresh: fresh.length,
      opened: this.#opened.filter((incident) => !this.#merged.has(incident.id)),
      changed: [...all, ...this.#merged.values()].filter((incident) => !this.#opened.includes(incident)),
    };
  }

  async #placeAll(touched: ReadonlySet<AlertRecord>): Promise<void> {
    // The most severe first, then the most unusual: it opens the incident that the others then find.
    const order = [...touched].sort(
      (a, b) => levelRank(b.level) - levelRank(a.level) || b.rarity - a.rarity || a.firstAt - b.firstAt,
    );
    const unplaced = order.filter((alert) => alert.incidentId === null && !alert.pinned);
    await this.#candidates.load(order);
    for (const alert of order) if (alert.incidentId !== null) this.#grow(alert);
    for (const alert of unplaced) if (alert.incidentId === null) await this.#place(alert);
    await this.#gathering.alike(unplaced);
    for (const alert of unplaced)
      if (alert.incidentId === null) {
        const near = this.#candidates.contextOf(alert);
        if (near !== undefined) this.#attach(alert, near.incident, near.reason, 'context');
      }
    await this.#gathering.earlier();
  }

  async #save(
    fresh: readonly JudgedDetection[],
    saved: readonly (JudgedDetection & { alertId: string })[],
  ): Promise<void> {
    // Alerts refer to incidents and detections to alerts: incidents exist already, so alerts come next.
    await this.#tx.saveAlerts([...this.#dirty]);
    await this.#tx.saveDetections(saved);
    await this.#tx.countHits(fresh);
    await this.#listening.save();
    for (const incident of this.#candidates.changed()) await this.#refresh(incident);
    await this.#tx.saveIncidents(this.#candidates.changed(), this.#candidates.keys());
  }

  #fold(detection: JudgedDetection, key: string): AlertRecord {
    const open = this.#alerts.get(key);
    if (
      open !== undefined &&
      detection.time - open.lastAt <= this.#options.foldWindow &&
      this.#goesOn(open, detection)
    ) {
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
      part: 'evidence',
      rarity: 0,
      routine: false,
      pinned: false,
      reason: null,
    };
    this.#alerts.set(key, alert);
    this.#dirty.add(alert);
    return alert;
  }

  /** Whether a detection may still be told by a quiet alert of an incident: long after, it is a story of its own. */
  #goesOn(open: AlertRecord, detection: JudgedDetection): boolean {
    if (open.incidentId === null || levelRank(higher(open.level, detection.level)) >= OPENS_FROM) return true;
    const incident = this.#candidates.byId(open.incidentId);
    return incident === undefined || detection.time - incident.activeAt <= this.#options.incidentWindow;
  }

  /** An alert that is in an incident already had more detections. */
  #grow(alert: AlertRecord): void {
    const incident = this.#candidates.byId(alert.incidentId!);
    if (incident === undefined) return;
    this.#candidates.counts(incident);
    const heard = this.#listening.of(alert);
    const news = heard.surprise.score >= UNUSUAL || levelRank(alert.level) >= OPENS_FROM;
    if (alert.part === 'context') {
      if (!news || heard.habit === 'routine' || alert.pinned) return;
      const reason = this.#candidates.weigh(alert, incident);
      if (reason === undefined || reason.total < reason.needed) return;
      this.#attach(alert, incident, reason, 'evidence');
    } else this.#candidates.keepGoing(alert, incident);
  }

  /** Finds or opens the incident of an alert; one that gives no cause for either stays loose. */
  async #place(alert: AlertRecord): Promise<void> {
    const found = this.#candidates.find(alert);
    if (found.length > 0) {
      const best = await this.#tie(found);
      this.#attach(alert, best.incident, best.reason, 'evidence');
      await this.#log(best.incident, 'alert', alert.title);
      return;
    }
    const reason = this.#causeOf(alert);
    if (reason === undefined) return;
    const full = this.#candidates.fullFor(alert);
    const opened = await this.#tx.createIncident({
      tenant: this.#tenant,
      title: alert.title,
      level: alert.level,
      firstAt: alert.firstAt,
      lastAt: alert.lastAt,
      createdAt: this.#options.now(),
      entities: [...alert.entities],
      techniques: [...alert.techniques],
      alertCount: 0,
      detectionCount: 0,
      activeAt: this.#listening.of(alert).until,
      signalRules: [],
      reason,
      touched: false,
    });
    this.#opened.push(opened);
    this.#attach(alert, opened, reason, 'evidence');
    await this.#log(opened, 'incident', `Incident opened by “${alert.title}”`);
    if (full !== undefined)
      await this.#log(opened, 'incident', `Goes on from INC-${full.id}, which holds as much as one may`);
    await this.#gather(alert, opened);
  }

  /** Why this alert opens an incident; undefined where it doesn't. */
  #causeOf(alert: AlertRecord): Reason | undefined {
    const rank = levelRank(alert.level);
    const heard = this.#listening.of(alert);
    if (rank >= ALWAYS_OPENS_FROM || (rank >= OPENS_FROM && heard.habit !== 'routine')) {
      const text = rank >= ALWAYS_OPENS_FROM ? 'always opens one' : 'opens one unless it is a routine';
      return {
        terms: [{ term: 'level', weight: rank, text: `level ${alert.level}, which ${text}` }],
        total: rank,
        needed: OPENS_FROM,
      };
    }
    if (heard.surprise.score < UNUSUAL || rank >= OPENS_FROM) return undefined;
    const together = this.#listening.together(heard.subject, heard.until);
    if (together.length < 2 || this.#listening.sum(heard.subject, heard.until) < OPENS_AT) return undefined;
    return openedByRarity(
      together.map(({ rule, surprise }) => ({ title: this.#options.rule(rule)?.title ?? rule, surprise })),
    );
  }

  /** Brings what was loose and belongs to a new incident into it. */
  async #gather(alert: AlertRecord, opened: IncidentRecord): Promise<void> {
    const keys = joiningKeys(alert.entities);
    if (keys.length === 0) return;
    const window = this.#options.incidentWindow;
    const from = this.#listening.of(alert).from;
    for (const loose of await this.#tx.looseAlerts(
      this.#tenant,
      keys,
      from - window,
      alert.lastAt + window,
    )) {
      const mine = this.#alerts.get(loose.foldKey);
      // An alert of this round is newer in memory than in the database, and finds its own way.
      if (mine !== undefined && mine.id === loose.id) continue;
      if (loose.pinned) continue;
      const reason = this.#candidates.weigh(loose, opened);
      if (reason === undefined) continue;
      if (reason.total >= reason.needed) this.#attach(loose, opened, reason, 'evidence');
      else if (loose.lastAt >= from - CONTEXT) this.#attach(loose, opened, reason, 'context');
    }
  }

  /** Makes one incident of those that an alert ties together strongly, the older number stays; returns the one to join. */
  async #tie(found: readonly Found[]): Promise<Found> {
    const strong = found.filter(({ reason }) => reason.total >= TIES_AT);
    if (strong.length < 2) return found[0]!;
    const ids = strong.map(({ incident }) => incident.id);
    const apart = await this.#tx.apart(this.#tenant, ids);
    const keep = strong.reduce((a, b) => (a.incident.id <= b.incident.id ? a : b));
    for (const { incident, reason } of strong) {
      const kept = keep.incident;
      if (incident.id === kept.id || incident.touched || !this.#candidates.fit(kept, incident)) continue;
      if (
        apart.some(([a, b]) => (a === kept.id && b === incident.id) || (b === kept.id && a === incident.id))
      )
        continue;
      // What this round attached must be in the database before it moves.
      await this.#tx.saveAlerts([...this.#dirty]);
      await this.#tx.saveIncidents([incident, kept], this.#candidates.keys());
      await this.#tx.merge(this.#tenant, kept.id, incident.id, this.#options.now());
      for (const alert of this.#alerts.values())
        if (alert.incidentId === incident.id) alert.incidentId = kept.id;
      for (const alert of this.#dirty) if (alert.incidentId === incident.id) alert.incidentId = kept.id;
      this.#candidates.merged(kept, incident);
      this.#merged.set(incident.id, incident);
      const why = reason.terms.map(({ text }) => text).join('; ');
      await this.#log(kept, 'incident', `INC-${incident.id} was merged into this one: ${why}`);
      await this.#log(incident, 'incident', `Merged into INC-${kept.id}: ${why}`);
    }
    return this.#merged.has(found[0]!.incident.id) ? keep : found[0]!;
  }

  #attach(alert: AlertRecord, incident: IncidentRecord, reason: Reason, part: 'evidence' | 'context'): void {
    alert.incidentId = incident.id;
    alert.reason = reason;
    alert.part = part;
    this.#dirty.add(alert);
    this.#candidates.joined(alert, incident);
  }

  #log(incident: IncidentRecord, kind: 'incident' | 'alert', text: string): Promise<void> {
    return this.#tx.log(this.#tenant, incident.id, this.#options.now(), kind, text);
  }

  /** Recomputes what an incident says of its alerts. */
  async #refresh(incident: IncidentRecord): Promise<void> {
    const alerts = await this.#tx.alertsOf(this.#tenant, incident.id);
    incident.alertCount = alerts.length;
    incident.detectionCount = alerts.reduce((sum, alert) => sum + alert.count, 0);
    const evidence = alerts.filter(({ part }) => part === 'evidence');
    for (const alert of evidence) {
      incident.level = higher(incident.level, alert.level);
      this.#candidates.beginsWith(incident, alert.firstAt);
      incident.lastAt = Math.max(incident.lastAt, alert.lastAt);
      incident.entities = mergeEntities(incident.entities, alert.entities);
      incident.techniques = [...new Set([...incident.techniques, ...alert.techniques])];
    }
    incident.title = incidentTitle(evidence.length > 0 ? evidence : alerts);
  }
}

function foldKey(detection: JudgedDetection, known: Map<string, string>): string {
  const parts = [detection.ruleId, ...detection.foldBy.map(entityKey).sort()];
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  let key = known.get(text);
  if (key === undefined) {
    key = digest(...parts);
    known.set(text, key);
  }
  return key;
}

function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 32);
}
