import { queryOptions } from '@tanstack/react-query';
import type {
  ClockBoard,
  ClockStatistics,
  IncidentClocks,
  IncidentRegimes,
  Language,
  RegimeView,
  ReportDraft,
} from '@vigie/contracts/api';
import { call, withQuery } from '../api/client.ts';

/** Keys and addresses of the clocks; those of an incident lie below its key, so that news of it refresh them. */
export const clockQueries = {
  ofIncident: (id: number) =>
    queryOptions({
      queryKey: ['incident', id, 'clocks'],
      refetchInterval: 15_000,
      queryFn: ({ signal }) => call<IncidentClocks>('GET', `/api/incidents/${id}/clocks`, undefined, signal),
    }),
  allRegimes: () =>
    queryOptions({
      queryKey: ['regimes'],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) => call<{ items: RegimeView[] }>('GET', '/api/regimes', undefined, signal),
    }),
  regimes: (id: number) =>
    queryOptions({
      queryKey: ['incident', id, 'regimes'],
      queryFn: ({ signal }) =>
        call<IncidentRegimes>('GET', `/api/incidents/${id}/regimes`, undefined, signal),
    }),
  report: (id: number, regime: string, step: string, language: Language) =>
    queryOptions({
      queryKey: ['report', id, regime, step, language],
      queryFn: ({ signal }) =>
        call<ReportDraft>(
          'GET',
          withQuery(`/api/incidents/${id}/regimes/${regime}/${step}/report`, { language }),
          undefined,
          signal,
        ),
    }),
  board: (query: { tenant?: string | undefined; owner?: string | undefined; within: number }) =>
    queryOptions({
      queryKey: ['clocks', query],
      refetchInterval: 15_000,
      queryFn: ({ signal }) => call<ClockBoard>('GET', withQuery('/api/clocks', query), undefined, signal),
    }),
  statistics: (tenant: string | undefined) =>
    queryOptions({
      queryKey: ['clock-statistics', tenant],
      queryFn: ({ signal }) =>
        call<ClockStatistics>('GET', withQuery('/api/clocks/statistics', { tenant }), undefined, signal),
    }),
};
