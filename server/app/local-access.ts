import { timingSafeEqual } from 'node:crypto';
import { permissionsOf } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Identity } from '../api/index.ts';
import type { AccessChanges } from '../storage/state/access-changes.ts';
import { PostgresAccess, type SessionLife } from '../storage/state/access-store.ts';
import type { Database } from '../storage/state/schema.ts';

/**
 * Access with one more key: the one that the running server leaves in its data folder (mode 0600), so that
 * whoever may read the folder can use the command line. It is new at every start and stored nowhere else.
 */
export class LocalAccess extends PostgresAccess {
  readonly #key: Buffer;

  constructor(
    db: Kysely<Database>,
    now: () => number,
    changes: AccessChanges,
    life: SessionLife,
    key: string,
  ) {
    super(db, now, changes, life);
    this.#key = Buffer.from(key);
  }

  override async byKey(secret: string): Promise<Identity | undefined> {
    const given = Buffer.from(secret);
    if (given.length === this.#key.length && timingSafeEqual(given, this.#key))
      return {
        kind: 'key',
        id: 'local',
        name: 'Command line',
        email: '',
        role: 'provider-administrator',
        permissions: permissionsOf('provider-administrator'),
        scope: 'all',
        mustChangePassword: false,
      };
    return super.byKey(secret);
  }
}
