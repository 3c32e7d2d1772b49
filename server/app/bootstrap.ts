import { randomBytes } from 'node:crypto';
import type { AccountStore, SourceStore, TenantStore } from '../api/index.ts';
import type { Ready } from './messages.ts';
import { StartError } from './parts/listen.ts';

/** Id of the tenant that a fresh installation begins with. */
const FIRST_TENANT = 'main';
const FIRST_SOURCE = 'local';
/** As for every other password. */
const LEAST_PASSWORD = 12;

/**
 * Makes what a fresh installation needs to be useful at once: an administrator, a tenant, and a source that
 * takes what this machine sends by syslog.
 *
 * @returns what the person must be told, or undefined when the installation is not fresh
 * @throws {StartError} when the password that was given is too short
 */
export async function bootstrap(
  stores: { readonly accounts: AccountStore; readonly tenants: TenantStore; readonly sources: SourceStore },
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ready['first'] | undefined> {
  if ((await stores.accounts.users()).length > 0) return undefined;
  const preset = env['VIGIE_ADMIN_PASSWORD'];
  if (preset !== undefined && preset.length < LEAST_PASSWORD)
    throw new StartError(
      `VIGIE_ADMIN_PASSWORD is too short: ${LEAST_PASSWORD} characters at least, or leave it out and one is made`,
      undefined,
    );
  const email = (env['VIGIE_ADMIN_EMAIL'] ?? 'admin@vigie.local').toLowerCase();
  const password = preset ?? randomBytes(12).toString('base64url');
  await stores.tenants.add({
    id: FIRST_TENANT,
    name: 'My organisation',
    language: 'en',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    retentionDays: 365,
    contacts: [
      {
        name: 'Administrator',
        email,
        minLevel: 'medium',
        kinds: ['incident', 'operations'],
        functions: [],
        languages: [],
        hours: 'always',
      },
    ],
  });
  const made = await stores.sources.add({
    tenant: FIRST_TENANT,
    id: FIRST_SOURCE,
    name: 'This machine',
    type: null,
    timeZone: 'UTC',
    addresses: ['127.0.0.1', '::1'],
  });
  // The account comes last: it marks the installation as begun.
  await stores.accounts.addUser({
    email,
    name: 'Administrator',
    role: 'provider-administrator',
    tenants: null,
    password,
    mustChangePassword: preset === undefined,
  });
  return {
    email,
    ...(preset === undefined ? { password } : {}),
    tenant: FIRST_TENANT,
    source: FIRST_SOURCE,
    token: made?.secret.token ?? '',
  };
}
