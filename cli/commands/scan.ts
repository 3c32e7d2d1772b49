import type { Command } from 'commander';
import type { GlobalOptions } from '../context.ts';
import * as flag from '../scan/flags.ts';

/** `vigie scan` */
export function scanCommands(program: Command): void {
  program
    .command('scan <paths...>')
    .description(
      'searches log files with Sigma rules; needs no server. Reads EVTX, JSON, CloudTrail, syslog, auditd, CSV and\neverything vigie technologies lists, also in folders, zip, gzip and zstd; - is standard input',
    )
    .option(
      '--rules <path>',
      'folder or file of Sigma rules, may be repeated (default: the shipped ones)',
      flag.each,
      [],
    )
    .option('--pipeline <file>', 'processing pipeline that adapts the rules; may be repeated', flag.each, [])
    .option('--format <name>', `${flag.FORMATS.join(', ')} (default: table)`, flag.format)
    .option('--out <file>', 'writes there instead of to standard output')
    .option('--min-level <level>', 'only rules of this level and above', flag.level)
    .option('--rules-status <list>', 'only rules of these statuses, joined by commas', flag.statuses, [])
    .option(
      '--tag <list>',
      'only rules with one of these tags; attack.t1059 covers its sub-techniques',
      flag.list,
      [],
    )
    .option('--exclude <rule>', 'leaves a rule out, by id, name or title; may be repeated', flag.each, [])
    .option('--from <time>', 'only events from this time on')
    .option('--to <time>', 'only events before this time')
    .option('--time-zone <zone>', 'IANA zone of dates that carry none', flag.timeZone, 'UTC')
    .option('--explain', 'says for every detection which conditions held, and on what')
    .option('--attack-layer <file>', 'writes the techniques found as a layer for ATT&CK Navigator')
    .option('--jobs <n>', 'threads (default: one for each 160 MB, at most one a core)', flag.jobs)
    .option('--fail-on <level>', 'exit code 10 when something of this level or above was found', flag.level)
    .action(async (paths: string[], flags: flag.ScanFlags, command: Command) => {
      const { runScan } = await import('../scan/run.ts');
      process.exitCode = await runScan(paths, flags, command.optsWithGlobals<GlobalOptions>().json === true);
    });
}
