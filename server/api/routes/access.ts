import { randomBytes } from 'node:crypto';
import { ApiKeyView, NewApiKey, NewUser, UserView } from '@vigie/contracts/api';
import { z } from 'zod';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { Api } from '../index.ts';
import type { ApiServices } from '../ports.ts';

/** Accounts and API keys; the provider's own administrators only. */
export function accessRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/users',
    {
      config: { access: 'administrator' },
      schema: { response: { 200: z.object({ items: z.array(UserView) }) } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return { items: await services.access.users() };
    },
  );

  app.post(
    '/api/users',
    {
      config: { access: 'administrator' },
      schema: {
        body: NewUser,
        response: { 201: z.object({ user: UserView, oneTimePassword: z.string().optional() }) },
      },
    },
    async (request, reply) => {
      requireProvider(identityOf(request));
      const oneTimePassword =
        request.body.password === undefined ? randomBytes(12).toString('base64url') : undefined;
      const user = await services.access.addUser({
        email: request.body.email.toLowerCase(),
        name: request.body.name,
        role: request.body.role,
        tenants: request.body.tenants,
        password: request.body.password ?? oneTimePassword!,
        mustChangePassword: oneTimePassword !== undefined,
      });
      if (user === undefined)
        throw new ApiFailure(409, 'VIGIE_API_EXISTS', `there is a user ${request.body.email} already`);
      return reply.status(201).send({ user, oneTimePassword });
    },
  );

  app.get(
    '/api/keys',
    {
      config: { access: 'administrator' },
      schema: { response: { 200: z.object({ items: z.array(ApiKeyView) }) } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return { items: await services.access.keys() };
    },
  );

  app.post(
    '/api/keys',
    {
      config: { access: 'administrator' },
      schema: { body: NewApiKey, response: { 201: z.object({ key: ApiKeyView, secret: z.string() }) } },
    },
    async (request, reply) => {
      requireProvider(identityOf(request));
      return reply.status(201).send(await services.access.addKey(request.body));
    },
  );

  app.delete(
    '/api/keys/:id',
    {
      config: { access: 'administrator' },
      schema: { params: z.object({ id: z.string().max(64) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      requireProvider(identityOf(request));
      if (!(await services.access.removeKey(request.params.id))) throw notFound('key');
      return reply.status(204).send(null);
    },
  );
}
