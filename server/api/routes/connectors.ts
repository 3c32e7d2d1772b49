import {
  ConnectorChange,
  ConnectorSetup,
  ConnectorTest,
  ConnectorType,
  ConnectorView,
  Slug,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices, ConnectorRefusal } from '../ports.ts';

const ByPath = z.object({ tenant: Slug, id: Slug });

/** What is fetched from elsewhere, for which source. Secrets go in, and never come out. */
export function connectorRoutes(app: Api, services: ApiServices): void {
  const { connectors } = services;

  app.get(
    '/api/connectors/types',
    {
      config: { access: 'sources.read' },
      schema: { response: { 200: z.object({ items: z.array(ConnectorType) }) } },
    },
    async () => ({ items: connectors.types() }),
  );

  app.get(
    '/api/connectors',
    {
      config: { access: 'sources.read' },
      schema: {
        querystring: z.object({ tenant: Slug.optional() }),
        response: { 200: z.object({ items: z.array(ConnectorView) }) },
      },
    },
    async (request) => ({ items: await connectors.list(identityOf(request).scope, request.query.tenant) }),
  );

  app.get(
    '/api/sources/:tenant/:id/connector',
    { config: { access: 'sources.read' }, schema: { params: ByPath, response: { 200: ConnectorView } } },
    async (request) => {
      const { tenant, id } = request.params;
      const identity = identityOf(request);
      requireTenant(identity, tenant);
      const view = await connectors.get(identity.scope, tenant, id);
      if (view === undefined) throw notFound('connector');
      return view;
    },
  );

  app.put(
    '/api/sources/:tenant/:id/connector',
    {
      config: { access: 'sources.manage' },
      schema: { params: ByPath, body: ConnectorSetup, response: { 200: ConnectorView } },
    },
    async (request) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      return accepted(await connectors.put(tenant, id, request.body));
    },
  );

  app.patch(
    '/api/sources/:tenant/:id/connector',
    {
      config: { access: 'sources.manage' },
      schema: { params: ByPath, body: ConnectorChange, response: { 200: ConnectorView } },
    },
    async (request) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      const view = await connectors.change(tenant, id, request.body);
      if (view === undefined) throw notFound('connector');
      return view;
    },
  );

  app.delete(
    '/api/sources/:tenant/:id/connector',
    { config: { access: 'sources.manage' }, schema: { params: ByPath, response: { 204: z.null() } } },
    async (request, reply) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      if (!(await connectors.remove(tenant, id))) throw notFound('connector');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/sources/:tenant/:id/connector/test',
    {
      config: { access: 'sources.manage' },
      schema: {
        params: ByPath,
        body: ConnectorSetup.partial(),
        response: { 200: ConnectorTest },
      },
    },
    async (request) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      const { type, settings = {}, secrets = {}, ...rest } = request.body;
      return accepted(
        await connectors.test(
          tenant,
          id,
          type === undefined ? undefined : { type, settings, secrets, ...rest },
        ),
      );
    },
  );

  app.post(
    '/api/secrets/rotate',
    {
      config: { access: 'platform.manage' },
      schema: {
        response: { 200: z.object({ resealed: z.number().int(), unreadable: z.array(z.string()) }) },
      },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const { resealed, unreadable } = await connectors.rotateSecrets();
      return { resealed, unreadable: [...unreadable] };
    },
  );
}

function accepted<T extends object>(outcome: T | ConnectorRefusal): T {
  if (!('refused' in outcome)) return outcome;
  if (outcome.refused === 'not-found') throw notFound(outcome.message);
  throw new ApiFailure(400, 'VIGIE_API_INVALID', outcome.message);
}
