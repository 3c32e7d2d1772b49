import { join } from 'node:path';
import type { Contact } from '@vigie/contracts/api';
import { REGISTRY } from '@vigie/sources';
import { Coverage } from '../coverage.ts';
import { DatasetIndex } from '../dataset-index.ts';
import { SourceWatch } from '../source-watch/source-watch.ts';
import type { Base } from './base.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';
import type { Telling } from './telling.ts';

/** Begins to watch the sources; what comes in is told to it by the parts that see it. */
export async function startWatching(
  base: Base,
  { db, events, directory }: Storage,
  reading: Reading,
  { renderer, mailer, flood }: Telling,
) {
  const { config, installation, log } = base.options;
  const { now } = base;
  const { taxonomy, attack, rules, readCounters } = reading;
  const { name, email } = config.provider;
  const provider: Contact[] =
    email === undefined
      ? []
      : [
          {
            name,
            email,
            minLevel: 'medium',
            kinds: ['operations'],
            functions: [],
            languages: [],
            hours: 'always',
          },
        ];
  const watch = new SourceWatch({
    db,
    flood,
    events,
    directory,
    counters: readCounters,
    registry: REGISTRY,
    renderer,
    fallback: () => provider,
    link: ({ tenant, source }) => `${base.publicUrl()}/sources/${tenant}/${source}`,
    wakeMailer: () => mailer?.wake(),
    publish: base.publish,
    now,
    log,
  });
  reading.onCounts = (counts) => watch.counted(counts);
  await watch.start();
  base.onStop(() => watch.stop());
  let index: Promise<DatasetIndex> | undefined;
  const coverage = new Coverage({
    index: () => {
      index ??= DatasetIndex.read(join(installation, 'sources'), REGISTRY, taxonomy);
      return index;
    },
    registry: REGISTRY,
    rules: () => rules.set,
    isEnabled: (rule) => rules.judge.isEnabled(rule),
    attack,
    datasets: (tenant) => watch.datasets(tenant),
    day: () => events.sourceStats(now() - 86_400_000),
    trouble: (key) => watch.trouble(key),
    now,
  });
  return { watch, coverage };
}

/** The watch of the sources, and what they let the rules see. */
export type Watching = Awaited<ReturnType<typeof startWatching>>;
