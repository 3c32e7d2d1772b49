import type { Readable } from 'node:stream';
import fastifySwagger from '@fastify/swagger';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Api } from './api.ts';
import { recordCalls } from './auditing.ts';
import { ApiFailure } from './errors.ts';
import { protectAnswers } from './headers.ts';
import { type Access, accessOf, authenticate } from './identity.ts';
import { openApi } from './openapi.ts';
import { pageLists } from './paging.ts';
import type { ApiServices } from './ports.ts';
import { repeatCalls } from './repeats.ts';
import { accessRoutes } from './routes/access.ts';
import { assetRoutes } from './routes/assets.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtest.ts';
import { callRoutes } from './routes/calls.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { clientRequestRoutes } from './routes/client-requests.ts';
import { clientRoutes } from './routes/clients.ts';
import { clockRoutes } from './routes/clocks.ts';
import { connectorRoutes } from './routes/connectors.ts';
import { consoleRoutes } from './routes/console.ts';
import { conversationRoutes } from './routes/conversation.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { eventRoutes } from './routes/events.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { exportRoutes } from './routes/exports.ts';
import { homeRoutes } from './routes/home.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { keyRoutes } from './routes/keys.ts';
import { mappingRoutes } from './routes/mappings.ts';
import { noticeRoutes } from './routes/notices.ts';
import { outboxRoutes } from './routes/outbox.ts';
import { procedureRoutes } from './routes/procedures.ts';
import { qualityRoutes } from './routes/quality.ts';
import { regimeRoutes } from './routes/regimes.ts';
import { rotaRoutes } from './routes/rotas.ts';
import { ruleToolRoutes } from './routes/rule-tools.ts';
import { ruleVersionRoutes } from './routes/rule-versions.ts';
import { ruleRoutes } from './routes/rules.ts';
import { scimRoutes } from './routes/scim.ts';
import { securityRoutes } from './routes/security.ts';
import { sessionRoutes } from './routes/session.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { signInSettingsRoutes } from './routes/sign-in-settings.ts';
import { sourceWatchRoutes } from './routes/source-watch.ts';
import { sourceRoutes } from './routes/sources.ts';
import { systemRoutes } from './routes/system.ts';
import { tellingRoutes } from './routes/telling.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { wefRoutes } from './routes/wef.ts';

export { ApiFailure } from './errors.ts';
export { identityOf, SESSION_COOKIE } from './identity.ts';
export type * from './ports.ts';
export type { Readable };

export interface ApiOptions {
  readonly services: ApiServices;
  /** Folder of the built console; absent: only the API is served. */
  readonly consoleFolder?: string;
  /** Registers the ingestion routes, which read bodies their own way. */
  readonly ingest?: (app: FastifyInstance) => Promise<void>;
  /** Addresses and networks of proxies whose `X-Forwarded-For` says who calls; left out: nobody's does. */
  readonly trustedProxies?: readonly string[];
  /** Limits and rewriting that ingestion asks of the HTTP server. */
  readonly serverOptions?: FastifyServerOptions;
}

/** A route, and what it asks of its caller. */
export interface RouteAccess {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
}

/** Largest body of a public route that names no other limit, bytes. */
const PUBLIC_BODY = 64 * 1024;

/** Zod judges and writes. Named at the beginning, so that Fastify loads no compilers of JSON Schema, which nothing uses. */
const COMPILERS = { buildValidator: () => validatorCompiler, buildSerializer: () => serializerCompiler };

