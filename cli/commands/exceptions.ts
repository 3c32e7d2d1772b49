import { readFileSync } from 'node:fs';
import {
  EXCEPTION_DAYS,
  EXCEPTION_MATCHES,
  EXCEPTION_PREVIEW_DAYS,
  type ExceptionDetail,
  type ExceptionDraft,
  type ExceptionField,
  type ExceptionPage,
  type ExceptionPreview,
  type ExceptionView,
} from '@vigie/contracts/api';
import { type Command, InvalidArgumentError } from 'commander';
import type { Client } from '../client.ts';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { ago, paint, printJson, printTable, safe, when } from '../output.ts';

const DAY = 86_400_000;

interface DraftFlags {
  readonly tenant?: string;
  readonly allTenants?: boolean;
  readonly file?: string;
  readonly rule?: string[];
  readonly field?: ExceptionField[];
  readonly title?: string;
}

/** `vigie exception …` */
export function exceptionCommands(program: Command): void {
  const exception = program
    .command('exception')
    .description('what is kept silent, why and until when: list, preview, add, extend, revoke');

  exception
    .command('list')
    .description('exceptions, those that end next first')
    .option('--tenant <id>')
    .option('--rule <id>', 'those that concern this rule')
    .option('--state <state>', 'active, expired, revoked or all', 'active')
    .option('--search <text>', 'in title, reason, owner, filter')
    .option('--limit <n>', 'how many', '200')
    .action(
      async (
        flags: { tenant?: string; rule?: string; state: string; search?: string; limit: string },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const query = new URLSearchParams({ state: flags.state, limit: flags.limit });
        if (flags.tenant !== undefined) query.set('tenant', flags.tenant);
        if (flags.rule !== undefined) query.set('rule', flags.rule);
        if (flags.search !== undefined) query.set('q', flags.search);
        const page = await client.get<ExceptionPage>(`/api/exceptions?${query}`);
        if (json) return printJson(page.items);
        printList(page.items);
      },
    );

  exception
    .command('show <id>')
    .description('one exception with its filter, what it silenced and every change')
    .action(async (id: string, _options, command: Command) => {
      const { client, json } = clientOf(command);
      const detail = await client.get<ExceptionDetail>(`/api/exceptions/${encodeURIComponent(id)}`);
      if (json) return printJson(detail);
      printDetail(detail);
    });

  withDraft(
    exception
      .command('preview')
      .description(
        `what an exception would have silenced in the last ${EXCEPTION_PREVIEW_DAYS} days; saves nothing`,
      ),
  ).action(async (flags: DraftFlags, command: Command) => {
    const { client, json } = clientOf(command);
    const preview = await previewOf(client, flags);
    if (json) printJson(preview);
    else printPreview(preview);
    if (preview.refusals.length > 0) process.exitCode = EXIT.failed;
  });

  withDraft(
    exception
      .command('add')
      .description('shows what would be silenced, and with --yes saves it; refused for true positives'),
  )
    .requiredOption('--reason <text>', 'why; read by people who were not there')
    .option('--owner <user>', 'address or id of the user who answers for it')
    .option('--until <date>', 'when it ends (2026-06-01, or with a time)', dateOf)
    .option('--days <n>', `or after how many days it ends (default ${EXCEPTION_DAYS.default})`, daysOf)
    .option('--yes', 'save it')
    .action(
      async (
        flags: DraftFlags & { reason: string; owner?: string; until?: number; days?: number; yes?: boolean },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const preview = await previewOf(client, flags);
        if (!json) printPreview(preview);
        if (preview.token === null)
          throw new CliError('refused: it would silence what is known to be true', EXIT.failed);
        if (flags.yes !== true) {
          if (json) return printJson(preview);
          process.stdout.write('\nNothing is saved yet. To save it, add --yes.\n');
          return;
        }
        const expiresAt =
          flags.until ?? (flags.days === undefined ? undefined : Date.now() + flags.days * DAY);
        const made = await client.call<ExceptionDetail>('POST', '/api/exceptions', {
          tenant: preview.tenant,
          filter: preview.filter,
          token: preview.token,
          reason: flags.reason,
          owner: flags.owner,
          expiresAt,
        });
        if (json) return printJson(made);
        process.stdout.write(`\nException ${made.id} holds until ${when(made.expiresAt)} UTC.\n`);
      },
    );

  exception
    .command('extend <id>')
    .description('moves the end of an active exception')
    .option('--until <date>', 'the new end', dateOf)
    .option('--days <n>', 'or so many days from now', daysOf)
    .requiredOption('--reason <text>', 'why it is still needed')
    .action(
      async (id: string, flags: { until?: number; days?: number; reason: string }, command: Command) => {
        const { client, json } = clientOf(command);
        const expiresAt = flags.until ?? Date.now() + (flags.days ?? EXCEPTION_DAYS.default) * DAY;
        const changed = await client.call<ExceptionDetail>(
          'POST',
          `/api/exceptions/${encodeURIComponent(id)}/extend`,
          { expiresAt, reason: flags.reason },
        );
        if (json) return printJson(changed);
        process.stdout.write(`Exception ${id} holds until ${when(changed.expiresAt)} UTC.\n`);
      },
    );

  exception
    .command('revoke <id>')
    .description('ends an exception now; what it silenced stays told')
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, flags: { reason: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const ended = await client.call<ExceptionDetail>(
        'POST',
        `/api/exceptions/${encodeURIComponent(id)}/revoke`,
        { reason: flags.reason },
      );
      if (json) return printJson(ended);
      process.stdout.write(`Exception ${id} is revoked; it silenced ${ended.silenced.hits} hits.\n`);
    });
}

