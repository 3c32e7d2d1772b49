import { randomBytes } from 'node:crypto';
import { ApiKeyView, NewApiKey, NewUser, UserView } from '@vigie/contracts/api';
import { z } from 'zod';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { Api } from '../index.ts';
import type { ApiServices } from '../ports.ts';

const ByEmail = z.object({ email: z.email().max(254).toLowerCase() });

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

  app.post(
    '/api/users/:email/reset',
    {
      config: { access: 'administrator' },
      schema: { params: ByEmail, response: { 200: z.object({ oneTimePassword: z.string() }) } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const oneTimePassword = randomBytes(12).toString('base64url');
      if (!(await services.access.resetPassword(request.params.email, oneTimePassword, true)))
        throw notFound('user');
      return { oneTimePassword };
    },
  );

  app.delete(
    '/api/users/:email',
    { config: { access: 'administrator' }, schema: { params: ByEmail, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = identityOf(request);
      requireProvider(identity);
      if (identity.email === request.params.email)
        throw new ApiFailure(
          400,
          'VIGIE_API_INVALID',
          'nobody can remove their own account; ask another administrator',
        );
      if (!(await services.access.removeUser(request.params.email))) throw notFound('user');
      return reply.status(204).send(null);
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
