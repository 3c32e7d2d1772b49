import type { Adaptation, RuleFile } from '../../detect/index.ts';
import type { RuleChecks } from '../rule-checks.ts';

/** What the checking thread is started with. */
export interface CheckThreadOptions {
  /** Folder of the installation: taxonomy, ATT&CK, and what samples are relative to. */
  readonly installation: string;
}

/** One call of {@link RuleChecks}. */
export interface CheckJob {
  readonly type: 'job';
  readonly job: number;
  readonly method: keyof RuleChecks;
  readonly args: readonly unknown[];
}

export type ToCheckThread =
  | CheckJob
  | { readonly type: 'rules'; readonly files: readonly RuleFile[]; readonly adaptation: Adaptation };

/** `begun`: the rules in force are loaded, and from now on the job's own text takes the time. */
export type FromCheckThread =
  | { readonly job: number; readonly begun: true }
  | { readonly job: number; readonly result: unknown }
  | { readonly job: number; readonly error: string };
