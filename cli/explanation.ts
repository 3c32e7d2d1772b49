import type { ExplainedItem, ExplainedNode, Explanation } from '@vigie/sigma';
import { paint, safe } from './output.ts';

/** Longest value shown, in characters. */
const LONGEST = 120;

/** An explanation as an indented tree. */
export function explanationLines(explanation: Explanation): string[] {
  const lines: string[] = [];
  if (explanation.logsource !== 'holds')
    lines.push(
      explanation.logsource === 'unmapped'
        ? `${mark(false)} the taxonomy does not know the logsource: no event can reach the rule`
        : `${mark(false)} the event does not belong to the rule's logsource`,
    );
  const several = explanation.conditions.length > 1;
  for (const [index, condition] of explanation.conditions.entries()) {
    if (several) lines.push(`condition ${index + 1}`);
    draw(condition, several ? 1 : 0, lines);
  }
  return lines;
}

function draw(node: ExplainedNode, depth: number, lines: string[]): void {
  const indent = '  '.repeat(depth);
  if (node.kind === 'item') {
    lines.push(`${indent}${mark(node.holds)} ${itemText(node)}`);
    return;
  }
  const title = node.kind === 'of' ? node.text : node.kind === 'selection' ? node.name : node.kind;
  lines.push(`${indent}${mark(node.holds)} ${paint(safe(title), 'bold')}`);
  for (const item of node.items) draw(item, depth + 1, lines);
}

/** The items that kept a rule from holding, each as a line. */
export function failingItems(explanation: Explanation): string[] {
  const lines: string[] = [];
  // Below a negation it is what holds that makes the rule fail.
  const visit = (node: ExplainedNode, wanted: boolean): void => {
    if (node.holds === wanted) return;
    if (node.kind === 'item') lines.push(`${wanted ? '' : 'excluded by '}${itemText(node)}`);
    else for (const item of node.items) visit(item, node.kind === 'not' ? !wanted : wanted);
  };
  for (const condition of explanation.conditions) visit(condition, true);
  return lines;
}

function itemText(item: ExplainedItem): string {
  const hits = item.values.filter(({ holds }) => holds !== item.negated);
  const raws = (hits.length > 0 && item.holds ? hits : item.values).map(({ raw }) => short(raw));
  const asked =
    raws.length > 4 ? `${raws.slice(0, 4).join(' | ')} | … ${raws.length - 4} more` : raws.join(' | ');
  const on = hits[0]?.on;
  const present = item.present.slice(0, 3).map(({ name, text }) => `${name} = ${short(text)}`);
  const found =
    item.holds && on !== undefined
      ? `${on.name} = ${short(on.text)}`
      : present.length > 0
        ? present.join(', ')
        : item.text === ''
          ? 'nowhere in the event'
          : `absent (looked for in ${item.fields.join(', ')})`;
  return `${safe(item.text === '' ? 'keywords' : item.text)}: ${asked}  ← ${found}`;
}

function mark(holds: boolean): string {
  return holds ? paint('✓', 'green') : paint('✗', 'red');
}

function short(text: string): string {
  const plain = safe(text);
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}
