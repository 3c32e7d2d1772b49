import { readFileSync } from 'node:fs';
import type { ConnectorField, ConnectorTest, ConnectorType, ConnectorView } from '@vigie/contracts/api';
import { type Command, InvalidArgumentError } from 'commander';
import type { Client } from '../client.ts';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { ago, paint, printJson, printTable, safe, when } from '../output.ts';

interface SetFlags {
  readonly set?: string[];
  readonly secretEnv?: string[];
  readonly secretFile?: string[];
  readonly secretStdin?: string;
  readonly every?: number;
  readonly test?: boolean;
}

const path = (tenant: string, source: string) =>
  `/api/sources/${encodeURIComponent(tenant)}/${encodeURIComponent(source)}/connector`;

/** `vigie connector …` and `vigie secrets …` */
export function connectorCommands(program: Command): void {
  const connector = program
    .command('connector')
    .description('fetches logs from clouds and services for a source');

  connector
    .command('types [type]')
    .description('kinds of connectors; with a type: its settings, permissions and set-up')
    .action(async (type: string | undefined, _options, command: Command) => {
      const { client, json } = clientOf(command);
      const items = await types(client);
      if (type === undefined) {
        if (json) return printJson(items);
        return printTable(
          items,
          [
            { title: 'TYPE', value: (t) => t.id },
            { title: 'FETCHES', value: (t) => t.name },
            { title: 'READ AS', value: (t) => t.technologies.join(', ') || 'recognised' },
          ],
          'There is none.',
        );
      }
      const one = typeOf(items, type);
      if (json) return printJson(one);
      process.stdout.write(`${paint(one.name, 'bold')}\n${one.summary}\n\nPermissions:\n`);
      for (const permission of one.permissions) process.stdout.write(`  ${permission}\n`);
      process.stdout.write(`\n${one.setup}\n\n`);
      printTable(
        one.fields,
        [
          { title: 'SETTING', value: (f) => f.name },
          { title: 'KIND', value: (f) => (f.choices === undefined ? f.kind : f.choices.join('|')) },
          { title: 'DEFAULT', value: defaultOf },
          { title: 'MEANING', value: (f) => f.description || f.title, max: 90 },
        ],
        'It has no settings.',
      );
    });

  withFlags(
    connector
      .command('add <tenant> <source> <type>')
      .description('sets up the connector of a source, or changes it; secrets never as arguments'),
  ).action(async (tenant: string, source: string, type: string, flags: SetFlags, command: Command) => {
    const { client, json } = clientOf(command);
    const setup = await setupOf(client, tenant, source, type, flags);
    if (flags.test === true) {
      const outcome = await client.call<ConnectorTest>('POST', `${path(tenant, source)}/test`, setup);
      if (!outcome.ok) throw new CliError(`${outcome.message}\n${outcome.advice}`, EXIT.failed);
      process.stdout.write(`${safe(outcome.message)}\n`);
    }
    const view = await client.call<ConnectorView>('PUT', path(tenant, source), setup);
    if (json) return printJson(view);
    process.stdout.write(`${tenant}/${source} is fetched with ${view.type}, every ${view.everySeconds} s.\n`);
  });

  connector
    .command('list [tenant]')
    .description('connectors with their state')
    .action(async (tenant: string | undefined, _options, command: Command) => {
      const { client, json } = clientOf(command);
      const { items } = await client.get<{ items: ConnectorView[] }>(
        `/api/connectors${tenant === undefined ? '' : `?tenant=${encodeURIComponent(tenant)}`}`,
      );
      if (json) return printJson(items);
      const now = Date.now();
      printTable(
        items,
        [
          { title: 'TENANT', value: (c) => c.tenant },
          { title: 'SOURCE', value: (c) => c.source },
          { title: 'TYPE', value: (c) => c.type },
          { title: 'STATE', value: (c) => paintState(c.running ? 'fetching' : c.state) },
          {
            title: 'LAST FETCH',
            value: (c) => (c.lastFetchAt === null ? 'never' : `${ago(now - c.lastFetchAt)} ago`),
          },
          { title: 'BEHIND', value: (c) => behind(c, now) },
          { title: 'NEW', value: (c) => String(c.added), right: true },
          { title: 'PROBLEM', value: (c) => safe(c.problem?.message ?? ''), max: 80 },
        ],
        'No connectors yet. Kinds: vigie connector types',
      );
    });

  connector
    .command('show <tenant> <source>')
    .description('settings and state of a connector; of secrets, only whether they are set')
    .action(async (tenant: string, source: string, _options, command: Command) => {
      const { client, json } = clientOf(command);
      const view = await client.get<ConnectorView>(path(tenant, source));
      if (json) return printJson(view);
      const now = Date.now();
      const facts: [string, string][] = [
        ['type', view.type],
        ['state', paintState(view.running ? 'fetching' : view.state)],
        ['every', `${view.everySeconds} s`],
        ['last fetch', when(view.lastFetchAt)],
        ['next fetch', when(view.nextFetchAt)],
        ['behind', behind(view, now)],
        ['items', `${view.fetched} fetched, ${view.added} new`],
        ...Object.entries(view.settings).map(([name, value]): [string, string] => [
          name,
          safe(JSON.stringify(value)),
        ]),
        ...view.secrets.map(({ name, set }): [string, string] => [name, set ? '(set)' : '(not set)']),
      ];
      for (const [name, value] of facts) process.stdout.write(`${name.padEnd(18)} ${value}\n`);
      if (view.problem !== null)
        process.stdout.write(
          `\n${paint(view.problem.code, 'red')} since ${when(view.problem.at)}\n${safe(view.problem.message)}\n${safe(view.problem.advice)}\n`,
        );
    });

  connector
    .command('test <tenant> <source>')
    .description('one request with the stored settings; fetches nothing')
    .action(async (tenant: string, source: string, _options, command: Command) => {
      const { client, json } = clientOf(command);
      const outcome = await client.call<ConnectorTest>('POST', `${path(tenant, source)}/test`, {});
      if (json) printJson(outcome);
      if (!outcome.ok) throw new CliError(`${safe(outcome.message)}\n${safe(outcome.advice)}`, EXIT.failed);
      if (!json) process.stdout.write(`${safe(outcome.message)}\n`);
    });

  for (const [verb, body, words] of [
    ['pause', { paused: true }, 'is paused'],
    ['resume', { paused: false }, 'fetches again, from where it was'],
    ['fetch', { fetch: true }, 'fetches now'],
  ] as const)
    connector
      .command(`${verb} <tenant> <source>`)
      .description(`the connector ${words}`)
      .action(async (tenant: string, source: string, _options, command: Command) => {
        const { client, json } = clientOf(command);
        const view = await client.call<ConnectorView>('PATCH', path(tenant, source), body);
        if (json) return printJson(view);
        process.stdout.write(`${tenant}/${source} ${words}.\n`);
      });

  connector
    .command('remove <tenant> <source>')
    .description('removes the connector with its secrets and its place; what was fetched stays')
    .action(async (tenant: string, source: string, _options, command: Command) => {
      const { client } = clientOf(command);
      await client.call('DELETE', path(tenant, source));
      process.stdout.write(`${tenant}/${source} is not fetched any more.\n`);
    });

  const secrets = program.command('secrets').description('the key that stored secrets are encrypted with');
  secrets
    .command('rotate')
    .description('encrypts all stored secrets with a new key, and forgets the old one')
    .action(async (_options, command: Command) => {
      const { client, json } = clientOf(command);
      const done = await client.call<{ resealed: number; unreadable: string[] }>(
        'POST',
        '/api/secrets/rotate',
      );
      if (json) return printJson(done);
      process.stdout.write(`${done.resealed} connectors’ secrets are under a new key.\n`);
      if (done.unreadable.length > 0)
        throw new CliError(
          `can't be decrypted, so old keys were kept: ${done.unreadable.join(', ')}; enter these connectors' secrets again`,
          EXIT.failed,
        );
    });
}

