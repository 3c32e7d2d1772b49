import type { IncidentSummary, SourceView } from '../api/types.ts';

/** How a source is, as the catalogue's `health` names it. */
export function healthOf({
  enabled,
  health,
}: Pick<SourceView, 'enabled' | 'health'>): 'fine' | 'silent' | 'odd' | 'off' | 'maintenance' | 'never' {
  if (!enabled) return 'off';
  if (health.maintenance) return 'maintenance';
  if (health.lastSeenAt === null) return 'never';
  if (health.silentForMs !== null || health.alerts.some(({ kind }) => kind === 'silent')) return 'silent';
  return health.alerts.length > 0 ? 'odd' : 'fine';
}

/** How a client stands, in one word, with what the sentence about it names. */
export type Wellness =
  | { readonly state: 'serious'; readonly incident: Pick<IncidentSummary, 'id' | 'title'> }
  | { readonly state: 'asked' | 'blind' | 'working' | 'well'; readonly count: number }
  | { readonly state: 'unwatched' };

/**
 * The worst that is true, in the order in which a person should act: a serious incident that goes on, something
 * that only they can answer, a source that sees nothing any more, incidents that others look after.
 *
 * @param open incidents that are open, the most severe first
 * @param needs how much waits for the reader
 */
export function wellnessOf(
  open: readonly Pick<IncidentSummary, 'id' | 'title' | 'level' | 'status' | 'verdict'>[],
  needs: number,
  sources: readonly Pick<SourceView, 'enabled' | 'health'>[],
): Wellness {
  const serious = open.find(
    ({ level, status, verdict }) =>
      (level === 'critical' || level === 'high') &&
      status !== 'contained' &&
      (verdict === null || verdict === 'true-positive'),
  );
  if (serious !== undefined) return { state: 'serious', incident: serious };
  if (needs > 0) return { state: 'asked', count: needs };
  const watched = sources.filter(({ enabled }) => enabled);
  if (watched.length === 0) return { state: 'unwatched' };
  const blind = watched.filter((source) => healthOf(source) === 'silent').length;
  if (blind > 0) return { state: 'blind', count: blind };
  if (open.length > 0) return { state: 'working', count: open.length };
  return { state: 'well', count: watched.length };
}
