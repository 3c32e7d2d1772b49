import type { Entity } from '@vigie/contracts';
import { entityKey } from './entities.ts';
import { TOGETHER } from './joining.ts';
import type { AlertRecord, JudgedDetection, Rhythm, TriageTransaction } from './ports.ts';
import { beat, isRoutine, LEARNING, newRhythm, rarityOf, SLOT, type Surprise, surpriseOf } from './rhythm.ts';

/** What one round found out about an alert. */
export interface Heard {
  /** Its most unusual detection of this round. */
  surprise: Surprise;
  /** How rare its rule was at the tenant by then, whatever the entity. */
  atTenant: number;
  habit: 'routine' | 'common' | 'none';
  /** First and last detection of this round, milliseconds. */
  from: number;
  until: number;
  /** Entity whose rhythm was listened to; empty where it names none. */
  readonly subject: string;
}

interface Signal {
  readonly at: number;
  readonly surprise: Surprise;
}

/** Below this nothing is remembered as unusual. */
const FAINT = 1.5;
const COMMON_SHARE = 0.05;

/** Holds the detections of one batch against how often their rules spoke before. */
export class Listening {
  readonly #tenant: string;
  readonly #tx: TriageTransaction;
  readonly #rhythms = new Map<string, Rhythm>();
  readonly #fresh = new Set<Rhythm>();
  /** Entity → rule → when it was unusual last. */
  readonly #signals = new Map<string, Map<string, Signal>>();
  /** Entities of which the signals were read, and from when on, milliseconds. */
  readonly #recalled = new Map<string, number>();
  /** Fold keys of alerts that a person called true. */
  readonly #confirmed = new Set<string>();
  /** Fold keys of alerts that a person called routine. */
  readonly #declared = new Set<string>();
  readonly #heard = new Map<AlertRecord, Heard>();

  constructor(tenant: string, tx: TriageTransaction) {
    this.#tenant = tenant;
    this.#tx = tx;
  }

