import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES, type Language } from '@vigie/contracts/api';
import type { Procedure, ProcedureProblem, ProcedureSource, ProcedureVocabulary } from './ports.ts';
import { readProcedure } from './read.ts';

/** A folder of procedures, `<name>/sop.yml` with `<language>.md` beside it. */
export interface ProcedureFolder {
  readonly procedures: readonly { readonly procedure: Procedure; readonly source: ProcedureSource }[];
  /** `file` begins with the folder's name. */
  readonly problems: readonly ProcedureProblem[];
}

/**
 * Reads all procedures of a folder; one with errors is left out.
 *
 * @throws what the file system throws, for a folder that is not there
 */
export function readProcedureFolder(
  folder: string,
  vocabulary: ProcedureVocabulary,
  complete = true,
): ProcedureFolder {
  const procedures: { procedure: Procedure; source: ProcedureSource }[] = [];
  const problems: ProcedureProblem[] = [];
  const names = existsSync(join(folder, 'sop.yml'))
    ? ['']
    : readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort();
  for (const name of names) {
    const own = join(folder, name);
    const prefix = name === '' ? '' : `${name}/`;
    if (!existsSync(join(own, 'sop.yml'))) {
      problems.push({ file: `${prefix}sop.yml`, line: 1, severity: 'error', message: 'the file is missing' });
      continue;
    }
    const source = readSource(own);
    const read = readProcedure(source, vocabulary, complete);
    problems.push(...read.problems.map((problem) => ({ ...problem, file: prefix + problem.file })));
    if (read.procedure === undefined) continue;
    const { id } = read.procedure.file;
    if (name !== '' && id !== name)
      problems.push({
        file: `${prefix}sop.yml`,
        line: 1,
        severity: 'error',
        message: `the id is ${id}, the folder ${name}`,
      });
    else procedures.push({ procedure: read.procedure, source });
  }
  return { procedures, problems };
}

function readSource(folder: string): ProcedureSource {
  const texts: Partial<Record<Language, string>> = {};
  for (const language of LANGUAGES) {
    const file = join(folder, `${language}.md`);
    if (existsSync(file)) texts[language] = readFileSync(file, 'utf8');
  }
  return { sop: readFileSync(join(folder, 'sop.yml'), 'utf8'), texts };
}
