import type { DetectionItem, Logsource, SigmaCorrelation, SigmaFilter, SigmaRule } from '../ast.ts';
import { PipelineError, type Scalar } from './types.ts';

/** A document that pipelines apply to. */
export type Processed = SigmaRule | SigmaCorrelation | SigmaFilter;

/** Items and values that the steps may make of one rule, all steps together. */
const MAX_MADE = 200_000;
/** Characters of them. */
const MAX_CHARACTERS = 8_000_000;

/** What a run of pipelines over one document remembers. */
export class RunContext {
  readonly vars: ReadonlyMap<string, readonly string[]>;
  readonly state = new Map<string, Scalar>();
  /** Ids of the steps whose rule conditions held. */
  readonly applied = new Set<string>();
  /** Field name → ids of the steps that made it. */
  readonly fieldSteps = new Map<string, Set<string>>();
  /** Logsources of the rules a correlation refers to. */
  readonly referenced: readonly Logsource[];
  private readonly itemSteps = new WeakMap<DetectionItem, ReadonlySet<string>>();
  private added = 0;
  private made = 0;
  private characters = 0;

  constructor(vars: ReadonlyMap<string, readonly string[]>, referenced: readonly Logsource[]) {
    this.vars = vars;
    this.referenced = referenced;
  }

  /** Notes that a step made an item out of another. */
  mark(item: DetectionItem, from: DetectionItem | undefined, id: string | undefined): void {
    const before = (from && this.itemSteps.get(from)) ?? [];
    this.itemSteps.set(item, new Set(id === undefined ? before : [...before, id]));
  }

  wasItemMadeBy(item: DetectionItem, id: string): boolean {
    return this.itemSteps.get(item)?.has(id) === true;
  }

  markField(name: string, id: string | undefined): void {
    if (id === undefined) return;
    const steps = this.fieldSteps.get(name);
    if (steps) steps.add(id);
    else this.fieldSteps.set(name, new Set([id]));
  }

  /**
   * Counts what a step makes: mapping a field to two others forty times over would make a million million.
   *
   * @throws PipelineError
   */
  spend(made: number, characters: number): void {
    this.made += made;
    this.characters += characters;
    if (this.made > MAX_MADE || this.characters > MAX_CHARACTERS)
      throw new PipelineError(
        'pipeline_failed_rule',
        `the pipeline makes more than ${MAX_MADE} values, or ${MAX_CHARACTERS} characters, of this rule`,
      );
  }

  /** A number for selections that have no name of their own. */
  nextAdded(): number {
    return ++this.added;
  }
}
