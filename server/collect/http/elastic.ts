import type { RawLog } from '@vigie/contracts';
import type { FastifyInstance } from 'fastify';
import { bulkProtocol, newDocumentId } from './elastic-bulk.ts';
import { elasticRefusal } from './elastic-errors.ts';
import { elasticHandshakeRoutes, elasticProductHeader } from './elastic-handshake.ts';
import { isRefused, jsonItem } from './items.ts';
import { type IngestContext, type Protocol, receive } from './receive.ts';

/** The Elasticsearch API, below the prefix that the caller registers it with. */
export function elasticRoutes(app: FastifyInstance, context: IngestContext): void {
  app.addHook('onRequest', elasticProductHeader);
  elasticHandshakeRoutes(app, context);
  const bulk = receive(context, bulkProtocol(context.limits));
  const single = receive(context, documentProtocol(context));
  for (const url of ['/_bulk', '/:index/_bulk', '/:index/:type/_bulk'])
    app.route({ method: ['POST', 'PUT'], url, handler: bulk });
  app.post('/:index/_doc', single);
  for (const url of ['/:index/_doc/:id', '/:index/_create/:id'])
    app.route({ method: ['POST', 'PUT'], url, handler: single });
}

/** One document a request: `/{index}/_doc` and `/{index}/_create/{id}`. */
function documentProtocol(context: IngestContext): Protocol {
  const { limits } = context;
  return {
    transport: 'elasticsearch',
    refuse: (refusal, message) => elasticRefusal(refusal, message, limits),
    understand(received, request) {
      const { index, id } = request.params as { readonly index: string; readonly id?: string };
      const creating = request.url.includes('/_create/');
      const item = received.damaged
        ? { error: 'the compressed body is damaged or cut' }
        : jsonItem(
            received.context,
            received.bytes,
            creating && id !== undefined ? `${index}/${id}` : undefined,
          );
      if (isRefused(item)) {
        return {
          logs: [],
          answer: () => elasticRefusal('malformed', `failed to parse: ${item.error}`, limits),
        };
      }
      const logs: RawLog[] = [item];
      const body = {
        _index: index,
        _id: id ?? newDocumentId(),
        _version: 1,
        result: 'created',
        _shards: { total: 1, successful: 1, failed: 0 },
      };
      return { logs, answer: () => ({ status: 201, body: JSON.stringify(body) }) };
    },
  };
}
