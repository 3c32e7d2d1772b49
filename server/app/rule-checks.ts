import type { EcsFields } from '@vigie/contracts';
import type { RuleCheck, RuleExplanation } from '@vigie/contracts/api';
import { CorrelationEngine, compile, type Taxonomy } from '@vigie/sigma';
import type { RuleChecker, RuleText } from './rule-check.ts';
import { explainUnit, readPasted, UnreadableLog } from './rule-explain.ts';

/** The event that a rule is explained on: one of the store, or what a person pasted. */
export type ExplainedEvent =
  | { readonly fields: EcsFields; readonly source: string }
  | { readonly log: string; readonly type: string | undefined };

/** What is done with the text of a rule before anybody has judged it harmless. */
export interface RuleChecks {
  /** Syntax, specification, what it refers to, compilation, and its cases. */
  check(text: RuleText): Promise<RuleCheck>;
  /** Why the rule of a text matches an event or not; `invalid`: why that can't be said. */
  explain(text: RuleText, event: ExplainedEvent): Promise<RuleExplanation | { readonly invalid: string }>;
  /** Title of the rule that a text is about; undefined when it holds none. */
  title(text: RuleText): Promise<string | undefined>;
  /** Parses and compiles a text. @returns how long that took, milliseconds */
  vet(text: RuleText): Promise<number>;
}

/** Does it in the thread of the caller. */
export function createRuleChecks(checker: RuleChecker, taxonomy: Taxonomy): RuleChecks {
  return {
    check: (text) => checker.check(text),
    async explain({ text, id }, event) {
      const unit = checker.unit(text, id);
      if (unit === undefined) return { invalid: 'the text holds no rule that can be read' };
      const lost = unit.missing[0];
      if (lost !== undefined) return { invalid: `there is no rule ${JSON.stringify(lost.name)}` };
      try {
        const { fields, source } = 'fields' in event ? event : readPasted(event.log, event.type);
        return explainUnit(unit, fields, source, taxonomy);
      } catch (error) {
        if (error instanceof UnreadableLog) return { invalid: error.message };
        throw error;
      }
    },
    title: async ({ text, id }) => checker.unit(text, id)?.subject.title,
    async vet({ text, id }) {
      const started = performance.now();
      const unit = checker.unit(text, id);
      if (unit !== undefined) {
        compile(unit.rules, { taxonomy });
        if (unit.missing.length === 0)
          new CorrelationEngine(unit.correlations, { rules: unit.rules, taxonomy });
      }
      return performance.now() - started;
    },
  };
}
