import type { SourceView } from '@vigie/contracts/api';
import type { EventStore, SourceStats } from '../detect/index.ts';
import type { SourceHealth } from '../ingest/health.ts';
import type { NormalizeCounters } from '../normalize/index.ts';

/** What the watch of sources adds to a source's health. */
type WatchFigures = Pick<SourceView['health'], 'silentForMs' | 'usualRate' | 'alerts' | 'maintenance'>;

const FRESH_FOR = 5_000;

/** Health of sources: live figures from memory, those of the last day from the event store, at most five seconds old. */
export class HealthService {
  readonly #events: Pick<EventStore, 'sourceStats'>;
  readonly #live: SourceHealth;
  readonly #drops: (tenant: string, source: string) => Record<string, number>;
  readonly #now: () => number;
  readonly #watch: (tenant: string, source: string) => WatchFigures;
  #stats: Promise<readonly SourceStats[]> | undefined;
  #readAt = 0;

  constructor(
    events: Pick<EventStore, 'sourceStats'>,
    live: SourceHealth,
    drops: (tenant: string, source: string) => Record<string, number>,
    now: () => number,
    watch: (tenant: string, source: string) => WatchFigures,
  ) {
    this.#events = events;
    this.#live = live;
    this.#drops = drops;
    this.#now = now;
    this.#watch = watch;
  }

  /** Tells the live figures what was stored before this start. */
  async seed(): Promise<void> {
    const from = this.#now() - 86_400_000;
    for (const row of await this.#events.sourceStats(from))
      this.#live.seed(row.tenant, row.source, row.lastReceivedAt);
  }

  async of(tenant: string, source: string): Promise<SourceView['health']> {
    const rows = (await this.day()).filter((row) => row.tenant === tenant && row.source === source);
    return {
      ...this.#live.figures(tenant, source, this.#now()),
      events24h: rows.reduce((sum, row) => sum + row.events, 0),
      parseFailures24h: rows.reduce((sum, row) => sum + row.parseFailures, 0),
      technologies: rows
        .map((row) => ({ dataset: row.dataset, events: row.events }))
        .sort((a, b) => b.events - a.events),
      drops: this.#drops(tenant, source),
      ...this.#watch(tenant, source),
    };
  }

  /** Counts of the last 24 hours, at most five seconds old. */
  day(): Promise<readonly SourceStats[]> {
    const now = this.#now();
    if (this.#stats === undefined || now - this.#readAt > FRESH_FOR) {
      this.#readAt = now;
      this.#stats = this.#events.sourceStats(now - 86_400_000);
      // A failed reading is its caller's to report, and is not kept.
      this.#stats.catch(() => {
        this.#stats = undefined;
      });
    }
    return this.#stats;
  }
}

/** The last failing lines of a source, newest first, as the page shows them. */
export function failuresOf(counters: NormalizeCounters, tenant: string, source: string) {
  const counts = counters.snapshot().find((entry) => entry.tenant === tenant && entry.source === source);
  return (counts?.examples ?? [])
    .map((example) => ({
      at: example.receivedAt,
      text: example.text,
      reason:
        example.error ??
        (example.outcome === 'partial' ? 'kind of event not known' : 'no technology recognised'),
      dataset: null,
    }))
    .reverse();
}
