import {
  FactorCode,
  PasskeyAssertion,
  PasskeyOptions,
  SessionView,
  SignInChoice,
  SignInOptions,
} from '@vigie/contracts/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MAX_SAML_RESPONSE, SignInRefused } from '../../access/index.ts';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import type { ApiServices } from '../ports.ts';
import { Beginnings, setStepCookie, stepToken } from '../sign-in-step.ts';
import { SignInThrottle } from '../throttle.ts';
import { enter, knownDevice as knownDeviceOf, sessionView } from './session.ts';

const Connection = z.object({ id: z.string().max(64) });
/** Base64 in a form: its signs are escaped. */
const MAX_SAML_FORM = MAX_SAML_RESPONSE + 65_536;

/**
 * Signing in by more than a password: second factors, passkeys, single sign-on. Nothing here tells whether an account
 * exists; what goes wrong at an identity provider brings the person back to the sign-in page with a code.
 */
export function signInRoutes(app: Api, services: ApiServices): void {
  const { secondFactors, sso, ssoStore } = services;
  const beginnings = new Beginnings(services.now);
  // By account, wherever the tries come from: whoever is here knows the password. That may be a thief, so a device that
  // the account has come in from has a count of its own, and its person is not held up.
  const throttle = new SignInThrottle(services.now);

  app.get(
    '/api/sign-in',
    { config: { access: 'public' }, schema: { response: { 200: SignInOptions } } },
    async () => ({
      emailFirst: await ssoStore.hasDomains(),
      choices: await ssoStore.buttons(),
      passkeyOrigin: secondFactors.passkeyOrigin,
    }),
  );

  app.post(
    '/api/sign-in/discover',
    {
      config: { access: 'public' },
      schema: {
        body: z.strictObject({ email: z.email().max(254).toLowerCase() }),
        response: { 200: z.object({ choice: SignInChoice.nullable() }) },
      },
    },
    async (request) => {
      const { email } = request.body;
      // By the domain alone, so that it says nothing about accounts.
      return { choice: (await ssoStore.byDomain(email.slice(email.lastIndexOf('@') + 1))) ?? null };
    },
  );

  app.post(
    '/api/sign-in/second-factor',
    { config: { access: 'public' }, schema: { body: FactorCode, response: { 200: SessionView } } },
    async (request, reply) => {
      const token = stepToken(request);
      const account = token === undefined ? undefined : await secondFactors.pending(token);
      if (token === undefined || account === undefined)
        throw new ApiFailure(401, 'VIGIE_API_SIGN_IN', 'the sign-in took too long; begin again');
      const knownDevice = await knownDeviceOf(services, request, { id: account });
      const tryout = { address: account, email: account, knownDevice };
      const wait = throttle.begin(tryout);
      if (wait > 0) {
        reply.header('retry-after', Math.ceil(wait / 1000));
        throw new ApiFailure(429, 'VIGIE_API_TOO_MANY_TRIES', 'too many wrong codes; wait a while');
      }
      if (!(await secondFactors.takeCode(account, request.body.code)))
        throw new ApiFailure(401, 'VIGIE_API_BAD_CODE', 'the code is wrong, or was used before');
      if (!(await secondFactors.finish(token)))
        throw new ApiFailure(401, 'VIGIE_API_SIGN_IN', 'the sign-in took too long; begin again');
      throttle.succeeded(tryout);
      return sessionView(services, await enter(services, request, reply, account, 'second-factor'));
    },
  );

  app.post(
    '/api/sign-in/passkey/options',
    { config: { access: 'public' }, schema: { response: { 200: PasskeyOptions } } },
    async (request, reply) => {
      allowBeginning(request);
      const step = await asked(() => secondFactors.beginAssertion());
      setStepCookie(services, reply, step);
      return { options: { ...step.options } };
    },
  );

  app.post(
    '/api/sign-in/passkey',
    {
      config: { access: 'public' },
      schema: { body: z.strictObject({ response: PasskeyAssertion }), response: { 200: SessionView } },
    },
    async (request, reply) => {
      const token = stepToken(request);
      const account = await asked(() => secondFactors.assert(token ?? '', request.body.response));
      return sessionView(services, await enter(services, request, reply, account, 'passkey'));
    },
  );

  app.get(
    '/api/sign-in/sso/:id/start',
    {
      config: { access: 'public' },
      schema: { params: Connection, querystring: z.object({ return: z.string().max(2000).optional() }) },
    },
    async (request, reply) => {
      allowBeginning(request);
      return viaProvider(reply, request.params.id, async (id) => {
        const step = await sso.begin(id, request.query.return);
        setStepCookie(services, reply, step);
        return step.url;
      });
    },
  );

  app.get(
    '/api/sign-in/sso/:id/callback',
    { config: { access: 'public', audit: 'session.sign-in' }, schema: { params: Connection } },
    async (request, reply) =>
      viaProvider(reply, request.params.id, async (id) => {
        const at = request.url.indexOf('?');
        const query = at === -1 ? '' : request.url.slice(at);
        return land(request, reply, await sso.finishOidc(id, stepToken(request), query));
      }),
  );

  app.get(
    '/api/sign-in/sso/:id/finish',
    { config: { access: 'public', audit: 'session.sign-in' }, schema: { params: Connection } },
    async (request, reply) =>
      viaProvider(reply, request.params.id, async (id) =>
        land(request, reply, await sso.finishSaml(id, stepToken(request))),
      ),
  );

  app.get(
    '/api/sign-in/sso/:id/metadata',
    { config: { access: 'public' }, schema: { params: Connection } },
    async (request, reply) => {
      const xml = await sso.metadata(request.params.id);
      if (xml === undefined) throw notFound('connection');
      return reply.type('application/samlmetadata+xml').send(xml);
    },
  );

  // Forms are read here and nowhere else: no other route takes what any website can send.
  void app.register(async (forms) => {
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_SAML_FORM },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    (forms as unknown as Api).post(
      '/api/sign-in/sso/:id/acs',
      {
        config: { access: 'public' },
        bodyLimit: MAX_SAML_FORM,
        schema: {
          params: Connection,
          // RelayState comes back, and is not read: where to go is kept with the flow.
          body: z.object({ SAMLResponse: z.string().min(1).max(MAX_SAML_RESPONSE) }),
        },
      },
      async (request, reply) =>
        viaProvider(reply, request.params.id, async (id) => {
          await sso.acceptSaml(id, request.body.SAMLResponse);
          return `/api/sign-in/sso/${id}/finish`;
        }),
    );
  });

  function allowBeginning(request: FastifyRequest): void {
    if (!beginnings.allow(request.ip))
      throw new ApiFailure(429, 'VIGIE_API_TOO_MANY_TRIES', 'too many sign-ins begun; wait a minute');
  }

  async function land(
    request: FastifyRequest,
    reply: FastifyReply,
    admitted: { readonly accountId: string; readonly returnTo: string },
  ): Promise<string> {
    await enter(services, request, reply, admitted.accountId, 'sso');
    return admitted.returnTo;
  }

  /** Sends the browser on, or back to the sign-in page with the reason's code. */
  async function viaProvider(
    reply: FastifyReply,
    id: string,
    step: (id: string) => Promise<string>,
  ): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store');
    try {
      return await reply.redirect(await step(id), 303);
    } catch (error) {
      if (!(error instanceof SignInRefused)) throw error;
      services.log.warn({ connection: id, reason: error.reason, why: error.message }, 'sign-in refused');
      return reply.redirect(`/?sign-in=${error.reason}`, 303);
    }
  }

  /** One answer for whatever is wrong with a passkey. */
  async function asked<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof SignInRefused)) throw error;
      services.log.warn({ reason: error.reason, why: error.message }, 'passkey refused');
      throw new ApiFailure(401, 'VIGIE_API_BAD_PASSKEY', 'the passkey was not accepted');
    }
  }
}
