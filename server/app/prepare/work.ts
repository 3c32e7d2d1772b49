import { type Event, eventKey, type RawLog } from '@vigie/contracts';
import { CorrelationEngine, type Taxonomy } from '@vigie/sigma';
import { REGISTRY } from '@vigie/sources';
import { MarkIndex, SightingCollector } from '../../assets/index.ts';
import {
  type Adaptation,
  Adapter,
  buildRuleSet,
  EventMatcher,
  ParsedFiles,
  type RuleFile,
  type RuleSet,
} from '../../detect/index.ts';
import { createEnricher } from '../../enrich/index.ts';
import { contentDigest, type KeyedLogs, keyedId, liveId } from '../../ingest/index.ts';
import { createNormalizer, NormalizeCounters, type Normalizer } from '../../normalize/index.ts';
import { BlockWriter } from '../../storage/events/block-writer.ts';
import type { Shipped } from '../shipped.ts';
import { Mapped } from './mapped.ts';
import {
  MatchedWriter,
  type PreparedJob,
  type PrepareJob,
  type RuleFailure,
  type ThreadOptions,
  unpackLogs,
} from './protocol.ts';

/** Characters kept of a log that has ended a thread. */
const UNREAD_LENGTH = 4_096;

/**
 * Reads logs: normalise, enrich, encode for the store, hold against the rules. An event that no rule matches
 * is garbage as soon as its row is written, which keeps the heap small and its collection cheap.
 */
export class PrepareWork {
  /** Assets that something was written down about, as they were last told. */
  readonly marks = new MarkIndex();
  readonly mapped = new Mapped();
  readonly #taxonomy: Taxonomy;
  readonly #counters = new NormalizeCounters();
  readonly #normalizer: Normalizer;
  /** Knows no technology. */
  readonly #unread: Normalizer;
  readonly #writer = new BlockWriter();
  readonly #matched = new MatchedWriter();
  #failures = new Map<string, RuleFailure>();
  readonly #sightings = new SightingCollector();
  readonly #parsed: ParsedFiles;
  #rules: RuleSet | undefined;
  #matcher: EventMatcher | undefined;

  constructor(options: Omit<ThreadOptions, 'installation'> & Shipped) {
    this.#taxonomy = options.taxonomy;
    this.#parsed = new ParsedFiles(options.parsed);
    const enricher = createEnricher({ ...options, assets: this.marks });
    const shared = {
      enrich: (fields: Event['fields'], raw: RawLog) => enricher.enrich(raw.tenant, fields),
      counters: this.#counters,
    };
    this.#normalizer = createNormalizer({ registry: REGISTRY, ...shared });
    this.#unread = createNormalizer({ registry: [], ...shared });
  }

  setRules(files: readonly RuleFile[], disabled: readonly string[], adaptation: Adaptation): void {
    const onError = (rule: string, error: unknown) => {
      const times = (this.#failures.get(rule)?.times ?? 0) + 1;
      this.#failures.set(rule, {
        rule,
        times,
        error: error instanceof Error ? error.message : String(error),
      });
    };
    const rules = buildRuleSet(
      files,
      this.#taxonomy,
      onError,
      this.#parsed.parser(),
      new Adapter(adaptation),
    );
    const correlations = new CorrelationEngine(rules.correlations, { rules: [...rules.matcher.rules] });
    for (const rule of disabled) rules.matcher.setEnabled(rule, false);
    this.#rules = rules;
    this.#matcher = new EventMatcher(rules.matcher, correlations);
  }

  enable(rule: string, enabled: boolean): void {
    this.#rules?.matcher.setEnabled(rule, enabled);
  }

  /** @throws Error when no rules have been set */
  prepare({ job, sequence, offset, logs, skip, unread }: PrepareJob): PreparedJob {
    if (this.#matcher === undefined) throw new Error('no rules have been set');
    const skipped = new Set(skip);
    const seen = new Set<string>();
    const keyed = new Map<string, { ids: string[]; from: number; to: number }>();
    const total = logs.reduce((sum, { texts }) => sum + texts.length, 0);
    const kept = new Uint8Array(total);
    this.#writer.begin();
    let index = 0;
    for (const group of logs) {
      const hint = this.mapped.hint(group.tenant, group.hint);
      for (const log of unpackLogs(group)) {
        const at = index++;
        const id = log.key === undefined ? liveId(contentDigest(log), sequence, offset + at) : keyedId(log);
        if (log.key !== undefined || skipped.size > 0) {
          const key = eventKey({ tenant: log.tenant, id });
          // A keyed log that is in the batch twice is one event.
          if (skipped.has(key) || seen.has(key)) continue;
          seen.add(key);
        }
        const event = unread
          ? this.#unread.normalize(cut(log), undefined, id)
          : this.#normalizer.normalize(log, hint, id);
        this.#writer.add(event, sequence, group.retentionDays);
        if (!unread) this.#sightings.note(event);
        if (unread) this.#matcher.pass(event);
        else this.#matcher.add(event, this.#matched);
        kept[at] = 1;
        if (log.key !== undefined) noteKeyed(keyed, event);
      }
    }
    const view = this.#writer.finish();
    const block = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;
    const { rows } = this.#writer;
    const ruleFailures = [...this.#failures.values()];
    this.#failures = new Map();
    return {
      job,
      rows,
      block,
      ...(rows < total ? { kept } : {}),
      keyed: [...keyed].map(
        ([tenant, { ids, from, to }]): KeyedLogs => ({ tenant, ids, range: { from, to: to + 1 } }),
      ),
      matched: this.#matched.take(),
      ...this.#matcher.take(),
      counts: this.#counters.take(),
      mapped: this.mapped.take(),
      sightings: this.#sightings.take(),
      ruleFailures,
    };
  }
}

function cut(log: RawLog): RawLog {
  const { json: _, ...rest } = log;
  return { ...rest, text: log.text.slice(0, UNREAD_LENGTH), flags: [...(log.flags ?? []), 'truncated'] };
}

function noteKeyed(keyed: Map<string, { ids: string[]; from: number; to: number }>, event: Event): void {
  const own = keyed.get(event.tenant);
  if (own === undefined) keyed.set(event.tenant, { ids: [event.id], from: event.time, to: event.time });
  else {
    own.ids.push(event.id);
    own.from = Math.min(own.from, event.time);
    own.to = Math.max(own.to, event.time);
  }
}
