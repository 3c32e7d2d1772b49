import {
  NewWebhook,
  Slug,
  WebhookDeliveryPage,
  WebhookPatch,
  WebhookSecret,
  WebhookView,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

const ById = z.object({ id: z.string().max(64) });

/** Webhooks and what became of their deliveries. */
export function webhookRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/webhooks',
    {
      config: { access: 'webhooks.manage' },
      schema: {
        querystring: z.object({ tenant: Slug.optional() }),
        response: { 200: z.object({ items: z.array(WebhookView) }) },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      if (request.query.tenant !== undefined) requireTenant(identity, request.query.tenant);
      return { items: await services.webhooks.list(identity.scope, request.query.tenant) };
    },
  );

  app.post(
    '/api/webhooks',
    {
      config: { access: 'webhooks.manage' },
      schema: {
        body: NewWebhook,
        response: { 201: z.object({ webhook: WebhookView, secret: z.string() }) },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const { tenant } = request.body;
      requireTenant(identity, tenant);
      if (!services.tenants.list(identity.scope).some(({ id }) => id === tenant))
        throw notFound(`tenant ${tenant}`);
      return reply.status(201).send(await services.webhooks.add(identity, request.body));
    },
  );

  app.patch(
    '/api/webhooks/:id',
    {
      config: { access: 'webhooks.manage' },
      schema: { params: ById, body: WebhookPatch, response: { 200: WebhookView } },
    },
    async (request) => {
      const { scope } = identityOf(request);
      const known = (await services.webhooks.list(scope)).find(({ id }) => id === request.params.id);
      request.audit.before = { ...known };
      const changed = await services.webhooks.update(scope, request.params.id, request.body);
      if (changed === undefined) throw notFound('webhook');
      return changed;
    },
  );

  app.delete(
    '/api/webhooks/:id',
    { config: { access: 'webhooks.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      if (!(await services.webhooks.remove(identityOf(request).scope, request.params.id)))
        throw notFound('webhook');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/webhooks/:id/secret',
    { config: { access: 'webhooks.manage' }, schema: { params: ById, response: { 200: WebhookSecret } } },
    async (request) => {
      const secret = await services.webhooks.renewSecret(identityOf(request).scope, request.params.id);
      if (secret === undefined) throw notFound('webhook');
      return { secret };
    },
  );

  app.post(
    '/api/webhooks/:id/test',
    { config: { access: 'webhooks.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      if (!(await services.webhooks.ping(identityOf(request).scope, request.params.id)))
        throw notFound('webhook');
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/webhooks/:id/deliveries',
    {
      config: { access: 'webhooks.manage' },
      schema: {
        params: ById,
        querystring: z.object({
          state: z.enum(['pending', 'sending', 'sent', 'dead']).optional(),
          cursor: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(50),
        }),
        response: { 200: WebhookDeliveryPage },
      },
    },
    async (request) => {
      const { scope } = identityOf(request);
      const page = await services.webhooks.deliveries(scope, request.params.id, request.query);
      if (page === undefined) throw notFound('webhook');
      return page;
    },
  );

  app.post(
    '/api/webhooks/:id/deliveries/:delivery/retry',
    {
      config: { access: 'webhooks.manage' },
      schema: { params: ById.extend({ delivery: z.string().max(64) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { id, delivery } = request.params;
      if (!(await services.webhooks.retry(identityOf(request).scope, id, delivery)))
        throw notFound('delivery');
      return reply.status(204).send(null);
    },
  );
}
