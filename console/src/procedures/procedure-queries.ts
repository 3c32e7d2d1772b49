import { queryOptions } from '@tanstack/react-query';
import type {
  IncidentProcedures,
  OpenSteps,
  ProcedureCoverage,
  ProcedureDetail,
  ProcedurePage,
  StepTelling,
} from '@vigie/contracts/api';
import { call, withQuery } from '../api/client.ts';
import { language } from '../ui/language.ts';

/** Keys and addresses of what the API says of procedures, in the reader's language. */
export const procedureQueries = {
  list: () =>
    queryOptions({
      queryKey: ['procedures'],
      queryFn: ({ signal }) =>
        call<ProcedurePage>('GET', withQuery('/api/procedures', { language }), undefined, signal),
    }),
  coverage: (tenant?: string) =>
    queryOptions({
      queryKey: ['procedures', 'coverage', tenant ?? null],
      queryFn: ({ signal }) =>
        call<ProcedureCoverage>(
          'GET',
          withQuery('/api/procedures/coverage', { tenant, language }),
          undefined,
          signal,
        ),
    }),
  /** `from`: `shipped/<id>` or `own/<key>`. */
  one: (from: string) =>
    queryOptions({
      queryKey: ['procedures', 'one', from],
      queryFn: ({ signal }) =>
        call<ProcedureDetail>('GET', withQuery(`/api/procedures/${from}`, { language }), undefined, signal),
    }),
  /** Below the incident's own key, so that whatever refreshes the incident refreshes this as well. */
  ofIncident: (id: number) =>
    queryOptions({
      queryKey: ['incident', id, 'procedures'],
      queryFn: ({ signal }) =>
        call<IncidentProcedures>(
          'GET',
          withQuery(`/api/incidents/${id}/procedures`, { language }),
          undefined,
          signal,
        ),
    }),
  /** Whom a step tells. */
  telling: (address: string) =>
    queryOptions({
      // Below the incident's key, as everything of it.
      queryKey: ['incident', Number(address.split('/')[3]), 'telling', address],
      queryFn: ({ signal }) => call<StepTelling>('GET', address, undefined, signal),
    }),
  open: (ids: readonly number[]) =>
    queryOptions({
      queryKey: ['procedures', 'open', ids.join()],
      staleTime: 0,
      queryFn: ({ signal }) =>
        call<OpenSteps>(
          'GET',
          withQuery('/api/procedures/open', { incidents: ids.slice(0, 200).join(), language }),
          undefined,
          signal,
        ),
    }),
};

/** Address of a procedure's page. */
export function addressOf({ key, id }: { readonly key: string | null; readonly id: string }): string {
  return key === null ? `shipped/${id}` : `own/${key}`;
}
