export {
  type Adaptation,
  Adapter,
  NO_ADAPTATION,
  type PipelineText,
  PipelineTextError,
  SHIPPED,
} from './adaptation.ts';
export {
  composeFilter,
  concerns,
  type FilterField,
  isBoundless,
  isInclusive,
  itemsOf,
  misfit,
  nameFor,
  type ReadFilter,
  readFilter,
  silencedPart,
  silencingRule,
} from './exception-filter.ts';
export {
  type ActiveException,
  LiveExceptions,
  type LiveExceptionsOptions,
  type SilencedCount,
} from './exceptions.ts';
export { IdleClock, type IdleClockOptions } from './idle-clock.ts';
export { type Found, Judge, type JudgeOptions, LATENESS } from './judge.ts';
export {
  EventMatcher,
  type MatchedBatch,
  type MatchedEvent,
  type MatchedSink,
  type RuleHit,
} from './matched.ts';
export { type ParsedAhead, ParsedFiles, parsedKey } from './parsed-files.ts';
export type * from './ports.ts';
export { DetectQueue, type DetectQueueOptions } from './queue.ts';
export type { RuleFile } from './rule-file.ts';
export {
  buildRuleSet,
  findRule,
  type KnownRule,
  logsourceText,
  type RuleProblem,
  type RuleSet,
} from './rule-set.ts';
export { type AnyRule, type RuleUnit, textOf, unitOf } from './rule-unit.ts';
export { sentenceOf, wordsOf } from './rule-words.ts';
export { entitiesOf, factsOf, type Story, tellStory } from './story.ts';
export { isTrialKey, type TrialRule } from './trial-rule.ts';
export { FLOOD, type TrialHits, Trials, type TrialsOptions } from './trials.ts';
