import type { Contact, SourceSecret, SourceView, TenantView } from '@vigie/contracts/api';
import { type Command, InvalidArgumentError } from 'commander';
import { clientOf } from '../context.ts';
import { ago, paint, printJson, printTable, safe } from '../output.ts';

interface TenantFlags {
  readonly name?: string;
  readonly language?: string;
  readonly timeZone?: string;
  readonly retention?: number;
  readonly contact?: Contact[];
}

/** `vigie tenant …` */
export function tenantCommands(program: Command): void {
  const tenant = program.command('tenant').description('client organisations: list, add, change, remove');

  tenant
    .command('list')
    .description('all tenants you may see')
    .action(async (_options, command: Command) => {
      const { client, json } = clientOf(command);
      const { items } = await client.get<{ items: TenantView[] }>('/api/tenants');
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'ID', value: (t) => t.id },
          { title: 'NAME', value: (t) => safe(t.name) + (t.demo ? paint(' (demo)', 'dim') : '') },
          { title: 'LANGUAGE', value: (t) => t.language },
          { title: 'TIME ZONE', value: (t) => t.timeZone },
          { title: 'KEPT', value: (t) => `${t.retentionDays} d`, right: true },
          { title: 'CONTACTS', value: (t) => t.contacts.map((c) => c.email).join(', ') || '–' },
        ],
        'No tenants yet. Add one: vigie tenant add acme --name "Acme" --contact ciso@acme.example',
      );
    });

  withFlags(
    tenant.command('add <id>').description('adds a tenant (id: lower-case letters, digits, hyphens)'),
  ).action(async (id: string, flags: TenantFlags, command: Command) => {
    const { client, json } = clientOf(command);
    const made = await client.call<TenantView>('POST', '/api/tenants', {
      id,
      ...body(flags),
      name: flags.name ?? id,
    });
    if (json) return printJson(made);
    process.stdout.write(`Tenant ${made.id} added. Next: vigie source add ${made.id} <source-id>\n`);
  });

  withFlags(
    tenant.command('set <id>').description('changes a tenant; contacts given replace the old ones'),
  ).action(async (id: string, flags: TenantFlags, command: Command) => {
    const { client, json } = clientOf(command);
    const changed = await client.call<TenantView>(
      'PATCH',
      `/api/tenants/${encodeURIComponent(id)}`,
      body(flags),
    );
    if (json) return printJson(changed);
    process.stdout.write(`Tenant ${changed.id} changed.\n`);
  });

  tenant
    .command('remove <id>')
    .description('removes a tenant with all its events, alerts and incidents')
    .option('--yes', 'really do it')
    .action(async (id: string, options: { yes?: boolean }, command: Command) => {
      if (options.yes !== true) throw new InvalidArgumentError(`this erases everything of ${id}; add --yes`);
      const { client } = clientOf(command);
      await client.call('DELETE', `/api/tenants/${encodeURIComponent(id)}`);
      process.stdout.write(`Tenant ${id} and its data are gone.\n`);
    });
}

