import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { WebhookDeliveryPage, WebhookView } from '@vigie/contracts/api';
import { call, withQuery } from '../api/client.ts';

/** Webhooks of a tenant, or of all that are seen. */
export const webhooks = (tenant?: string) =>
  queryOptions({
    queryKey: ['webhooks', tenant ?? null],
    refetchInterval: 5_000,
    queryFn: ({ signal }) =>
      call<{ items: WebhookView[] }>('GET', withQuery('/api/webhooks', { tenant }), undefined, signal),
  });

/** Deliveries of a webhook, newest first. */
export const deliveries = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['webhook-deliveries', id],
    refetchInterval: 5_000,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<WebhookDeliveryPage>(
        'GET',
        withQuery(`/api/webhooks/${id}/deliveries`, { cursor: pageParam }),
        undefined,
        signal,
      ),
    getNextPageParam: (page) => page.next,
  });
