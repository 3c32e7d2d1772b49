import type { EventBatch } from '@vigie/contracts';
import {
  DetectQueue,
  type EventMatcher,
  type Found,
  IdleClock,
  type MatchedBatch,
  type TrialHits,
} from '../../detect/index.ts';
import { inArrivalOrder } from '../../ingest/arrival-order.ts';
import type { Moment } from '../../ingest/index.ts';
import { ExceptionEvidence } from '../../storage/state/exception-evidence.ts';
import { ExceptionStore } from '../../storage/state/exception-store.ts';
import { PostgresMoments } from '../../storage/state/moment-store.ts';
import { SnapshotStore } from '../../storage/state/snapshot-store.ts';
import { filtersInForce } from '../backtest.ts';
import { ExceptionCounts } from '../exception-counts.ts';
import { Exceptions } from '../exceptions.ts';
import { type DetectorState, SNAPSHOT_FORM } from '../rule-book.ts';
import type { Base } from './base.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';
import type { Telling } from './telling.ts';

/** How often the correlations' state is saved: what was judged since is judged again after a crash. */
const SNAPSHOT_EVERY = 20_000;
/** Saving takes at most one part in so many. */
const SNAPSHOT_SHARE = 50;
/** How often idle tenants are looked for at most, milliseconds. */
const LOOK_EVERY = 5_000;

/** Brings the correlations' state back, puts the exceptions in force, and makes the queue of what is to be judged. */
export async function createDetection(
  base: Base,
  { db, events, directory, accounts }: Storage,
  { rules, taxonomy, liveExceptions }: Reading,
  { trials, deliver }: Telling,
) {
  const { config, installation, log } = base.options;
  const { now } = base;
  const snapshots = new SnapshotStore(db);
  const moments = new PostgresMoments(db);
  const stored = await moments.forgetBeyond(await events.lastSequence());
  await trials.forgetBeyond(stored);
  if (await snapshots.forgetBeyond(stored))
    log.warn({}, 'the event store is older than the state: detection begins anew where the store ends');
  const saved = await snapshots.load();
  if (saved !== undefined && saved.rulesHash === SNAPSHOT_FORM) rules.restore(saved.state as DetectorState);
  let snapshotDue = now() + SNAPSHOT_EVERY;
  let judged = saved?.sequence ?? 0;
  const exceptionStore = new ExceptionStore(db);
  const silenced = new ExceptionCounts({ store: exceptionStore, live: liveExceptions, log });
  base.onStop(() => silenced.close());
  await silenced.resume(stored);
  const exceptions = new Exceptions({
    store: exceptionStore,
    evidence: new ExceptionEvidence(db),
    live: liveExceptions,
    users: () => accounts.users(),
    rules: () => rules.set,
    filters: filtersInForce(() => rules.set),
    cases: (known) => rules.casesOf(known),
    samples: installation,
    search: events.ruleSearch,
    tenants: () => directory.tenants().map(({ id }) => id),
    taxonomy,
    now,
    log,
  });
  await exceptions.refresh();
  const saveSnapshot = async () => {
    await silenced.store();
    await snapshots.save(judged, SNAPSHOT_FORM, rules.snapshot(), now());
    await moments.prune(judged);
  };
  const idle = new IdleClock({ idle: config.detection.idleSeconds * 1000, now });
  const queue = new DetectQueue<Found | TrialHits>({
    judge: (matched) => {
      idle.note(matched);
      return rules.judgeMatched(matched);
    },
    advance: (batch) => {
      if (batch.at === undefined) idle.heard(batch.clocks);
      return rules.advance(batch);
    },
    deliver,
    onDone: async (sequence) => {
      judged = sequence;
      silenced.endBatch(sequence);
      if (now() < snapshotDue) return;
      const began = now();
      await saveSnapshot();
      // A large state is saved less often, so that saving takes no more than a small part of the time.
      snapshotDue = now() + Math.max(SNAPSHOT_EVERY, (now() - began) * SNAPSHOT_SHARE);
    },
    onRetry: (error) => log.warn({ err: error }, 'alerts not stored yet; trying again'),
  });

  /** Begins to judge, first of all what was stored and not judged when the last process ended. */
  const start = async (): Promise<void> => {
    const backlog = matchStored(inArrivalOrder(events.batchesAfter(judged)), () => rules.matcher());
    queue.start(withMoments(backlog, await moments.after(judged)));
    base.onStop(async () => {
      if (await queue.stop(4_000)) await saveSnapshot();
    });
  };

  /**
   * Looks for tenants that are silent while windows of theirs are over. What is found is noted among the batches
   * before it is acted on, so that a restart decides the same again.
   */
  const watchIdle = (noteTime: (clocks: Moment['clocks']) => Promise<number>): void => {
    let noted = 0;
    let looking = false;
    const look = async () => {
      // Before the last moment is judged, its windows would be found again.
      if (looking || !queue.caughtUp || judged < noted) return;
      const clocks = idle.over(rules.dues());
      if (clocks.length === 0) return;
      looking = true;
      try {
        noted = await noteTime(clocks);
      } catch (error) {
        if (!base.stopping) log.warn({ err: error }, 'windows of idle tenants are not decided yet');
      } finally {
        looking = false;
      }
    };
    const timer = setInterval(() => void look(), Math.min(LOOK_EVERY, config.detection.idleSeconds * 250));
    timer.unref();
    base.onStop(() => clearInterval(timer));
  };
  return { queue, exceptions, moments, start, watchIdle };
}

/** The queue of what is to be judged, and the exceptions in force. */
export type Detection = Awaited<ReturnType<typeof createDetection>>;

/** Holds stored batches against the rules again: those that were not judged when the last process ended. */
async function* matchStored(
  batches: AsyncIterable<EventBatch>,
  matcher: () => EventMatcher,
): AsyncGenerator<MatchedBatch> {
  for await (const batch of batches) yield matcher().match(batch);
}

/** Puts the moments that were noted back among the batches that were judged before and after them. */
async function* withMoments(
  batches: AsyncIterable<MatchedBatch>,
  moments: readonly Moment[],
): AsyncGenerator<MatchedBatch> {
  let next = 0;
  for await (const batch of batches) {
    for (; next < moments.length && moments[next]!.sequence < batch.sequence; next++)
      yield momentBatch(moments[next]!);
    yield batch;
  }
  for (; next < moments.length; next++) yield momentBatch(moments[next]!);
}

/** A moment as detection takes it: a batch without events. */
export function momentBatch({ sequence, clocks, at }: Moment): MatchedBatch {
  return { sequence, size: 0, matched: [], clocks, at };
}
