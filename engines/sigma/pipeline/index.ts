export { type AppliedPipelines, applyPipelines, type PipelineChange } from './apply.ts';
export { type ParsedPipeline, parsePipeline } from './read.ts';
export type { Pipeline, PipelineIssue, PipelineIssueCode, ProcessingItem, Transformation } from './types.ts';
