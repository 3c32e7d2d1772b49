import { createHash, randomUUID } from 'node:crypto';
import type { Event, RawLog } from '@vigie/contracts';
import { createReader, type ReadHint, type RegisteredSource, TAG_TIME } from '@vigie/sources';
import { NormalizeCounters, type SourceCounts } from './counters.ts';
import type { AssignId, Enrich } from './ports.ts';

export interface NormalizerOptions {
  readonly registry: readonly RegisteredSource[];
  readonly enrich?: Enrich;
  /** Default: {@link defaultId}. */
  readonly assignId?: AssignId;
  /** Counts outcomes; default: counters of its own. */
  readonly counters?: NormalizeCounters;
}

/** The normalize stage: raw logs in, ECS events out, one for one. */
export interface Normalizer {
  /**
   * Never throws for what a log holds; a log that no parser can read becomes an event with
   * `tags: [_parsefailure]` and its original.
   *
   * @param id the event's id, where it is known already
   * @throws RangeError for a time zone that does not exist: a fault of the source's configuration
   */
  normalize(raw: RawLog, hint?: ReadHint, id?: string): Event;
  /** Outcomes by tenant and source since the start, with the last failing examples. */
  counts(): SourceCounts[];
}

/**
 * A log with a key of its own gets the first 128 bits of SHA-256 over tenant, source and key, so that
 * importing it again gives the same event; any other log gets a random id.
 */
export function defaultId(raw: RawLog): string {
  if (raw.key === undefined) return randomUUID().replaceAll('-', '');
  return createHash('sha256').update(`${raw.tenant}\0${raw.source}\0${raw.key}`).digest('hex').slice(0, 32);
}

/** Builds the normalize stage. It holds no state but its counters. */
export function createNormalizer(options: NormalizerOptions): Normalizer {
  const reader = createReader({ registry: options.registry });
  const assignId = options.assignId ?? defaultId;
  const { enrich } = options;
  const counters = options.counters ?? new NormalizeCounters();
  return {
    normalize(raw, hint, id) {
      const { fields, outcome, time, sourceType } = reader.read(raw, hint);
      const tags = fields['tags'];
      const error = fields['error.message'];
      counters.count(
        raw,
        outcome,
        sourceType,
        Array.isArray(tags) && tags.includes(TAG_TIME),
        outcome === 'failed' && typeof error === 'string' ? error : undefined,
      );
      counters.observe(raw, fields, time);
      enrich?.(fields, raw);
      const { tenant, source, receivedAt } = raw;
      return { id: id ?? assignId(raw), tenant, source, time, receivedAt, fields };
    },
    counts: () => counters.snapshot(),
  };
}
