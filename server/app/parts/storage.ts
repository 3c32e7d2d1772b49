import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openEventStore } from '../../storage/events/store.ts';
import { AccessChanges } from '../../storage/state/access-changes.ts';
import { PostgresAccounts } from '../../storage/state/account-store.ts';
import { openState } from '../../storage/state/database.ts';
import { Directory } from '../../storage/state/directory.ts';
import { EmbeddedPostgres } from '../../storage/state/embedded.ts';
import { PostgresKeys } from '../../storage/state/key-store.ts';
import { migrations } from '../../storage/state/migrations/index.ts';
import type { Database } from '../../storage/state/schema.ts';
import { Vault } from '../../storage/state/vault.ts';
import { LocalAccess } from '../local-access.ts';
import type { Base } from './base.ts';

/**
 * Opens both stores and the vault, and reads who the tenants and sources are.
 *
 * @throws VaultError when the key of the secrets can't be used
 */
export async function openStorage(base: Base) {
  const { config, env, installation, log } = base.options;
  const { onState } = base;
  const postgres =
    config.state.url === undefined
      ? new EmbeddedPostgres({
          directory: join(config.data, 'postgres'),
          onState,
          onLog: (line) => log.debug({ line }, 'postgres'),
        })
      : undefined;
  const [events] = await Promise.all([
    openEventStore({
      directory: join(config.data, 'events'),
      childPath: join(installation, 'dist', 'events-child.js'),
      onState,
      onLog: (line) => log.warn({ line }, 'event store'),
    }).then((store) => {
      base.onStop(() => store.close());
      return store;
    }),
    postgres?.start().then(() => base.onStop(() => postgres.stop())),
  ]);
  const state = await openState<Database>(postgres?.connection ?? { url: config.state.url! }, migrations, {
    onConnectionLost: (error) => {
      if (!base.stopping) log.warn({ err: error }, 'database connection lost');
    },
  });
  base.onStop(() => state.close());
  const { db } = state;
  const directory = new Directory(db);
  await directory.reload();
  const vault = Vault.open(join(config.data, 'secret.key'), env['VIGIE_SECRET_KEY']);
  // Children and diagnostic reports get the environment: not with this in it.
  delete env['VIGIE_SECRET_KEY'];
  const localKey = `vkey_local_${randomBytes(32).toString('base64url')}`;
  const changes = new AccessChanges();
  const { idleMinutes, hours } = config.sessions;
  const life = { idle: idleMinutes * 60_000, whole: hours * 3_600_000 };
  const access = new LocalAccess(db, base.now, changes, life, localKey);
  const accounts = new PostgresAccounts(db, base.now, changes);
  const keys = new PostgresKeys(db, base.now, changes);
  return { events, db, directory, access, accounts, keys, changes, localKey, vault };
}

/** Both stores, open. */
export type Storage = Awaited<ReturnType<typeof openStorage>>;
