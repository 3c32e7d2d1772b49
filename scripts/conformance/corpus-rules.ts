import { join } from 'node:path';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import { loadTaxonomy } from '../../server/app/taxonomy.ts';
import { buildRuleSet, type RuleSet } from '../../server/detect/rule-set.ts';
import type { Context } from './part.ts';

/** The corpus's rules as the server would load them, and how long that took. */
export interface CorpusRules {
  readonly set: RuleSet;
  readonly milliseconds: number;
  /** Errors that rules threw while matching: rule id → message of the first. */
  readonly thrown: Map<string, string>;
}

let loaded: CorpusRules | undefined;

/** Loads all rules below `sigma/rules` of the corpus, once. */
export function corpusRules({ root, corpus }: Context): CorpusRules {
  if (loaded !== undefined) return loaded;
  const thrown = new Map<string, string>();
  const taxonomy = loadTaxonomy(join(root, 'detections', 'taxonomy'));
  const files = readRuleFolder(join(corpus, 'sigma', 'rules'));
  const from = performance.now();
  const set = buildRuleSet(
    files.map((file) => ({ origin: 'corpus', ...file })),
    taxonomy,
    (id, error) => {
      if (!thrown.has(id)) thrown.set(id, error instanceof Error ? error.message : String(error));
    },
  );
  loaded = { set, milliseconds: performance.now() - from, thrown };
  return loaded;
}
