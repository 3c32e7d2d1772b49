import createFetch, { type Client } from 'openapi-fetch';
import type { paths } from './api.generated.ts';
import { type RetryOptions, retrying } from './retrying.ts';

/** The API, typed by path: `client.GET('/api/incidents', { params: { query: { status: 'open' } } })`. */
export type VigieClient = Client<paths>;

export interface VigieClientOptions {
  /** Address of the installation, `https://soc.example.org`. */
  readonly url: string;
  /** API key, `vkey_…`. */
  readonly key: string;
  readonly retry?: RetryOptions;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * A client of one installation. Every `POST` gets an `Idempotency-Key`, so that it can be repeated after a lost
 * connection without being done twice; give one of your own to make repeats of your program safe as well.
 */
export function createClient({ url, key, retry, fetch: fetcher = fetch }: VigieClientOptions): VigieClient {
  const client = createFetch<paths>({
    baseUrl: url.replace(/\/+$/, ''),
    headers: { authorization: `Bearer ${key}` },
    fetch: retrying(fetcher, retry),
  });
  client.use({
    onRequest: ({ request }) => {
      if (request.method === 'POST' && !request.headers.has('idempotency-key'))
        request.headers.set('idempotency-key', crypto.randomUUID());
      return request;
    },
  });
  return client;
}
