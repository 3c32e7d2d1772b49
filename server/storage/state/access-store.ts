import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { type Permission, permissionsOf, type SignedInView } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { SignInMethod } from '../../access/ports.ts';
import type { AccessStore, Identity, Scope, SignedIn, Visit } from '../../api/ports.ts';
import type { AccessChanges } from './access-changes.ts';
import { newToken, tokenHash } from './directory.ts';
import type { AccountTable, Database } from './schema.ts';
import { FACTOR_REQUIRED, HAS_FACTOR } from './sign-in-store.ts';

/** How long sessions live, milliseconds. */
export interface SessionLife {
  /** Without a call. */
  readonly idle: number;
  /** Whatever happens. */
  readonly whole: number;
}

/** How exactly the time of the last call is kept. */
const MINUTE = 60_000;
/** A device that was away for so long is a new one. */
const DEVICE_LIFE = 180 * 86_400_000;
/** The devices of an account that are remembered, the last used. */
const DEVICES = 20;

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Whether the connection of single sign-on by which an account comes in, if it is one, is switched on. */
export const WAY_IN_OPEN = sql<boolean>`NOT EXISTS (SELECT FROM sso_connection c
  WHERE c.id = account.connection_id AND NOT c.enabled)`;

/** What is stored of a password. */
export function passwordHash(password: string): Promise<string> {
  return hash(password, ARGON);
}