function withDraft(command: Command): Command {
  return command
    .option('--tenant <id>', 'where it holds')
    .option('--all-tenants', 'it holds at every tenant (provider only)')
    .option('--file <filter.yml>', 'a Sigma filter')
    .option('--rule <id...>', 'or rules, by id or name, with --field')
    .option(
      '--field <name=value...>',
      'a field that must hold, such as user.name=svc_backup or source.ip|cidr=10.0.0.0/8 (all of them must)',
      collectField,
    )
    .option('--title <text>');
}

/** `user.name=svc_backup`, `process.executable|endswith=\agent.exe` */
function collectField(text: string, before: ExceptionField[] | undefined): ExceptionField[] {
  const parts = /^([^=|]+)(?:\|([a-z]+))?=(.+)$/s.exec(text);
  const match = (parts?.[2] ?? 'equals') as ExceptionField['match'];
  if (parts === null || !EXCEPTION_MATCHES.includes(match))
    throw new InvalidArgumentError(
      `expected field=value or field|${EXCEPTION_MATCHES.slice(1).join('|')}=value`,
    );
  return [...(before ?? []), { field: parts[1]!.trim(), match, values: [parts[3]!] }];
}

function dateOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('expected a date such as 2026-06-01');
  return at;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > EXCEPTION_DAYS.most)
    throw new InvalidArgumentError(`expected a number from 1 to ${EXCEPTION_DAYS.most}`);
  return days;
}

function previewOf(client: Client, flags: DraftFlags): Promise<ExceptionPreview> {
  if ((flags.tenant === undefined) === (flags.allTenants !== true))
    throw new CliError('say where it holds: --tenant ID or --all-tenants', EXIT.usage);
  if ((flags.file === undefined) === (flags.rule === undefined))
    throw new CliError(
      'say what it silences: --file FILTER, or --rule ID with --field NAME=VALUE',
      EXIT.usage,
    );
  if (flags.rule !== undefined && flags.field === undefined)
    throw new CliError('--rule needs at least one --field NAME=VALUE', EXIT.usage);
  const draft: ExceptionDraft = {
    tenant: flags.tenant ?? null,
    ...(flags.file === undefined
      ? { rules: flags.rule, fields: flags.field, title: flags.title }
      : { filter: readFilter(flags.file) }),
  };
  return client.call<ExceptionPreview>('POST', '/api/exceptions/preview', { draft });
}

function readFilter(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(
      `${file} can't be read: ${error instanceof Error ? error.message : error}`,
      EXIT.usage,
    );
  }
}

