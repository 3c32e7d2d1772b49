import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AssetMark, AssetMarks, AssetResolve } from '@vigie/contracts/api';
import type { z } from 'zod';
import { call } from '../api/client.ts';
import type { IncidentSummary } from '../api/types.ts';

type Asked = z.infer<typeof AssetResolve>['items'][number];

/** Most that one request may ask for. */
const MOST = 500;

/**
 * What must be said of the machines and people that each of some things names, in their order. Empty until the answer
 * is there, and when it can't be had: the page is of use without.
 */
export function useMarks(items: readonly Asked[]): readonly (readonly AssetMark[])[] {
  const asked = items.slice(0, MOST).map(({ tenant, entities, at }) => ({
    tenant,
    entities: entities
      .filter(({ type }) => type === 'host' || type === 'user' || type === 'ip')
      .slice(0, 100),
    ...(at === undefined ? {} : { at }),
  }));
  const query = useQuery({
    queryKey: ['asset-marks', asked],
    enabled: asked.some(({ entities }) => entities.length > 0),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<z.infer<typeof AssetMarks>>('POST', '/api/assets/resolve', { items: asked }, signal),
  });
  // The answer to an earlier question says nothing of this one's order.
  return query.data === undefined || query.isPlaceholderData ? [] : query.data.items;
}

/** The same of incidents, by their number. */
export function useIncidentMarks(
  incidents: readonly Pick<IncidentSummary, 'id' | 'tenant' | 'entities' | 'lastAt'>[],
): ReadonlyMap<number, readonly AssetMark[]> {
  const marks = useMarks(incidents.map(({ tenant, entities, lastAt: at }) => ({ tenant, entities, at })));
  return new Map(incidents.map(({ id }, index) => [id, marks[index] ?? []]));
}

/** Those that a glance must not miss, most careful first; each asset once. */
export function notable(marks: readonly AssetMark[]): readonly AssetMark[] {
  const rank = { critical: 0, high: 1, normal: 2, low: 3 };
  const once = new Map(marks.map((mark) => [mark.id, mark]));
  return [...once.values()]
    .filter(
      ({ criticality, handling, maintenance }) =>
        rank[criticality] < 2 || handling.length > 0 || maintenance !== null,
    )
    .sort((a, b) => b.handling.length - a.handling.length || rank[a.criticality] - rank[b.criticality]);
}
