import type { QualityBook } from '../../api/index.ts';
import { beginOf, precisionOf, qualityOf } from '../../relevance/index.ts';
import { PostgresOutcomes } from '../../storage/state/outcome-store.ts';
import { PostgresQueueViews } from '../../storage/state/queue-view-store.ts';
import { PostgresRelevance } from '../../storage/state/relevance-store.ts';
import { PostgresVerdicts } from '../../storage/state/verdict-store.ts';
import { RelevanceService } from '../relevance.ts';
import type { Base } from './base.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';

/** Puts together what analysts' verdicts feed: their history, the rules' figures, the ranking, and views. */
export async function startDesk(base: Base, { db, directory }: Storage, { rules }: Reading) {
  const { now } = base;
  const outcomes = new PostgresOutcomes(db);
  const relevance = new RelevanceService({
    store: new PostgresRelevance(db),
    outcomes,
    timeZone: (tenant) => directory.tenant(tenant)?.time_zone ?? 'UTC',
    sourceKind: (tenant, source) => directory.source(tenant, source)?.type ?? null,
    publish: base.publish,
    now,
    log: base.options.log,
  });
  await relevance.start();
  const unsubscribe = base.subscribe(relevance.heard);
  base.onStop(() => {
    unsubscribe();
    return relevance.stop();
  });
  const words = (id: string) => {
    const known = rules.known(id);
    return { title: known?.rule.title ?? id, level: known?.level ?? null };
  };
  const quality: QualityBook = {
    words,
    ofRule: async (scope, rule, tenant, weeks) => {
      const from = beginOf(weeks, now());
      const counts = await outcomes.outcomes(scope, {
        rule,
        from,
        weeks,
        ...(tenant === undefined ? {} : { tenant }),
      });
      return precisionOf(rule, counts, from, weeks);
    },
    all: async (scope, tenant, weeks) => {
      const from = beginOf(weeks, now());
      const [counts, detections] = await Promise.all([
        outcomes.outcomes(scope, { from, weeks, ...(tenant === undefined ? {} : { tenant }) }),
        outcomes.detections(scope, tenant, from),
      ]);
      return qualityOf(counts, detections, words, from, weeks);
    },
  };
  return {
    relevance,
    quality,
    verdicts: new PostgresVerdicts(db, now),
    queueViews: new PostgresQueueViews(db, now),
  };
}

/** What is made of verdicts. */
export type DeskPart = Awaited<ReturnType<typeof startDesk>>;
