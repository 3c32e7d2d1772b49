import type { AnswerView, NewDecision, RequestState, ScanState, Side } from '@vigie/contracts/api';

/** Where a virus scanner, or whoever else judges files, is asked. */
export interface Scanner {
  /** Shown with what it said. */
  readonly name: string;
  /**
   * Judges a stored file; never unpacks or runs it in our own process.
   *
   * @param file path, SHA-256 (hexadecimal) and size in bytes
   * @returns `failed` when it is away and should be asked again; it does not throw for that
   */
  scan(file: { readonly path: string; readonly sha256: string; readonly size: number }): Promise<ScanVerdict>;
}

export interface ScanVerdict {
  readonly state: Exclude<ScanState, 'pending'>;
  /** Signature that matched, or why nothing could be said. */
  readonly detail: string;
}

/** An incident began or ended to wait for its client. */
export interface WaitChange {
  readonly tenant: string;
  readonly incident: number;
  /** Whether it waits now. */
  readonly waiting: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A time in which an incident waited; `to` null: it still does. Epoch milliseconds. */
export interface Wait {
  readonly from: number;
  readonly to: number | null;
}

/**
 * For whoever runs the clocks of incidents: they stand still while a client is asked. The waits are the truth and
 * can be read anew after a restart; the changes only say when to look.
 */
export interface ClientWaits {
  /** Times in which the incident waited, joined where they overlap, oldest first. */
  waits(tenant: string, incident: number): Promise<readonly Wait[]>;
  /** @returns ends the subscription */
  onWait(listener: (change: WaitChange) => void): () => void;
}

/** A decision that was made, or will not be made any more. */
export interface Decided {
  readonly tenant: string;
  readonly incident: number;
  readonly id: string;
  readonly state: Exclude<RequestState, 'open' | 'answered'>;
  /** What was handed to {@link DecisionDesk.propose}, unchanged. */
  readonly action: object | null;
  readonly answers: readonly AnswerView[];
}

/**
 * For automation: proposes what only the client may allow, and hears what they decided. An action is carried out
 * by whoever proposed it, and only after `approved`.
 */
export interface DecisionDesk {
  /** @returns id of the request; undefined: there is no such incident */
  propose(
    tenant: string,
    incident: number,
    by: { readonly id: string; readonly name: string },
    decision: NewDecision,
    action: object,
  ): Promise<string | undefined>;
  /** A decision as it stands now: to be asked again before an action, and after a restart. */
  decision(tenant: string, id: string): Promise<Decided | undefined>;
  /** @returns ends the subscription */
  onDecided(listener: (decided: Decided) => void): () => void;
}

/** Who acts, and where they stand. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly side: Side;
}

/** Kinds of what two clients' incidents may share. */
export type SharedKind = 'hash' | 'address' | 'domain' | 'rule';
