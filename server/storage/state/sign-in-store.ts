import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  ExternalProfile,
  FactorStore,
  Flow,
  FlowKind,
  FlowStore,
  SignInAccount,
  StoredPasskey,
} from '../../access/ports.ts';
import { transaction } from './database.ts';
import { newToken, tokenHash } from './directory.ts';
import type { Database, PasskeyTable } from './schema.ts';
import { totpOwner } from './sign-in-secrets.ts';
import type { Vault } from './vault.ts';

/** Whether the provider (for its own people) or a tenant of the account asks for a second factor. */
export const FACTOR_REQUIRED = sql<boolean>`EXISTS (SELECT FROM sign_in_policy p WHERE p.second_factor
  AND (p.tenant = ANY (account.tenants) OR (p.tenant IS NULL AND account.tenants IS NULL)))`;

/** Whether the account has an authenticator app or a passkey. */
export const HAS_FACTOR = sql<boolean>`(EXISTS (SELECT FROM totp t WHERE t.account_id = account.id AND t.confirmed_at IS NOT NULL)
  OR EXISTS (SELECT FROM passkey k WHERE k.account_id = account.id))`;

/** Second factors, passkeys, and sign-ins under way, over their tables; what is secret is sealed. */
export class PostgresSignIn implements FactorStore, FlowStore {
  readonly #db: Kysely<Database>;
  readonly #vault: Vault;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, vault: Vault, now: () => number) {
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  async open(flow: Parameters<FlowStore['open']>[0]) {
    const now = this.#now();
    const token = newToken('vses');
    const hash = tokenHash(token);
    const id = hash.toString('hex');
    await this.#db.deleteFrom('sign_in_flow').where('expires_at', '<', now).execute();
    await this.#db
      .insertInto('sign_in_flow')
      .values({
        id: hash,
        kind: flow.kind,
        account_id: flow.accountId ?? null,
        connection_id: flow.connectionId ?? null,
        data: this.#vault.seal(JSON.stringify(flow.data(id)), ['sign-in', id]),
        answer: null,
        tries: 0,
        expires_at: now + flow.lives,
      })
      .execute();
    return { token, id };
  }

