import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Config } from './config-schema.ts';
import { awaitPredecessor, lockDataFolder, noteServer } from './lock.ts';
import type { FromServer, Ready, ToServer } from './messages.ts';

export interface SupervisorOptions {
  readonly config: Config;
  /** Folder of the installation; its `dist/server.js` is the server. */
  readonly installation: string;
  readonly version: string;
  readonly demo: boolean;
  readonly onReady: (ready: Ready, restarts: number) => void;
  /** Something a person should read. */
  readonly onMessage: (message: string) => void;
}

/** Time for an orderly end before what is left is killed. */
const STOP_PATIENCE = 9_000;
/** A server that ran this long was healthy: its next death starts with a short wait again. */
const HEALTHY_AFTER = 60_000;

/**
 * Runs the server as a child process and starts it again when it dies. The supervisor itself does so little
 * that nothing in it can fail with the logs of others.
 *
 * @returns the exit code of the program, once everything has ended
 * @throws DataFolderInUse
 */
export async function supervise(options: SupervisorOptions): Promise<number> {
  const lock = lockDataFolder(options.config.data);
  let stopping = false;
  let restarts = 0;
  let child: ChildProcess | undefined;
  let wake: (() => void) | undefined;
  let reached = false;

  const stop = () => {
    if (stopping) return;
    stopping = true;
    wake?.();
    const running = child;
    if (running === undefined || running.exitCode !== null) return;
    if (running.connected) running.send({ type: 'stop' } satisfies ToServer);
    setTimeout(() => running.kill('SIGKILL'), STOP_PATIENCE).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  try {
    await awaitPredecessor(options.config.data, (pid) =>
      options.onMessage(`waiting for the server of a killed Vigie to end (process ${pid})`),
    );
    if (stopping) return 0;
    for (let quick = 0; ; ) {
      const startedAt = Date.now();
      const code = await new Promise<number | string>((resolve) => {
        child = fork(join(options.installation, 'dist', 'server.js'), [], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
          // A larger nursery: batches of events die young, and copying them to the old heap costs more than the memory. The old heap is bounded, so that garbage is not
          // left lying about on a large machine; queues are bounded far below it.
          execArgv: ['--enable-source-maps', '--max-semi-space-size=64', '--max-old-space-size=1024'],
          // Ctrl-C reaches the whole process group; the server ends when we tell it, in order.
          detached: true,
        });
        if (child.pid !== undefined) noteServer(options.config.data, child.pid);
        child.on('message', (message: FromServer) => {
          if (message.type === 'ready') {
            reached = true;
            options.onReady(message.ready, restarts);
          } else options.onMessage(message.message);
        });
        child.on('exit', (status, signal) => resolve(signal ?? status ?? 1));
        child.send({
          type: 'start',
          config: options.config,
          installation: options.installation,
          version: options.version,
          restarts,
          demo: options.demo && restarts === 0,
        } satisfies ToServer);
        if (stopping) stop();
      });
      if (stopping) return code === 0 ? 0 : 1;
      // A server that never came up has said why; starting it again would only say it again.
      if (!reached) return 1;
      quick = Date.now() - startedAt > HEALTHY_AFTER ? 0 : quick + 1;
      const wait = Math.min(30_000, 250 * 2 ** quick);
      restarts++;
      options.onMessage(
        `the server ended (${code}); starting it again in ${Math.round(wait / 100) / 10} s (restart ${restarts})`,
      );
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
      if (stopping) return 0;
    }
  } finally {
    lock.release();
  }
}
