import { queryOptions } from '@tanstack/react-query';
import type { ConnectorView, OpenLoad, WaitingForClient } from '@vigie/contracts/api';
import { call, withQuery } from '../api/client.ts';
import { language } from '../ui/language.ts';

/** Keys and addresses of what only the home pages ask; `waiting` lies below incidents, so that news refresh it. */
export const homeQueries = {
  waiting: (tenant: string | undefined) =>
    queryOptions({
      queryKey: ['incidents', 'waiting', tenant ?? null],
      refetchInterval: 60_000,
      queryFn: ({ signal }) =>
        call<WaitingForClient>(
          'GET',
          withQuery('/api/home/waiting', { tenant, language }),
          undefined,
          signal,
        ),
    }),
  load: (tenant: string | undefined) =>
    queryOptions({
      queryKey: ['incidents', 'load', tenant ?? null],
      refetchInterval: 30_000,
      queryFn: ({ signal }) =>
        call<OpenLoad>('GET', withQuery('/api/home/load', { tenant }), undefined, signal),
    }),
  connectors: (tenant: string | undefined) =>
    queryOptions({
      queryKey: ['connectors', tenant ?? null],
      refetchInterval: 30_000,
      queryFn: ({ signal }) =>
        call<{ items: ConnectorView[] }>('GET', withQuery('/api/connectors', { tenant }), undefined, signal),
    }),
};
