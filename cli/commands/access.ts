import {
  type ApiKeyView,
  PERMISSION_TABLE,
  PERMISSIONS,
  ROLE_TABLE,
  ROLES,
  type ServiceAccountView,
  type SignedInView,
  type UserView,
} from '@vigie/contracts/api';
import { type Command, Option } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, printTable, safe, when } from '../output.ts';

const role = () => new Option('--role <role>', 'see `vigie roles`').choices(ROLES);
const TENANT = ['--tenant <id...>', 'only these tenants; left out: all'] as const;
const scopeOf = (tenants: readonly string[] | null) => tenants?.join(', ') ?? 'all';
const out = (text: string): void => void process.stdout.write(`${text}\n`);

interface Change {
  readonly name?: string;
  readonly role?: string;
  readonly tenant?: string[];
  readonly allTenants?: true;
}

/** `vigie user …`, `vigie service …`, `vigie key …`, `vigie roles` */
export function accessCommands(program: Command): void {
  userCommands(program);
  serviceCommands(program);
  keyCommands(program);
  program
    .command('roles')
    .description('the roles, and what each may do')
    .option('--permissions', 'every permission with the roles that have it')
    .action((flags: { permissions?: true }, command: Command) => {
      if (command.optsWithGlobals<{ json?: boolean }>().json === true)
        return printJson({ roles: ROLE_TABLE, permissions: PERMISSION_TABLE });
      if (flags.permissions === true)
        printTable(
          PERMISSIONS,
          [
            { title: 'PERMISSION', value: (p) => p },
            { title: 'MEANING', value: (p) => PERMISSION_TABLE[p].meaning, max: 90 },
            { title: 'ROLES', value: (p) => PERMISSION_TABLE[p].roles.join(', ') },
          ],
          '',
        );
      else
        printTable(
          ROLES,
          [
            { title: 'ROLE', value: (r) => r },
            { title: 'OF', value: (r) => ROLE_TABLE[r].side },
            { title: 'MEANING', value: (r) => ROLE_TABLE[r].meaning, max: 100 },
          ],
          '',
        );
    });
}

