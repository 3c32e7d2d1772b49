import {
  Credentials,
  LanguageChoice,
  PasswordChange,
  PERMISSIONS,
  SecondFactorNeeded,
  SessionView,
  SignedInView,
} from '@vigie/contracts/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SignInMethod } from '../../access/ports.ts';
import type { Api } from '../api.ts';
import { clientName } from '../client-name.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, readCookie, SESSION_COOKIE } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { setStepCookie } from '../sign-in-step.ts';
import { SignInThrottle, type Tryout } from '../throttle.ts';

/** Name of the cookie by which a browser is known as one that somebody has signed in from. */
const DEVICE_COOKIE = 'vigie_device';
const HALF_A_YEAR = 180 * 86_400;

/** Signing in and out, one's own password and sessions. */
export function sessionRoutes(app: Api, services: ApiServices): void {
  const throttle = new SignInThrottle(services.now);

  app.post(
    '/api/session',
    {
      config: { access: 'public' },
      schema: { body: Credentials, response: { 200: SessionView, 202: SecondFactorNeeded } },
    },
    async (request, reply) => {
      const email = request.body.email.toLowerCase();
      const tryout = {
        address: request.ip,
        email,
        knownDevice: await knownDevice(services, request, { email }),
      };
      begin(reply, tryout);
      const account = await services.access.checkPassword(email, request.body.password);
      if (account === undefined)
        throw new ApiFailure(401, 'VIGIE_API_BAD_CREDENTIALS', 'the address or the password is wrong');
      throttle.succeeded(tryout);
      const more = await services.secondFactors.afterPassword(account);
      if (more !== undefined) {
        setStepCookie(services, reply, more);
        return reply.status(202).send({ next: 'second-factor' as const, methods: more.methods });
      }
      return reply.send(sessionView(services, await enter(services, request, reply, account, 'password')));
    },
  );

  app.get(
    '/api/session',
    { config: { access: 'signed-in' }, schema: { response: { 200: SessionView } } },
    async (request) => sessionView(services, identityOf(request)),
  );

  app.delete(
    '/api/session',
    { config: { access: 'public' }, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      const token = readCookie(request.headers.cookie, SESSION_COOKIE);
      if (token !== undefined && request.identity !== null) await services.access.signOut(token);
      // Nobody was signed in, so nothing was done.
      else request.audit.outcome = 'invalid';
      setCookie(services, reply, SESSION_COOKIE, '', 0);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/session/password',
    { config: { access: 'signed-in' }, schema: { body: PasswordChange, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = person(request);
      const tryout = { address: request.ip, email: identity.email };
      begin(reply, tryout);
      const { current, next } = request.body;
      // Else a one-time password, which somebody else has made and read, would stay.
      if (next === current)
        throw new ApiFailure(400, 'VIGIE_API_INVALID', 'next: choose a password that is new');
      if (!(await services.access.changePassword(identity.id, current, next, identity.session)))
        throw new ApiFailure(400, 'VIGIE_API_BAD_CREDENTIALS', 'the current password is wrong');
      throttle.succeeded(tryout);
      return reply.status(204).send(null);
    },
  );

  app.put(
    '/api/session/language',
    { config: { access: 'signed-in' }, schema: { body: LanguageChoice, response: { 204: z.null() } } },
    async (request, reply) => {
      await services.accounts.setLanguage(person(request).id, request.body.language);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/sessions',
    {
      config: { access: 'signed-in' },
      schema: { response: { 200: z.object({ items: z.array(SignedInView) }) } },
    },
    async (request) => {
      const { id, session } = person(request);
      return { items: await services.access.sessions(id, session) };
    },
  );

  app.delete(
    '/api/sessions',
    {
      config: { access: 'signed-in' },
      schema: { response: { 200: z.object({ ended: z.number().int() }) } },
    },
    async (request) => {
      const { id, session } = person(request);
      return { ended: await services.access.endSessions(id, session) };
    },
  );

  app.delete(
    '/api/sessions/:id',
    {
      config: { access: 'signed-in' },
      schema: { params: z.object({ id: z.string().max(64) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      if (!(await services.access.endSession(person(request).id, request.params.id)))
        throw notFound('session');
      return reply.status(204).send(null);
    },
  );

  /** @throws 429 when the caller has tried too often */
  function begin(reply: FastifyReply, tryout: Tryout): void {
    const wait = Math.ceil(throttle.begin(tryout) / 1000);
    if (wait === 0) return;
    reply.header('retry-after', wait);
    throw new ApiFailure(429, 'VIGIE_API_TOO_MANY_TRIES', `too many failed tries; wait ${wait} seconds`);
  }
}

/** The device that the caller shows, if the account has signed in from it. */
export async function knownDevice(
  services: ApiServices,
  request: FastifyRequest,
  account: Parameters<ApiServices['access']['knowsDevice']>[0],
): Promise<string | undefined> {
  const device = readCookie(request.headers.cookie, DEVICE_COOKIE);
  return device !== undefined && (await services.access.knowsDevice(account, device)) ? device : undefined;
}

/** What a signed-in person is told of themselves. */
export function sessionView(services: ApiServices, identity: Identity): SessionView {
  return {
    user: {
      id: identity.id,
      email: identity.email,
      name: identity.name,
      role: identity.role,
      language: identity.language ?? null,
    },
    permissions: PERMISSIONS.filter((each) => identity.permissions.has(each)),
    tenants: services.tenants.list(identity.scope).map(({ id, name, demo }) => ({ id, name, demo })),
    provider: identity.scope === 'all',
    mustChangePassword: identity.mustChangePassword,
    mustEnrol: identity.mustEnrol === true,
    version: services.version,
  };
}

/**
 * Signs somebody in who has proved who they are: gives the browser its session, and the cookie by which it is known.
 *
 * @throws 401 when the account has gone meanwhile
 */
export async function enter(
  services: ApiServices,
  request: FastifyRequest,
  reply: FastifyReply,
  account: string,
  method: SignInMethod,
): Promise<Identity> {
  const opened = await services.access.openSession(account, {
    method,
    address: request.ip,
    client: clientName(request.headers['user-agent']),
    device: readCookie(request.headers.cookie, DEVICE_COOKIE),
    replaces: readCookie(request.headers.cookie, SESSION_COOKIE),
  });
  if (opened === undefined)
    throw new ApiFailure(401, 'VIGIE_API_BAD_CREDENTIALS', 'the address or the password is wrong');
  const { identity, token, device } = opened;
  request.audit.actor = { id: identity.id, name: identity.name, email: identity.email };
  const now = services.now();
  setCookie(services, reply, SESSION_COOKIE, token, Math.ceil(((identity.endsAt ?? now) - now) / 1000));
  setCookie(services, reply, DEVICE_COOKIE, device, HALF_A_YEAR);
  return identity;
}

/** @throws 400 when a key calls: sessions and passwords are people's */
function person(request: FastifyRequest): Identity {
  const identity = identityOf(request);
  if (identity.kind !== 'account')
    throw new ApiFailure(400, 'VIGIE_API_INVALID', 'an API key has no password and no sessions');
  return identity;
}

function setCookie(
  services: ApiServices,
  reply: FastifyReply,
  name: string,
  value: string,
  maxAge: number,
): void {
  // The proxy in front speaks TLS, this server does not: how people come in is what the configuration says.
  const secure = services.publicUrl().startsWith('https:') ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure}`,
  );
}
