import type { Candidates } from './candidates.ts';
import { joiningKeys } from './entities.ts';
import { COHORT, EARLIER_EACH, LOOKBACK, UNUSUAL, weighEarlier } from './joining.ts';
import { type Listening, subjectOf } from './listening.ts';
import type { AlertRecord, IncidentRecord, Reason, TriageTransaction } from './ports.ts';

/** What a round gives to those that gather for it. */
export interface RoundAtWork {
  readonly tx: TriageTransaction;
  readonly tenant: string;
  readonly listening: Listening;
  readonly candidates: Candidates;
  /** Alerts that the round has in memory, where they are newer than in the database. */
  readonly held: () => readonly AlertRecord[];
  readonly attach: (
    alert: AlertRecord,
    incident: IncidentRecord,
    reason: Reason,
    part: AlertRecord['part'],
  ) => void;
}

/** Brings into incidents what was there before they became what they are. */
export class Gathering {
  readonly #round: RoundAtWork;

  constructor(round: RoundAtWork) {
    this.#round = round;
  }

  /**
   * What is of the same deed on other entities, loose or shown beside the incident by now: whether it came a moment
   * before the incident grew or after must not matter.
   *
   * @param unplaced alerts of this round that found no incident
   */
  async alike(unplaced: readonly AlertRecord[]): Promise<void> {
    const { listening, candidates, attach } = this.#round;
    const grown = candidates.grown();
    if (grown.length === 0) return;
    const { loose, echoes } = await this.#othersFor(grown, unplaced);
    const alerts = [...loose, ...echoes.map(({ alert }) => alert)];
    if (alerts.length === 0) return;
    await listening.recall(
      [
        ...alerts.map(({ entities }) => subjectOf(entities)),
        ...grown.flatMap((incident) => candidates.entitiesOf(incident)),
      ],
      Math.min(...alerts.map((alert) => listening.of(alert).from)),
    );
    for (const alert of loose) {
      if (alert.incidentId !== null) continue;
      const [best] = candidates.find(alert);
      if (best !== undefined) attach(alert, best.incident, best.reason, 'evidence');
    }
    for (const { alert, incident } of echoes) {
      const reason = candidates.weigh(alert, incident);
      if (reason !== undefined && reason.total >= reason.needed) attach(alert, incident, reason, 'evidence');
    }
  }

  /**
   * What was rare on an entity in the days before that entity came into the incident. What nobody could make anything
   * of at the time may be the first thing that was done there; more often it is chance, so it stays beside the
   * evidence.
   */
  async earlier(): Promise<void> {
    const { tx, tenant, candidates, attach } = this.#round;
    const taken = this.#ids();
    for (const { incident, keys } of candidates.arrivals()) {
      const times = [...keys.values()];
      const rare = await tx.rareAlerts(
        tenant,
        { entities: [...keys.keys()] },
        Math.min(...times) - LOOKBACK,
        Math.max(...times),
        UNUSUAL,
      );
      const found = rare
        .filter(({ id }) => !taken.has(id))
        .flatMap((alert) => {
          const key = joiningKeys(alert.entities).find((each) => keys.has(each))!;
          const apart = keys.get(key)! - alert.lastAt;
          const reason =
            apart > 0 ? weighEarlier(key.slice(key.indexOf(':') + 1), alert.rarity, apart) : undefined;
          return reason === undefined ? [] : [{ alert, key, reason }];
        })
        .sort((a, b) => b.reason.total - a.reason.total);
      const each = new Map<string, number>();
      for (const { alert, key, reason } of found) {
        const n = each.get(key) ?? 0;
        if (n >= EARLIER_EACH || candidates.full(incident)) continue;
        each.set(key, n + 1);
        taken.add(alert.id);
        attach(alert, incident, reason, 'context');
      }
    }
  }

  /** Unusual alerts of the incidents' time and rules that are in none, and those that are beside one for their rule. */
  async #othersFor(grown: readonly IncidentRecord[], unplaced: readonly AlertRecord[]) {
    const { tx, tenant, held } = this.#round;
    const ids = this.#ids();
    const loose = new Map(unplaced.filter(({ rarity }) => rarity >= UNUSUAL).map((a) => [a.id, a]));
    const echoes: { alert: AlertRecord; incident: IncidentRecord }[] = [];
    for (const incident of grown) {
      if (incident.signalRules.length === 0) continue;
      const rare = await tx.rareAlerts(
        tenant,
        { rules: incident.signalRules },
        incident.activeAt - COHORT,
        incident.activeAt + COHORT,
        UNUSUAL,
      );
      for (const alert of rare) if (!ids.has(alert.id)) loose.set(alert.id, alert);
      const stored = (await tx.alertsOf(tenant, incident.id)).filter(({ id }) => !ids.has(id));
      const here = held().filter(({ incidentId }) => incidentId === incident.id);
      for (const alert of new Set([...stored, ...here])) if (isEcho(alert)) echoes.push({ alert, incident });
    }
    return { loose: [...loose.values()], echoes };
  }

  #ids(): Set<string> {
    return new Set(this.#round.held().map(({ id }) => id));
  }
}

/** Whether an alert is beside its incident for its rule alone, put there by triage. */
function isEcho({ part, pinned, reason }: AlertRecord): boolean {
  return part === 'context' && !pinned && reason?.terms.some(({ term }) => term === 'echo') === true;
}
