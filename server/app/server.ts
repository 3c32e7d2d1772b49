import { startServer } from './build.ts';
import { createLog } from './log.ts';
import type { FromServer, ToServer } from './messages.ts';

/**
 * Entry of the server process. The supervisor sends the configuration first; when its channel closes, the
 * supervisor is gone, and the server ends in order rather than running on unwatched.
 */
const send = (message: FromServer) => {
  if (process.connected) process.send?.(message);
};

let stopping: Promise<void> | undefined;
let stop: () => Promise<void> = async () => undefined;
let log = createLog('info');

function end(): void {
  stopping ??= stop().then(() => {
    process.exit(0);
  });
}

process.once('message', (message: ToServer) => {
  if (message.type !== 'start') return end();
  const { config, installation, version, restarts, demo } = message;
  log = createLog(config.log.level);
  startServer({ config, installation, version, restarts, demo, log, env: process.env }).then(
    (server) => {
      stop = () => server.stop();
      if (stopping !== undefined) void server.stop().then(() => process.exit(0));
      send({ type: 'ready', ready: server.ready });
    },
    (error: unknown) => {
      const code = (error as { code?: string }).code ?? 'VIGIE_APP_START';
      log.debug({ err: error }, 'start failed');
      send({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
      // The message must leave before the process does.
      setTimeout(() => process.exit(1), 50);
    },
  );
  process.on('message', (next: ToServer) => {
    if (next.type === 'stop') end();
  });
});
process.on('disconnect', end);
// Ctrl-C reaches us only where we share the terminal's process group; the supervisor tells us anyway.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', end);
