/** Checks of rules that pipelines have changed: against the taxonomy, by the names that they have now. */
import type { SelectionNode, SigmaRule } from '../ast.ts';
import { resolveLogsource, type Taxonomy } from '../taxonomy.ts';
import { locateField } from './fields.ts';
import type { LintIssue } from './types.ts';

/**
 * What the taxonomy does not know of adapted rules, at the places that the rules were written. The text itself is
 * to be linted without a taxonomy: it holds the names from before.
 */
export function lintAdapted(rules: readonly SigmaRule[], taxonomy: Taxonomy): LintIssue[] {
  const issues: LintIssue[] = [];
  for (const rule of rules) {
    const { logsource, detection } = rule;
    const file = rule.file ?? '';
    if (resolveLogsource(taxonomy, logsource) === undefined) {
      const names = (['product', 'category', 'service'] as const).filter((n) => logsource[n] !== undefined);
      issues.push({
        file,
        line: rule.line,
        column: 1,
        severity: 'info',
        code: 'logsource_unknown',
        message: `adapted by pipelines, it asks for what no source writes: ${names.map((n) => `${n}: ${logsource[n]}`).join(', ')}`,
      });
    }
    const reported = new Set<string>();
    const visit = (node: SelectionNode): void => {
      if (node.type !== 'item') {
        node.items.forEach(visit);
        return;
      }
      const { field, position } = node;
      if (field === undefined || field === '' || reported.has(field)) return;
      reported.add(field);
      const { origin, candidates } = locateField(taxonomy, logsource, field);
      if (origin === 'mapped' || (origin === 'own' && field.includes('.'))) return;
      issues.push({
        file,
        ...position,
        ...(origin === 'fallback'
          ? {
              severity: 'info',
              code: 'field_unmapped',
              message: `the taxonomy does not know ${field}, which pipelines made of it; it is looked for as ${candidates.join(', ')}`,
            }
          : {
              severity: 'warning',
              code: 'field_unknown',
              message: `the taxonomy does not know ${field}, which pipelines made of it: no event has a field of that name`,
            }),
      });
    };
    for (const { node } of detection.selections) visit(node);
  }
  return issues;
}
