import type { BigInt64, Json } from './columns.ts';

/** What detection keeps over a restart. */
export interface DetectionTables {
  detector_snapshot: DetectorSnapshotTable;
  detector_moment: DetectorMomentTable;
}

/** State of the correlations at the end of a batch; events after it are detected again after a restart. */
export interface DetectorMomentTable {
  sequence: BigInt64;
  after: BigInt64;
  clocks: Json<[tenant: string, time: number][]>;
  at: number;
}

export interface DetectorSnapshotTable {
  id: number;
  sequence: BigInt64;
  rules_hash: string;
  state: string;
  taken_at: number;
}
