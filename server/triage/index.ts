import type { JudgedDetection, TriageOptions, TriageOutcome } from './ports.ts';
import { Round } from './round.ts';

export { entityKey, joiningKeys } from './entities.ts';
export type * from './ports.ts';
export { incidentTitle, levelRank } from './title.ts';
export { groupingWords } from './words.ts';

/** Folds detections into alerts and alerts into incidents. */
export interface Triage {
  /**
   * Applies the detections that one batch of events gave for one tenant. Batches come in the order of their
   * sequence; a batch that was applied before, wholly by construction, changes nothing the second time.
   */
  apply(tenant: string, sequence: number, detections: readonly JudgedDetection[]): Promise<TriageOutcome>;
}

/** Builds the triage stage. */
export function createTriage(options: TriageOptions): Triage {
  return {
    apply(tenant, sequence, detections) {
      return options.store.transaction(tenant, async (tx) => {
        if (sequence <= (await tx.appliedThrough(tenant))) return { fresh: 0, opened: [], changed: [] };
        const outcome = await new Round(options, tx, tenant).apply(detections);
        await tx.setApplied(tenant, sequence);
        return outcome;
      });
    },
  };
}