function userCommands(program: Command): void {
  const user = program.command('user').description('people who sign in');
  user.command('list').action(async (_flags, command: Command) => {
    const { client, json } = clientOf(command);
    const { items } = await client.get<{ items: UserView[] }>('/api/users');
    if (json) return printJson(items);
    printTable(
      items,
      [
        { title: 'MAIL', value: (u) => safe(u.email) },
        { title: 'NAME', value: (u) => safe(u.name) },
        { title: 'ROLE', value: (u) => u.role },
        { title: 'TENANTS', value: (u) => scopeOf(u.tenants) },
        { title: 'LAST SIGN-IN (UTC)', value: (u) => when(u.lastSignInAt) },
      ],
      'No users.',
    );
  });
  user
    .command('add <mail>')
    .description('adds a person; prints a one-time password')
    .addOption(role().makeOptionMandatory())
    .option('--name <text>')
    .option(...TENANT)
    .action(
      async (mail: string, flags: { role: string; name?: string; tenant?: string[] }, command: Command) => {
        const { client, json } = clientOf(command);
        const made = await client.call<{ user: UserView; oneTimePassword?: string }>('POST', '/api/users', {
          email: mail,
          name: flags.name ?? mail,
          role: flags.role,
          tenants: flags.tenant ?? null,
        });
        if (json) return printJson(made);
        out(
          `User ${made.user.email} added. One-time password (shown once): ${paint(made.oneTimePassword ?? '', 'bold')}`,
        );
      },
    );
  user
    .command('change <mail>')
    .description('changes name, role or tenants; takes effect at once')
    .option('--name <text>')
    .addOption(role())
    .option('--tenant <id...>', 'only these tenants')
    .option('--all-tenants', 'all tenants, those to come included')
    .action(async (mail: string, flags: Change, command: Command) => {
      const { client, json } = clientOf(command);
      const changed = await client.call<UserView>('PATCH', userPath(mail), changeOf(flags));
      if (json) return printJson(changed);
      out(`${safe(changed.name)}: ${changed.role}, tenants: ${scopeOf(changed.tenants)}`);
    });
  user
    .command('reset <mail>')
    .description('sets a new one-time password and ends the person’s sessions')
    .action(async (mail: string, _flags, command: Command) => {
      const { client, json } = clientOf(command);
      const made = await client.call<{ oneTimePassword: string }>('POST', `${userPath(mail)}/reset`);
      if (json) return printJson(made);
      out(`One-time password of ${mail} (shown once): ${paint(made.oneTimePassword, 'bold')}`);
    });
  user
    .command('reset-factors <mail>')
    .description('removes a person’s authenticator app, recovery codes and passkeys, and ends their sessions')
    .action(async (mail: string, _flags, command: Command) => {
      await clientOf(command).client.call('DELETE', `${userPath(mail)}/second-factors`);
      out(`${mail} signs in with the password alone, and sets up a new second factor where one is required.`);
    });
  user
    .command('remove <mail>')
    .description('removes a person and their keys; what they did stays in the log')
    .action(async (mail: string, _flags, command: Command) => {
      await clientOf(command).client.call('DELETE', userPath(mail));
      out(`${mail} can no longer sign in.`);
    });
  user
    .command('sessions <mail>')
    .description('where a person is signed in')
    .option('--end <id>', 'ends this session')
    .option('--end-all', 'ends all of them')
    .action(async (mail: string, flags: { end?: string; endAll?: true }, command: Command) => {
      const { client, json } = clientOf(command);
      const path = `${userPath(mail)}/sessions`;
      if (flags.endAll === true) {
        const { ended } = await client.call<{ ended: number }>('DELETE', path);
        return out(`${ended} ended.`);
      }
      if (flags.end !== undefined) {
        await client.call('DELETE', `${path}/${encodeURIComponent(flags.end)}`);
        return out('Ended.');
      }
      const { items } = await client.get<{ items: SignedInView[] }>(path);
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'ADDRESS', value: (s) => s.address },
          { title: 'WITH', value: (s) => s.client },
          { title: 'SINCE (UTC)', value: (s) => when(s.since) },
          { title: 'LAST SEEN (UTC)', value: (s) => when(s.lastSeenAt) },
          { title: 'ID', value: (s) => s.id },
        ],
        'Not signed in.',
      );
    });
}

function serviceCommands(program: Command): void {
  const service = program.command('service').description('service accounts: what keys of programs belong to');
  service.command('list').action(async (_flags, command: Command) => {
    const { client, json } = clientOf(command);
    const { items } = await client.get<{ items: ServiceAccountView[] }>('/api/service-accounts');
    if (json) return printJson(items);
    printTable(
      items,
      [
        { title: 'NAME', value: (s) => safe(s.name) },
        { title: 'ROLE', value: (s) => s.role },
        { title: 'TENANTS', value: (s) => scopeOf(s.tenants) },
        { title: 'ID', value: (s) => s.id },
      ],
      'No service accounts.',
    );
  });
  service
    .command('change <id>')
    .description('changes name, role or tenants; takes effect at once')
    .option('--name <text>')
    .addOption(role())
    .option('--tenant <id...>', 'only these tenants')
    .option('--all-tenants', 'all tenants, those to come included')
    .action(async (id: string, flags: Change, command: Command) => {
      const { client, json } = clientOf(command);
      const path = `/api/service-accounts/${encodeURIComponent(id)}`;
      const changed = await client.call<ServiceAccountView>('PATCH', path, changeOf(flags));
      if (json) return printJson(changed);
      out(`${safe(changed.name)}: ${changed.role}, tenants: ${scopeOf(changed.tenants)}`);
    });
  service
    .command('remove <id>')
    .description('removes a service account with its keys')
    .action(async (id: string, _flags, command: Command) => {
      await clientOf(command).client.call('DELETE', `/api/service-accounts/${encodeURIComponent(id)}`);
      out('Removed; its keys stopped working at once.');
    });
}

