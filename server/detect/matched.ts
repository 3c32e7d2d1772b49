import type { Event, EventBatch, MatchedField } from '@vigie/contracts';
import { type CorrelationEngine, type Matcher, ruleKey } from '@vigie/sigma';
import { isTrialKey } from './trial-rule.ts';

/** A rule that matched an event. */
export interface RuleHit {
  readonly rule: string;
  /** What made it match; empty for a rule that only serves correlations, or is in test. */
  readonly matched: readonly MatchedField[];
}

/** An event that at least one rule matched. */
export interface MatchedEvent {
  readonly event: Event;
  readonly hits: readonly RuleHit[];
}

/** What the rules found in a batch: all that detection has to keep of it. */
export interface MatchedBatch {
  readonly sequence: number;
  /** Events of the batch, matched or not. */
  readonly size: number;
  /** In the order of arrival. */
  readonly matched: Iterable<MatchedEvent>;
  /** The newest event time of each tenant, epoch milliseconds. */
  readonly clocks: readonly (readonly [tenant: string, time: number])[];
  /**
   * Present where there are no events: the moment, epoch milliseconds, at which the clock on the wall took the
   * place of the events that did not come.
   */
  readonly at?: number;
}

/** Where an {@link EventMatcher} puts what it finds. */
export interface MatchedSink {
  put(matched: MatchedEvent): void;
}

const MAX_VALUE = 2000;
const MAX_MATCHED = 20;

/**
 * Holds events against the rules, one after the other. It keeps nothing of an event, so that events die where
 * they were made; correlations follow in the judge, in the order of the batches.
 */
export class EventMatcher {
  readonly #matcher: Matcher;
  readonly #correlations: Pick<CorrelationEngine, 'alertsAlone'>;
  #clocks = new Map<string, number>();
  #size = 0;

  constructor(matcher: Matcher, correlations: Pick<CorrelationEngine, 'alertsAlone'>) {
    this.#matcher = matcher;
    this.#correlations = correlations;
  }

  /** Takes an event into the batch without holding it against the rules. */
  pass(event: Event): void {
    this.#size++;
    const clock = this.#clocks.get(event.tenant);
    if (clock === undefined || event.time > clock) this.#clocks.set(event.tenant, event.time);
  }

  add(event: Event, sink: MatchedSink): void {
    this.pass(event);
    const matches = this.#matcher.match(event.fields);
    if (matches.length === 0) return;
    const hits = matches.map((match) => {
      const rule = ruleKey(match.rule);
      // What is in test is counted only.
      const told = !isTrialKey(rule) && this.#correlations.alertsAlone(match.rule);
      return {
        rule,
        matched: told
          ? match.matched
              .slice(0, MAX_MATCHED)
              .map((one) => ({ ...one, value: one.value.slice(0, MAX_VALUE) }))
          : [],
      };
    });
    sink.put({ event, hits });
  }

  /** Size and clocks of what came since the last call. */
  take(): Pick<MatchedBatch, 'size' | 'clocks'> {
    const taken = { size: this.#size, clocks: [...this.#clocks] };
    this.#clocks = new Map();
    this.#size = 0;
    return taken;
  }

  /** A batch that was read back from the store. */
  match({ sequence, events }: EventBatch): MatchedBatch {
    const matched: MatchedEvent[] = [];
    for (const event of events) this.add(event, { put: (one) => matched.push(one) });
    return { sequence, matched, ...this.take() };
  }
}