  /** Reads what was counted before. */
  async load(detections: readonly JudgedDetection[], folds: ReadonlyMap<JudgedDetection, string>) {
    const keys = new Map<string, { entity: string; rule: string }>();
    const want = (entity: string, rule: string) => keys.set(`${entity}\0${rule}`, { entity, rule });
    const subjects = new Set<string>();
    let first = Number.POSITIVE_INFINITY;
    want('', '');
    for (const d of detections) {
      const subject = subjectOf(d.entities);
      want('', d.ruleId);
      if (subject !== '') {
        want(subject, d.ruleId);
        subjects.add(subject);
      }
      if (d.level === 'medium') want(foldSubject(folds.get(d)!), d.ruleId);
      first = Math.min(first, timeOf(d));
    }
    for (const rhythm of await this.#tx.rhythms(this.#tenant, [...keys.values()]))
      this.#rhythms.set(`${rhythm.entity}\0${rhythm.rule}`, rhythm);
    const settled = detections
      .filter((d) => d.level === 'medium')
      .map((d) => ({ fold: folds.get(d)!, rule: d.ruleId }))
      .filter(({ fold, rule }) => {
        const rhythm = this.#rhythms.get(`${foldSubject(fold)}\0${rule}`);
        return rhythm !== undefined && isRoutine(rhythm, first);
      });
    for (const fold of await this.#tx.declaredRoutine(this.#tenant, [...new Set(folds.values())], first))
      this.#declared.add(fold);
    const asked = new Set([...settled.map(({ fold }) => fold), ...this.#declared]);
    if (asked.size > 0)
      for (const fold of await this.#tx.confirmed(this.#tenant, [...asked])) this.#confirmed.add(fold);
    await this.recall(subjects, first);
  }

  /** Reads what else was unusual on entities around a time. */
  async recall(subjects: Iterable<string>, at: number): Promise<void> {
    const since = at - TOGETHER;
    const asked = [...new Set(subjects)].filter(
      (subject) => subject !== '' && (this.#recalled.get(subject) ?? Number.POSITIVE_INFINITY) > since,
    );
    if (asked.length === 0) return;
    for (const subject of asked) this.#recalled.set(subject, since);
    for (const r of await this.#tx.signals(this.#tenant, asked, since)) {
      // What this round heard is newer than what is stored.
      const known = this.#signals.get(r.entity)?.get(r.rule);
      if (r.signalAt !== null && (known === undefined || known.at < r.signalAt))
        this.#remember(r.entity, r.rule, {
          at: r.signalAt,
          surprise: { score: r.signal, term: r.signalTerm },
        });
    }
  }

  /** Counts one detection, in order of time, and notes how unusual it was for its alert. */
  hear(detection: JudgedDetection, alert: AlertRecord): void {
    const at = timeOf(detection);
    const rule = detection.ruleId;
    const subject = subjectOf(detection.entities);
    const tenant = this.#of('', '', at);
    const anywhere = this.#of('', rule, at);
    const on = subject === '' ? anywhere : this.#of(subject, rule, at);
    const fold = detection.level === 'medium' ? this.#of(foldSubject(alert.foldKey), rule, at) : undefined;
    let surprise = surpriseOf(on, anywhere, tenant.firstAt, at);
    const routine =
      !this.#confirmed.has(alert.foldKey) && (this.#declared.has(alert.foldKey) || isRoutine(fold ?? on, at));
    if (routine) surprise = { score: 0, term: 'usual' };
    const atTenant = rarityOf(anywhere, tenant.firstAt, at);
    const slots = Math.max(1, (at - tenant.firstAt) / SLOT);
    const common = at - tenant.firstAt >= LEARNING && on.slots / slots >= COMMON_SHARE;
    beat(tenant, at);
    beat(anywhere, at);
    if (on !== anywhere) beat(on, at);
    if (fold !== undefined) beat(fold, at);
    if (surprise.score >= FAINT) {
      // The strongest of a few minutes counts, not the last.
      if (on.signalAt === null || at - on.signalAt > TOGETHER || surprise.score >= on.signal) {
        on.signalAt = at;
        on.signal = surprise.score;
        on.signalTerm = surprise.term;
      }
      this.#remember(subject, rule, { at, surprise });
    }
    const heard = this.#heard.get(alert);
    if (heard === undefined)
      this.#heard.set(alert, {
        surprise,
        atTenant,
        habit: routine ? 'routine' : common ? 'common' : 'none',
        from: at,
        until: at,
        subject,
      });
    else {
      if (surprise.score > heard.surprise.score) {
        heard.surprise = surprise;
        heard.atTenant = atTenant;
      }
      if (!routine && heard.habit === 'routine') heard.habit = common ? 'common' : 'none';
      heard.until = Math.max(heard.until, at);
    }
  }

  /** What this round heard of an alert; for one it did not touch, that nothing is unusual. */
  of(alert: AlertRecord): Heard {
    return (
      this.#heard.get(alert) ?? {
        surprise: { score: alert.rarity, term: alert.rarity > 0 ? 'rare' : 'usual' },
        atTenant: 0,
        habit: alert.routine ? 'routine' : 'none',
        from: alert.firstAt,
        until: alert.lastAt,
        subject: subjectOf(alert.entities),
      }
    );
  }

  /** Rules that are unusual on an entity around a time, with how much. */
  together(subject: string, at: number): { readonly rule: string; readonly surprise: Surprise }[] {
    const found: { rule: string; surprise: Surprise }[] = [];
    for (const [rule, signal] of this.#signals.get(subject) ?? [])
      if (Math.abs(signal.at - at) <= TOGETHER) found.push({ rule, surprise: signal.surprise });
    return found;
  }

  /** Sum of what is unusual on an entity around a time. */
  sum(subject: string, at: number): number {
    return this.together(subject, at).reduce((all, { surprise }) => all + surprise.score, 0);
  }

  async save(): Promise<void> {
    await this.#tx.saveRhythms(this.#tenant, [...this.#fresh]);
  }

  #of(entity: string, rule: string, at: number): Rhythm {
    const key = `${entity}\0${rule}`;
    let rhythm = this.#rhythms.get(key);
    if (rhythm === undefined) {
      rhythm = newRhythm(rule, entity, at);
      this.#rhythms.set(key, rhythm);
    }
    this.#fresh.add(rhythm);
    return rhythm;
  }

  #remember(subject: string, rule: string, signal: Signal): void {
    if (subject === '') return;
    const rules = this.#signals.get(subject) ?? new Map<string, Signal>();
    const before = rules.get(rule);
    if (
      before === undefined ||
      signal.at - before.at > TOGETHER ||
      signal.surprise.score >= before.surprise.score
    )
      rules.set(rule, signal);
    this.#signals.set(subject, rules);
  }
}

/** The entity whose habits an alert is held against: its machine, else its account, person or address. */
export function subjectOf(entities: readonly Entity[]): string {
  for (const type of ['host', 'cloud', 'user', 'ip'] as const) {
    const found = entities.find((entity) => entity.type === type);
    if (found !== undefined) return entityKey(found);
  }
  return '';
}

/** Alerts of medium level are routine only with all the entities that fold them. */
function foldSubject(foldKey: string): string {
  return `fold:${foldKey}`;
}

/** An event may claim any time; the future it claims must not move the clock of a rhythm. */
function timeOf(detection: JudgedDetection): number {
  return Math.min(detection.time, detection.detectedAt);
}
