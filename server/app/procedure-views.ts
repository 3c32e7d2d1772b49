import type {
  AttachedProcedure,
  Language,
  ProcedureStepView,
  ProcedureTexts,
  ProcedureView,
  StepBySelf,
} from '@vigie/contracts/api';
import { LANGUAGES } from '@vigie/contracts/api';
import {
  type ProcedureFile,
  type ProcedureStep,
  type ProcedureWords,
  spanMs,
  whomOf,
} from '@vigie/contracts/procedure/file.ts';
import { dueAt, type Procedure, type ProcedureSource, progressOf } from '../procedures/index.ts';
import type { AttachedRecord } from '../storage/state/incident-procedure-store.ts';
import type { TellingRecord } from '../storage/state/telling-store.ts';

export type TellStep = Extract<ProcedureStep, { kind: 'tell' }>;

/** A procedure that is in force somewhere. */
export interface InForce {
  readonly key: string | null;
  readonly tenant: string | null;
  readonly origin: 'shipped' | 'provider' | 'tenant';
  readonly version: number;
  readonly procedure: Procedure;
  readonly source: ProcedureSource;
}

/** The words in a language, in English where that is missing, else in the first that is there. */
export function wordsIn({ words }: Procedure, language: Language): ProcedureWords {
  const found = words[language] ?? words.en ?? LANGUAGES.map((each) => words[each]).find(Boolean);
  if (found === undefined) throw new Error('a procedure without words was let through');
  return found;
}

type Head = Pick<InForce, 'tenant' | 'origin' | 'version' | 'procedure'>;

/** What every view of a procedure begins with. */
export function headOf({ tenant, origin, version, procedure }: Head, language: Language) {
  const { title, summary } = wordsIn(procedure, language);
  const { id, types } = procedure.file;
  const languages = LANGUAGES.filter((each) => procedure.words[each] !== undefined);
  return { id, origin, tenant, version, title, summary, types, languages };
}

/** As a row of the catalogue. */
export function rowOf(
  one: Head & Pick<InForce, 'key'>,
  language: Language,
  more: Pick<ProcedureView, 'live' | 'replaced' | 'changedAt' | 'changedBy'>,
): ProcedureView {
  const { steps, fits } = one.procedure.file;
  return {
    ...headOf(one, language),
    key: one.key,
    steps: steps.length,
    mandatory: steps.filter(({ mandatory }) => mandatory).length,
    techniques: Object.keys(fits.techniques).sort(),
    ...more,
  };
}

/** A procedure's texts as the contract has them. */
export function textsOf({ sop, texts }: ProcedureSource): ProcedureTexts {
  return { sop, texts: { ...texts } };
}

/** The steps in a language. */
export function contentOf(procedure: Procedure, language: Language): ProcedureStepView[] {
  const words = wordsIn(procedure, language);
  return procedure.file.steps.map((step) => stepView(step, words));
}

function stepView(step: ProcedureFile['steps'][number], words: ProcedureWords): ProcedureStepView {
  const { title, text, options, message } = words.steps[step.id]!;
  return {
    id: step.id,
    kind: step.kind,
    by: step.by,
    role: step.role,
    mandatory: step.mandatory,
    within: step.within === undefined ? null : spanMs(step.within),
    title,
    text,
    asks: step.kind === 'evidence' ? step.asks : null,
    queries: step.kind === 'query' ? step.queries : [],
    options:
      step.kind === 'decision'
        ? step.options.map(({ id, to }) => ({ id, label: options[id] ?? id, to: to ?? null }))
        : [],
    whom: [...whomOf(step)],
    roles: step.kind === 'tell' ? [...(step.roles ?? [])] : [],
    message,
  };
}

/** A procedure at an incident, with its messages filled in. */
export function attachedView(
  record: AttachedRecord,
  language: Language,
  about: {
    readonly tenant: string;
    readonly openedAt: number;
    readonly now: number;
    readonly newer: number | null;
    readonly told: readonly TellingRecord[];
    readonly bySelf: (step: TellStep) => StepBySelf;
    readonly fill: (message: string) => string;
  },
): AttachedProcedure {
  const { procedure, steps } = record;
  const progress = progressOf(procedure.file, steps);
  const recorded = new Map(steps.map((step) => [step.step, step]));
  const content = contentOf(procedure, language).map((step, index) => {
    const found = recorded.get(step.id);
    const inFile = procedure.file.steps[index]!;
    const due = dueAt(inFile, about.openedAt);
    const open = found?.state == null;
    const passed = progress.passed.has(step.id);
    return {
      ...step,
      message: step.message === null ? null : about.fill(step.message),
      state: found?.state ?? ('open' as const),
      passed,
      at: found?.at ?? null,
      actor: found?.actor ?? null,
      reason: found?.reason ?? null,
      evidence: found?.evidence ?? null,
      option: found?.option ?? null,
      assignee: found?.assignee ?? null,
      told: about.told
        .filter((one) => one.procedure === record.id && one.step === step.id)
        .map(({ view }) => view),
      bySelf: inFile.kind === 'tell' ? about.bySelf(inFile) : null,
      dueAt: due,
      overdue: open && !passed && due !== null && about.now > due,
    };
  });
  return {
    ...headOf({ ...record, tenant: record.origin === 'tenant' ? about.tenant : null }, language),
    attachedAt: record.attachedAt,
    attachedBy: record.attachedBy,
    settled: progress.settled,
    total: progress.total,
    open: [...progress.openMandatory],
    next: progress.next,
    newer: about.newer,
    content,
  };
}
