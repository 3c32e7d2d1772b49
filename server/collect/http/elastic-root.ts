import type { IncomingMessage } from 'node:http';

/** Where the Elasticsearch API lives. */
export const ELASTIC_PREFIX = '/elastic';

/** First path segments of Elasticsearch's API that shippers use; nothing of ours starts with an underscore. */
const API = new Set([
  '_bulk',
  '_license',
  '_xpack',
  '_cluster',
  '_nodes',
  '_cat',
  '_alias',
  '_ilm',
  '_slm',
  '_index_template',
  '_template',
  '_component_template',
  '_ingest',
  '_data_stream',
  '_security',
]);

/**
 * Lets shippers that know no path prefix use the server's root as Elasticsearch's: for Fastify's `rewriteUrl`.
 *
 * `/_bulk`, `/{index}/_bulk`, `/_license` and their like have no other meaning here and are led to
 * {@link ELASTIC_PREFIX}. `/` itself is the console's, unless the request carries a source token and does not
 * ask for a page: shippers send `Authorization`, browsers ask for `text/html`.
 */
export function rewriteElasticUrl(request: Pick<IncomingMessage, 'url' | 'method' | 'headers'>): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (path === '/' || path === '//') {
    const handshake =
      (request.method === 'GET' || request.method === 'HEAD') &&
      request.headers.authorization !== undefined &&
      !(request.headers.accept ?? '').includes('text/html');
    return handshake ? ELASTIC_PREFIX + url : url;
  }
  const [, first = '', second] = path.split('/', 4);
  if (API.has(first)) return ELASTIC_PREFIX + url;
  if (second === '_bulk' && `/${first}` !== ELASTIC_PREFIX && path.split('/').length === 3)
    return ELASTIC_PREFIX + url;
  return url;
}
