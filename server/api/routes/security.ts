import {
  FactorCode,
  NewPasskey,
  PasskeyName,
  PasskeyOptions,
  Reauthentication,
  RecoveryCodes,
  SecurityView,
  TotpEnrolment,
} from '@vigie/contracts/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SignInRefused } from '../../access/index.ts';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { setStepCookie, stepToken } from '../sign-in-step.ts';
import { SignInThrottle, type Tryout } from '../throttle.ts';

const PasskeyId = z.object({ id: z.string().max(1400) });

/**
 * How a person signs in: their own second factor, recovery codes and passkeys, never somebody else's. Every change that
 * opens or closes a way in asks for the password.
 */
export function securityRoutes(app: Api, services: ApiServices): void {
  const { secondFactors, ssoStore } = services;
  const throttle = new SignInThrottle(services.now);

  app.get(
    '/api/security',
    { config: { access: 'signed-in' }, schema: { response: { 200: SecurityView } } },
    async (request) =>
      secondFactors.view(person(request).id, async (id) => (await ssoStore.connection(id))?.name ?? null),
  );

  app.post(
    '/api/security/totp',
    { config: { access: 'signed-in' }, schema: { body: Reauthentication, response: { 200: TotpEnrolment } } },
    async (request) => {
      const { id } = await reauthenticated(request, request.body.password);
      return told(() => secondFactors.beginTotp(id));
    },
  );

  app.post(
    '/api/security/totp/confirm',
    { config: { access: 'signed-in' }, schema: { body: FactorCode, response: { 200: RecoveryCodes } } },
    async (request) => {
      const identity = person(request);
      const { id } = identity;
      const tryout = begin(id);
      const codes = await secondFactors.confirmTotp(id, request.body.code);
      if (codes === undefined)
        throw new ApiFailure(400, 'VIGIE_API_BAD_CODE', 'the code is wrong, or was used before');
      throttle.succeeded(tryout);
      await confirmSession(identity);
      return { codes };
    },
  );

  app.post(
    '/api/security/totp/remove',
    { config: { access: 'signed-in' }, schema: { body: Reauthentication, response: { 204: z.null() } } },
    async (request, reply) => {
      const { id } = await reauthenticated(request, request.body.password);
      await secondFactors.removeTotp(id);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/security/recovery-codes',
    { config: { access: 'signed-in' }, schema: { body: Reauthentication, response: { 200: RecoveryCodes } } },
    async (request) => {
      const { id } = await reauthenticated(request, request.body.password);
      return { codes: await told(() => secondFactors.newRecoveryCodes(id)) };
    },
  );

  app.post(
    '/api/security/passkeys/options',
    {
      config: { access: 'signed-in' },
      schema: { body: Reauthentication, response: { 200: PasskeyOptions } },
    },
    async (request, reply) => {
      const { id } = await reauthenticated(request, request.body.password);
      const step = await told(() => secondFactors.beginPasskey(id));
      setStepCookie(services, reply, step);
      return { options: { ...step.options } };
    },
  );

  app.post(
    '/api/security/passkeys',
    { config: { access: 'signed-in' }, schema: { body: NewPasskey, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = person(request);
      const { name, response } = request.body;
      await told(() => secondFactors.addPasskey(identity.id, stepToken(request) ?? '', name, response));
      await confirmSession(identity);
      return reply.status(204).send(null);
    },
  );

  app.patch(
    '/api/security/passkeys/:id',
    {
      config: { access: 'signed-in' },
      schema: { params: PasskeyId, body: PasskeyName, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { id } = person(request);
      if (!(await secondFactors.renamePasskey(id, request.params.id, request.body.name)))
        throw notFound('passkey');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/security/passkeys/:id/remove',
    {
      config: { access: 'signed-in' },
      schema: { params: PasskeyId, body: Reauthentication, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { id } = await reauthenticated(request, request.body.password);
      if (!(await secondFactors.removePasskey(id, request.params.id))) throw notFound('passkey');
      return reply.status(204).send(null);
    },
  );

  /** @throws 400 when a key calls */
  function person(request: FastifyRequest): Identity {
    const identity = identityOf(request);
    if (identity.kind !== 'account')
      throw new ApiFailure(400, 'VIGIE_API_INVALID', 'an API key has no second factor');
    return identity;
  }

  async function reauthenticated(request: FastifyRequest, password: string): Promise<Identity> {
    const identity = person(request);
    const tryout = begin(identity.id);
    if ((await services.access.checkPassword(identity.email, password)) !== identity.id)
      throw new ApiFailure(400, 'VIGIE_API_BAD_CREDENTIALS', 'the password is wrong');
    throttle.succeeded(tryout);
    return identity;
  }

  /** By account, wherever the tries come from. @throws 429 */
  function begin(account: string): Tryout {
    const tryout = { address: account, email: '' };
    if (throttle.begin(tryout) > 0)
      throw new ApiFailure(429, 'VIGIE_API_TOO_MANY_TRIES', 'too many wrong tries; wait a while');
    return tryout;
  }

  /** The session that set a second factor up has shown it; others of the account have not, and end. */
  async function confirmSession({ id, session }: Identity): Promise<void> {
    if (session === undefined) return;
    await secondFactors.confirmSession(session);
    await services.access.endSessions(id, session);
  }

  /** What the person may know: it is about their own account. */
  async function told<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof SignInRefused) throw new ApiFailure(400, 'VIGIE_API_INVALID', error.message);
      throw error;
    }
  }
}
