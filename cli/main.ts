import { Command, CommanderError } from 'commander';
import { CliError, EXIT } from './exit.ts';
import { paint } from './output.ts';
import { VERSION } from './version.ts';

type AddCommands = (program: Command) => void;

/** Commands of one file, by their names, and the file itself, which is read only when one of them is called. */
export interface CommandGroup {
  readonly names: readonly string[];
  readonly load: () => Promise<AddCommands>;
}

/**
 * Every command, in the order of the help. What one needs (rules, sources, readers of files) takes several times as
 * long to load as most commands take to run.
 */
export const GROUPS: readonly CommandGroup[] = [
  { names: ['start'], load: async () => (await import('./commands/start.ts')).startCommands },
  { names: ['scan'], load: async () => (await import('./commands/scan.ts')).scanCommands },
  {
    names: ['normalize', 'import', 'technologies'],
    load: async () => (await import('./commands/files.ts')).fileCommands,
  },
  { names: ['tenant'], load: async () => (await import('./commands/tenants.ts')).tenantCommands },
  { names: ['source'], load: async () => (await import('./commands/tenants.ts')).sourceCommands },
  { names: ['sources'], load: async () => (await import('./commands/sources-new.ts')).sourcesCommands },
  { names: ['mapping'], load: async () => (await import('./commands/mapping.ts')).mappingCommands },
  {
    names: ['maintenance'],
    load: async () => (await import('./commands/maintenance.ts')).maintenanceCommands,
  },
  { names: ['coverage'], load: async () => (await import('./commands/coverage.ts')).tenantCoverageCommand },
  {
    names: ['connector', 'secrets'],
    load: async () => (await import('./commands/connectors.ts')).connectorCommands,
  },
  { names: ['incident'], load: async () => (await import('./commands/watch.ts')).incidentCommands },
  {
    names: ['ranking', 'quality'],
    load: async () => (await import('./commands/ranking.ts')).rankingCommands,
  },
  { names: ['event'], load: async () => (await import('./commands/watch.ts')).eventCommands },
  { names: ['outbox'], load: async () => (await import('./commands/watch.ts')).outboxCommands },
  { names: ['quarantine'], load: async () => (await import('./commands/watch.ts')).quarantineCommands },
  { names: ['rules'], load: async () => (await import('./commands/rules.ts')).ruleCommands },
  { names: ['exception'], load: async () => (await import('./commands/exceptions.ts')).exceptionCommands },
  { names: ['sops'], load: async () => (await import('./commands/sops.ts')).sopsCommands },
  { names: ['audit'], load: async () => (await import('./commands/audit.ts')).auditCommands },
  {
    names: ['user', 'service', 'key', 'roles'],
    load: async () => (await import('./commands/access.ts')).accessCommands,
  },
  {
    names: ['status', 'doctor', 'config', 'demo'],
    load: async () => (await import('./commands/system.ts')).systemCommands,
  },
  { names: ['asset'], load: async () => (await import('./commands/assets.ts')).assetCommands },
];

/** The command line without its commands. */
function emptyProgram(): Command {
  return new Command('vigie')
    .description(
      'Vigie watches many organisations: logs in, incidents and answers out.\n\nStart here:\n  vigie start --demo          everything, with a demo tenant, on http://127.0.0.1:8080\n  vigie source add main fw    a way in for your logs\n  vigie incident list         what was found',
    )
    .version(VERSION)
    .option('--data <folder>', 'data folder of the server (default: ./vigie-data)')
    .option('--config <file>', 'configuration file (default: ./vigie.yml when it is there)')
    .option('--url <address>', 'a server elsewhere (VIGIE_URL); needs --key')
    .option('--key <secret>', 'API key for --url (VIGIE_API_KEY)')
    .option('--json', 'output for machines')
    .showHelpAfterError('(vigie --help shows all commands)')
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .exitOverride();
}

/**
 * Builds the command line that these arguments are for: with the group of the command they name, or with all, for
 * the help and for a name that is none.
 */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const [name] = emptyProgram().parseOptions([...args]).operands;
  const called = GROUPS.filter(({ names }) => name !== undefined && names.includes(name));
  const program = emptyProgram();
  for (const { load } of called.length > 0 ? called : GROUPS) (await load())(program);
  for (const command of allCommands(program)) command.exitOverride();
  return program;
}

function* allCommands(command: Command): Generator<Command> {
  for (const child of command.commands) {
    yield child;
    yield* allCommands(child);
  }
}

/** Runs one command line; sets the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of our output (head, less) has seen enough.
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  try {
    const program = await buildProgram(args);
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already; help and version are no failures.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    } else if (error instanceof CliError) {
      process.stderr.write(`${paint('vigie:', 'red')} ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else throw error;
  }
}
