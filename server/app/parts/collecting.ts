import { readFileSync } from 'node:fs';
import type { RawLog } from '@vigie/contracts';
import { type Listening, type SyslogCollector, startSyslog } from '../../collect/index.ts';
import { SourceHealth } from '../../ingest/health.ts';
import { Ingest } from '../../ingest/index.ts';
import { PostgresQuarantine } from '../../storage/state/quarantine-store.ts';
import { PostgresWef } from '../../storage/state/wef-store.ts';
import { Drops } from '../drops.ts';
import { HealthService } from '../state-services.ts';
import { type Base, DRAIN_PATIENCE } from './base.ts';
import { type Detection, momentBatch } from './detection.ts';
import { listen } from './listen.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';
import type { Watching } from './watching.ts';

/** Starts ingestion and detection behind it; nobody can send yet. */
export async function startCollecting(
  base: Base,
  { db, events, directory }: Storage,
  { preparer }: Reading,
  detection: Detection,
  { watch }: Watching,
) {
  const { log } = base.options;
  const { now } = base;
  const live = new SourceHealth();
  const drops = new Drops();
  const health = new HealthService(
    events,
    live,
    (tenant, source) => drops.of(tenant, source),
    now,
    (tenant, source) => watch.figures(tenant, source),
  );
  await health.seed();
  const ingest = new Ingest({
    store: events,
    preparer,
    consumer: detection.queue,
    log,
    now,
    moments: { store: detection.moments, matched: momentBatch },
    onStored: (stored) => {
      live.note(stored);
      watch.note(stored);
    },
  });
  await detection.start();
  await ingest.start();
  base.onStop(() => ingest.stop());
  detection.watchIdle((clocks) => ingest.noteTime(clocks));
  const quarantine = new PostgresQuarantine(
    db,
    directory,
    async (logs) => void (await ingest.accept(logs)),
    (error) => log.error({ err: error }, 'quarantine not written'),
  );
  base.onStop(() => quarantine.close());
  /** What listeners are given: where logs go, whose they are, and what becomes of the rest. */
  const ports = {
    sink: {
      accept: async (logs: readonly RawLog[], gone?: AbortSignal) => void (await ingest.accept(logs, gone)),
      unacknowledged: (logs: readonly RawLog[]) => ingest.unacknowledged(logs),
      backlog: () => ingest.backlog(),
    },
    directory,
    quarantine,
    drops,
    now,
  };
  /** What is open beside syslog and HTTP; filled as it opens. */
  const listening: Listening = {};
  return { live, drops, health, ingest, quarantine, ports, listening, wef: new PostgresWef(db) };
}

/** Ingestion and the figures of what came in. */
export type Collecting = Awaited<ReturnType<typeof startCollecting>>;

/** Listens for syslog. */
export async function listenSyslog(base: Base, { ports }: Collecting): Promise<SyslogCollector> {
  const { syslog } = base.options.config;
  const limits = {
    line: syslog.maxLineBytes,
    connections: syslog.maxConnections,
    drainTimeout: DRAIN_PATIENCE,
    idleTimeout: syslog.idleTimeoutSeconds * 1000,
  };
  const at = { host: syslog.host, port: syslog.port };
  const { tls } = syslog;
  return listen(
    () =>
      startSyslog(
        {
          udp: at,
          tcp: at,
          ...(tls === undefined
            ? {}
            : {
                tls: {
                  host: syslog.host,
                  port: tls.port,
                  cert: readFileSync(tls.cert),
                  key: readFileSync(tls.key),
                  ...(tls.ca === undefined
                    ? {}
                    : { ca: readFileSync(tls.ca), clientCertificates: 'required' as const }),
                },
              }),
          limits,
        },
        ports,
      ),
    `syslog port ${syslog.port} of ${syslog.host}`,
    '--syslog-port',
  );
}
