import { infiniteQueryOptions, keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiFailure, call, withQuery } from './client.ts';
import type * as T from './types.ts';

/** One place for every key and address, so that an invalidation can never miss a spelling. */
export const queries = {
  session: () =>
    queryOptions({
      queryKey: ['session'],
      staleTime: Number.POSITIVE_INFINITY,
      /** `null`: nobody is signed in. */
      queryFn: async ({ signal }): Promise<T.SessionView | null> => {
        try {
          return await call<T.SessionView>('GET', '/api/session', undefined, signal);
        } catch (error) {
          if (error instanceof ApiFailure && error.status === 401) return null;
          throw error;
        }
      },
    }),
  incidents: (query: Omit<T.IncidentQuery, 'cursor'>) =>
    infiniteQueryOptions({
      queryKey: ['incidents', query],
      placeholderData: keepPreviousData,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<T.IncidentPage>(
          'GET',
          withQuery('/api/incidents', { ...query, limit: query.limit as number, cursor: pageParam }),
          undefined,
          signal,
        ),
      getNextPageParam: (page) => page.next,
    }),
  incident: (id: number) =>
    queryOptions({
      queryKey: ['incident', id],
      queryFn: ({ signal }) => call<T.IncidentView>('GET', `/api/incidents/${id}`, undefined, signal),
    }),
  verdicts: (id: number) =>
    queryOptions({
      queryKey: ['incident', id, 'verdicts'],
      queryFn: ({ signal }) =>
        call<T.VerdictHistory>('GET', `/api/incidents/${id}/verdicts`, undefined, signal),
    }),
  incidentRelevance: (id: number) =>
    queryOptions({
      queryKey: ['incident-relevance', id],
      queryFn: ({ signal }) =>
        call<T.IncidentRelevance>('GET', `/api/incidents/${id}/relevance`, undefined, signal),
    }),
  owners: () =>
    queryOptions({
      queryKey: ['owners'],
      // Who is on call changes with the hour.
      staleTime: 60_000,
      queryFn: ({ signal }) => call<T.IncidentOwners>('GET', '/api/incidents/owners', undefined, signal),
    }),
  views: () =>
    queryOptions({
      queryKey: ['views'],
      queryFn: ({ signal }) => call<{ items: T.QueueView[] }>('GET', '/api/views', undefined, signal),
    }),
  looseAlertTies: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['loose-alert-ties', tenant, id],
      queryFn: ({ signal }) =>
        call<T.LooseAlertTies>(
          'GET',
          `/api/alerts/loose/${encodeURIComponent(tenant)}/${encodeURIComponent(id)}`,
          undefined,
          signal,
        ),
    }),
  looseAlerts: (query: Omit<T.LooseAlertQuery, 'cursor'>) =>
    infiniteQueryOptions({
      queryKey: ['loose-alerts', query],
      refetchInterval: 30_000,
      placeholderData: keepPreviousData,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<T.LooseAlertPage>(
          'GET',
          withQuery('/api/alerts/loose', { ...query, limit: query.limit as number, cursor: pageParam }),
          undefined,
          signal,
        ),
      getNextPageParam: (page) => page.next,
    }),
  rulePrecision: (id: string, tenant: string | undefined, weeks: number) =>
    queryOptions({
      queryKey: ['rule-precision', id, tenant ?? null, weeks],
      queryFn: ({ signal }) =>
        call<T.RulePrecision>(
          'GET',
          withQuery(`/api/rules/${encodeURIComponent(id)}/precision`, { tenant, weeks }),
          undefined,
          signal,
        ),
    }),
  quality: (tenant: string | undefined, weeks: number) =>
    queryOptions({
      queryKey: ['quality', tenant ?? null, weeks],
      placeholderData: keepPreviousData,
      queryFn: ({ signal }) =>
        call<T.DetectionQuality>(
          'GET',
          withQuery('/api/detection-quality', { tenant, weeks }),
          undefined,
          signal,
        ),
    }),
  relevance: () =>
    queryOptions({
      queryKey: ['relevance'],
      queryFn: ({ signal }) => call<T.RelevanceState>('GET', '/api/relevance', undefined, signal),
    }),
  event: (ref: T.EventRef) =>
    queryOptions({
      queryKey: ['event', ref.tenant, ref.id],
      // An event never changes.
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) =>
        call<T.EventView>(
          'GET',
          withQuery(`/api/events/${ref.tenant}/${encodeURIComponent(ref.id)}`, { at: ref.at }),
          undefined,
          signal,
        ),
    }),
  events: (search: Omit<T.EventSearch, 'cursor'>) =>
    infiniteQueryOptions({
      queryKey: ['events', search],
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<T.EventPage>('POST', '/api/events/search', { ...search, cursor: pageParam }, signal),
      getNextPageParam: (page) => page.next,
    }),
  histogram: (search: T.HistogramSearch) =>
    queryOptions({
      queryKey: ['histogram', search],
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) => call<T.Histogram>('POST', '/api/events/histogram', search, signal),
    }),
  sources: (tenant?: string) =>
    queryOptions({
      queryKey: ['sources', tenant ?? null],
      refetchInterval: 10_000,
      placeholderData: keepPreviousData,
      queryFn: ({ signal }) =>
        call<{ items: T.SourceView[] }>('GET', withQuery('/api/sources', { tenant }), undefined, signal),
    }),
  source: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['source', tenant, id],
      refetchInterval: 5_000,
      queryFn: ({ signal }) => call<T.SourceView>('GET', `/api/sources/${tenant}/${id}`, undefined, signal),
    }),
  failures: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['failures', tenant, id],
      queryFn: ({ signal }) =>
        call<{ items: T.ParseFailure[] }>('GET', `/api/sources/${tenant}/${id}/failures`, undefined, signal),
    }),
  sourceHealth: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['source-health', tenant, id],
      refetchInterval: 15_000,
      queryFn: ({ signal }) =>
        call<T.SourceHealthView>('GET', `/api/sources/${tenant}/${id}/health`, undefined, signal),
    }),
  maintenance: (tenant?: string) =>
    queryOptions({
      queryKey: ['maintenance', tenant ?? null],
      refetchInterval: 60_000,
      queryFn: ({ signal }) =>
        call<{ items: T.MaintenanceView[] }>(
          'GET',
          withQuery('/api/maintenance', { tenant }),
          undefined,
          signal,
        ),
    }),
  coverage: (tenant: string) =>
    queryOptions({
      queryKey: ['coverage', tenant],
      refetchInterval: 60_000,
      queryFn: ({ signal }) =>
        call<T.CoverageView>('GET', withQuery('/api/coverage', { tenant }), undefined, signal),
    }),
  coverageOverview: () =>
    queryOptions({
      queryKey: ['coverage-overview'],
      refetchInterval: 60_000,
      queryFn: ({ signal }) => call<T.CoverageOverview>('GET', '/api/coverage/tenants', undefined, signal),
    }),
  coverageMatrix: (tenant: string) =>
    queryOptions({
      queryKey: ['coverage-matrix', tenant],
      refetchInterval: 60_000,
      queryFn: ({ signal }) =>
        call<T.CoverageMatrix>('GET', withQuery('/api/coverage/matrix', { tenant }), undefined, signal),
    }),
  techniqueCoverage: (tenant: string, id: string) =>
    queryOptions({
      queryKey: ['coverage-technique', tenant, id],
      queryFn: ({ signal }) =>
        call<T.TechniqueCoverageView>(
          'GET',
          withQuery(`/api/coverage/techniques/${encodeURIComponent(id)}`, { tenant }),
          undefined,
          signal,
        ),
    }),
  connectorTypes: () =>
    queryOptions({
      queryKey: ['connector-types'],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) =>
        call<{ items: T.ConnectorType[] }>('GET', '/api/connectors/types', undefined, signal),
    }),
  connector: (tenant: string, source: string) =>
    queryOptions({
      queryKey: ['connector', tenant, source],
      refetchInterval: 5_000,
      /** `null`: nothing is fetched for this source. Asked for by tenant: to have none is no error. */
      queryFn: async ({ signal }): Promise<T.ConnectorView | null> => {
        const path = withQuery('/api/connectors', { tenant });
        const { items } = await call<{ items: T.ConnectorView[] }>('GET', path, undefined, signal);
        return items.find((each) => each.source === source) ?? null;
      },
    }),
  wef: (tenant: string, source: string) =>
    queryOptions({
      queryKey: ['wef', tenant, source],
      refetchInterval: 15_000,
      queryFn: ({ signal }) =>
        call<T.WefView>('GET', `/api/sources/${tenant}/${source}/wef`, undefined, signal),
    }),
  wefMachines: (tenant: string, source: string) =>
    queryOptions({
      queryKey: ['wef', tenant, source, 'machines'],
      refetchInterval: 15_000,
      queryFn: ({ signal }) =>
        call<{ items: T.WefMachineView[]; next?: string }>(
          'GET',
          `/api/sources/${tenant}/${source}/wef/machines?limit=500`,
          undefined,
          signal,
        ),
    }),
  quarantine: () =>
    queryOptions({
      queryKey: ['quarantine'],
      refetchInterval: 15_000,
      queryFn: ({ signal }) => call<{ items: T.Quarantine[] }>('GET', '/api/quarantine', undefined, signal),
    }),
  rules: (query: Omit<T.RuleQuery, 'cursor'>) =>
    infiniteQueryOptions({
      queryKey: ['rules', query],
      placeholderData: keepPreviousData,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<T.RulePage>(
          'GET',
          withQuery('/api/rules', { ...query, limit: query.limit as number, cursor: pageParam }),
          undefined,
          signal,
        ),
      getNextPageParam: (page) => page.next,
    }),
  rule: (id: string) =>
    queryOptions({
      queryKey: ['rule', id],
      queryFn: ({ signal }) =>
        call<T.RuleDetail>('GET', `/api/rules/${encodeURIComponent(id)}`, undefined, signal),
    }),
  ruleVersions: (id: string) =>
    queryOptions({
      queryKey: ['rule-versions', id],
      queryFn: ({ signal }) =>
        call<T.RuleVersions>('GET', `/api/rules/${encodeURIComponent(id)}/versions`, undefined, signal),
    }),
  ruleVersion: (id: string, number: number) =>
    queryOptions({
      queryKey: ['rule-version', id, number],
      // The texts of a version never change; its state is asked for with all versions.
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) =>
        call<T.RuleVersion>(
          'GET',
          `/api/rules/${encodeURIComponent(id)}/versions/${number}`,
          undefined,
          signal,
        ),
    }),
  ruleHits: (id: string, days: number) =>
    queryOptions({
      queryKey: ['rule-hits', id, days],
      queryFn: ({ signal }) =>
        call<T.RuleHitsView>(
          'GET',
          withQuery(`/api/rules/${encodeURIComponent(id)}/hits`, { days }),
          undefined,
          signal,
        ),
    }),
  /** Lint, compilation and cases of a text. */
  ruleCheck: (body: { id?: string; text: string; cases?: string }) =>
    queryOptions({
      queryKey: ['rule-check', body],
      staleTime: 60_000,
      gcTime: 60_000,
      placeholderData: keepPreviousData,
      queryFn: ({ signal }) => call<T.RuleCheck>('POST', '/api/rules/validate', body, signal),
    }),
  sigmaVocabulary: () =>
    queryOptions({
      queryKey: ['sigma-vocabulary'],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) => call<T.SigmaVocabulary>('GET', '/api/sigma/vocabulary', undefined, signal),
    }),
  sigmaFields: (logsource: { product?: string; category?: string; service?: string }) =>
    queryOptions({
      queryKey: ['sigma-fields', logsource],
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
      queryFn: ({ signal }) =>
        call<T.SigmaFields>('GET', withQuery('/api/sigma/fields', logsource), undefined, signal),
    }),
  mappings: () =>
    queryOptions({
      queryKey: ['mappings'],
      refetchInterval: 10_000,
      queryFn: ({ signal }) => call<T.MappingPage>('GET', '/api/mappings', undefined, signal),
    }),
  mapping: (key: string) =>
    queryOptions({
      queryKey: ['mapping', key],
      queryFn: ({ signal }) =>
        call<T.MappingDetail>('GET', `/api/mappings/${encodeURIComponent(key)}`, undefined, signal),
    }),
  mappingFields: () =>
    queryOptions({
      queryKey: ['mapping-fields'],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) => call<T.MappingFieldList>('GET', '/api/mappings/fields', undefined, signal),
    }),
  /** The last lines of a source, newest first. */
  sourceLines: (tenant: string, source: string) =>
    queryOptions({
      queryKey: ['source-lines', tenant, source],
      staleTime: 5_000,
      queryFn: ({ signal }) =>
        call<T.SourceLines>(
          'GET',
          withQuery('/api/mappings/lines', { tenant, source, limit: 20 }),
          undefined,
          signal,
        ),
    }),
  /** A draft and lines: what comes out. */
  mappingPreview: (body: T.MappingPreviewRequest) =>
    queryOptions({
      queryKey: ['mapping-preview', body],
      staleTime: 60_000,
      gcTime: 60_000,
      placeholderData: keepPreviousData,
      queryFn: ({ signal }) => call<T.MappingPreview>('POST', '/api/mappings/preview', body, signal),
    }),
  exceptions: (query: Omit<T.ExceptionQuery, 'cursor'>) =>
    infiniteQueryOptions({
      queryKey: ['exceptions', query],
      placeholderData: keepPreviousData,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<T.ExceptionPage>(
          'GET',
          withQuery('/api/exceptions', { ...query, limit: query.limit as number, cursor: pageParam }),
          undefined,
          signal,
        ),
      getNextPageParam: (page) => page.next,
    }),
  exception: (id: string) =>
    queryOptions({
      queryKey: ['exception', id],
      queryFn: ({ signal }) =>
        call<T.ExceptionDetail>('GET', `/api/exceptions/${encodeURIComponent(id)}`, undefined, signal),
    }),
  exceptionSuggestion: (body: T.ExceptionSuggestRequest) =>
    queryOptions({
      queryKey: ['exception-suggestion', body],
      staleTime: 60_000,
      queryFn: ({ signal }) => call<T.ExceptionSuggestion>('POST', '/api/exceptions/suggest', body, signal),
    }),
  /** What a draft would have silenced; its token holds for an hour. */
  exceptionPreview: (body: T.ExceptionPreviewRequest) =>
    queryOptions({
      queryKey: ['exception-preview', body],
      staleTime: 10 * 60_000,
      gcTime: 10 * 60_000,
      retry: false,
      queryFn: ({ signal }) => call<T.ExceptionPreview>('POST', '/api/exceptions/preview', body, signal),
    }),
  outbox: (state?: string) =>
    infiniteQueryOptions({
      queryKey: ['outbox', state ?? null],
      placeholderData: keepPreviousData,
      refetchInterval: 15_000,
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call<{ items: T.MailView[]; next?: string }>(
          'GET',
          withQuery('/api/outbox', { state, cursor: pageParam }),
          undefined,
          signal,
        ),
      getNextPageParam: (page) => page.next,
    }),
  mail: (id: string) =>
    queryOptions({
      queryKey: ['mail', id],
      queryFn: ({ signal }) =>
        call<T.MailDetail>('GET', `/api/outbox/${encodeURIComponent(id)}`, undefined, signal),
    }),
  tenants: () =>
    queryOptions({
      queryKey: ['tenants'],
      queryFn: ({ signal }) => call<{ items: T.TenantView[] }>('GET', '/api/tenants', undefined, signal),
    }),
  tenant: (id: string) =>
    queryOptions({
      queryKey: ['tenant', id],
      queryFn: ({ signal }) =>
        call<T.TenantView>('GET', `/api/tenants/${encodeURIComponent(id)}`, undefined, signal),
    }),
  signIn: () =>
    queryOptions({
      queryKey: ['sign-in'],
      queryFn: ({ signal }) => call<T.SignInOptions>('GET', '/api/sign-in', undefined, signal),
    }),
  security: () =>
    queryOptions({
      queryKey: ['security'],
      queryFn: ({ signal }) => call<T.SecurityView>('GET', '/api/security', undefined, signal),
    }),
  /** @param tenant undefined: the provider's own people */
  signInSettings: (tenant: string | undefined) =>
    queryOptions({
      queryKey: ['sign-in-settings', tenant ?? null],
      queryFn: ({ signal }) =>
        call<T.SignInSettings>('GET', withQuery('/api/sign-in-settings', { tenant }), undefined, signal),
    }),
  users: () =>
    queryOptions({
      queryKey: ['users'],
      queryFn: ({ signal }) => call<{ items: T.User[] }>('GET', '/api/users', undefined, signal),
    }),
  services: () =>
    queryOptions({
      queryKey: ['services'],
      queryFn: ({ signal }) =>
        call<{ items: T.ServiceAccountView[] }>('GET', '/api/service-accounts', undefined, signal),
    }),
  sessions: (path: string) =>
    queryOptions({
      queryKey: ['sessions', path],
      queryFn: ({ signal }) => call<{ items: T.SignedInView[] }>('GET', path, undefined, signal),
    }),
  keys: () =>
    queryOptions({
      queryKey: ['keys'],
      queryFn: ({ signal }) => call<{ items: T.ApiKey[] }>('GET', '/api/keys', undefined, signal),
    }),
  status: () =>
    queryOptions({
      queryKey: ['status'],
      refetchInterval: 15_000,
      queryFn: ({ signal }) => call<T.StatusView>('GET', '/api/status', undefined, signal),
    }),
};

/** Makes the console's cache: retries only what may pass by itself, and forgets the session on a 401. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof ApiFailure) || error.status === 0 || error.status >= 500),
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
    },
  });
  const onError = (error: unknown) => {
    // A wrong password is a 401 too, but the session that asked is as good as before.
    if (error instanceof ApiFailure && error.status === 401 && error.code !== 'VIGIE_API_BAD_CREDENTIALS')
      client.setQueryData(['session'], null);
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error') onError(event.action.error);
  });
  client.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error') onError(event.action.error);
  });
  return client;
}
