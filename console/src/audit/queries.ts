import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AuditPage, AuditState } from '@vigie/contracts/api';
import { call, type QueryValues, withQuery } from '../api/client.ts';

/** Records that meet a filter, newest first. */
export const auditRecords = (filter: QueryValues) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<AuditPage>('GET', withQuery('/api/audit', { ...filter, cursor: pageParam }), undefined, signal),
    getNextPageParam: (page) => page.next,
  });

/** The chain's state, and the actions that there are. */
export const auditState = () =>
  queryOptions({
    queryKey: ['audit-state'],
    queryFn: ({ signal }) => call<AuditState>('GET', '/api/audit/state', undefined, signal),
  });
