import { ConnectorService } from '../connectors.ts';
import type { Base } from './base.ts';
import type { Collecting } from './collecting.ts';
import type { Storage } from './storage.ts';

/** What fetches logs from clouds and services; nothing is fetched before it is started. */
export function createFetching(
  base: Base,
  { db, directory, vault }: Storage,
  { ingest }: Collecting,
): ConnectorService {
  const { config, log } = base.options;
  const connectors = new ConnectorService({
    config,
    vault,
    db,
    ingest,
    knowsSource: (tenant, source) => directory.source(tenant, source) !== undefined,
    sourceEnabled: (tenant, source) => directory.source(tenant, source)?.enabled === true,
    now: base.now,
    log,
  });
  base.onStop(() => connectors.stop());
  return connectors;
}
