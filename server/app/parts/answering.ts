import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiServices, buildApi } from '../../api/index.ts';
import {
  ingestRoutes,
  ingestServerOptions,
  type SyslogCollector,
  type WefStore,
} from '../../collect/index.ts';
import { type Base, DRAIN_PATIENCE } from './base.ts';
import { type Collecting, listenSyslog } from './collecting.ts';
import { listen } from './listen.ts';
import { openListeners } from './listeners.ts';

/** Opens the doors: HTTP for people and senders, then syslog and the listeners that have a port. From here on, others can reach us. */
export async function openDoors(
  base: Base,
  services: ApiServices,
  collecting: Collecting,
  exists: (tenant: string, source: string) => boolean,
  wef: WefStore,
): Promise<void> {
  const { config, installation } = base.options;
  const consoleFolder = join(installation, 'dist', 'console');
  const { app } = await buildApi({
    services,
    ...(existsSync(consoleFolder) ? { consoleFolder } : {}),
    trustedProxies: config.http.trustedProxies,
    ingest: ingestRoutes({ ports: collecting.ports }),
    serverOptions: ingestServerOptions as never,
  });
  const { host, port } = config.http;
  await listen(() => app.listen({ host, port }), `port ${port} of ${host}`, '--port');
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  base.address.url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${bound}`;
  let syslog: SyslogCollector | undefined;
  base.onStop(async () => {
    // Requests under way are answered, so that no sender repeats what is stored; then the rest is cut off.
    const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_PATIENCE);
    await Promise.all([syslog?.close(), app.close()]);
    clearTimeout(late);
  });
  syslog = await listenSyslog(base, collecting);
  base.address.syslogPort = syslog.addresses.tcp ?? config.syslog.port;
  await openListeners(base, collecting, exists, wef);
}
