import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { RuleContent } from '@vigie/contracts/rule-content.ts';
import { dayOf } from '@vigie/server/app/attack.ts';
import {
  applyFixes,
  type LintIssue,
  type LintOptions,
  lintFiles,
  SEVERITIES,
} from '@vigie/sigma/lint/index.ts';
import { type Command, Option } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type JunitCase, writeJunit } from '../junit.ts';
import { counted, paint, printJson, safe } from '../output.ts';
import { type RuleText, readRulePaths, shippedAttack, shippedTaxonomy } from '../rule-files.ts';

/** `vigie rules lint` */
export function lintCommand(rules: Command): void {
  rules
    .command('lint [paths...]')
    .description(
      'checks rule files against the Sigma specification; needs no server (default: the shipped rules)',
    )
    .option('--fix', 'makes the safe corrections in the files')
    .option('--junit <file>', 'also writes a JUnit report')
    .addOption(
      new Option('--severity <least>', 'shows what is at least so severe')
        .choices(SEVERITIES)
        .default('warning'),
    )
    .action(
      (
        paths: string[],
        flags: { fix?: boolean; junit?: string; severity: (typeof SEVERITIES)[number] },
        command: Command,
      ) => {
        const files = readRulePaths(paths);
        const options = lintOptions();
        let issues = lintFiles(files, options);
        let fixed = 0;
        if (flags.fix === true) {
          const repaired = fixFiles(files, issues);
          fixed = repaired.fixed;
          issues = lintFiles(repaired.files, options);
        }
        const shown = issues.filter(
          ({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(flags.severity),
        );
        if (flags.junit !== undefined) writeJunit(flags.junit, 'vigie rules lint', junitCases(files, shown));
        if (command.optsWithGlobals<GlobalOptions>().json === true)
          printJson({ files: files.length, fixed, issues: shown });
        else printIssues(files.length, issues, shown, fixed);
        if (issues.some(({ severity }) => severity === 'error')) process.exitCode = EXIT.failed;
      },
    );
}

/** What rules are checked against on this installation. */
export function lintOptions(): LintOptions {
  const { techniques, tactics, notice } = shippedAttack();
  return {
    taxonomy: shippedTaxonomy(),
    attack: {
      techniques: new Set(Object.keys(techniques).map((id) => id.toLowerCase())),
      tactics: new Set(tactics.map(({ key }) => key)),
      asOf: dayOf(notice.source),
    },
    custom: {
      vigie: (value) => {
        const result = RuleContent.safeParse(value);
        return result.success
          ? []
          : result.error.issues.map(({ path, message }) => ({
              path: path.map((step) => (typeof step === 'number' ? step : String(step))),
              message,
            }));
      },
    },
    newId: randomUUID,
  };
}

function fixFiles(
  files: readonly RuleText[],
  issues: readonly LintIssue[],
): { files: RuleText[]; fixed: number } {
  let fixed = 0;
  const made = files.map((file) => {
    const { text, applied } = applyFixes(
      file.text,
      issues.filter(({ file: path }) => path === file.path),
    );
    // Written back, a file in another encoding would lose the characters that reading it has lost.
    if (applied === 0 || file.text.includes('\uFFFD')) return file;
    fixed += applied;
    writeFileSync(file.path, text);
    return { path: file.path, text };
  });
  return { files: made, fixed };
}

/** A file is a case; it fails by its errors and warnings. */
function junitCases(files: readonly RuleText[], issues: readonly LintIssue[]): JunitCase[] {
  return files.map(({ path }) => {
    const own = issues.filter(({ file, severity }) => file === path && severity !== 'info');
    if (own.length === 0) return { suite: 'lint', name: path };
    return {
      suite: 'lint',
      name: path,
      failure: {
        message: own[0]!.message,
        details: own.map((issue) => `${place(issue)}: ${issue.severity}: ${issue.message}`).join('\n'),
      },
    };
  });
}

const COLOURS = { error: 'red', warning: 'yellow', info: 'blue' } as const;

function printIssues(
  files: number,
  all: readonly LintIssue[],
  shown: readonly LintIssue[],
  fixed: number,
): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  for (const issue of shown) {
    const { severity, message, code, fix } = issue;
    out(
      `${place(issue)}: ${paint(severity, COLOURS[severity])}: ${safe(message)} ${paint(`[${code}]`, 'dim')}`,
    );
    if (fix) out(paint(`    ${fix.safe ? '--fix would' : 'perhaps'}: ${safe(fix.title)}`, 'dim'));
  }
  const count = (severity: LintIssue['severity']) =>
    all.filter((issue) => issue.severity === severity).length;
  const hidden = all.length - shown.length;
  out(
    `${counted(files, 'file')}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('info'), 'note')}${fixed > 0 ? `, ${counted(fixed, 'correction')} made` : ''}${hidden > 0 ? ' (all with --severity info)' : ''}`,
  );
}

function place({ file, line, column }: LintIssue): string {
  return `${file}:${line}:${column}`;
}
