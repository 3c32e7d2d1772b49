import { writeFileSync } from 'node:fs';
import { CliError, EXIT } from './exit.ts';

/** One case of a JUnit report; without a failure it passed. */
export interface JunitCase {
  /** What it belongs to, a file for example. */
  readonly suite: string;
  readonly name: string;
  readonly failure?: { readonly message: string; readonly details: string };
}

/** Writes cases as JUnit XML, the form that build servers read. @throws CliError */
export function writeJunit(file: string, name: string, cases: readonly JunitCase[]): void {
  try {
    writeFileSync(file, junit(name, cases));
  } catch (cause) {
    throw new CliError(`${file} can't be written: ${(cause as Error).message}`, EXIT.failed);
  }
}

/** Cases as JUnit XML. */
export function junit(name: string, cases: readonly JunitCase[]): string {
  const suites = new Map<string, JunitCase[]>();
  for (const one of cases) {
    const suite = suites.get(one.suite);
    if (suite) suite.push(one);
    else suites.set(one.suite, [one]);
  }
  const failures = (list: readonly JunitCase[]) => list.filter(({ failure }) => failure !== undefined).length;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xmlText(name)}" tests="${cases.length}" failures="${failures(cases)}">`,
  ];
  for (const [suite, list] of suites) {
    lines.push(`  <testsuite name="${xmlText(suite)}" tests="${list.length}" failures="${failures(list)}">`);
    for (const { name: title, failure } of list) {
      const open = `    <testcase classname="${xmlText(suite)}" name="${xmlText(title)}"`;
      if (failure === undefined) lines.push(`${open}/>`);
      else
        lines.push(
          `${open}>`,
          `      <failure message="${xmlText(failure.message)}">${xmlText(failure.details)}</failure>`,
          '    </testcase>',
        );
    }
    lines.push('  </testsuite>');
  }
  return `${lines.join('\n')}\n</testsuites>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML text; characters that XML 1.0 can't hold become U+FFFD. */
function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\n]/g, (char) => ENTITIES[char]!);
}
