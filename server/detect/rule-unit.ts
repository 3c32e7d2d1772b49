import { type ParsedRules, ruleKey, type SigmaCorrelation, type SigmaRule } from '@vigie/sigma';
import type { RuleFile } from './rule-file.ts';

export type AnyRule = SigmaRule | SigmaCorrelation;

/** One rule with everything it needs to judge: what a version of a rule holds. */
export interface RuleUnit {
  /** The rule that the text is about. */
  readonly subject: AnyRule;
  /** The other rules of the text. */
  readonly others: readonly AnyRule[];
  /** Every detection rule that takes part, from the text or from elsewhere. */
  readonly rules: readonly SigmaRule[];
  /** Every correlation that takes part, the subject last where it is one. */
  readonly correlations: readonly SigmaCorrelation[];
  /** Rules of the text that the subject does not count. */
  readonly unused: readonly AnyRule[];
  /** Names that no rule has, with the correlation that names them. */
  readonly missing: readonly { readonly name: string; readonly by: SigmaCorrelation }[];
}

/**
 * Reads the unit of a parsed text: the rule with the wanted key, else the last correlation, else the first
 * rule; and, for a correlation, the rules it counts.
 *
 * @param find a rule in force by id or name, for what the text does not hold itself
 * @returns undefined when the text holds no rule
 */
export function unitOf(
  parsed: Pick<ParsedRules, 'rules' | 'correlations'>,
  find: (name: string) => AnyRule | undefined,
  wanted?: string,
): RuleUnit | undefined {
  const all: readonly AnyRule[] = [...parsed.rules, ...parsed.correlations];
  const subject =
    all.find((rule) => ruleKey(rule) === wanted) ?? parsed.correlations.at(-1) ?? parsed.rules[0];
  if (subject === undefined) return undefined;
  const rules = new Map<string, SigmaRule>();
  const correlations = new Map<string, SigmaCorrelation>();
  const missing: { name: string; by: SigmaCorrelation }[] = [];
  const visited = new Set<AnyRule>();
  const visit = (rule: AnyRule): void => {
    if (visited.has(rule)) return;
    visited.add(rule);
    if (rule.kind === 'rule') {
      rules.set(ruleKey(rule), rule);
      return;
    }
    for (const name of rule.correlation.rules) {
      const named = all.find((other) => other.id === name || other.name === name) ?? find(name);
      if (named === undefined) missing.push({ name, by: rule });
      else visit(named);
    }
    correlations.set(ruleKey(rule), rule);
  };
  visit(subject);
  return {
    subject,
    others: all.filter((rule) => rule !== subject),
    rules: [...rules.values()],
    correlations: [...correlations.values()],
    unused: all.filter((rule) => !visited.has(rule)),
    missing,
  };
}

/**
 * The part of a file that a version of one of its rules begins with: the rule's own document and, for a
 * correlation, those of the rules it counts that stand in the same file.
 *
 * @param inFile rules of the file, in its order
 * @returns `refused`: the documents of the file can't be told apart
 */
export function textOf(
  file: Pick<RuleFile, 'text'>,
  rule: AnyRule,
  inFile: readonly AnyRule[],
): { readonly text: string } | { readonly refused: string } {
  if (inFile.length <= 1) return { text: file.text };
  if (/^["']?action["']?\s*:/m.test(file.text))
    return {
      refused:
        'it is part of a rule collection (action: global), which Sigma has given up; write its rules out to edit one',
    };
  const documents = documentsOf(file.text);
  const unit = unitOf(
    {
      rules: inFile.filter((other) => other.kind === 'rule'),
      correlations: inFile.filter((other) => other.kind === 'correlation'),
    },
    () => undefined,
    ruleKey(rule),
  );
  const wanted = new Set<AnyRule>([rule, ...(unit?.rules ?? []), ...(unit?.correlations ?? [])]);
  const lines = inFile.filter((other) => wanted.has(other)).map(({ line }) => line);
  const kept = documents.filter(({ from, to }) => lines.some((line) => line >= from && line < to));
  return { text: kept.map(({ text }) => text).join('---\n') };
}

/** The documents of a YAML file with their lines, `from` inclusive, `to` exclusive. */
function documentsOf(text: string): { from: number; to: number; text: string }[] {
  const documents: { from: number; to: number; text: string }[] = [];
  let from = 1;
  let lines: string[] = [];
  const close = (to: number) => {
    const body = lines.join('\n').trim();
    if (body !== '') documents.push({ from, to, text: `${lines.join('\n').replace(/\s+$/, '')}\n` });
    lines = [];
    from = to + 1;
  };
  const all = text.split('\n');
  all.forEach((line, index) => {
    if (/^---(?:\s|$)/.test(line)) close(index + 1);
    else lines.push(line);
  });
  close(all.length + 1);
  return documents;
}