/** Builds the HTTP server; the caller listens and closes. */
export async function buildApi(options: ApiOptions): Promise<{ app: Api; routes: readonly RouteAccess[] }> {
  const { services, trustedProxies = [] } = options;
  const app: Api = Fastify({
    logger: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: 32 * 1024 * 1024,
    ...(options.serverOptions as object),
    routerOptions: { maxParamLength: 300 },
    schemaController: { compilersFactory: COMPILERS as object },
  }).withTypeProvider<ZodTypeProvider>();

  const routes: RouteAccess[] = [];
  let ingesting = false;
  app.addHook('onRoute', (route) => {
    // Ingestion knows its senders by tokens of their own.
    if (ingesting) route.config = { ...route.config, access: 'ingest' };
    const access = accessOf(route);
    // What callers send who have proved nothing is small: nobody fills the memory with it.
    if (access === 'public') route.bodyLimit ??= PUBLIC_BODY;
    for (const method of [route.method].flat()) routes.push({ method, url: route.url, access });
  });
  protectAnswers(app as unknown as FastifyInstance, services.publicUrl);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const failure = asFailure(error);
    if (failure.statusCode >= 500)
      services.log.error(
        { err: error, method: request.method, route: request.routeOptions.url },
        'request failed',
      );
    return reply
      .status(failure.statusCode)
      .send({ error: { code: failure.code, message: failure.message, details: failure.details } });
  });
  repeatCalls(app as unknown as FastifyInstance, services.repeats);
  recordCalls(app as unknown as FastifyInstance, services.audit, services.now);
  authenticate(app as unknown as FastifyInstance, services);

  pageLists(app as unknown as FastifyInstance);
  await app.register(fastifySwagger, openApi(services.version));
  await app.register(async (api) => {
    const typed = api.withTypeProvider<ZodTypeProvider>() as Api;
    sessionRoutes(typed, services);
    signInRoutes(typed, services);
    securityRoutes(typed, services);
    signInSettingsRoutes(typed, services);
    scimRoutes(typed, services);
    accessRoutes(typed, services);
    keyRoutes(typed, services);
    tenantRoutes(typed, services);
    sourceRoutes(typed, services);
    sourceWatchRoutes(typed, services);
    coverageRoutes(typed, services);
    connectorRoutes(typed, services);
    wefRoutes(typed, services);
    incidentRoutes(typed, services);
    conversationRoutes(typed, services);
    clientRequestRoutes(typed, services);
    noticeRoutes(typed, services);
    homeRoutes(typed, services);
    campaignRoutes(typed, services);
    eventRoutes(typed, services);
    qualityRoutes(typed, services);
    ruleRoutes(typed, services);
    ruleVersionRoutes(typed, services);
    ruleToolRoutes(typed, services);
    backtestRoutes(typed, services);
    exceptionRoutes(typed, services);
    outboxRoutes(typed, services);
    mappingRoutes(typed, services);
    procedureRoutes(typed, services);
    tellingRoutes(typed, services);
    assetRoutes(typed, services);
    clientRoutes(typed, services);
    clockRoutes(typed, services);
    callRoutes(typed, services);
    rotaRoutes(typed, services);
    regimeRoutes(typed, services);
    auditRoutes(typed, services);
    exportRoutes(typed, services);
    webhookRoutes(typed, services);
    systemRoutes(typed, services);
  });
  if (options.ingest !== undefined) {
    ingesting = true;
    await app.register(options.ingest as Parameters<typeof app.register>[0]);
    ingesting = false;
  }
  consoleRoutes(app, options.consoleFolder);
  await app.ready();
  return { app, routes };
}

function asFailure(error: FastifyError | ApiFailure): {
  statusCode: number;
  code: string;
  message: string;
  details?: unknown;
} {
  if (error instanceof ApiFailure) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map((issue) => ({ path: issue.instancePath, message: issue.message }));
    return {
      statusCode: 400,
      code: 'VIGIE_API_INVALID',
      message: details.map((d) => `${d.path.slice(1) || 'request'}: ${d.message}`).join('; '),
      details,
    };
  }
  if (error instanceof SyntaxError && (error as { statusCode?: number }).statusCode === undefined)
    return { statusCode: 400, code: 'VIGIE_API_QUERY', message: error.message };
  const status = error.statusCode ?? 500;
  // What a part of ours refuses says so by a code of its own.
  const own = typeof error.code === 'string' && error.code.startsWith('VIGIE_') ? error.code : undefined;
  if (status < 500) return { statusCode: status, code: own ?? 'VIGIE_API_INVALID', message: error.message };
  if (error.code === 'VIGIE_EVENTS_BUSY')
    return {
      statusCode: 503,
      code: error.code,
      message: 'many searches are under way; try again in a moment, or narrow the time',
    };
  const retryable = (error as { retryable?: boolean }).retryable === true;
  if (retryable)
    return {
      statusCode: 503,
      code: error.code,
      message: 'a part of Vigie is restarting; try again in a moment',
    };
  if (error.code === 'VIGIE_EVENTS_QUERY_LIMIT')
    return {
      statusCode: 422,
      code: error.code,
      message: 'the search took too long or too much memory; narrow the time or the terms',
    };
  if (error.code === 'VIGIE_EVENTS_QUERY_INVALID')
    return { statusCode: 400, code: error.code, message: error.message };
  return {
    statusCode: 500,
    code: 'VIGIE_API_INTERNAL',
    message: 'something broke on our side; the log has the details',
  };
}
