export { type Found, Judge, type JudgeOptions } from './judge.ts';
export {
  EventMatcher,
  type MatchedBatch,
  type MatchedEvent,
  type MatchedSink,
  type RuleHit,
} from './matched.ts';
export type * from './ports.ts';
export { DetectQueue, type DetectQueueOptions } from './queue.ts';
export {
  buildRuleSet,
  findRule,
  type KnownRule,
  logsourceText,
  type RuleFile,
  type RuleProblem,
  type RuleSet,
} from './rule-set.ts';
export { entitiesOf, factsOf, type Story, tellStory } from './story.ts';
