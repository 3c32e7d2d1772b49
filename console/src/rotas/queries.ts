import { queryOptions } from '@tanstack/react-query';
import type { RotaView } from '@vigie/contracts/api';
import { call } from '../api/client.ts';

/** Keys and addresses of the rotas. */
export const rotaQueries = {
  list: () =>
    queryOptions({
      queryKey: ['rotas'],
      refetchInterval: 60_000,
      queryFn: ({ signal }) => call<{ items: RotaView[] }>('GET', '/api/rotas', undefined, signal),
    }),
};
