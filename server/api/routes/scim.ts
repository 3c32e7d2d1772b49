import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  RESOURCE_TYPES,
  ScimError,
  SERVICE_PROVIDER_CONFIG,
  type SsoConnection,
} from '../../access/index.ts';
import type { Api } from '../api.ts';
import type { ApiServices } from '../ports.ts';

const ById = z.object({ id: z.string().max(64) });
const Listing = z.object({
  filter: z.string().max(400).optional(),
  // RFC 7644, section 3.4.2.4: what is too small counts as the smallest.
  startIndex: z.coerce
    .number()
    .int()
    .max(1_000_000)
    .transform((n) => Math.max(1, n))
    .default(1),
  count: z.coerce
    .number()
    .int()
    .transform((n) => Math.min(200, Math.max(0, n)))
    .default(100),
});
/** Read by the service itself, which answers in SCIM's form. */
const Body = z.unknown();

/** Provisioning of accounts by an organisation's directory; known by the bearer token of its connection. */
export function scimRoutes(app: Api, services: ApiServices): void {
  const { provisioning } = services;
  void app.register(async (plain) => {
    const scim = plain as unknown as Api;
    const parse = scim.getDefaultJsonParser('error', 'error');
    scim.addContentTypeParser(
      'application/scim+json',
      { parseAs: 'string', bodyLimit: 262_144 },
      // Some clients name the type of the body that a DELETE does not have.
      (request, body, done) => (body === '' ? done(null, undefined) : parse(request, String(body), done)),
    );
    scim.setErrorHandler((error: FastifyError | ScimError, request, reply) => {
      const status = error instanceof ScimError ? error.status : (error.statusCode ?? 500);
      if (status >= 500)
        services.log.error({ err: error, route: request.routeOptions.url }, 'provisioning failed');
      const refusal =
        error instanceof ScimError
          ? error
          : new ScimError(status, status < 500 ? error.message : 'something broke on our side');
      return send(reply.status(refusal.status), refusal.toBody());
    });

    scim.get('/scim/v2/ServiceProviderConfig', { config: { access: 'public' } }, async (request, reply) => {
      await connectionOf(request);
      return send(reply, SERVICE_PROVIDER_CONFIG);
    });
    scim.get('/scim/v2/ResourceTypes', { config: { access: 'public' } }, async (request, reply) => {
      await connectionOf(request);
      return send(reply, list(RESOURCE_TYPES));
    });
    scim.get(
      '/scim/v2/Users',
      { config: { access: 'public' }, schema: { querystring: Listing } },
      async (request, reply) => {
        const { filter, startIndex, count } = request.query;
        const connection = await connectionOf(request);
        return send(
          reply,
          await provisioning.list(connection, {
            startIndex,
            count,
            ...(filter === undefined ? {} : { filter }),
          }),
        );
      },
    );
    scim.post(
      '/scim/v2/Users',
      { config: { access: 'public' }, schema: { body: Body } },
      async (request, reply) => {
        const user = await provisioning.create(await connectionOf(request), request.body);
        return send(reply.status(201).header('location', user.meta.location), user);
      },
    );
    scim.get(
      '/scim/v2/Users/:id',
      { config: { access: 'public' }, schema: { params: ById } },
      async (request, reply) =>
        send(reply, await provisioning.get(await connectionOf(request), request.params.id)),
    );
    scim.put(
      '/scim/v2/Users/:id',
      { config: { access: 'public' }, schema: { params: ById, body: Body } },
      async (request, reply) =>
        send(reply, await provisioning.replace(await connectionOf(request), request.params.id, request.body)),
    );
    scim.patch(
      '/scim/v2/Users/:id',
      { config: { access: 'public' }, schema: { params: ById, body: Body } },
      async (request, reply) =>
        send(reply, await provisioning.patch(await connectionOf(request), request.params.id, request.body)),
    );
    scim.delete(
      '/scim/v2/Users/:id',
      { config: { access: 'public' }, schema: { params: ById } },
      async (request, reply) => {
        await provisioning.remove(await connectionOf(request), request.params.id);
        return reply.status(204).send();
      },
    );
  });

  /** @throws ScimError 401 */
  async function connectionOf(request: FastifyRequest): Promise<SsoConnection> {
    const token = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
    const connection = token === undefined ? undefined : await provisioning.connection(token);
    if (connection === undefined) throw new ScimError(401, 'the token is not one of a connection');
    request.audit.actor = { id: `connection:${connection.id}`, name: connection.name };
    request.audit.tenant = connection.tenant;
    return connection;
  }
}

function list(resources: readonly unknown[]) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

function send(reply: FastifyReply, body: unknown): FastifyReply {
  // As text: the serializer of routes with schemas is not for another standard's messages.
  return reply.type('application/scim+json').send(JSON.stringify(body));
}