  async attempt<Data>(token: string, kind: FlowKind, tries: number): Promise<Flow<Data> | undefined> {
    if (token.length > 200) return undefined;
    const row = await this.#db
      .updateTable('sign_in_flow')
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('id', '=', tokenHash(token))
      .where('kind', '=', kind)
      .where('tries', '<', tries)
      .where('expires_at', '>', this.#now())
      .returningAll()
      .executeTakeFirst();
    return row && this.#flow(row);
  }

  async take<Data>(token: string, kind: FlowKind): Promise<Flow<Data> | undefined> {
    if (token.length > 200) return undefined;
    const row = await this.#db
      .deleteFrom('sign_in_flow')
      .where('id', '=', tokenHash(token))
      .where('kind', '=', kind)
      .where('expires_at', '>', this.#now())
      .returningAll()
      .executeTakeFirst();
    return row && this.#flow(row);
  }

  async isOpen(id: string, connectionId: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('sign_in_flow')
      .select('id')
      .where('id', '=', Buffer.from(id, 'hex'))
      .where('connection_id', '=', connectionId)
      .where('answer', 'is', null)
      .where('expires_at', '>', this.#now())
      .executeTakeFirst();
    return row !== undefined;
  }

  async answer(id: string, connectionId: string, profile: ExternalProfile): Promise<boolean> {
    const result = await this.#db
      .updateTable('sign_in_flow')
      .set({ answer: this.#vault.seal(JSON.stringify(profile), ['sign-in', id, 'answer']) })
      .where('id', '=', Buffer.from(id, 'hex'))
      .where('connection_id', '=', connectionId)
      .where('answer', 'is', null)
      .where('expires_at', '>', this.#now())
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  #flow<Data>(row: {
    id: Buffer;
    account_id: string | null;
    connection_id: string | null;
    data: string;
    answer: string | null;
  }): Flow<Data> {
    const id = row.id.toString('hex');
    return {
      id,
      accountId: row.account_id,
      connectionId: row.connection_id,
      data: JSON.parse(this.#vault.open(row.data, ['sign-in', id])) as Data,
      answer:
        row.answer === null
          ? null
          : (JSON.parse(this.#vault.open(row.answer, ['sign-in', id, 'answer'])) as ExternalProfile),
    };
  }

  async account(id: string): Promise<SignInAccount | undefined> {
    const row = await this.#db
      .selectFrom('account')
      .leftJoin('totp', 'totp.account_id', 'account.id')
      .select((eb) => [
        'account.id',
        'account.email',
        'account.name',
        'account.role',
        'account.tenants',
        'account.active',
        'account.connection_id',
        'totp.confirmed_at',
        eb('account.password_hash', 'is not', null).as('has_password'),
        FACTOR_REQUIRED.as('required'),
        sql<number>`(SELECT count(*)::int FROM passkey k WHERE k.account_id = account.id)`.as('passkeys'),
        sql<number>`(SELECT count(*)::int FROM recovery_code c WHERE c.account_id = account.id AND c.used_at IS NULL)`.as(
          'codes',
        ),
      ])
      .where('account.id', '=', id)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        email: row.email,
        name: row.name,
        role: row.role,
        tenants: row.tenants,
        active: row.active,
        hasPassword: Boolean(row.has_password),
        connection: row.connection_id,
        totpSince: row.confirmed_at,
        passkeys: row.passkeys,
        recoveryCodesLeft: row.codes,
        required: row.required,
      }
    );
  }

  async beginTotp(accountId: string, secret: string): Promise<boolean> {
    const sealed = this.#vault.seal(secret, totpOwner(accountId));
    const result = await this.#db
      .insertInto('totp')
      .values({ account_id: accountId, secret: sealed, confirmed_at: null, last_step: 0 })
      .onConflict((oc) =>
        oc
          .column('account_id')
          .doUpdateSet({ secret: sealed, last_step: 0 })
          .where('totp.confirmed_at', 'is', null),
      )
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async totp(accountId: string) {
    const row = await this.#db
      .selectFrom('totp')
      .selectAll()
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return (
      row && {
        secret: this.#vault.open(row.secret, totpOwner(accountId)),
        confirmed: row.confirmed_at !== null,
      }
    );
  }

  async takeStep(accountId: string, step: number): Promise<boolean> {
    const result = await this.#db
      .updateTable('totp')
      .set({ last_step: step })
      .where('account_id', '=', accountId)
      .where('last_step', '<', String(step))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async confirmTotp(accountId: string, codes: readonly string[]): Promise<void> {
    await transaction(this.#db, async (db) => {
      await db
        .updateTable('totp')
        .set({ confirmed_at: this.#now() })
        .where('account_id', '=', accountId)
        .execute();
      await writeCodes(db, accountId, codes);
    });
  }

  async replaceRecoveryCodes(accountId: string, codes: readonly string[]): Promise<void> {
    await transaction(this.#db, (db) => writeCodes(db, accountId, codes));
  }

  async takeRecoveryCode(accountId: string, code: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('recovery_code')
      .set({ used_at: this.#now() })
      .where('account_id', '=', accountId)
      .where('code_hash', '=', tokenHash(code))
      .where('used_at', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async removeTotp(accountId: string): Promise<void> {
    await transaction(this.#db, async (db) => {
      await db.deleteFrom('totp').where('account_id', '=', accountId).execute();
      await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
    });
  }

  async passkeys(accountId: string): Promise<StoredPasskey[]> {
    const rows = await this.#db
      .selectFrom('passkey')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at')
      .execute();
    return rows.map(passkeyOf);
  }

  async passkey(id: string): Promise<StoredPasskey | undefined> {
    const row = await this.#db.selectFrom('passkey').selectAll().where('id', '=', id).executeTakeFirst();
    return row && passkeyOf(row);
  }

  async addPasskey(passkey: Omit<StoredPasskey, 'createdAt' | 'lastUsedAt'>): Promise<boolean> {
    const result = await this.#db
      .insertInto('passkey')
      .values({
        id: passkey.id,
        account_id: passkey.accountId,
        name: passkey.name,
        public_key: Buffer.from(passkey.publicKey),
        counter: passkey.counter,
        transports: [...passkey.transports],
        synced: passkey.synced,
        created_at: this.#now(),
        last_used_at: null,
      })
      .onConflict((oc) => oc.column('id').doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async usePasskey(id: string, counter: number): Promise<boolean> {
    // Authenticators that count nothing always say 0 (WebAuthn, section 6.1.1).
    const result = await this.#db
      .updateTable('passkey')
      .set({ counter, last_used_at: this.#now() })
      .where('id', '=', id)
      .where((eb) => (counter === 0 ? eb('counter', '=', '0') : eb('counter', '<', String(counter))))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async renamePasskey(accountId: string, id: string, name: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('passkey')
      .set({ name })
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async removePasskey(accountId: string, id: string): Promise<boolean> {
    const result = await this.#db
      .deleteFrom('passkey')
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async confirmSession(session: string): Promise<void> {
    await this.#db
      .updateTable('session')
      .set({ method: 'second-factor' })
      .where('id', '=', session)
      .execute();
  }

  async reset(accountId: string): Promise<void> {
    await transaction(this.#db, async (db) => {
      for (const table of ['totp', 'recovery_code', 'passkey', 'sign_in_flow'] as const)
        await db.deleteFrom(table).where('account_id', '=', accountId).execute();
    });
  }
}

async function writeCodes(db: Kysely<Database>, accountId: string, codes: readonly string[]): Promise<void> {
  await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
  await db
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ account_id: accountId, code_hash: tokenHash(code), used_at: null })))
    .execute();
}

function passkeyOf(row: Selectable<PasskeyTable>): StoredPasskey {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    publicKey: new Uint8Array(row.public_key),
    counter: Number(row.counter),
    transports: row.transports,
    synced: row.synced,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
