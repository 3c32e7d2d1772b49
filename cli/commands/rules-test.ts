import { existsSync } from 'node:fs';
import { explain, type SigmaCorrelation, type SigmaRule, type Taxonomy } from '@vigie/sigma';
import type { Command } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { explanationLines, failingItems } from '../explanation.ts';
import { writeJunit } from '../junit.ts';
import { paint, printJson, safe } from '../output.ts';
import { CaseRunner, linesOfCase, parseCases, type RuleCase, type Run } from '../rule-cases.ts';
import { parseRuleTexts, readRulePaths, readText, shippedTaxonomy, warnOfErrors } from '../rule-files.ts';
import { INSTALLATION } from '../version.ts';

/** What became of one case. */
export interface CaseResult {
  readonly file: string;
  readonly name: string;
  /** Whether the case says that the rule fires. */
  readonly fires: boolean;
  readonly passed: boolean;
  /** Why it did not pass, line by line. */
  readonly reason?: readonly string[];
}

/** `vigie rules test` */
export function testCommand(rules: Command): void {
  rules
    .command('test [paths...]')
    .description(
      'runs the cases (<rule>.cases.yml) of rules from the raw log to the verdict; needs no server (default: the shipped rules)',
    )
    .option('--junit <file>', 'also writes a JUnit report')
    .option('--samples <folder>', 'folder that the samples in cases are relative to', INSTALLATION)
    .action((paths: string[], flags: { junit?: string; samples: string }, command: Command) => {
      const { results, untested } = testRules(paths, flags.samples);
      const failed = results.filter(({ passed }) => !passed);
      if (flags.junit !== undefined)
        writeJunit(
          flags.junit,
          'vigie rules test',
          results.map(({ file, name, reason }) => ({
            suite: file,
            name,
            ...(reason ? { failure: { message: reason[0] ?? 'failed', details: reason.join('\n') } } : {}),
          })),
        );
      if (command.optsWithGlobals<GlobalOptions>().json === true)
        printJson({
          passed: results.length - failed.length,
          failed: failed.length,
          untested,
          cases: results,
        });
      else {
        const out = (text: string) => process.stdout.write(`${text}\n`);
        for (const { file, name, reason } of failed) {
          out(`${paint('failed', 'red')}  ${file}: ${safe(name)}`);
          for (const line of reason ?? []) out(`        ${safe(line)}`);
        }
        if (untested.length > 0) out(paint(`${untested.length} files have no cases`, 'yellow'));
        out(
          `${paint(`${results.length - failed.length} passed`, 'green')}, ${failed.length > 0 ? paint(`${failed.length} failed`, 'red') : '0 failed'}`,
        );
      }
      if (failed.length > 0) process.exitCode = EXIT.failed;
    });
}

/**
 * Runs the cases of all rule files below the paths; the rules are compiled together, so a correlation may
 * refer to a rule in another of these files.
 */
export function testRules(
  paths: readonly string[],
  samples: string,
): { results: CaseResult[]; untested: string[] } {
  const files = readRulePaths(paths);
  const parsed = parseRuleTexts(files);
  warnOfErrors(parsed.errors);
  const all = [...parsed.rules, ...parsed.correlations];
  const taxonomy = shippedTaxonomy();
  const runner = new CaseRunner(all, taxonomy);
  const untested: string[] = [];
  const results = files.flatMap(({ path }) => {
    const casesFile = path.replace(/\.ya?ml$/i, '.cases.yml');
    if (!existsSync(casesFile)) {
      untested.push(path);
      return [];
    }
    const own = all.filter(({ file }) => file === path);
    const broken = parsed.errors.find(({ file }) => file === path);
    return readCases(casesFile).map((entry): CaseResult => {
      const { name, fires } = entry;
      const reason = broken
        ? [`line ${broken.line ?? 1}: ${broken.message}`]
        : judge(entry, alerting(own), own, runner, taxonomy, samples);
      return { file: path, name, fires, passed: reason === undefined, ...(reason ? { reason } : {}) };
    });
  });
  if (results.length === 0)
    throw new CliError('there are no cases: they stand in <rule>.cases.yml', EXIT.usage);
  return { results, untested };
}

function readCases(file: string): readonly RuleCase[] {
  try {
    return parseCases(readText(file));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(`${file}: ${(cause as Error).message}`, EXIT.usage);
  }
}

/** The rules of a file that its cases are about: those that say something to people, else all. */
function alerting(own: readonly (SigmaRule | SigmaCorrelation)[]): readonly (SigmaRule | SigmaCorrelation)[] {
  const speaking = own.filter(({ custom }) => custom['vigie'] !== undefined);
  return speaking.length > 0 ? speaking : own;
}

/** @returns `undefined` when the case is as it says */
function judge(
  entry: RuleCase,
  about: readonly (SigmaRule | SigmaCorrelation)[],
  own: readonly (SigmaRule | SigmaCorrelation)[],
  runner: CaseRunner,
  taxonomy: Taxonomy,
  samples: string,
): string[] | undefined {
  let outcome: Run;
  try {
    outcome = runner.run(linesOfCase(entry, samples));
  } catch (cause) {
    // A sample that is not there, or a placeholder that does not exist: the case is wrong, not the program.
    return [cause instanceof Error ? cause.message : String(cause)];
  }
  const { fired, read } = outcome;
  const unread = read.find((log) => log.outcome === 'unrecognised' || log.outcome === 'failed');
  if (unread)
    return [`a log was not understood (${unread.outcome})`, String(unread.fields['event.original'] ?? '')];
  const hit = fired.find(({ rule }) => about.includes(rule));
  if ((hit !== undefined) === entry.fires) return undefined;
  if (hit) {
    const lines = hit.rule.kind === 'rule' ? explanationLines(explain(hit.rule, hit.fields, taxonomy)) : [];
    return [`"${hit.title}" fired, and should not`, ...lines];
  }
  const rejected = runner.correlationsRejected.find(({ rule }) => about.includes(rule));
  if (rejected) return [`"${rejected.rule.title}" can't run: ${rejected.issue.message}`];
  return missing(own, read, taxonomy);
}

/** Why nothing fired: for each rule of the file how many logs it held on, or what failed on the nearest one. */
function missing(
  own: readonly (SigmaRule | SigmaCorrelation)[],
  read: Run['read'],
  taxonomy: Taxonomy,
): string[] {
  const lines = ['nothing fired, and should'];
  for (const rule of own) {
    if (rule.kind !== 'rule') continue;
    const explained = read.map(({ fields }) => explain(rule, fields, taxonomy));
    const held = explained.filter(({ matches }) => matches).length;
    if (held > 0) {
      lines.push(`"${rule.title}" holds on ${held} of ${read.length} logs`);
      continue;
    }
    const inside = explained.filter(({ logsource }) => logsource === 'holds');
    if (inside.length === 0) {
      const unmapped = explained[0]?.logsource === 'unmapped';
      lines.push(
        `"${rule.title}": ${unmapped ? 'no source writes its logsource' : 'no log belongs to its logsource'}`,
      );
      continue;
    }
    const nearest = inside.map(failingItems).sort((a, b) => a.length - b.length)[0]!;
    lines.push(`"${rule.title}" does not hold:`, ...nearest);
  }
  for (const rule of own)
    if (rule.kind === 'correlation') lines.push(`"${rule.title}": its condition was not reached`);
  return lines;
}
