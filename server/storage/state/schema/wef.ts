import type { WefQuery, WefSubscription } from '../../../collect/ports.ts';
import type { BigInt64, Json } from './columns.ts';

/** Windows machines that forward their event logs. */
export interface WefTables {
  wef_subscription: WefSubscriptionTable;
  wef_machine: WefMachineTable;
}

/** What the machines of a source are asked for, where that is not the default. */
export interface WefSubscriptionTable {
  tenant: string;
  source: string;
  enabled: boolean;
  queries: Json<WefQuery[]>;
  format: WefSubscription['format'];
  read_existing: boolean;
  latency_seconds: number;
  heartbeat_seconds: number;
}

/** A machine, and how far it has come. */
export interface WefMachineTable {
  tenant: string;
  source: string;
  id: string;
  /** Name of its certificate. */
  certificate: string;
  /** What it calls itself. */
  machine: string;
  address: string;
  /** Of the subscription that it works by. */
  version: string | null;
  /** XML that we wrote from what it sent. */
  bookmark: string | null;
  first_at: number;
  last_at: number;
  events_at: number | null;
  events: BigInt64;
  /** Why it gave its subscription up. */
  problem: string | null;
  problem_at: number | null;
}
