import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CliError, EXIT } from '../exit.ts';
import { reason } from './content.ts';
import type { Inputs } from './types.ts';

/** Files to be written, by the option that names them. */
type Outputs = Readonly<Record<string, string | undefined>>;

/**
 * Finds out before a scan, which may take hours, that its result could not be written.
 *
 * @throws CliError
 */
export function checkOutputs(outputs: Outputs): void {
  const taken = new Map<string, string>();
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    const refuse = (why: string): never => {
      throw new CliError(`${option} ${path}: ${why}`, EXIT.usage);
    };
    if (path === '') refuse('the name of a file is missing');
    const other = taken.get(resolve(path));
    if (other !== undefined) refuse(`${other} writes there`);
    taken.set(resolve(path), option);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) refuse('is a folder');
    try {
      accessSync(stats === undefined ? dirname(resolve(path)) : path, constants.W_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      refuse(code === 'ENOENT' ? 'there is no such folder' : `can't be written: ${reason(error)}`);
    }
  }
}

/**
 * Refuses an output that is one of the inputs: it would overwrite the evidence.
 *
 * @throws CliError
 */
export function keepInputs(outputs: Outputs, { sources }: Inputs): void {
  for (const [option, path] of Object.entries(outputs)) {
    const own = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (own === undefined || !own.isFile()) continue;
    const read = sources.some((source) => {
      const stats = source.path === '-' ? undefined : statSync(source.path, { throwIfNoEntry: false });
      return stats !== undefined && stats.ino === own.ino && stats.dev === own.dev;
    });
    if (read)
      throw new CliError(`${option} ${path}: is one of the files to be read; write elsewhere`, EXIT.usage);
  }
}