/** `vigie source …` */
export function sourceCommands(program: Command): void {
  const source = program.command('source').description('the ways in: list, add, change, rotate tokens');

  source
    .command('list [tenant]')
    .description('sources with their health')
    .action(async (tenant: string | undefined, _options, command: Command) => {
      const { client, json } = clientOf(command);
      const { items } = await client.get<{ items: SourceView[] }>(
        `/api/sources${tenant === undefined ? '' : `?tenant=${encodeURIComponent(tenant)}`}`,
      );
      if (json) return printJson(items);
      const now = Date.now();
      printTable(
        items,
        [
          { title: 'TENANT', value: (s) => s.tenant },
          { title: 'SOURCE', value: (s) => s.id + (s.enabled ? '' : paint(' (off)', 'yellow')) },
          { title: 'TYPE', value: (s) => s.type ?? 'auto' },
          { title: 'EVENTS/S', value: (s) => s.health.rate.toFixed(1), right: true },
          { title: '24 H', value: (s) => String(s.health.events24h), right: true },
          { title: 'UNREAD', value: (s) => String(s.health.parseFailures24h), right: true },
          {
            title: 'LAST SEEN',
            value: (s) => (s.health.lastSeenAt === null ? 'never' : `${ago(now - s.health.lastSeenAt)} ago`),
          },
          {
            title: 'STATE',
            value: (s) =>
              s.health.maintenance
                ? 'maintenance'
                : s.health.alerts.map(({ kind }) => paint(kind, 'yellow')).join(', ') ||
                  (s.enabled ? 'ok' : 'off'),
          },
          { title: 'SENDERS', value: (s) => s.addresses.join(', ') || 'token only' },
        ],
        'No sources yet. Add one: vigie source add <tenant> <source-id>',
      );
    });

  source
    .command('add <tenant> <id>')
    .description('adds a source; prints its token once, and the lines to paste into your shipper')
    .option('--name <text>', 'name for people')
    .option(
      '--type <technology>',
      'technology such as fortinet.fortigate; left out: each line is recognised by itself',
    )
    .option('--time-zone <zone>', 'IANA zone of dates that carry none', 'UTC')
    .option(
      '--address <address...>',
      'sender addresses, networks (192.0.2.0/24) or certificate names whose syslog belongs here',
    )
    .option('--shipper <name>', 'print the lines for this shipper only (rsyslog, filebeat, fluent-bit, …)')
    .action(
      async (
        tenant: string,
        id: string,
        flags: { name?: string; type?: string; timeZone: string; address?: string[]; shipper?: string },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const made = await client.call<{ source: SourceView; secret: SourceSecret }>('POST', '/api/sources', {
          tenant,
          id,
          name: flags.name,
          type: flags.type ?? null,
          timeZone: flags.timeZone,
          addresses: flags.address ?? [],
        });
        if (json) return printJson(made);
        process.stdout.write(`Source ${tenant}/${id} added.\n`);
        printSecret(made.secret, flags.shipper);
      },
    );

  source
    .command('token <tenant> <id>')
    .description('replaces the token; the old one stops working at once')
    .option('--shipper <name>', 'print the lines for this shipper only')
    .action(async (tenant: string, id: string, flags: { shipper?: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const secret = await client.call<SourceSecret>(
        'POST',
        `/api/sources/${encodeURIComponent(tenant)}/${encodeURIComponent(id)}/token`,
      );
      if (json) return printJson(secret);
      printSecret(secret, flags.shipper);
    });

  source
    .command('set <tenant> <id>')
    .description('changes a source')
    .option('--name <text>')
    .option('--type <technology>', 'technology, or "auto"')
    .option('--time-zone <zone>')
    .option('--address <address...>', 'replaces the sender addresses')
    .option('--enable')
    .option('--disable')
    .action(
      async (
        tenant: string,
        id: string,
        flags: {
          name?: string;
          type?: string;
          timeZone?: string;
          address?: string[];
          enable?: boolean;
          disable?: boolean;
        },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const changed = await client.call<SourceView>(
          'PATCH',
          `/api/sources/${encodeURIComponent(tenant)}/${encodeURIComponent(id)}`,
          {
            name: flags.name,
            type: flags.type === 'auto' ? null : flags.type,
            timeZone: flags.timeZone,
            addresses: flags.address,
            enabled: flags.disable === true ? false : flags.enable === true ? true : undefined,
          },
        );
        if (json) return printJson(changed);
        process.stdout.write(`Source ${tenant}/${id} changed.\n`);
      },
    );

  source
    .command('remove <tenant> <id>')
    .description('removes a source; its events stay')
    .action(async (tenant: string, id: string, _options, command: Command) => {
      const { client } = clientOf(command);
      await client.call('DELETE', `/api/sources/${encodeURIComponent(tenant)}/${encodeURIComponent(id)}`);
      process.stdout.write(`Source ${tenant}/${id} removed.\n`);
    });
}

function printSecret(secret: SourceSecret, shipper: string | undefined): void {
  process.stdout.write(`\nToken (shown once): ${paint(secret.token, 'bold')}\n`);
  const wanted =
    shipper === undefined
      ? secret.snippets
      : secret.snippets.filter((s) => s.shipper.toLowerCase() === shipper.toLowerCase());
  if (wanted.length === 0)
    process.stdout.write(
      `No lines for "${shipper}"; there are some for: ${secret.snippets.map((s) => s.shipper).join(', ')}\n`,
    );
  for (const snippet of wanted)
    process.stdout.write(`\n${paint(`── ${snippet.title}`, 'bold')}\n${snippet.text.trimEnd()}\n`);
}

function withFlags(command: Command): Command {
  return command
    .option('--name <text>', 'name for people')
    .option('--language <code>', 'en, fr, it, nl or de: the language of its mails')
    .option('--time-zone <zone>', 'IANA zone, such as Europe/Paris')
    .option('--retention <days>', 'how long its events are kept', Number)
    .option(
      '--contact <address>',
      'who is told of incidents: "Name <mail>" or mail, optionally ,level (repeatable)',
      collectContact,
    );
}

/** `Ana Ruiz <ana@example.org>,high` */
function collectContact(text: string, before: Contact[] | undefined): Contact[] {
  const match =
    /^(?:(.*?)\s*<([^<>\s]+@[^<>\s]+)>|([^<>\s,]+@[^<>\s,]+))(?:,(informational|low|medium|high|critical))?$/.exec(
      text.trim(),
    );
  if (match === null)
    throw new InvalidArgumentError('expected "Name <mail>" or a mail address, optionally followed by ,high');
  const email = match[2] ?? match[3]!;
  const contact: Contact = {
    name: match[1] || email,
    email,
    minLevel: (match[4] as Contact['minLevel']) ?? 'medium',
    kinds: ['incident', 'operations'],
    functions: [],
    languages: [],
    hours: 'always',
  };
  return [...(before ?? []), contact];
}

function body(flags: TenantFlags) {
  return {
    name: flags.name,
    language: flags.language,
    timeZone: flags.timeZone,
    retentionDays: flags.retention,
    contacts: flags.contact,
  };
}
