import { evtxTarget } from './evtx-target.ts';
import { planted } from './planted.ts';
import type { Seeds } from './seeds.ts';
import { conditionTarget, pipelineTarget, regexTarget, rulesTarget, yamlTarget } from './sigma-targets.ts';
import type { Target } from './target.ts';

/** What is fuzzed when nothing is named, and its share of the inputs. */
export const SHARES: readonly (readonly [target: string, share: number])[] = [
  ['condition', 760],
  ['evtx', 80],
  ['regex', 120],
  ['yaml', 10],
  ['rules', 20],
  ['pipelines', 10],
];

/** @throws RangeError for a name that is none */
export function targetOf(name: string, seeds: Seeds): Target {
  const all: readonly Target[] = [
    regexTarget, conditionTarget, rulesTarget(seeds), pipelineTarget, yamlTarget, evtxTarget(seeds), ...planted,
  ]; // biome-ignore format: a list
  const found = all.find((target) => target.name === name);
  if (!found)
    throw new RangeError(`no target ${name}: one of ${all.map((target) => target.name).join(', ')}`);
  return found;
}
