import { Credentials, PasswordChange, SessionView } from '@vigie/contracts/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiFailure } from '../errors.ts';
import { identityOf, readCookie, SESSION_COOKIE } from '../identity.ts';
import type { Api } from '../index.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { SignInThrottle } from '../throttle.ts';

const WEEK_SECONDS = 7 * 86_400;

/** Signing in and out, and one's own password. */
export function sessionRoutes(app: Api, services: ApiServices): void {
  const throttle = new SignInThrottle(services.now);

  app.post(
    '/api/session',
    { config: { access: 'public' }, schema: { body: Credentials, response: { 200: SessionView } } },
    async (request, reply) => {
      const email = request.body.email.toLowerCase();
      const wait = throttle.waitFor(request.ip, email);
      if (wait > 0) {
        reply.header('retry-after', Math.ceil(wait / 1000));
        throw new ApiFailure(
          429,
          'VIGIE_API_TOO_MANY_TRIES',
          `too many failed tries; wait ${Math.ceil(wait / 1000)} seconds`,
        );
      }
      const session = await services.access.signIn(email, request.body.password, request.ip);
      if (session === undefined) {
        throttle.failed(request.ip, email);
        throw new ApiFailure(401, 'VIGIE_API_BAD_CREDENTIALS', 'the address or the password is wrong');
      }
      throttle.succeeded(request.ip, email);
      setCookie(request, reply, session.token, WEEK_SECONDS);
      return view(session.identity);
    },
  );

  app.get(
    '/api/session',
    { config: { access: 'reader' }, schema: { response: { 200: SessionView } } },
    async (request) => view(identityOf(request)),
  );

  app.delete(
    '/api/session',
    { config: { access: 'public' }, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      const token = readCookie(request.headers.cookie, SESSION_COOKIE);
      if (token !== undefined && request.identity !== null) await services.access.signOut(token);
      setCookie(request, reply, '', 0);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/session/password',
    { config: { access: 'reader' }, schema: { body: PasswordChange, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = identityOf(request);
      if (identity.kind !== 'account')
        throw new ApiFailure(400, 'VIGIE_API_INVALID', 'an API key has no password');
      const wait = throttle.waitFor(request.ip, identity.email);
      if (wait > 0)
        throw new ApiFailure(
          429,
          'VIGIE_API_TOO_MANY_TRIES',
          `too many failed tries; wait ${Math.ceil(wait / 1000)} seconds`,
        );
      const keep = readCookie(request.headers.cookie, SESSION_COOKIE);
      if (
        !(await services.access.changePassword(identity.id, request.body.current, request.body.next, keep))
      ) {
        throttle.failed(request.ip, identity.email);
        throw new ApiFailure(400, 'VIGIE_API_BAD_CREDENTIALS', 'the current password is wrong');
      }
      return reply.status(204).send(null);
    },
  );

  function view(identity: Identity): SessionView {
    return {
      user: { id: identity.id, email: identity.email, name: identity.name, role: identity.role },
      tenants: services.tenants.list(identity.scope).map(({ id, name, demo }) => ({ id, name, demo })),
      provider: identity.scope === 'all',
      mustChangePassword: identity.mustChangePassword,
      version: services.version,
    };
  }
}

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure}`,
  );
}
