export { type FailingExample, NormalizeCounters, type SourceCounts } from './counters.ts';
export { type DelayCounts, delayQuantiles } from './delays.ts';
export { createNormalizer, defaultId, type Normalizer, type NormalizerOptions } from './normalizer.ts';
export type { AssignId, Enrich } from './ports.ts';
