import type { MaintenanceView, MaintenanceWhen } from '@vigie/contracts/api';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, printTable, safe, when } from '../output.ts';

interface AddFlags {
  readonly source?: string;
  readonly reason: string;
  readonly from?: string;
  readonly to?: string;
  readonly for?: string;
  readonly weekly?: string;
  readonly timeZone: string;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `vigie maintenance …` */
export function maintenanceCommands(program: Command): void {
  const maintenance = program
    .command('maintenance')
    .description('planned maintenance: no silence is told, nothing is learnt');

  maintenance
    .command('list')
    .option('--tenant <id>')
    .option('--all', 'also what is over')
    .action(async (flags: { tenant?: string; all?: boolean }, command: Command) => {
      const { client, json } = clientOf(command);
      const query = new URLSearchParams({ state: flags.all === true ? 'all' : 'open' });
      if (flags.tenant !== undefined) query.set('tenant', flags.tenant);
      const { items } = await client.get<{ items: MaintenanceView[] }>(`/api/maintenance?${query}`);
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'ID', value: (m) => m.id },
          { title: 'OF', value: (m) => `${m.tenant}/${m.source ?? '*'}` },
          { title: 'WHEN', value: (m) => whenText(m.when) },
          {
            title: '',
            value: (m) => (m.active ? paint('now', 'yellow') : m.endedAt === null ? '' : 'ended'),
          },
          { title: 'BY', value: (m) => safe(m.createdBy) },
          { title: 'REASON', value: (m) => safe(m.reason) },
        ],
        'No maintenance is planned.',
      );
    });

  maintenance
    .command('add <tenant>')
    .description('plans maintenance of one source, or of all of a tenant')
    .requiredOption('--reason <text>')
    .option('--source <id>', 'left out: every source of the tenant')
    .option('--from <time>', 'ISO 8601, or HH:MM with --weekly; left out: now')
    .option('--to <time>', 'ISO 8601, or HH:MM with --weekly')
    .option('--for <duration>', 'instead of --to: 90m, 4h, 2d')
    .option('--weekly <days>', 'every week on these days: sun, or sat,sun')
    .option('--time-zone <zone>', 'IANA zone of --weekly', 'UTC')
    .action(async (tenant: string, flags: AddFlags, command: Command) => {
      const { client, json } = clientOf(command);
      const made = await client.call<MaintenanceView>('POST', '/api/maintenance', {
        tenant,
        source: flags.source ?? null,
        reason: flags.reason,
        when: whenOf(flags, Date.now()),
      });
      if (json) return printJson(made);
      process.stdout.write(`Planned (${made.id}): ${tenant}/${made.source ?? '*'} ${whenText(made.when)}\n`);
    });

  maintenance
    .command('end <id>')
    .description('ends it now, or takes it back')
    .action(async (id: string, _flags, command: Command) => {
      const { client, json } = clientOf(command);
      const ended = await client.call<MaintenanceView>(
        'POST',
        `/api/maintenance/${encodeURIComponent(id)}/end`,
      );
      if (json) return printJson(ended);
      process.stdout.write(`Maintenance of ${ended.tenant}/${ended.source ?? '*'} has ended.\n`);
    });
}

/** What the flags of `add` say. @throws CliError with a sentence for the person */
export function whenOf(flags: Omit<AddFlags, 'reason'>, now: number): MaintenanceWhen {
  if (flags.weekly !== undefined) {
    const days = flags.weekly
      .split(',')
      .map((name) => DAYS.indexOf(name.trim().toLowerCase().slice(0, 3)) + 1);
    if (days.includes(0)) throw new CliError('--weekly takes days such as sat,sun', EXIT.usage);
    if (flags.from === undefined || flags.to === undefined)
      throw new CliError('--weekly needs --from and --to, such as 22:00 and 02:00', EXIT.usage);
    return { kind: 'weekly', days, from: flags.from, to: flags.to, timeZone: flags.timeZone };
  }
  const from = flags.from === undefined ? now : instant(flags.from);
  if (flags.for !== undefined) {
    const match = /^(\d{1,5})([mhd])$/.exec(flags.for);
    if (match === null) throw new CliError('--for takes a duration such as 90m, 4h or 2d', EXIT.usage);
    const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 'm' | 'h' | 'd'];
    return { kind: 'once', from, to: from + Number(match[1]) * unit };
  }
  if (flags.to === undefined) throw new CliError('say when it ends: --to or --for', EXIT.usage);
  return { kind: 'once', from, to: instant(flags.to) };
}

function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new CliError(`"${text}" is no time; write 2026-03-01T22:00Z`, EXIT.usage);
  return at;
}

function whenText(plan: MaintenanceWhen): string {
  if (plan.kind === 'once') return `${when(plan.from)} to ${when(plan.to)}`;
  return `every ${plan.days.map((day) => DAYS[day - 1]).join(', ')} ${plan.from}–${plan.to} ${plan.timeZone}`;
}
