import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadAttack } from '@vigie/server/app/attack.ts';
import { procedureVocabulary } from '@vigie/server/app/procedure-vocabulary.ts';
import { readProcedureFolder } from '@vigie/server/procedures/index.ts';
import type { Command } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, safe } from '../output.ts';
import { INSTALLATION } from '../version.ts';

/** `vigie sops` */
export function sopsCommands(program: Command): void {
  program
    .command('sops')
    .description('procedures: the checklists that incidents are worked through by')
    .command('lint [folder]')
    .description('checks procedures; needs no server (default: the shipped ones)')
    .option('--any-language', 'one language is enough; the others are warned of')
    .action((folder: string | undefined, flags: { anyLanguage?: boolean }, command: Command) => {
      const path = folder ?? join(INSTALLATION, 'sops');
      if (!existsSync(path)) throw new CliError(`${safe(path)} is not there`, EXIT.usage);
      const vocabulary = procedureVocabulary(loadAttack(join(INSTALLATION, 'detections')));
      const { procedures, problems } = readProcedureFolder(path, vocabulary, flags.anyLanguage !== true);
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      if (errors > 0 || procedures.length === 0) process.exitCode = EXIT.failed;
      if (command.optsWithGlobals<GlobalOptions>().json === true)
        return printJson({ procedures: procedures.length, problems });
      for (const { file, line, severity, message } of problems)
        process.stdout.write(
          `${safe(file)}:${line}: ${paint(severity, severity === 'error' ? 'red' : 'yellow')}: ${safe(message)}\n`,
        );
      process.stdout.write(
        `${procedures.length} procedures are good, ${errors} errors, ${problems.length - errors} warnings\n`,
      );
    });
}
