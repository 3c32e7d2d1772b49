import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { discardBody } from './body.ts';
import { elasticRefusal } from './elastic-errors.ts';
import { authenticate, type IngestContext, sendAnswer } from './receive.ts';

/**
 * The version that we say we are. Filebeat, Logstash and the clients refuse servers older than themselves or
 * of another product, so it is the last of the 8 series.
 */
const VERSION = '8.19.0';

const INDEX = '/:index(^[^_].*$)';

type Handler = (request: FastifyRequest) => object;

/**
 * The calls that Filebeat, Winlogbeat, Logstash, Vector, Fluent Bit and the Elasticsearch clients make before
 * and between bulk requests. Templates, policies, pipelines and data streams are accepted and reported as
 * present, because their meaning (where and how long logs are kept) is configured here by tenant.
 */
export function elasticHandshakeRoutes(app: FastifyInstance, context: IngestContext): void {
  const reply = (status: number, handler: Handler) => {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const binding = authenticate(context, request);
      // Settings that are sent with a body are read past.
      await discardBody(request.raw, context.limits);
      if (!request.raw.complete) reply.header('connection', 'close');
      if (typeof binding === 'string') {
        return sendAnswer(reply, elasticRefusal(binding, 'missing or unknown source token', context.limits));
      }
      return sendAnswer(reply, { status, body: JSON.stringify(handler(request)) });
    };
  };
  const get = (path: string, handler: Handler): void => {
    app.route({ method: ['GET', 'HEAD'], url: path, exposeHeadRoute: false, handler: reply(200, handler) });
  };
  const acknowledge = (path: string): void => {
    app.route({
      method: ['PUT', 'POST', 'DELETE'],
      url: path,
      handler: reply(200, () => ({ acknowledged: true })),
    });
  };

  get('/', information);
  get('/_license', license);
  get('/_xpack', features);
  get('/_xpack/license', license);
  get('/_cluster/health', health);
  get('/_cluster/state/version', clusterState);
  get('/_cluster/settings', () => ({ persistent: {}, transient: {} }));
  get('/_nodes', nodes);
  get('/_nodes/http', nodes);
  get('/_nodes/_all/http', nodes);
  get('/_nodes/stats', nodes);
  get('/_cat/*', () => []);
  get('/_alias', () => ({}));
  get('/_alias/:name', alias);
  get('/_ilm/status', () => ({ operation_mode: 'RUNNING' }));
  get(
    '/_ilm/policy/:name',
    named((name) => ({ [name]: { version: 1, policy: { phases: {} } } })),
  );
  get('/_slm/policy', () => ({}));
  get(
    '/_index_template/:name',
    named((name) => ({ index_templates: [{ name, index_template: templateBody() }] })),
  );
  get(
    '/_template/:name',
    named((name) => ({ [name]: templateBody() })),
  );
  get(
    '/_component_template/:name',
    named((name) => ({ component_templates: [{ name, component_template: { template: {} } }] })),
  );
  get('/_ingest/pipeline', () => ({}));
  get(
    '/_ingest/pipeline/:name',
    named((name) => ({ [name]: { processors: [] } })),
  );
  get(
    '/_data_stream/:name',
    named((name) => ({ data_streams: [{ name, status: 'GREEN', template: name }] })),
  );
  get('/_security/_authenticate', () => ({ username: 'vigie', roles: [], enabled: true }));
  for (const path of [
    '/_ilm/policy/:name',
    '/_index_template/:name',
    '/_template/:name',
    '/_component_template/:name',
    '/_ingest/pipeline/:name',
    '/_data_stream/:name',
    '/_data_stream/:name/_lifecycle',
  ])
    acknowledge(path);
  // An index or write alias that the shipper looks for or creates. None starts with an underscore.
  app.route({
    method: ['GET', 'HEAD'],
    url: INDEX,
    exposeHeadRoute: false,
    handler: reply(200, (request) => ({ [(request.params as { index: string }).index]: {} })),
  });
  app.put(INDEX, { handler: reply(200, (request) => created((request.params as { index: string }).index)) });
}

/** Every answer says so, or the clients refuse to talk to us. */
export function elasticProductHeader(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('x-elastic-product', 'Elasticsearch');
  done();
}

function information(): object {
  return {
    name: 'vigie',
    cluster_name: 'vigie',
    cluster_uuid: 'dmlnaWUtY29sbGVjdG9yLTE',
    version: {
      number: VERSION,
      build_flavor: 'default',
      build_type: 'tar',
      build_hash: '0000000000000000000000000000000000000000',
      build_date: '2025-07-01T00:00:00.000Z',
      build_snapshot: false,
      lucene_version: '9.12.2',
      minimum_wire_compatibility_version: '7.17.0',
      minimum_index_compatibility_version: '7.0.0',
    },
    tagline: 'You Know, for Search',
  };
}

function license(): object {
  return {
    license: {
      status: 'active',
      uid: '00000000-0000-4000-8000-000000000001',
      type: 'basic',
      issue_date: '2025-01-01T00:00:00.000Z',
      issue_date_in_millis: 1735689600000,
      max_nodes: 1000,
      issued_to: 'vigie',
      issuer: 'vigie',
      start_date_in_millis: -1,
    },
  };
}

function features(): object {
  const on = { available: true, enabled: true };
  const off = { available: false, enabled: false };
  return {
    build: { hash: '0000000000000000000000000000000000000000', date: '2025-07-01T00:00:00.000Z' },
    license: { uid: '00000000-0000-4000-8000-000000000001', type: 'basic', mode: 'basic', status: 'active' },
    features: { data_streams: on, ilm: on, security: on, monitoring: on, ml: off, watcher: off },
    tagline: 'You know, for X',
  };
}

function health(): object {
  return {
    cluster_name: 'vigie',
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: 1,
    active_shards: 1,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: 100,
  };
}

function clusterState(): object {
  return { cluster_name: 'vigie', cluster_uuid: 'dmlnaWUtY29sbGVjdG9yLTE', version: 1 };
}

/** One node, under the address that the sender used: a sniffing client must find its way back to us. */
function nodes(request: FastifyRequest): object {
  return {
    cluster_name: 'vigie',
    nodes: {
      vigie: {
        name: 'vigie',
        version: VERSION,
        roles: ['data', 'ingest', 'master'],
        http: { publish_address: request.host },
      },
    },
  };
}

function alias(request: FastifyRequest): object {
  const { name } = request.params as { readonly name: string };
  return asData(`${name}-000001`, { aliases: asData(name, { is_write_index: true }) });
}

function named(build: (name: string) => object): Handler {
  return (request) => {
    const { name } = request.params as { readonly name: string };
    // A computed `__proto__` in a literal is an own member, so that any name is safe here.
    return build(name);
  };
}

function asData(name: string, value: object): object {
  return { [name]: value };
}

function templateBody(): object {
  return { index_patterns: ['*'], priority: 150, template: {}, data_stream: {} };
}

function created(index: string): object {
  return { acknowledged: true, shards_acknowledged: true, index };
}
