import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AssetDetail, AssetPage, AssetPeers, AssetQuery, AssetTimeline } from '@vigie/contracts/api';
import { call, withQuery } from '../api/client.ts';

/** What the inventory's pages ask. */
export const assetQueries = {
  list: (query: Partial<AssetQuery>) =>
    infiniteQueryOptions({
      queryKey: ['assets', query],
      placeholderData: keepPreviousData,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<AssetPage>('GET', withQuery('/api/assets', { ...query, cursor: pageParam }), undefined, signal),
      getNextPageParam: (page) => page.next,
    }),
  one: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['asset', tenant, id],
      queryFn: ({ signal }) => call<AssetDetail>('GET', pathOf(tenant, id), undefined, signal),
    }),
  timeline: (tenant: string, id: string) =>
    infiniteQueryOptions({
      queryKey: ['asset-timeline', tenant, id],
      initialPageParam: undefined as number | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<AssetTimeline>(
          'GET',
          withQuery(`${pathOf(tenant, id)}/timeline`, { before: pageParam }),
          undefined,
          signal,
        ),
      getNextPageParam: (page) => page.next,
    }),
  peers: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['asset-peers', tenant, id],
      staleTime: 60_000,
      queryFn: ({ signal }) => call<AssetPeers>('GET', `${pathOf(tenant, id)}/peers`, undefined, signal),
    }),
};

/** Address of an asset, in the API and in the console alike below `/api`. */
export function pathOf(tenant: string, id: string): string {
  return `/api/assets/${tenant}/${encodeURIComponent(id)}`;
}
