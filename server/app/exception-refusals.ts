import { setImmediate as yieldToLoop } from 'node:timers/promises';
import type { Event } from '@vigie/contracts';
import type { ExceptionRefusal, ExceptionWarning } from '@vigie/contracts/api';
import { ruleKey, type SigmaFilter, type Taxonomy } from '@vigie/sigma';
import { createReader, REGISTRY } from '@vigie/sources';
import { linesOfCase, type RawLine, type RuleCase } from '../../cli/rule-cases.ts';
import { type KnownRule, LiveExceptions, type RuleSet } from '../detect/index.ts';
import type { RuleSearch } from '../hunt/index.ts';
import type { TenantScope } from '../storage/state/database.ts';
import type { ExceptionEvidence, TruePositive } from '../storage/state/exception-evidence.ts';
import { type Involved, involvedWith, Replay } from './exception-replay.ts';
import { readCases } from './rule-cases.ts';

/** Detections of true positives that are looked at; more, and the preview says so. */
const MAX_DETECTIONS = 5_000;
const MAX_REFUSALS = 50;

export interface RefusalOptions {
  readonly taxonomy: Taxonomy;
  readonly rules: () => RuleSet;
  /** Text of the cases kept for a rule. */
  readonly cases: (rule: KnownRule) => Promise<string | null>;
  /** Folder that the samples of cases are relative to. */
  readonly samples: string;
  readonly search: Pick<RuleSearch, 'eventsOf'>;
  readonly evidence: Pick<ExceptionEvidence, 'truePositives'>;
  readonly log: { warn(fields: object, message: string): void };
}

/** A draft that is held against what is known to be true. */
export interface CheckedDraft {
  /** Null: all tenants. */
  readonly tenant: string | null;
  readonly filter: SigmaFilter;
  /** The rules it silences. */
  readonly concerned: readonly KnownRule[];
}

/**
 * Finds true positives that a draft would silence: cases of the rules' own files that must fire, and incidents
 * that a person has marked as true positives. Both are judged again by the engine, as live events are.
 */
export class ExceptionRefusals {
  readonly #options: RefusalOptions;
  #reader: ReturnType<typeof createReader> | undefined;

  constructor(options: RefusalOptions) {
    this.#options = options;
  }

  /** @throws what the stores throw */
  async check(
    draft: CheckedDraft,
  ): Promise<{ readonly refusals: ExceptionRefusal[]; readonly warnings: ExceptionWarning[] }> {
    const cases = await this.#cases(draft);
    const incidents = await this.#incidents(draft);
    return {
      refusals: [...incidents.refusals, ...cases].slice(0, MAX_REFUSALS),
      warnings: incidents.warnings,
    };
  }

  /** Whether the draft would keep one of its detection rules silent on an event. */
  wouldSilence(draft: CheckedDraft, event: Event): boolean {
    const live = this.#live(draft);
    return draft.concerned.some(({ rule }) => rule.kind === 'rule' && live.silences(rule, event));
  }

