import { LANGUAGES, type Language } from '@vigie/contracts/api';
import { ProcedureFile, type ProcedureWords } from '@vigie/contracts/procedure/file.ts';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { isEntity, placeholdersOf } from './placeholders.ts';
import type { Procedure, ProcedureProblem, ProcedureSource, ProcedureVocabulary } from './ports.ts';
import { readWords } from './texts.ts';

/** Longest file of a procedure, characters. */
export const MAX_PROCEDURE_TEXT = 100_000;
const FILE = 'sop.yml';

/**
 * Reads a procedure from its files and says all that is wrong with it.
 *
 * @param complete whether every language must be there, as for those that come with Vigie; else one is enough
 * @returns the procedure only where nothing of severity `error` was found
 */
export function readProcedure(
  source: ProcedureSource,
  vocabulary: ProcedureVocabulary,
  complete: boolean,
): { readonly procedure: Procedure | undefined; readonly problems: readonly ProcedureProblem[] } {
  const { file, problems } = readFile(source.sop, vocabulary);
  if (file === undefined) return { procedure: undefined, problems };
  const words: Partial<Record<Language, ProcedureWords>> = {};
  for (const language of LANGUAGES) {
    const text = source.texts[language];
    const name = `${language}.md`;
    if (text === undefined || text.trim() === '') {
      problems.push({
        file: name,
        line: 1,
        severity: complete ? 'error' : 'warning',
        message: complete ? 'the language is missing' : 'the language is missing; another is shown instead',
      });
      continue;
    }
    if (text.length > MAX_PROCEDURE_TEXT) {
      problems.push({ file: name, line: 1, severity: 'error', message: 'the text is too long' });
      continue;
    }
    const read = readWords(text, name, file);
    problems.push(...read.problems);
    if (read.words !== undefined) words[language] = read.words;
  }
  if (Object.keys(words).length === 0 && !problems.some(({ severity }) => severity === 'error'))
    problems.push({
      file: 'en.md',
      line: 1,
      severity: 'error',
      message: 'there are no words in any language',
    });
  const failed = problems.some(({ severity }) => severity === 'error');
  return { procedure: failed ? undefined : { file, words }, problems };
}

function readFile(
  text: string,
  vocabulary: ProcedureVocabulary,
): { file: ProcedureFile | undefined; problems: ProcedureProblem[] } {
  const problems: ProcedureProblem[] = [];
  if (text.length > MAX_PROCEDURE_TEXT)
    return {
      file: undefined,
      problems: [{ file: FILE, line: 1, severity: 'error', message: 'the text is too long' }],
    };
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, schema: 'core' });
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const node: unknown = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range != null) return counter.linePos(node.range[0]).line;
    }
    return 1;
  };
  for (const { message, pos } of document.errors)
    problems.push({
      file: FILE,
      line: counter.linePos(pos[0]).line,
      severity: 'error',
      message: message.split('\n')[0]!,
    });
  if (problems.length > 0) return { file: undefined, problems };
  let value: unknown;
  try {
    // Aliases could make a small file large; a procedure needs none.
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { file: undefined, problems: [{ file: FILE, line: 1, severity: 'error', message }] };
  }
  const parsed = ProcedureFile.safeParse(value);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues.slice(0, 50))
      problems.push({
        file: FILE,
        line: lineOf(path),
        severity: 'error',
        message: `${path.map(String).join('.') || 'the file'}: ${message}`,
      });
    return { file: undefined, problems };
  }
  const fault = (
    path: readonly PropertyKey[],
    message: string,
    severity: ProcedureProblem['severity'] = 'error',
  ) => problems.push({ file: FILE, line: lineOf(path), severity, message });
  checkFits(parsed.data, vocabulary, fault);
  checkSteps(parsed.data, vocabulary, fault);
  return { file: parsed.data, problems };
}

type Fault = (path: readonly PropertyKey[], message: string, severity?: ProcedureProblem['severity']) => void;

function checkFits({ fits }: ProcedureFile, vocabulary: ProcedureVocabulary, fault: Fault): void {
  for (const id of Object.keys(fits.techniques))
    if (!vocabulary.technique(id)) fault(['fits', 'techniques', id], `ATT&CK has no technique ${id}`);
  for (const key of Object.keys(fits.tactics))
    if (!vocabulary.tactic(key)) fault(['fits', 'tactics', key], `ATT&CK has no tactic ${key}`);
  for (const id of Object.keys(fits.rules))
    if (vocabulary.rule?.(id) === false) fault(['fits', 'rules', id], `there is no rule ${id}`, 'warning');
}

function checkSteps({ steps }: ProcedureFile, vocabulary: ProcedureVocabulary, fault: Fault): void {
  const places = new Map<string, number>();
  steps.forEach((step, index) => {
    const at = ['steps', index, 'id'];
    if (places.has(step.id)) fault(at, `the step “${step.id}” is there twice`);
    else places.set(step.id, index);
    if (step.id === 'end') fault(at, '“end” is no name for a step: decisions lead to the end by it');
  });
  steps.forEach((step, index) => {
    if (step.kind === 'query')
      step.queries.forEach((query, n) => {
        const at = ['steps', index, 'queries', n];
        const unknown = placeholdersOf(query).find((name) => !isEntity(name));
        if (unknown !== undefined) fault(at, `{${unknown}} is no kind of entity`);
        else {
          const problem = vocabulary.queryProblem(query.replace(/\{[a-z]{1,20}\}/g, '"x"'));
          if (problem !== undefined) fault(at, problem);
        }
      });
    if (step.kind !== 'decision') return;
    const seen = new Set<string>();
    step.options.forEach(({ id, to }, n) => {
      const at = ['steps', index, 'options', n];
      if (seen.has(id)) fault(at, `the option “${id}” is there twice`);
      seen.add(id);
      if (to === undefined || to === 'end') return;
      const target = places.get(to);
      if (target === undefined) fault(at, `there is no step “${to}”`);
      // Forwards only: a checklist that leads back would never be done.
      else if (target <= index) fault(at, `“${to}” comes before this decision; an option leads forwards`);
    });
  });
}
