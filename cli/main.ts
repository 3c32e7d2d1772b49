import { Command, CommanderError } from 'commander';
import { accessCommands } from './commands/access.ts';
import { ruleCommands, systemCommands } from './commands/admin.ts';
import { assetCommands } from './commands/assets.ts';
import { auditCommands } from './commands/audit.ts';
import { connectorCommands } from './commands/connectors.ts';
import { tenantCoverageCommand } from './commands/coverage.ts';
import { exceptionCommands } from './commands/exceptions.ts';
import { fileCommands } from './commands/files.ts';
import { maintenanceCommands } from './commands/maintenance.ts';
import { mappingCommands } from './commands/mapping.ts';
import { rankingCommands } from './commands/ranking.ts';
import { scanCommands } from './commands/scan.ts';
import { sopsCommands } from './commands/sops.ts';
import { sourcesCommands } from './commands/sources-new.ts';
import { startCommands } from './commands/start.ts';
import { sourceCommands, tenantCommands } from './commands/tenants.ts';
import { eventCommands, incidentCommands, outboxCommands, quarantineCommands } from './commands/watch.ts';
import { CliError, EXIT } from './exit.ts';
import { paint } from './output.ts';
import { VERSION } from './version.ts';

/** Builds the whole command line. */
export function buildProgram(): Command {
  const program = new Command('vigie')
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
  startCommands(program);
  scanCommands(program);
  fileCommands(program);
  tenantCommands(program);
  sourceCommands(program);
  sourcesCommands(program);
  mappingCommands(program);
  maintenanceCommands(program);
  tenantCoverageCommand(program);
  connectorCommands(program);
  incidentCommands(program);
  rankingCommands(program);
  eventCommands(program);
  outboxCommands(program);
  quarantineCommands(program);
  ruleCommands(program);
  exceptionCommands(program);
  sopsCommands(program);
  auditCommands(program);
  accessCommands(program);
  systemCommands(program);
  assetCommands(program);
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
    await buildProgram().parseAsync([...args], { from: 'user' });
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
