import { DataFolderInUse } from '@vigie/server/app/lock.ts';
import type { Ready } from '@vigie/server/app/messages.ts';
import { supervise } from '@vigie/server/app/supervisor.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { configOf, type GlobalOptions } from '../context.ts';
import { CliError } from '../exit.ts';
import { paint } from '../output.ts';
import { INSTALLATION, VERSION } from '../version.ts';

/** `vigie start` */
export function startCommands(program: Command): void {
  program
    .command('start')
    .description('starts everything on one machine: stores, pipeline, API, console, syslog')
    .option('--demo', 'adds a demo tenant with a day of invented logs and attacks')
    .option('--port <n>', 'port of the console and the API', port)
    .option('--syslog-port <n>', 'port of syslog over UDP and TCP', port)
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all')
    .action(
      async (
        flags: { demo?: boolean; port?: number; syslogPort?: number; host?: string },
        command: Command,
      ) => {
        const config = configOf(command.optsWithGlobals<GlobalOptions>(), {
          'http.port': flags.port,
          'syslog.port': flags.syslogPort,
          'http.host': flags.host,
          'syslog.host': flags.host,
        });
        try {
          process.exitCode = await supervise({
            config,
            installation: INSTALLATION,
            version: VERSION,
            demo: flags.demo === true,
            onReady: (ready, restarts) =>
              process.stdout.write(
                restarts === 0 ? welcome(ready, config.data) : `vigie: running again on ${ready.url}\n`,
              ),
            onMessage: (message) => process.stderr.write(`${paint('vigie:', 'yellow')} ${message}\n`),
          });
        } catch (error) {
          if (error instanceof DataFolderInUse)
            throw new CliError(
              `${error.message}.\n  Stop it with: kill ${error.pid}\n  or give this one another folder: --data DIR`,
            );
          const { syscall, message } = error as NodeJS.ErrnoException;
          if (syscall !== undefined)
            throw new CliError(`the data folder ${config.data} can't be used: ${message}`);
          throw error;
        }
      },
    );
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('expected a port between 0 and 65535');
  return number;
}

function welcome(ready: Ready, data: string): string {
  const lines = [
    '',
    `  ${paint('Vigie is on watch.', 'bold')}  ${paint(ready.url, 'blue')}   (ready in ${(ready.tookMs / 1000).toFixed(1)} s, ${ready.rules.live} rules)`,
    '',
  ];
  if (ready.first !== undefined) {
    const { email, password, tenant, source, token } = ready.first;
    lines.push(`  Sign in as     ${paint(email, 'bold')}`);
    lines.push(
      password === undefined
        ? '  Password       the one from VIGIE_ADMIN_PASSWORD'
        : `  Password       ${paint(password, 'bold')}   (shown once; you choose your own at the first sign-in)`,
      '',
    );
    lines.push(`  Send a first log line to the tenant "${tenant}":`);
    lines.push(
      `    logger -n 127.0.0.1 -P ${ready.syslogPort} --tcp -t sshd "Failed password for root from 203.0.113.7 port 50022 ssh2"`,
    );
    lines.push(
      `    curl -H "Authorization: Bearer ${token}" --data-binary 'any log line' ${ready.url}/api/ingest/${source}`,
    );
  } else
    lines.push(
      `  Send a log line:  logger -n 127.0.0.1 -P ${ready.syslogPort} --tcp "hello from $(hostname)"`,
    );
  lines.push(
    '',
    `  Syslog on port ${ready.syslogPort} (UDP and TCP). Data in ${data}.`,
    '  More: ./vigie --help      End: Ctrl-C',
    '',
    '',
  );
  return lines.join('\n');
}
