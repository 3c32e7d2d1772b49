import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openState, type StateConnection } from '../database.ts';
import { EmbeddedPostgres } from '../embedded.ts';
import { migrations } from '../migrations/index.ts';

/** How to reach the run's server as a superuser, or why there is none. */
export interface ServerAnswer {
  readonly connection?: StateConnection;
  readonly failure?: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket that answers with a {@link ServerAnswer} as JSON. */
    readonly stateServer: string;
  }
}

/**
 * One PostgreSQL for all test files of a run, started when the first of them asks: making one costs seconds,
 * a database of one's own on it some hundredths. Its database `vigie` is migrated, and is what theirs are
 * copied from; nobody else may be connected to it. It does not wait for the disk: no test pulls the plug.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-tests-'));
  const postgres = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
  let started: Promise<StateConnection> | undefined;
  const start = async (): Promise<StateConnection> => {
    await postgres.start();
    const { connection } = postgres;
    const superuser = new pg.Client({ ...connection, database: 'postgres' });
    await superuser.connect();
    await superuser.query('ALTER SYSTEM SET fsync = off');
    await superuser.query('SELECT pg_reload_conf()');
    await superuser.end();
    const state = await openState(connection, migrations);
    await state.close();
    return connection;
  };
  const asked = createServer(async (socket) => {
    // A test that ends while it waits takes its connection with it.
    socket.on('error', () => undefined);
    started ??= start();
    const answer = await started.then(
      (connection) => ({ connection }),
      (error: Error) => ({ failure: error.message }),
    );
    socket.end(JSON.stringify(answer));
  });
  const path = join(folder, 'ask');
  asked.listen(path);
  await once(asked, 'listening');
  provide('stateServer', path);
  return async () => {
    asked.close();
    if (started !== undefined) {
      await started.catch(() => undefined);
      await postgres.stop();
    }
    await rm(folder, { recursive: true, force: true });
  };
}