function withFlags(command: Command): Command {
  return command
    .option('--set <name=value...>', 'a setting; lists with commas between')
    .option('--secret-env <name=VARIABLE...>', 'a secret from a variable of the environment')
    .option('--secret-file <name=file...>', 'a secret from a file, whole, without a last line end')
    .option('--secret-stdin <name>', 'a secret from standard input')
    .option('--every <seconds>', 'time between two fetches', (text) => {
      if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('a number of seconds');
      return Number(text);
    })
    .option('--test', 'test first, and set up only when it works');
}

async function types(client: Client): Promise<ConnectorType[]> {
  return (await client.get<{ items: ConnectorType[] }>('/api/connectors/types')).items;
}

function typeOf(items: readonly ConnectorType[], id: string): ConnectorType {
  const found = items.find((one) => one.id === id);
  if (found === undefined)
    throw new CliError(
      `no connector "${id}"; there are ${items.map((one) => one.id).join(', ')}`,
      EXIT.usage,
    );
  return found;
}

async function setupOf(client: Client, tenant: string, source: string, id: string, flags: SetFlags) {
  const type = typeOf(await types(client), id);
  const { items } = await client.get<{ items: ConnectorView[] }>(
    `/api/connectors?tenant=${encodeURIComponent(tenant)}`,
  );
  const before = items.find((one) => one.source === source && one.type === id);
  const settings: Record<string, unknown> = { ...before?.settings };
  for (const pair of flags.set ?? []) {
    const [name, value] = split(pair, '--set');
    settings[name] = readValue(fieldOf(type, name, false), value);
  }
  const secrets: Record<string, string> = {};
  const add = (name: string, value: string) => {
    secrets[fieldOf(type, name, true).name] = value;
  };
  for (const pair of flags.secretEnv ?? []) {
    const [name, variable] = split(pair, '--secret-env');
    const value = process.env[variable];
    if (value === undefined) throw new CliError(`the variable ${variable} is not set`, EXIT.usage);
    add(name, value);
  }
  for (const pair of flags.secretFile ?? []) {
    const [name, file] = split(pair, '--secret-file');
    try {
      add(name, readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      throw new CliError(`${file}: ${(cause as NodeJS.ErrnoException).code ?? 'not readable'}`, EXIT.usage);
    }
  }
  if (flags.secretStdin !== undefined) {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    add(
      flags.secretStdin,
      Buffer.concat(parts)
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    );
  }
  return { type: id, settings, secrets, ...(flags.every === undefined ? {} : { everySeconds: flags.every }) };
}

function split(pair: string, flag: string): [string, string] {
  const at = pair.indexOf('=');
  // What was given is not repeated: it may be a secret in the wrong place.
  if (at < 1) throw new CliError(`${flag}: expected name=value`, EXIT.usage);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function fieldOf(type: ConnectorType, name: string, secret: boolean): ConnectorField {
  const field = type.fields.find((one) => one.name === name);
  if (field === undefined)
    throw new CliError(
      `${type.id} has no "${name}"; it has ${type.fields.map((one) => one.name).join(', ')}`,
      EXIT.usage,
    );
  if ((field.kind === 'secret') !== secret)
    throw new CliError(
      secret
        ? `${name} is no secret; give it with --set`
        : `${name} is a secret; give it with --secret-env, --secret-file or --secret-stdin`,
      EXIT.usage,
    );
  return field;
}

function readValue(field: ConnectorField, text: string): unknown {
  switch (field.kind) {
    case 'number':
      if (!/^-?\d+$/.test(text)) throw new CliError(`${field.name}: a number`, EXIT.usage);
      return Number(text);
    case 'boolean':
      return text === 'true' || text === 'yes' || text === '1';
    case 'choices':
    case 'list':
      return text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '');
    default:
      return text;
  }
}

function defaultOf(field: ConnectorField): string {
  if (field.default === undefined) return field.required ? paint('needed', 'yellow') : '';
  return Array.isArray(field.default) ? field.default.join(',') : String(field.default);
}

function behind({ coveredTo, everySeconds }: ConnectorView, now: number): string {
  if (coveredTo === null) return '–';
  const late = now - coveredTo;
  return late <= everySeconds * 2000 ? 'no' : ago(late);
}

function paintState(state: string): string {
  const style = ({ ok: 'green', fetching: 'green', retrying: 'yellow', broken: 'red' } as const)[state];
  return style === undefined ? state : paint(state, style);
}
