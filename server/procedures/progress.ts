import { type ProcedureFile, spanMs } from '@vigie/contracts/procedure/file.ts';
import type { StepRecord } from './ports.ts';

export interface Progress {
  /** Steps that a decision has led past. */
  readonly passed: ReadonlySet<string>;
  /** Settled steps, and all, those that were led past left out. */
  readonly settled: number;
  readonly total: number;
  /** Mandatory steps that are open and that no choice still to be made could lead past. */
  readonly openMandatory: readonly string[];
  /** The step to do next; null: none is left. */
  readonly next: string | null;
}

/** How far a procedure is. */
export function progressOf({ steps }: ProcedureFile, records: readonly StepRecord[]): Progress {
  const recorded = new Map(records.map((record) => [record.step, record]));
  const settled = (id: string) => recorded.get(id)?.state != null;
  const place = (to: string) => (to === 'end' ? steps.length : steps.findIndex(({ id }) => id === to));
  const passed = new Set<string>();
  const doubtful = new Set<string>();
  const note = (into: Set<string>, from: number, to: number) => {
    for (const { id } of steps.slice(from, to)) into.add(id);
  };
  steps.forEach((step, index) => {
    if (step.kind !== 'decision' || passed.has(step.id)) return;
    const record = recorded.get(step.id);
    const chosen = record?.state === 'done' ? step.options.find(({ id }) => id === record.option) : undefined;
    if (chosen?.to !== undefined) note(passed, index + 1, place(chosen.to));
    else if (record?.state == null)
      for (const { to } of step.options) if (to !== undefined) note(doubtful, index + 1, place(to));
  });
  const counted = steps.filter(({ id }) => !passed.has(id) || settled(id));
  const open = steps.filter(({ id }) => !passed.has(id) && !settled(id));
  return {
    passed,
    settled: counted.filter(({ id }) => settled(id)).length,
    total: counted.length,
    openMandatory: open.filter(({ id, mandatory }) => mandatory && !doubtful.has(id)).map(({ id }) => id),
    next: open[0]?.id ?? null,
  };
}

/** When a step should be done, epoch milliseconds, counted from when the incident was opened; null: no target. */
export function dueAt(step: ProcedureFile['steps'][number], openedAt: number): number | null {
  return step.within === undefined ? null : openedAt + spanMs(step.within);
}
