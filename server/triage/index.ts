import type { IncidentRecord, JudgedDetection, RuleFacts, TriageStore } from './ports.ts';
import { Round } from './round.ts';

export { entityKey, joiningKeys } from './entities.ts';
export type * from './ports.ts';
export { incidentTitle, levelRank } from './title.ts';
export { groupingWords } from './words.ts';

/** Times are milliseconds. */
export interface TriageOptions {
  readonly store: TriageStore;
  readonly rule: (id: string) => RuleFacts | undefined;
  /** Name of the first tactic of an ATT&CK technique. */
  readonly tactic?: (technique: string) => string | undefined;
  readonly now: () => number;
  /** A detection folds into its alert when it comes within this time of the alert's last one. */
  readonly foldWindow: number;
  /** Alerts that share an entity within this time join one incident. */
  readonly incidentWindow: number;
}

/** What a call of {@link Triage.apply} changed. */
export interface TriageOutcome {
  /** Detections applied; 0 when the batch had been applied before. */
  readonly fresh: number;
  readonly opened: readonly IncidentRecord[];
  readonly changed: readonly IncidentRecord[];
}

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
