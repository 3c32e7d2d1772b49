import type { EcsFields } from '@vigie/contracts';
import type { SyslogHeader } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

/** The last part of a path. */
export function baseName(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash >= 0 && slash < path.length - 1 ? path.slice(slash + 1) : path;
}

/** Writes the process that logged, from the syslog tag: `process.name` and `process.pid`. */
export function putLogger(doc: EcsFields, syslog: SyslogHeader | undefined, fallback?: string): void {
  const app = syslog?.app;
  let name = app === undefined ? fallback : baseName(app);
  // Old PAM stacks put the module into the tag: `su(pam_unix)[4711]`.
  const bracket = name?.indexOf('(') ?? -1;
  if (name !== undefined && bracket > 0) name = name.slice(0, bracket);
  // `gdm-password]: ` is what GDM really writes.
  if (name?.endsWith(']') === true) name = name.slice(0, -1);
  if (name !== undefined) doc['process.name'] = name;
  const pid = toLong(syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
}

/**
 * Splits a command line into its arguments as a shell would show them: blanks separate, quotes hold
 * together. Log text is not shell input; this only makes `process.args` useful to search.
 */
export function splitCommand(command: string, limit = 100): string[] {
  const args: string[] = [];
  let i = 0;
  while (i < command.length && args.length < limit) {
    while (command.charCodeAt(i) === 32) i++;
    if (i >= command.length) break;
    let argument = '';
    while (i < command.length && command.charCodeAt(i) !== 32) {
      const code = command.charCodeAt(i);
      if (code === 34 || code === 39) {
        const close = command.indexOf(command[i]!, i + 1);
        if (close > 0) {
          argument += command.slice(i + 1, close);
          i = close + 1;
          continue;
        }
      }
      const start = i++;
      while (i < command.length) {
        const next = command.charCodeAt(i);
        if (next === 32 || next === 34 || next === 39) break;
        i++;
      }
      argument += command.slice(start, i);
    }
    args.push(argument);
  }
  return args;
}

/** Writes a command line and what follows from it: executable, name, arguments and their count. */
export function putCommand(doc: EcsFields, command: string, prefix = 'process'): void {
  if (command === '') return;
  doc[`${prefix}.command_line`] = command;
  const args = splitCommand(command);
  const first = args[0];
  if (first === undefined) return;
  doc[`${prefix}.args`] = args;
  doc[`${prefix}.args_count`] = args.length;
  if (first.startsWith('/')) doc[`${prefix}.executable`] = first;
  doc[`${prefix}.name`] = baseName(first);
}
