import { joiningKeys } from '../../server/triage/index.ts';
import type {
  AlertRecord,
  IncidentRecord,
  Rhythm,
  TriageStore,
  TriageTransaction,
} from '../../server/triage/ports.ts';

/** The state of one tenant in memory, for alerts that would take PostgreSQL minutes; nothing is ever rolled back. */
export class MemoryTriage implements TriageTransaction {
  readonly alerts = new Map<string, AlertRecord>();
  readonly incidentsById = new Map<number, IncidentRecord>();
  readonly rhythmsByKey = new Map<string, Rhythm>();
  readonly #newest = new Map<string, AlertRecord>();
  readonly #loose = new Set<AlertRecord>();
  readonly #of = new Map<number, Set<AlertRecord>>();
  readonly #keys = new Map<number, Set<string>>();
  readonly #closed = new Set<number>();
  #applied = 0;

  /** The port that triage takes. */
  get store(): TriageStore {
    return { transaction: (_tenant, work) => work(this) };
  }

  async appliedThrough() {
    return this.#applied;
  }
  async setApplied(_tenant: string, sequence: number) {
    this.#applied = sequence;
  }
  async openAlerts(_tenant: string, foldKeys: readonly string[], since: number) {
    return foldKeys
      .map((key) => this.#newest.get(key))
      .filter((a): a is AlertRecord => a !== undefined && a.lastAt >= since);
  }
  async looseAlerts(_tenant: string, keys: readonly string[], since: number, until: number) {
    return [...this.#loose]
      .filter((a) => a.lastAt >= since && a.firstAt <= until)
      .filter((a) => joiningKeys(a.entities).some((key) => keys.includes(key)))
      .slice(0, 500);
  }
  async rareAlerts(
    _tenant: string,
    by: { readonly entities: readonly string[] } | { readonly rules: readonly string[] },
    since: number,
    until: number,
    rarity: number,
  ) {
    return [...this.#loose]
      .filter((a) => a.rarity >= rarity && !a.routine && !a.pinned && a.lastAt >= since && a.lastAt < until)
      .filter((a) =>
        'rules' in by
          ? by.rules.includes(a.ruleId)
          : joiningKeys(a.entities).some((key) => by.entities.includes(key)),
      )
      .sort((a, b) => b.rarity - a.rarity || b.lastAt - a.lastAt || (a.id < b.id ? 1 : -1))
      .slice(0, 200);
  }
  async openIncidents(
    _tenant: string,
    keys: readonly string[],
    since: number,
    until: number,
    rules: readonly string[],
    alikeSince: number,
  ) {
    const found: { incident: IncidentRecord; keys: string[] }[] = [];
    for (const incident of this.incidentsById.values()) {
      if (this.#closed.has(incident.id) || incident.firstAt > until) continue;
      const shared = keys.filter((key) => this.#keys.get(incident.id)?.has(key) === true);
      const alike = rules.some((rule) => incident.signalRules.includes(rule));
      if ((shared.length > 0 && incident.activeAt >= since) || (alike && incident.activeAt >= alikeSince))
        found.push({ incident, keys: shared });
    }
    return found.sort((a, b) => b.incident.activeAt - a.incident.activeAt).slice(0, 50);
  }
  async rhythms(_tenant: string, keys: readonly { entity: string; rule: string }[]) {
    return keys
      .map(({ entity, rule }) => this.rhythmsByKey.get(`${entity}\0${rule}`))
      .filter((r): r is Rhythm => r !== undefined);
  }
  async signals(_tenant: string, entities: readonly string[], since: number) {
    return [...this.rhythmsByKey.values()].filter(
      (r) => r.signalAt !== null && r.signalAt >= since && entities.includes(r.entity),
    );
  }
  async saveRhythms(_tenant: string, rhythms: readonly Rhythm[]) {
    for (const r of rhythms) this.rhythmsByKey.set(`${r.entity}\0${r.rule}`, r);
  }
  async apart() {
    return [];
  }
  async confirmed() {
    return [];
  }
  async declaredRoutine() {
    return [];
  }
  async merge(_tenant: string, kept: number, gone: number) {
    for (const alert of this.#of.get(gone) ?? []) {
      alert.incidentId = kept;
      this.#file(alert);
    }
    this.#of.delete(gone);
    for (const key of this.#keys.get(gone) ?? []) this.#keysOf(kept).add(key);
    this.#closed.add(gone);
  }
  async incidents(_tenant: string, ids: readonly number[]) {
    return ids.map((id) => this.incidentsById.get(id)).filter((i): i is IncidentRecord => i !== undefined);
  }
  async alertsOf(_tenant: string, id: number) {
    return [...(this.#of.get(id) ?? [])];
  }
  async createIncident(record: Omit<IncidentRecord, 'id'>) {
    const incident = { ...record, id: this.incidentsById.size + 1 };
    this.incidentsById.set(incident.id, incident);
    return incident;
  }
  async saveIncidents(_records: readonly IncidentRecord[], keys: ReadonlyMap<number, readonly string[]>) {
    for (const [id, list] of keys) for (const key of list) this.#keysOf(id).add(key);
  }
  async saveAlerts(records: readonly AlertRecord[]) {
    for (const alert of records) {
      this.alerts.set(alert.id, alert);
      const newest = this.#newest.get(alert.foldKey);
      if (newest === undefined || newest.lastAt <= alert.lastAt) this.#newest.set(alert.foldKey, alert);
      this.#file(alert);
    }
  }
  async saveDetections() {}
  async countHits() {}
  async log() {}

  /** Incidents that were not merged into another. */
  standing(): IncidentRecord[] {
    return [...this.incidentsById.values()].filter(({ id }) => !this.#closed.has(id));
  }

  #file(alert: AlertRecord): void {
    if (alert.incidentId === null) this.#loose.add(alert);
    else {
      this.#loose.delete(alert);
      const list = this.#of.get(alert.incidentId) ?? new Set();
      list.add(alert);
      this.#of.set(alert.incidentId, list);
    }
  }

  #keysOf(id: number): Set<string> {
    const set = this.#keys.get(id) ?? new Set<string>();
    this.#keys.set(id, set);
    return set;
  }
}
