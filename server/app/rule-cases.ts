import { setImmediate as yieldToLoop } from 'node:timers/promises';
import type { RuleCaseResult, RuleIssue } from '@vigie/contracts/api';
import { type ExplainedItem, type ExplainedNode, explain, type SigmaRule, type Taxonomy } from '@vigie/sigma';
import { child, readYaml, toJson, type YamlNode } from '@vigie/sigma/yaml.ts';
import { CaseRunner, casesSchema, linesOfCase, type RuleCase, type Run } from '../../cli/rule-cases.ts';
import type { AnyRule, RuleUnit } from '../detect/index.ts';

/** Raw logs of one file of cases, repetitions counted: what runs here runs beside the live stream. */
const MAX_LINES = 5_000;
/** Samples that a case may name: those that come with the sources, and no other file of the machine. */
const SAMPLE = /^sources\/(?:[\w-]+\/){1,3}samples\/[\w.-]+$/;
const LONGEST = 160;

/** A file of cases as read, or what is wrong with it. */
export interface ReadCases {
  readonly cases: readonly { readonly entry: RuleCase; readonly line: number }[];
  readonly issues: readonly RuleIssue[];
}

/** Reads cases that a person wrote, with the line of each; within bounds, and never more than one document. */
export function readCases(text: string): ReadCases {
  const { documents, issues } = readYaml(text);
  const wrong = issues.map(({ line, column, code, message }) => issue(line, column, code, message));
  if (wrong.length > 0) return { cases: [], issues: wrong };
  const [root] = documents;
  if (root === undefined) return { cases: [], issues: [] };
  if (documents.length > 1)
    return { cases: [], issues: [issue(1, 1, 'cases_invalid', 'cases are one YAML document')] };
  const list = child(root, 'cases')?.value;
  const nodes = list?.kind === 'list' ? list.items : [];
  const parsed = casesSchema.safeParse(toJson(root));
  if (!parsed.success)
    return {
      cases: [],
      issues: parsed.error.issues.slice(0, 100).map(({ path, message }) => {
        const { line, column } = placeOf(root, path);
        const where = path.map(String).join('.');
        return issue(line, column, 'cases_invalid', where === '' ? message : `${where}: ${message}`);
      }),
    };
  const cases = parsed.data.cases.map((entry, index) => ({ entry, line: nodes[index]?.line ?? 1 }));
  const bad: RuleIssue[] = [];
  let lines = 0;
  for (const { entry, line } of cases)
    for (const log of entry.logs)
      if ('sample' in log) {
        if (!SAMPLE.test(log.sample) || log.sample.includes('..'))
          bad.push(
            issue(
              line,
              1,
              'sample_unknown',
              `${JSON.stringify(log.sample)} is no sample of a source (sources/<vendor>/<product>/samples/<file>)`,
            ),
          );
      } else lines += log.times;
  if (lines > MAX_LINES)
    bad.push(
      issue(
        1,
        1,
        'cases_too_large',
        `the cases repeat ${lines} logs; at most ${MAX_LINES} are run here (vigie rules test runs more)`,
      ),
    );
  return { cases, issues: bad };
}

/**
 * Runs cases from the raw log to the verdict, a few at a time, so that the live stream goes on.
 *
 * @param samples folder that `sources/…` is in
 */
export async function runCases(
  { cases }: ReadCases,
  unit: RuleUnit,
  taxonomy: Taxonomy,
  samples: string,
): Promise<RuleCaseResult[]> {
  const runner = new CaseRunner([...unit.rules, ...unit.correlations], taxonomy);
  const results: RuleCaseResult[] = [];
  for (const { entry, line } of cases) {
    await yieldToLoop();
    const reasons = judge(entry, unit, runner, taxonomy, samples);
    results.push({
      name: entry.name,
      fires: entry.fires,
      passed: reasons === undefined,
      line,
      reasons: reasons ?? [],
    });
  }
  return results;
}