interface NewKeyFlags {
  readonly role: string;
  readonly service?: string;
  readonly tenant?: string[];
  readonly permission?: string[];
  readonly days?: string;
}

function keyCommands(program: Command): void {
  const key = program.command('key').description('API keys for programs');
  key.command('list').action(async (_flags, command: Command) => {
    const { client, json } = clientOf(command);
    const { items } = await client.get<{ items: ApiKeyView[] }>('/api/keys');
    if (json) return printJson(items);
    printTable(
      items,
      [
        { title: 'NAME', value: (k) => safe(k.name) },
        { title: 'OF', value: (k) => safe(k.owner.name) },
        { title: 'PERMISSIONS', value: (k) => k.permissions?.join(', ') ?? 'its owner’s', max: 60 },
        { title: 'TENANTS', value: (k) => k.tenants?.join(', ') ?? 'its owner’s' },
        { title: 'ENDS (UTC)', value: (k) => (k.expiresAt === null ? 'never' : when(k.expiresAt)) },
        { title: 'LAST USED (UTC)', value: (k) => when(k.lastUsedAt) },
        { title: 'ID', value: (k) => k.id },
      ],
      'No API keys.',
    );
  });
  key
    .command('add <name>')
    .description('makes a key of a service account; prints its secret once')
    .option('--service <id>', 'of this service account; left out: one is made for it')
    .addOption(role().default('auditor', 'auditor, or client-reader with --tenant'))
    .option(...TENANT)
    .option('--permission <name...>', 'only these permissions of its role')
    .option('--days <n>', 'ends after so many days')
    .action(async (name: string, flags: NewKeyFlags, command: Command) => {
      const { client, json } = clientOf(command);
      const days = flags.days === undefined ? undefined : Number(flags.days);
      if (days !== undefined && !(days > 0)) throw new CliError('--days: a number above 0', EXIT.usage);
      const chosen = command.getOptionValueSource('role') !== 'default';
      const service =
        flags.service ??
        (
          await client.call<ServiceAccountView>('POST', '/api/service-accounts', {
            name,
            role: !chosen && flags.tenant !== undefined ? 'client-reader' : flags.role,
            tenants: flags.tenant ?? null,
          })
        ).id;
      const path = `/api/service-accounts/${encodeURIComponent(service)}`;
      const made = await client
        .call<{ key: ApiKeyView; secret: string }>('POST', `${path}/keys`, {
          name,
          permissions: flags.permission ?? null,
          tenants: flags.tenant ?? null,
          expiresAt: days === undefined ? null : Date.now() + days * 86_400_000,
        })
        .catch(async (error: unknown) => {
          // The account was made for this key alone.
          if (flags.service === undefined) await client.call('DELETE', path);
          throw error;
        });
      if (json) return printJson(made);
      out(
        `Key ${safe(made.key.name)}: ${paint(made.secret, 'bold')}\nShown once. Use it with --url URL --key KEY, or as VIGIE_URL and VIGIE_API_KEY.`,
      );
    });
  key.command('remove <id>').action(async (id: string, _flags, command: Command) => {
    await clientOf(command).client.call('DELETE', `/api/keys/${encodeURIComponent(id)}`);
    out('Removed; it stopped working at once.');
  });
}

const userPath = (mail: string) => `/api/users/${encodeURIComponent(mail)}`;

function changeOf(flags: Change) {
  if (flags.tenant !== undefined && flags.allTenants === true)
    throw new CliError('--tenant and --all-tenants exclude each other', EXIT.usage);
  const tenants = flags.allTenants === true ? null : flags.tenant;
  return {
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.role === undefined ? {} : { role: flags.role }),
    ...(tenants === undefined ? {} : { tenants }),
  };
}
