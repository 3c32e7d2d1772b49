import type { ProcedureFile, ProcedureWords, StepWords } from '@vigie/contracts/procedure/file.ts';
import { markdownProblems } from '@vigie/contracts/procedure/markdown.ts';
import { PLACEHOLDERS, placeholdersOf } from './placeholders.ts';
import type { ProcedureProblem } from './ports.ts';

const MAX_TITLE = 160;

interface Section {
  readonly id: string;
  readonly title: string;
  readonly line: number;
  readonly lines: string[];
}

/**
 * Reads the words of one language: `# Title`, a summary, and for each step `## step-id: Title` with its text. A
 * decision's section has a line `- [option-id] Label` for each option, that of `tell` a fence ```` ```message ````
 * with what is sent.
 *
 * @param name the file's name, for the problems
 */
export function readWords(
  text: string,
  name: string,
  file: ProcedureFile,
): { readonly words: ProcedureWords | undefined; readonly problems: readonly ProcedureProblem[] } {
  const problems: ProcedureProblem[] = [];
  const fault = (line: number, message: string, severity: ProcedureProblem['severity'] = 'error') =>
    problems.push({ file: name, line, severity, message });
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const told = new Set<string>();
  for (const { at, message } of markdownProblems(lines.join('\n'))) {
    const line = lines.join('\n').slice(0, at).split('\n').length;
    if (!told.has(`${line} ${message}`)) fault(line, message);
    told.add(`${line} ${message}`);
  }
  let title = '';
  const head: string[] = [];
  const sections: Section[] = [];
  lines.forEach((line, index) => {
    const heading = /^(#{1,6})\s+(.*\S)\s*$/.exec(line);
    if (heading === null) {
      (sections.at(-1)?.lines ?? head).push(line);
      return;
    }
    if (heading[1] === '#' && title === '' && sections.length === 0) title = heading[2]!;
    else if (heading[1] === '##') {
      const named = /^([a-z0-9][a-z0-9-]*):\s+(.+)$/.exec(heading[2]!);
      if (named === null) fault(index + 1, 'a step’s heading reads “## step-id: Title”');
      else sections.push({ id: named[1]!, title: named[2]!, line: index + 1, lines: [] });
    } else fault(index + 1, 'only “# Title” once and “## step-id: Title” are headings');
  });
  if (title === '') fault(1, 'begins with “# Title”');
  if (title.length > MAX_TITLE) fault(1, `the title is longer than ${MAX_TITLE} characters`);
  if (head.join('').trim() === '') fault(1, 'has no summary below the title');
  const words: Record<string, StepWords> = {};
  const known = new Map(file.steps.map((step) => [step.id, step]));
  for (const section of sections) {
    const step = known.get(section.id);
    if (step === undefined) fault(section.line, `there is no step “${section.id}” in sop.yml`);
    else if (Object.hasOwn(words, section.id)) fault(section.line, `the step “${section.id}” is there twice`);
    else {
      if (section.title.length > MAX_TITLE)
        fault(section.line, `the title is longer than ${MAX_TITLE} characters`);
      words[section.id] = readSection(section, step, fault);
    }
  }
  for (const { id } of file.steps)
    if (!Object.hasOwn(words, id)) fault(lines.length, `the step “${id}” has no section`);
  const complete = !problems.some(({ severity }) => severity === 'error');
  return {
    words: complete ? { title, summary: head.join('\n').trim(), steps: words } : undefined,
    problems,
  };
}

function readSection(
  section: Section,
  step: ProcedureFile['steps'][number],
  fault: (line: number, message: string) => void,
): StepWords {
  const rest: string[] = [];
  const message: string[] = [];
  const options: Record<string, string> = {};
  let fence: 'no' | 'in' | 'past' = 'no';
  for (const [index, line] of section.lines.entries()) {
    const at = section.line + index + 1;
    if (fence === 'no' && step.kind === 'tell' && line.trim() === '```message') fence = 'in';
    else if (fence === 'in' && line.trim() === '```') fence = 'past';
    else if (fence === 'in') message.push(line);
    else if (line.trim().startsWith('```')) fault(at, 'only a step “tell” has one fence, “```message”');
    else {
      const option = step.kind === 'decision' ? /^- \[([a-z0-9-]+)\] (.+\S)\s*$/.exec(line) : null;
      if (option === null) rest.push(line);
      else if (step.kind === 'decision' && !step.options.some(({ id }) => id === option[1]))
        fault(at, `the step has no option “${option[1]}”`);
      else options[option[1]!] = option[2]!;
    }
  }
  if (fence === 'in') fault(section.line, 'the fence “```message” is never closed');
  if (step.kind === 'tell' && message.join('').trim() === '')
    fault(section.line, 'has no “```message” with what is to be sent');
  for (const name of placeholdersOf(message.join('\n')))
    if (!PLACEHOLDERS.has(name)) fault(section.line, `there is no placeholder {${name}}`);
  if (step.kind === 'decision')
    for (const { id } of step.options)
      if (!Object.hasOwn(options, id)) fault(section.line, `the option “${id}” has no line “- [${id}] …”`);
  return {
    title: section.title,
    text: rest.join('\n').trim(),
    options,
    message: message.length === 0 ? null : message.join('\n').trim(),
  };
}