/** @returns undefined when the case is as it says */
function judge(
  entry: RuleCase,
  { subject, rules }: RuleUnit,
  runner: CaseRunner,
  taxonomy: Taxonomy,
  samples: string,
): string[] | undefined {
  let run: Run;
  try {
    run = runner.run(linesOfCase(entry, samples));
  } catch (cause) {
    // A sample that is not there, or a placeholder that does not exist: the case is wrong, not the program.
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    return [missing ? 'the sample is not there' : cause instanceof Error ? cause.message : String(cause)];
  }
  const { fired, read } = run;
  const unread = read.find(({ outcome }) => outcome === 'unrecognised' || outcome === 'failed');
  if (unread !== undefined)
    return [
      `a log was not understood (${unread.outcome}); name its technology with type`,
      short(String(unread.fields['event.original'] ?? '')),
    ];
  const hit = fired.find(({ rule }) => rule === subject);
  if ((hit !== undefined) === entry.fires) return undefined;
  if (hit !== undefined)
    return [
      `"${hit.title}" fired, and should not`,
      ...(subject.kind === 'rule' ? itemsThat(true, subject, hit.fields, taxonomy) : []),
    ];
  return ['nothing fired, and should', ...missing(subject, rules, read, taxonomy)];
}

/** Why nothing fired: for each rule on how many logs it held, or what failed on the nearest one. */
function missing(
  subject: AnyRule,
  rules: readonly SigmaRule[],
  read: Run['read'],
  taxonomy: Taxonomy,
): string[] {
  const lines: string[] = [];
  for (const rule of rules) {
    const explained = read.map(({ fields }) => ({ fields, of: explain(rule, fields, taxonomy) }));
    const held = explained.filter(({ of }) => of.matches).length;
    if (held > 0) {
      lines.push(`"${rule.title}" holds on ${held} of ${read.length} logs`);
      continue;
    }
    const inside = explained.filter(({ of }) => of.logsource === 'holds');
    if (inside.length === 0) {
      const unmapped = explained[0]?.of.logsource === 'unmapped';
      lines.push(
        `"${rule.title}": ${unmapped ? 'no source writes its logsource' : 'no log belongs to its logsource'}`,
      );
      continue;
    }
    const nearest = inside
      .map(({ fields }) => itemsThat(false, rule, fields, taxonomy))
      .sort((a, b) => a.length - b.length)[0]!;
    lines.push(`"${rule.title}" does not hold:`, ...nearest);
  }
  if (subject.kind === 'correlation') lines.push(`"${subject.title}": its condition was not reached`);
  return lines;
}

/** The items that made a rule hold, or kept it from holding, each as a line. */
function itemsThat(
  held: boolean,
  rule: SigmaRule,
  fields: Run['read'][number]['fields'],
  taxonomy: Taxonomy,
): string[] {
  const lines: string[] = [];
  // Below a negation it is the opposite outcome that counts.
  const visit = (node: ExplainedNode, wanted: boolean): void => {
    if (node.holds !== wanted) return;
    if (node.kind === 'item') lines.push(`${wanted === held ? '' : 'excluded by '}${itemText(node)}`);
    else for (const item of node.items) visit(item, node.kind === 'not' ? !wanted : wanted);
  };
  for (const condition of explain(rule, fields, taxonomy).conditions) visit(condition, held);
  return lines;
}

function itemText({ text, values, present, fields }: ExplainedItem): string {
  const asked = values.slice(0, 4).map(({ raw }) => short(raw));
  const more = values.length > 4 ? ` or ${values.length - 4} more` : '';
  const found =
    present.length > 0
      ? present
          .slice(0, 3)
          .map(({ name, text: value }) => `${name} = ${short(value)}`)
          .join(', ')
      : text === ''
        ? 'nowhere in the log'
        : `absent (looked for in ${fields.join(', ')})`;
  return `${text === '' ? 'keywords' : text}: ${asked.join(' | ')}${more} ← ${found}`;
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function issue(
  line: number | undefined,
  column: number | undefined,
  code: string,
  message: string,
): RuleIssue {
  return { line: line ?? 1, column: column ?? 1, severity: 'error', code, message };
}

/** The deepest place of a path that the document has. */
function placeOf(root: YamlNode, path: readonly PropertyKey[]): { line: number; column: number } {
  let node = root;
  for (const step of path) {
    const next =
      node.kind === 'list' && typeof step === 'number' ? node.items[step] : child(node, String(step))?.value;
    if (next === undefined) break;
    node = next;
  }
  return { line: node.line, column: node.column };
}
