export { checkMapping, type MappingProblem } from './check.ts';
export {
  type CompiledMapping,
  compileMapping,
  type MappingCounts,
  MappingError,
  type Misfit,
  type RuleTrace,
} from './compile.ts';
export { type MappingSet, mappingSet } from './set.ts';
export { type MappingSuggestion, suggestMapping } from './suggest.ts';
export { type TryResult, tryMapping } from './try.ts';
