import type { StatusView } from '@vigie/contracts/api';
import { configKeys } from '@vigie/server/app/config-schema.ts';
import type { Command } from 'commander';
import { clientOf, configOf, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit.ts';
import { ago, paint, printJson, printTable, safe } from '../output.ts';

/** `vigie status`, `vigie doctor …`, `vigie config …`, `vigie demo …` */
export function systemCommands(program: Command): void {
  program
    .command('status')
    .description('what runs, how fast, and what needs a look')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const status = await client.get<StatusView>('/api/status');
      if (json) return printJson(status);
      printStatus(status);
    });

  const doctor = program.command('doctor').description('checks that things work');
  doctor
    .command('mail')
    .description('sends a test mail through the configured server')
    .requiredOption('--to <address>')
    .action(async (flags: { to: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const result = await client.call<{ ok: boolean; detail: string }>('POST', '/api/mail/test', {
        to: flags.to,
      });
      if (json) printJson(result);
      else
        process.stdout.write(
          `${result.ok ? paint('ok', 'green') : paint('failed', 'red')}: ${safe(result.detail)}\n`,
        );
      if (!result.ok) process.exitCode = EXIT.failed;
    });
  doctor
    .command('check', { isDefault: true })
    .description('checks configuration and the running server')
    .action(async (_flags, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const config = configOf(options);
      process.stdout.write(
        `${paint('ok', 'green')}  Node.js ${process.versions.node}\n${paint('ok', 'green')}  configuration, data in ${config.data}\n`,
      );
      if (config.mail.host === undefined)
        process.stdout.write(
          `${paint('--', 'yellow')}  no mail server configured (mail.host): mails wait in the outbox\n`,
        );
      const { client } = clientOf(command);
      printStatus(await client.get<StatusView>('/api/status'));
    });

  const config = program.command('config').description('the configuration');
  config
    .command('keys')
    .description('every key with its meaning, its variable and its default')
    .action((_flags, command: Command) => {
      const keys = configKeys();
      if (command.optsWithGlobals<GlobalOptions>().json === true) return printJson(keys);
      printTable(
        keys,
        [
          { title: 'KEY', value: (k) => k.path },
          { title: 'VARIABLE', value: (k) => k.env },
          {
            title: 'DEFAULT',
            value: (k) => (k.default === undefined ? '–' : JSON.stringify(k.default)),
            max: 40,
          },
          { title: 'MEANING', value: (k) => k.description, max: 100 },
        ],
        '',
      );
    });
  config
    .command('check')
    .description('validates vigie.yml, variables and flags, and starts nothing')
    .action((_flags, command: Command) => {
      const value = configOf(command.optsWithGlobals<GlobalOptions>());
      if (command.optsWithGlobals<GlobalOptions>().json === true)
        printJson({
          ...value,
          mail: { ...value.mail, password: value.mail.password === undefined ? undefined : '(set)' },
        });
      else process.stdout.write('The configuration is valid.\n');
    });

  const demo = program.command('demo').description('a demo tenant with a day of invented logs and attacks');
  demo.command('start').action(async (_flags, command: Command) => {
    await clientOf(command).client.call('POST', '/api/demo');
    process.stdout.write('The demo tenant is there; its stories are being told.\n');
  });
  demo.command('remove').action(async (_flags, command: Command) => {
    await clientOf(command).client.call('DELETE', '/api/demo');
    process.stdout.write('The demo tenant and everything of it are gone.\n');
  });
}

function printStatus(status: StatusView): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const now = Date.now();
  out(`Vigie ${status.version}, up ${ago(now - status.startedAt)}, data in ${status.dataDirectory}`);
  for (const c of status.components) {
    const mark = c.state === 'running' ? paint('ok', 'green') : paint('!!', 'red');
    out(
      `${mark}  ${c.name.padEnd(12)} ${c.state}${c.restarts > 0 ? `, ${c.restarts} restarts` : ''}${c.detail === '' ? '' : `  ${safe(c.detail)}`}`,
    );
  }
  const p = status.pipeline;
  if (p !== null)
    out(
      `    ${p.rate} events/s · ${p.stored} stored · ${p.detected} judged · ${p.queued} waiting to be stored · ${p.undetected} waiting to be judged`,
    );
  for (const [reason, n] of Object.entries(p?.drops ?? {})) out(`    ${paint(`${n} ${reason}`, 'yellow')}`);
  out(
    `    mail: ${status.mail.configured ? 'configured' : 'no server configured'}, ${status.mail.pending} waiting, ${status.mail.dead} given up`,
  );
  for (const w of status.warnings) out(`${paint('!!', 'yellow')}  ${safe(w.message)}`);
}