  /** The draft alone, in force at all times. It has never a count that anybody reads. */
  #live({ filter }: CheckedDraft): LiveExceptions {
    const live = new LiveExceptions({
      taxonomy: this.#options.taxonomy,
      onError: (_id, error) => this.#options.log.warn({ err: error }, 'a draft of an exception fails'),
    });
    live.replace([
      {
        id: 'draft',
        tenant: null,
        filter,
        from: Number.NEGATIVE_INFINITY,
        until: Number.POSITIVE_INFINITY,
      },
    ]);
    return live;
  }

  async #cases(draft: CheckedDraft): Promise<ExceptionRefusal[]> {
    const set = this.#options.rules();
    const keys = new Set(draft.concerned.map(({ key }) => key));
    const involved = involvedWith(set, keys);
    const live = this.#live(draft);
    const replay = new Replay(involved, this.#options.taxonomy);
    const refusals: ExceptionRefusal[] = [];
    const seen = new Set<string>();
    for (const key of [...keys, ...involved.counting]) {
      const known = set.rules.get(key);
      const text = known === undefined ? null : await this.#options.cases(known);
      // The rules of one file share its cases.
      if (text === null || seen.has(text)) continue;
      seen.add(text);
      const { cases, issues } = readCases(text);
      // Cases of a rule that somebody is still writing; its own page says what is wrong with them.
      if (issues.length > 0) continue;
      for (const { entry } of cases) {
        if (!entry.fires) continue;
        // The live stream goes on in between.
        await yieldToLoop();
        const [lost] = replay.lost(this.#eventsOf(entry), live);
        if (lost === undefined) continue;
        const title = set.rules.get(lost)?.rule.title ?? lost;
        refusals.push({ kind: 'case', ruleId: lost, ruleTitle: title, name: entry.name });
      }
    }
    return refusals;
  }

  /** The logs of a case, read as a source's logs are. */
  #eventsOf(own: RuleCase): Event[] {
    this.#reader ??= createReader({ registry: REGISTRY });
    const reader = this.#reader;
    let lines: readonly RawLine[];
    try {
      lines = linesOfCase(own, this.#options.samples);
    } catch (error) {
      this.#options.log.warn({ case: own.name, err: error }, 'the logs of a case are not there');
      return [];
    }
    return lines.map(({ time, text, type }, index) => {
      const read = reader.read(
        { text, receivedAt: time },
        type === undefined || type === null ? {} : { sourceType: type },
      );
      return {
        id: index.toString(16).padStart(32, '0'),
        tenant: '',
        source: '',
        time: read.time,
        receivedAt: time,
        fields: read.fields,
      };
    });
  }

  async #incidents(draft: CheckedDraft) {
    const { evidence, search, taxonomy, rules } = this.#options;
    const set = rules();
    const keys = new Set(draft.concerned.map(({ key }) => key));
    const involved = involvedWith(set, keys);
    const scope: TenantScope = draft.tenant === null ? 'all' : [draft.tenant];
    const { detections, complete } = await evidence.truePositives(
      scope,
      [...keys, ...involved.counting],
      MAX_DETECTIONS,
    );
    const warnings: ExceptionWarning[] = [];
    if (!complete)
      warnings.push({
        code: 'unchecked',
        message: `There are more detections in incidents marked true positive than were looked at (${detections.length})`,
      });
    const events = new Map<string, Event>();
    const isCorrelation = (key: string) => set.rules.get(key)?.rule.kind === 'correlation';
    const wanted = detections.flatMap((one) =>
      isCorrelation(one.rule) && !involved.counting.has(one.rule)
        ? []
        : one.events.map(({ id, time }) => ({ tenant: one.tenant, id, time })),
    );
    for (const event of await search.eventsOf(unique(wanted)))
      events.set(`${event.tenant}/${event.id}`, event);
    const live = this.#live(draft);
    const replay = new Replay(involved, taxonomy);
    const byIncident = new Map<number, ExceptionRefusal & { kind: 'incident' }>();
    const gone = new Set<number>();
    for (const one of detections) {
      const verdict = silences(one, { set, involved, live, replay, events });
      if (verdict === undefined) gone.add(one.incident);
      if (verdict !== true) continue;
      const known = byIncident.get(one.incident);
      if (known !== undefined) known.detections++;
      else
        byIncident.set(one.incident, {
          kind: 'incident',
          id: one.incident,
          tenant: one.tenant,
          title: one.incidentTitle,
          ruleId: one.rule,
          ruleTitle: set.rules.get(one.rule)?.rule.title ?? one.rule,
          detections: 1,
        });
    }
    const lost = [...gone].filter((id) => !byIncident.has(id));
    if (lost.length > 0)
      warnings.push({
        code: 'unchecked',
        message: `${lost
          .map((id) => `INC-${id}`)
          .slice(0, 10)
          .join(
            ', ',
          )}${lost.length > 10 ? ` and ${lost.length - 10} more` : ''} marked true positive could not be checked in full: some of the events are not kept any more`,
      });
    return { refusals: [...byIncident.values()], warnings };
  }
}

/** What a stored detection is judged again with. */
interface Judging {
  readonly set: RuleSet;
  readonly involved: Involved;
  readonly live: LiveExceptions;
  readonly replay: Replay;
  /** By tenant and id. */
  readonly events: ReadonlyMap<string, Event>;
}

/** Whether a stored detection would not have been made; undefined where its events are gone. */
function silences(one: TruePositive, { set, involved, live, replay, events }: Judging): boolean | undefined {
  const rule = set.rules.get(one.rule)?.rule;
  if (rule === undefined) return undefined;
  const kept = one.events.flatMap(({ id }) => events.get(`${one.tenant}/${id}`) ?? []);
  if (rule.kind === 'rule')
    return kept.some((event) => live.silences(rule, event))
      ? true
      : kept.length < one.events.length
        ? undefined
        : false;
  if (live.silencesCorrelation({ rule, scope: one.tenant, group: groupOf(one) }, one.time)) return true;
  if (!involved.counting.has(one.rule)) return false;
  if (kept.length < one.events.length) return undefined;
  const ordered = kept.sort((a, b) => a.time - b.time);
  // Of a large group only the last events are kept as evidence, perhaps too few to fire again: then it counts
  // as silenced where nothing of the evidence would be left.
  return replay.lost(ordered, live).includes(ruleKey(rule)) || replay.keepsNothing(ordered, live);
}

/** The group of a correlation's detection, as its evidence tells it. */
export function groupOf(detection: Pick<TruePositive, 'matched'>): { field: string; value: string }[] {
  return detection.matched
    .filter(({ condition }) => condition === 'group-by')
    .map(({ field, value }) => ({ field, value }));
}

function unique<T extends { readonly tenant: string; readonly id: string }>(refs: readonly T[]): T[] {
  return [...new Map(refs.map((ref) => [`${ref.tenant}/${ref.id}`, ref])).values()];
}
