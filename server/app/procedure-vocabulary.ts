import type { QueryNode } from '@vigie/contracts';
import { isEcs } from '@vigie/sources/kit/ecs-types.ts';
import { parseQuery } from '../hunt/index.ts';
import type { ProcedureVocabulary } from '../procedures/index.ts';
import type { AttackNames } from './attack.ts';

/** What procedures are checked against: the search language, ECS, ATT&CK and the rules. */
export function procedureVocabulary(
  attack: Pick<AttackNames, 'techniques' | 'tactics'>,
  rule?: (id: string) => boolean,
): ProcedureVocabulary {
  return {
    queryProblem,
    technique: (id) => attack.techniques.has(id),
    tactic: (key) => attack.tactics.has(key),
    ...(rule === undefined ? {} : { rule }),
  };
}

function queryProblem(text: string): string | undefined {
  let node: QueryNode | undefined;
  try {
    node = parseQuery(text);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  const unknown = node === undefined ? undefined : fieldsOf(node).find((field) => !isEcs(field));
  return unknown === undefined ? undefined : `no event has the field ${unknown}: it is not ECS’s`;
}

function fieldsOf(node: QueryNode): string[] {
  if ('items' in node) return node.items.flatMap(fieldsOf);
  if ('item' in node) return fieldsOf(node.item);
  return 'field' in node ? [node.field] : [];
}
