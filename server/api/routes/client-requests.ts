import { randomUUID } from 'node:crypto';
import {
  ConversationView,
  LinkAnswered,
  LinkedRequest,
  NewDecision,
  NewQuestion,
  RequestAnswer,
} from '@vigie/contracts/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { SignInThrottle } from '../throttle.ts';
import { ById, done } from './conversation.ts';

const Part = z.string().min(1).max(64);
const ByRequest = ById.extend({ request: Part });
const ByRecipient = ByRequest.extend({ recipient: Part });

const BODY_LIMIT = 64 * 1024;

/** Questions to a client, decisions of a client, and the answers: signed in, or by the link of a mail. */
export function clientRequestRoutes(app: Api, services: ApiServices): void {
  app.post(
    '/api/incidents/:id/questions',
    {
      config: { access: 'questions.ask' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ById, body: NewQuestion, response: { 201: ConversationView } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .send(done(await services.requests.ask(identityOf(request), request.params.id, request.body))),
  );

  app.post(
    '/api/incidents/:id/decisions',
    {
      config: { access: 'questions.ask' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ById, body: NewDecision, response: { 201: ConversationView } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .send(done(await services.requests.propose(identityOf(request), request.params.id, request.body))),
  );

  app.post(
    '/api/incidents/:id/requests/:request/withdraw',
    {
      config: { access: 'questions.ask' },
      schema: { params: ByRequest, response: { 200: ConversationView } },
    },
    async (request) => {
      const { id, request: which } = request.params;
      return done(await services.requests.withdraw(identityOf(request), id, which));
    },
  );

  app.post(
    '/api/incidents/:id/requests/:request/recipients/:recipient/revoke',
    {
      config: { access: 'questions.ask' },
      schema: { params: ByRecipient, response: { 200: ConversationView } },
    },
    async (request) => {
      const { id, request: which, recipient } = request.params;
      return done(await services.requests.revoke(identityOf(request), id, which, recipient));
    },
  );

  app.post(
    '/api/incidents/:id/requests/:request/answer',
    {
      config: { access: 'incidents.respond' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ByRequest, body: RequestAnswer, response: { 200: ConversationView } },
    },
    async (request) => {
      const { id, request: which } = request.params;
      return done(await services.requests.answer(identityOf(request), id, which, request.body));
    },
  );

  // Without an account. The token stands in a header: not in the address, which proxies write down, and not in a
  // cookie, which another site could use.
  const throttle = new SignInThrottle(services.now);

  app.get(
    '/api/answer',
    { config: { access: 'public' }, schema: { response: { 200: LinkedRequest } } },
    async (request, reply) => {
      const found = await services.requests.byLink(tokenOf(request, reply));
      return found ?? refuse(request, reply);
    },
  );

  app.post(
    '/api/answer',
    {
      config: { access: 'public' },
      bodyLimit: BODY_LIMIT,
      schema: { body: RequestAnswer, response: { 200: LinkAnswered } },
    },
    async (request, reply) => {
      const answered = await services.requests.answerByLink(tokenOf(request, reply), request.body);
      const { by, tenant, incident } = done(answered ?? refuse(request, reply));
      // No account, and yet somebody: the address that the link was sent to.
      request.audit.actor = { id: null, ...by };
      request.audit.tenant = tenant;
      request.audit.object = { kind: 'incident', id: String(incident) };
      return { done: true as const };
    },
  );

  function tokenOf(request: FastifyRequest, reply: FastifyReply): string {
    reply.header('cache-control', 'no-store');
    return /^Link (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  }

  /**
   * Never issued, used, revoked, run out, answered by somebody else: all the same to whoever holds it. Only such
   * links are counted and held up: a good one always works, whatever others behind the same gateway have tried.
   */
  function refuse(request: FastifyRequest, reply: FastifyReply): never {
    // One tries to guess the whole token or nothing, so that only the address counts.
    const wait = throttle.begin({ address: request.ip, email: randomUUID() });
    if (wait > 0) {
      reply.header('retry-after', Math.ceil(wait / 1000));
      throw new ApiFailure(
        429,
        'VIGIE_API_TOO_MANY_TRIES',
        `too many links that are good for nothing; wait ${Math.ceil(wait / 1000)} seconds`,
      );
    }
    throw new ApiFailure(404, 'VIGIE_API_LINK', 'this link can’t be used, or not any more');
  }
}
