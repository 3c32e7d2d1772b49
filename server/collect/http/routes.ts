import type { FastifyInstance } from 'fastify';
import { gelfProtocol } from '../gelf/http.ts';
import type { CollectorPorts } from '../ports.ts';
import { BodyBudget } from './body.ts';
import { elasticRoutes } from './elastic.ts';
import { ELASTIC_PREFIX, rewriteElasticUrl } from './elastic-root.ts';
import { hecRoutes } from './hec.ts';
import { INGEST_LIMITS, type IngestLimits } from './limits.ts';
import { ndjsonProtocol } from './ndjson.ts';
import { otlpRoutes } from './otlp.ts';
import { type IngestContext, receive } from './receive.ts';

/** What HTTP ingestion is built from. */
export interface IngestOptions {
  readonly ports: CollectorPorts;
  readonly limits?: Partial<IngestLimits>;
}

/**
 * HTTP ingestion as a Fastify plugin: `app.register(ingestRoutes({ ports }))`.
 *
 * | protocol | paths |
 * |---|---|
 * | lines, NDJSON, JSON, import | `POST /api/ingest/:source` |
 * | Elasticsearch | below `/elastic`, and at the root through {@link ingestServerOptions} |
 * | Splunk HEC | `/services/collector…` |
 * | OTLP/HTTP logs | `POST /v1/logs` |
 * | GELF | `POST /gelf` |
 *
 * The plugin is encapsulated: it reads bodies itself, as streams and within its limits, and changes nothing
 * for the routes around it.
 */
export function ingestRoutes(options: IngestOptions): (app: FastifyInstance) => Promise<void> {
  const limits: IngestLimits = { ...INGEST_LIMITS, ...options.limits };
  const context: IngestContext = { ports: options.ports, limits, budget: new BodyBudget(limits.inFlight) };
  return async (app) => {
    app.removeAllContentTypeParsers();
    // The handlers read the stream themselves, after they have seen the token.
    app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    app.post('/api/ingest/:source', receive(context, ndjsonProtocol(limits)));
    app.post('/gelf', receive(context, gelfProtocol(limits)));
    hecRoutes(app, context);
    otlpRoutes(app, context);
    await app.register(async (elastic) => elasticRoutes(elastic, context), { prefix: ELASTIC_PREFIX });
  };
}

/**
 * Options for the Fastify server that {@link ingestRoutes} is registered on. Times in milliseconds. They bound
 * what a sender that dawdles can hold, and lead Elasticsearch's own paths below {@link ELASTIC_PREFIX}.
 *
 * `exposeHeadRoutes` stays at Fastify's default; the Elasticsearch routes bring their own HEAD.
 */
export const ingestServerOptions = {
  rewriteUrl: rewriteElasticUrl,
  /** For a whole request, head and body. */
  requestTimeout: 120_000,
  keepAliveTimeout: 75_000,
  http: {
    /** For the head of a request. */
    headersTimeout: 20_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16 * 1024,
  },
} as const;