function printList(items: readonly ExceptionView[]): void {
  const now = Date.now();
  printTable(
    items,
    [
      { title: 'ID', value: (e) => e.id },
      { title: 'TENANT', value: (e) => e.tenant ?? paint('all', 'bold') },
      { title: 'RULES', value: rulesOf, max: 50 },
      { title: 'TITLE', value: (e) => safe(e.title), max: 50 },
      { title: 'OWNER', value: (e) => safe(e.owner?.name ?? '–'), max: 24 },
      { title: 'SILENCED', value: (e) => String(e.silenced.hits), right: true },
      {
        title: 'LAST',
        value: (e) => (e.silenced.lastAt === null ? 'never' : `${ago(now - e.silenced.lastAt)} ago`),
      },
      { title: 'ENDS', value: (e) => endOf(e, now) },
      { title: 'REASON', value: (e) => safe(e.reason ?? '–'), max: 60 },
    ],
    'No exceptions: every rule speaks everywhere.',
  );
}

function rulesOf({ rules, unknownRules, logsource }: ExceptionView): string {
  if (rules === 'any') return `any rule for ${safe(logsource)}`;
  return safe([...rules.map(({ title }) => title), ...unknownRules].join(', '));
}

function endOf(view: ExceptionView, now: number): string {
  if (view.state === 'revoked') return 'revoked';
  if (view.state === 'expired') return 'expired';
  const left = `in ${ago(view.expiresAt - now)}`;
  return view.endsSoon ? paint(left, 'yellow') : left;
}

function printDetail(detail: ExceptionDetail): void {
  const lines: [string, string][] = [
    ['id', detail.id],
    ['tenant', detail.tenant ?? 'all'],
    ['rules', rulesOf(detail)],
    ['state', detail.state],
    ['reason', safe(detail.reason ?? '–')],
    ['owner', safe(detail.owner?.name ?? '–')],
    ['made', `${when(detail.createdAt)} UTC`],
    ['ends', `${when(detail.revokedAt ?? detail.expiresAt)} UTC`],
    ['silenced', `${detail.silenced.hits}, last ${when(detail.silenced.lastAt)}`],
  ];
  process.stdout.write(`${paint(safe(detail.title), 'bold')}\n`);
  for (const [name, value] of lines) process.stdout.write(`  ${name.padEnd(9)} ${value}\n`);
  for (const rule of detail.byRule)
    process.stdout.write(`            ${String(rule.count).padStart(8)}  ${safe(rule.ruleTitle)}\n`);
  for (const change of detail.changes)
    process.stdout.write(
      `  ${when(change.at)}  ${change.kind} by ${safe(change.actor)}: ${safe(change.text)}\n`,
    );
  if (detail.filter !== null)
    process.stdout.write(`\n${detail.filter.trimEnd().split('\n').map(safe).join('\n')}\n`);
}

function printPreview({ title, filter, impact, warnings, refusals, tenant }: ExceptionPreview): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out(`${paint(safe(title), 'bold')} ${paint(`(${tenant ?? 'all tenants'})`, 'dim')}\n`);
  out(filter.trimEnd().split('\n').map(safe).join('\n'));
  out(
    `\nIn the last ${EXCEPTION_PREVIEW_DAYS} days it would have silenced ${paint(String(impact.silenced), 'bold')} of ${impact.total} hits, in ${impact.alerts} alerts.`,
  );
  for (const rule of impact.byRule)
    out(
      `  ${`${rule.silenced} of ${rule.total}`.padStart(16)}  ${safe(rule.title)}${rule.method === 'none' ? ` (not counted: ${rule.reason})` : ''}`,
    );
  const most = (label: string, list: typeof impact.byHost) => {
    if (list.length > 0)
      out(
        `  ${label.padStart(16)}  ${list
          .slice(0, 8)
          .map(({ value, count }) => `${safe(value) || '(none)'} ${count}`)
          .join(', ')}`,
      );
  };
  most('hosts', impact.byHost);
  most('users', impact.byUser);
  for (const { day, count } of impact.byDay) out(`  ${day.padStart(16)}  ${count}`);
  for (const { message } of warnings) out(`${paint('!', 'yellow')} ${safe(message)}`);
  if (refusals.length > 0)
    out(`\n${paint('It can’t be saved. It would silence what is known to be true:', 'red')}`);
  for (const refusal of refusals)
    out(
      refusal.kind === 'case'
        ? `  the case "${safe(refusal.name)}" of the rule "${safe(refusal.ruleTitle)}"`
        : `  INC-${refusal.id} (${refusal.tenant}) ${safe(refusal.title)}: ${refusal.detections} detections of "${safe(refusal.ruleTitle)}"`,
    );
}
