import type { EventStore } from '../../detect/index.ts';
import { evenHour, type HourRow, Skip, type SourceKey } from '../../watch/index.ts';

type StoredHour = Awaited<ReturnType<EventStore['sourceHours']>>[number];

/**
 * Hours of each source as the event store knows them, from its first to the last in which anybody was heard: where
 * the state has none, after an upgrade or of a process that died.
 *
 * @param isKnown whether there is such a source
 */
export function pastHours(rows: readonly StoredHour[], isKnown: (key: SourceKey) => boolean): HourRow[] {
  const bySource = new Map<
    string,
    { key: SourceKey; hours: Map<number, { events: number; failures: number }> }
  >();
  const heard = new Set<number>();
  for (const row of rows) {
    heard.add(row.hour);
    if (!isKnown(row)) continue;
    const name = `${row.tenant}/${row.source}`;
    let own = bySource.get(name);
    if (own === undefined) {
      own = { key: { tenant: row.tenant, source: row.source }, hours: new Map() };
      bySource.set(name, own);
    }
    const before = own.hours.get(row.hour);
    own.hours.set(row.hour, {
      events: (before?.events ?? 0) + row.events,
      failures: (before?.failures ?? 0) + row.parseFailures,
    });
  }
  // An hour in which nothing came from anybody is one in which we may not have listened.
  const hours = [...heard].sort((a, b) => a - b);
  const last = hours.at(-1);
  return [...bySource.values()].flatMap(({ key, hours: own }) => {
    const first = Math.min(...own.keys());
    return hours
      .filter((hour) => hour >= first)
      .map((hour) => {
        const counts = own.get(hour) ?? { events: 0, failures: 0 };
        return {
          ...key,
          hour,
          record: evenHour(counts.events, counts.failures, hour === last ? Skip.unobserved : 0),
        };
      });
  });
}
