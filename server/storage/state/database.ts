import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { messageOf, StorageError } from '../errors.ts';
import { type Migration, migrate, SCHEMA } from './migrate.ts';

/** How to reach PostgreSQL: an URL, or what the embedded server hands out. */
export interface StateConnection {
  /** `postgres://user:password@host:port/database?sslmode=…`; wins over the other fields. */
  readonly url?: string;
  /** Folder of the unix socket, or a host name. */
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

export interface StateOptions {
  /** Connections kept at most (default 10). Idle ones close after 30 s. */
  readonly maxConnections?: number;
  /** Longest statement, milliseconds (default 30,000). */
  readonly statementTimeout?: number;
  /** Told of connections lost while idle; the pool replaces them by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** The state database: one pool, whose connections act as `vigie_pipeline`. */
export interface State<Schema> {
  readonly db: Kysely<Schema>;
  /** The pool below `db`, for `LISTEN` and for libraries that bring their own SQL. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** Who a transaction of the API may see: the named tenants, or every tenant (an operator of the SOC). */
export type TenantScope = readonly string[] | 'all';

function clientConfig(connection: StateConnection): pg.ClientConfig {
  if (connection.url !== undefined) return { connectionString: connection.url };
  const { host, port, user, password, database } = connection;
  return { host, port, user, password, database };
}

/**
 * Migrates the database and opens the pool.
 *
 * @throws `VIGIE_STATE_UNAVAILABLE` when the server cannot be reached, and the codes of {@link migrate}
 */
export async function openState<Schema>(
  connection: StateConnection,
  migrations: readonly Migration[],
  options: StateOptions = {},
): Promise<State<Schema>> {
  const config = clientConfig(connection);
  const client = new pg.Client(config);
  // Without a listener a connection that breaks mid-migration would end the process; the query rejects too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await migrate(client, migrations);
  } catch (error) {
    throw asStateError(error);
  } finally {
    await client.end();
  }
  const pool = new pg.Pool({
    ...config,
    max: options.maxConnections ?? 10,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statementTimeout ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    // Sent at connect, so that no query can run before the role is set.
    options: `-c role=vigie_pipeline -c search_path=${SCHEMA}`,
    application_name: 'vigie',
  });
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // The pool listens to idle clients only. One in use tells its caller by rejecting; without a listener of its
  // own the event would end the process.
  pool.on('connect', (connected) => connected.on('error', () => undefined));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}

/**
 * Runs `work` in a transaction, again when PostgreSQL asked for it (serialisation failure, deadlock) or the
 * connection was lost before the commit was sent. `work` must therefore have no effect outside the database.
 *
 * @param retries further tries after the first (default 3)
 * @throws `VIGIE_STATE_UNAVAILABLE` (retryable) when the server stays away; other errors as they are
 */
export async function transaction<Schema, Result>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<Result>,
  retries = 3,
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    let finished = false;
    try {
      return await db.transaction().execute(async (trx) => {
        const result = await work(trx);
        finished = true;
        return result;
      });
    } catch (error) {
      // A connection lost during COMMIT leaves its outcome unknown: doing it again could do it twice.
      const again = isConflict(error) || (!finished && isConnectionLoss(error));
      if (!again || attempt >= retries) throw asStateError(error);
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** attempt * (0.5 + Math.random())));
    }
  }
}

/**
 * Runs `work` in a transaction as `vigie_api`: row-level security shows and accepts rows of `tenants` only.
 * An empty list sees nothing.
 */
export function withTenants<Schema, Result>(
  db: Kysely<Schema>,
  tenants: TenantScope,
  work: (trx: Transaction<Schema>) => Promise<Result>,
): Promise<Result> {
  return transaction(db, async (trx) => {
    await confine(trx, tenants);
    return work(trx);
  });
}

/** Has the rest of a transaction run as `vigie_api`, see {@link withTenants}. */
export async function confine<Schema>(trx: Transaction<Schema>, tenants: TenantScope): Promise<void> {
  const list = tenants === 'all' ? '*' : tenants.join(',');
  if (tenants !== 'all' && tenants.some((tenant) => tenant === '' || tenant === '*' || tenant.includes(',')))
    throw new TypeError('not a tenant id');
  await sql`SELECT set_config('vigie.tenants', ${list}, true), set_config('role', 'vigie_api', true)`.execute(
    trx,
  );
}

function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}

function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

// 08: connection exception; 57P01-57P03: shutdown, crash of another backend, starting up; 53300: too many
// connections. https://www.postgresql.org/docs/current/errcodes-appendix.html
const PASSING_STATE = /^(?:08...|57P0[123]|53300)$/;
const PASSING_ERRNO = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT']);
const PASSING_MESSAGE =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired)/;

/** Whether the server went away or is not there yet, as opposed to refusing the statement. */
export function isConnectionLoss(error: unknown): boolean {
  if (PASSING_STATE.test(sqlState(error))) return true;
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return PASSING_ERRNO.has(code);
  return PASSING_MESSAGE.test(error.message);
}

/** The error as a stage should see it: connection losses and conflicts coded and retryable, others as they are. */
export function asStateError(error: unknown): unknown {
  if (isConnectionLoss(error) || isConflict(error))
    return new StorageError('VIGIE_STATE_UNAVAILABLE', messageOf(error), error);
  return error;
}
