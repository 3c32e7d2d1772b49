import { queryOptions } from '@tanstack/react-query';
import type {
  BrandingView,
  HolidayCountry,
  HolidayList,
  SiteList,
  TenantProfile,
} from '@vigie/contracts/api';
import { call, withQuery } from '../api/client.ts';

/** Keys and addresses of clients' profiles and of the branding. */
export const clientQueries = {
  profile: (tenant: string) =>
    queryOptions({
      queryKey: ['tenant', tenant, 'profile'],
      queryFn: ({ signal }) =>
        call<TenantProfile>('GET', `/api/tenants/${tenant}/profile`, undefined, signal),
    }),
  sites: (tenant: string) =>
    queryOptions({
      queryKey: ['tenant', tenant, 'sites'],
      queryFn: ({ signal }) => call<SiteList>('GET', `/api/tenants/${tenant}/sites`, undefined, signal),
    }),
  holidays: (country: HolidayCountry, region: string | null, year: number) =>
    queryOptions({
      queryKey: ['holidays', country, region, year],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: ({ signal }) =>
        call<HolidayList>(
          'GET',
          withQuery('/api/holidays', { country, region: region ?? undefined, year }),
          undefined,
          signal,
        ),
    }),
  branding: () =>
    queryOptions({
      queryKey: ['branding'],
      queryFn: ({ signal }) => call<BrandingView>('GET', '/api/branding', undefined, signal),
    }),
};