/** Sessions, passwords and keys over their tables. */
export class PostgresAccess implements AccessStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #changes: AccessChanges;
  readonly #life: SessionLife;
  /** Verified when an account does not exist, so that the time taken does not tell. */
  readonly #decoy: Promise<string>;

  constructor(db: Kysely<Database>, now: () => number, changes: AccessChanges, life: SessionLife) {
    this.#db = db;
    this.#now = now;
    this.#changes = changes;
    this.#life = life;
    this.#decoy = passwordHash(newToken('vses'));
  }

  async checkPassword(email: string, password: string): Promise<string | undefined> {
    const account = await this.#db
      .selectFrom('account')
      .select(['id', 'password_hash', 'active'])
      .where('email', '=', email)
      .executeTakeFirst();
    const stored = account?.password_hash ?? null;
    const fits = await verify(stored ?? (await this.#decoy), password);
    return fits && stored !== null && account?.active === true ? account.id : undefined;
  }

  async openSession(accountId: string, visit: Visit): Promise<SignedIn | undefined> {
    const now = this.#now();
    // The browser's old session may be one that somebody else has put there: it ends, and its token with it.
    if (visit.replaces !== undefined) await this.signOut(visit.replaces);
    await this.#forgetOld(now);
    const account = await this.#db
      .updateTable('account')
      .set({ last_sign_in_at: now })
      .where('id', '=', accountId)
      .where('active', '=', true)
      .returningAll()
      .returning([FACTOR_REQUIRED.as('required'), HAS_FACTOR.as('has_factor')])
      .executeTakeFirst();
    if (account === undefined) return undefined;
    const token = newToken('vses');
    const session = {
      id: randomUUID(),
      token_hash: tokenHash(token),
      account_id: accountId,
      created_at: now,
      last_seen_at: now,
      expires_at: now + this.#life.whole,
      address: visit.address,
      client: visit.client,
      method: visit.method,
    };
    await this.#db.insertInto('session').values(session).execute();
    const device = await this.#remember(accountId, visit.device, now);
    const identity = sessionIdentity(account, session);
    return { identity, token, device };
  }

  async #forgetOld(now: number): Promise<void> {
    await this.#db
      .deleteFrom('session')
      .where(({ eb, or }) => or([eb('expires_at', '<', now), eb('last_seen_at', '<', now - this.#life.idle)]))
      .execute();
    await this.#db
      .deleteFrom('known_device')
      .where('last_used_at', '<', now - DEVICE_LIFE)
      .execute();
  }

  /** Knows the device from now on. @returns the value of its cookie */
  async #remember(accountId: string, given: string | undefined, now: number): Promise<string> {
    // Only a value that this account was given counts: another one could have been planted by somebody who keeps it.
    const known =
      given !== undefined &&
      (await this.#db
        .selectFrom('known_device')
        .select('account_id')
        .where('account_id', '=', accountId)
        .where('token_hash', '=', tokenHash(given))
        .executeTakeFirst()) !== undefined;
    const device = known ? given : newToken('vdev');
    await this.#db
      .insertInto('known_device')
      .values({ account_id: accountId, token_hash: tokenHash(device), last_used_at: now })
      .onConflict((oc) => oc.columns(['account_id', 'token_hash']).doUpdateSet({ last_used_at: now }))
      .execute();
    await this.#db
      .deleteFrom('known_device')
      .where('account_id', '=', accountId)
      .where('token_hash', 'in', (eb) =>
        eb
          .selectFrom('known_device')
          .select('token_hash')
          .where('account_id', '=', accountId)
          .orderBy('last_used_at', 'desc')
          .offset(DEVICES),
      )
      .execute();
    return device;
  }

  async knowsDevice(
    account: { readonly email: string } | { readonly id: string },
    device: string,
  ): Promise<boolean> {
    const found = await this.#db
      .selectFrom('known_device')
      .innerJoin('account', 'account.id', 'known_device.account_id')
      .select('account.id')
      .where((eb) =>
        'id' in account ? eb('account.id', '=', account.id) : eb('account.email', '=', account.email),
      )
      .where('token_hash', '=', tokenHash(device))
      .where('last_used_at', '>', this.#now() - DEVICE_LIFE)
      .executeTakeFirst();
    return found !== undefined;
  }

  async bySession(token: string): Promise<Identity | undefined> {
    if (token.length > 200) return undefined;
    const now = this.#now();
    const found = await this.#db
      .selectFrom('session')
      .innerJoin('account', 'account.id', 'session.account_id')
      .selectAll('account')
      .select(['session.id as session_id', 'session.expires_at', 'session.last_seen_at', 'session.method'])
      .select([FACTOR_REQUIRED.as('required'), HAS_FACTOR.as('has_factor')])
      .where('session.token_hash', '=', tokenHash(token))
      .where('session.expires_at', '>', now)
      .where('account.active', '=', true)
      .where('session.last_seen_at', '>', now - this.#life.idle)
      .where(WAY_IN_OPEN)
      .executeTakeFirst();
    if (found === undefined || mustShow(found, found.method)) return undefined;
    if (found.last_seen_at < now - Math.min(MINUTE, this.#life.idle / 4))
      await this.#db
        .updateTable('session')
        .set({ last_seen_at: now })
        .where('id', '=', found.session_id)
        .execute();
    return sessionIdentity(found, { ...found, id: found.session_id });
  }

  async byKey(secret: string): Promise<Identity | undefined> {
    const now = this.#now();
    const key = await this.#db
      .selectFrom('api_key')
      .leftJoin('account', 'account.id', 'api_key.account_id')
      .leftJoin('service_account', 'service_account.id', 'api_key.service_id')
      .select(['api_key.id', 'api_key.name', 'api_key.permissions', 'api_key.tenants'])
      .select(['api_key.expires_at', 'api_key.last_used_at'])
      .select(({ fn, ref }) => [
        fn.coalesce('account.id', 'service_account.id').as('owner_id'),
        fn.coalesce('account.name', 'service_account.name').as('owner_name'),
        fn.coalesce('account.role', 'service_account.role').as('owner_role'),
        // Not `coalesce`: null is a value here, all tenants.
        ref('account.tenants').as('person_tenants'),
        ref('service_account.tenants').as('service_tenants'),
      ])
      .where('secret_hash', '=', tokenHash(secret))
      .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
      .where(({ eb, or }) => or([eb('account.id', 'is', null), eb('account.active', '=', true)]))
      .where(WAY_IN_OPEN)
      .executeTakeFirst();
    if (key === undefined || key.owner_role === null || key.owner_id === null) return undefined;
    if ((key.last_used_at ?? 0) < now - MINUTE)
      await this.#db.updateTable('api_key').set({ last_used_at: now }).where('id', '=', key.id).execute();
    return {
      kind: 'key',
      id: key.id,
      name: key.owner_name === key.name ? key.name : `${key.name} (${key.owner_name})`,
      email: '',
      role: key.owner_role,
      permissions: narrowed(permissionsOf(key.owner_role), key.permissions),
      scope: scopeOf(key.person_tenants ?? key.service_tenants, key.tenants),
      mustChangePassword: false,
      owner: key.owner_id,
      ...(key.expires_at === null ? {} : { endsAt: key.expires_at }),
    };
  }

  async signOut(token: string): Promise<void> {
    const ended = await this.#db
      .deleteFrom('session')
      .where('token_hash', '=', tokenHash(token))
      .returning('id')
      .executeTakeFirst();
    if (ended !== undefined) this.#changes.tell(ended.id);
  }

  async sessions(accountId: string, current: string | undefined): Promise<SignedInView[]> {
    const now = this.#now();
    const rows = await this.#db
      .selectFrom('session')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('expires_at', '>', now)
      .where('last_seen_at', '>', now - this.#life.idle)
      .orderBy('last_seen_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      address: row.address,
      client: row.client,
      since: row.created_at,
      lastSeenAt: row.last_seen_at,
      endsAt: row.expires_at,
      current: row.id === current,
    }));
  }

  async endSession(accountId: string, id: string): Promise<boolean> {
    const ended = await this.#db
      .deleteFrom('session')
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (ended !== undefined) this.#changes.tell(ended.id);
    return ended !== undefined;
  }

  async endSessions(accountId: string, keep: string | undefined): Promise<number> {
    let query = this.#db.deleteFrom('session').where('account_id', '=', accountId).returning('id');
    if (keep !== undefined) query = query.where('id', '<>', keep);
    const ended = await query.execute();
    for (const { id } of ended) this.#changes.tell(id);
    return ended.length;
  }

  async changePassword(
    accountId: string,
    current: string,
    next: string,
    keep: string | undefined,
  ): Promise<boolean> {
    const account = await this.#db
      .selectFrom('account')
      .select('password_hash')
      .where('id', '=', accountId)
      .executeTakeFirst();
    if (!account?.password_hash || !(await verify(account.password_hash, current))) return false;
    await this.#setPassword(accountId, next, false, keep);
    return true;
  }

  async resetPassword(email: string, next: string, mustChange: boolean): Promise<boolean> {
    const account = await this.#db
      .selectFrom('account')
      .select('id')
      .where('email', '=', email)
      // Whom an organisation answers for gets no way around it.
      .where('connection_id', 'is', null)
      .executeTakeFirst();
    if (account === undefined) return false;
    await this.#setPassword(account.id, next, mustChange, undefined);
    await this.#db.deleteFrom('known_device').where('account_id', '=', account.id).execute();
    return true;
  }

  async #setPassword(
    accountId: string,
    next: string,
    mustChange: boolean,
    keep: string | undefined,
  ): Promise<void> {
    await this.#db
      .updateTable('account')
      .set({ password_hash: await passwordHash(next), must_change_password: mustChange })
      .where('id', '=', accountId)
      .execute();
    await this.endSessions(accountId, keep);
  }

  onChange(listener: (id: string) => void): () => void {
    return this.#changes.subscribe(listener);
  }
}

interface Factors {
  readonly required: boolean;
  readonly has_factor: boolean;
}

/** A session of a password alone, where more is required and there is more: its person must sign in again. */
function mustShow({ required, has_factor }: Factors, method: SignInMethod): boolean {
  return method === 'password' && required && has_factor;
}

/** A session of a password alone, where more is required and there is nothing yet. */
function mustEnrol({ required, has_factor }: Factors, method: SignInMethod): boolean {
  return method === 'password' && required && !has_factor;
}

function sessionIdentity(
  row: Selectable<AccountTable> & Factors,
  session: { readonly id: string; readonly expires_at: number; readonly method: SignInMethod },
): Identity {
  return {
    kind: 'account',
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    permissions: permissionsOf(row.role),
    scope: row.tenants ?? 'all',
    mustChangePassword: row.must_change_password,
    ...(row.language === null ? {} : { language: row.language }),
    ...(mustEnrol(row, session.method) ? { mustEnrol: true } : {}),
    session: session.id,
    endsAt: session.expires_at,
  };
}

/** A key never may more than its owner may now, whatever it was made with. */
function narrowed(
  owner: ReadonlySet<Permission>,
  key: readonly Permission[] | null,
): ReadonlySet<Permission> {
  return key === null ? owner : new Set(key.filter((each) => owner.has(each)));
}

function scopeOf(owner: readonly string[] | null, key: readonly string[] | null): Scope {
  if (owner === null) return key ?? 'all';
  return key === null ? owner : key.filter((each) => owner.includes(each));
}
