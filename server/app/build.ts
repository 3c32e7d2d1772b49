import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientStore } from '../storage/state/client-store.ts';
import { bootstrap } from './bootstrap.ts';
import { Branding } from './branding.ts';
import type { Ready } from './messages.ts';
import { openDoors } from './parts/answering.ts';
import { startAuditing } from './parts/auditing.ts';
import { Base, type ServerOptions } from './parts/base.ts';
import { createClocks } from './parts/clocks.ts';
import { createCollaborating } from './parts/collaborating.ts';
import { startCollecting } from './parts/collecting.ts';
import { startDesk } from './parts/desk.ts';
import { createDetection } from './parts/detection.ts';
import { createFetching } from './parts/fetching.ts';
import { createHooks } from './parts/hooks.ts';
import { startReading } from './parts/reading.ts';
import { createServices } from './parts/services.ts';
import { readStatus } from './parts/status.ts';
import { openStorage } from './parts/storage.ts';
import { createTelling } from './parts/telling.ts';
import { startWatching } from './parts/watching.ts';

export type { ServerOptions } from './parts/base.ts';

/** A running Vigie. */
export interface RunningServer {
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** Starts everything and wires the stages together, a part (`parts/`) at a time, in the order of the log's way. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const base = new Base(options);
  try {
    const storage = await openStorage(base);
    const reading = await startReading(base, storage);
    const branding = await Branding.open(new ClientStore(storage.db), options.config, base.now);
    const telling = createTelling(base, storage, reading, branding);
    const clocks = createClocks(base, storage, reading, telling, branding);
    const auditing = await startAuditing(base, storage, telling);
    const hooks = createHooks(base, storage);
    const detection = await createDetection(base, storage, reading, telling);
    const watching = await startWatching(base, storage, reading, telling);
    const collecting = await startCollecting(base, storage, reading, detection, watching);
    const fetching = createFetching(base, storage, collecting);
    const desk = await startDesk(base, storage, reading);
    const collaborating = createCollaborating(base, storage, reading, telling);
    const parts = {
      storage,
      reading,
      telling,
      clocks,
      auditing,
      hooks,
      detection,
      watching,
      collecting,
      fetching,
      desk,
      collaborating,
    };
    const services = createServices(base, parts, (scope) => readStatus(base, parts, scope));
    const exists = (tenant: string, id: string) => storage.directory.source(tenant, id)?.enabled === true;
    await openDoors(base, services, collecting, exists, collecting.wef);
    const first = await bootstrap(services, options.env);
    await telling.start();
    await clocks.start();
    services.selfTelling.start();
    base.onStop(() => services.selfTelling.stop());
    collaborating.start();
    hooks.start();
    await fetching.start();
    reading.assets.start();
    leaveRunFile(base, storage.localKey);
    if (options.demo) await services.demo.start();
    return {
      ready: {
        ...base.address,
        ...(first === undefined ? {} : { first }),
        rules: { live: reading.loaded.live, rejected: reading.loaded.rejected.length },
        tookMs: base.now() - base.startedAt,
      },
      stop: base.stop,
    };
  } catch (error) {
    await base.stop();
    throw error;
  }
}

/** Leaves for the command line, in the data folder, where we are and the key that is valid while we run. */
function leaveRunFile(base: Base, key: string): void {
  const { url, syslogPort } = base.address;
  const runFile = join(base.options.config.data, 'run.json');
  rmSync(runFile, { force: true });
  writeFileSync(runFile, JSON.stringify({ pid: process.pid, url, key, syslogPort }), { mode: 0o600 });
  base.onStop(() => rmSync(runFile, { force: true }));
}
