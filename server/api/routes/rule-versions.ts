import {
  NewRuleVersion,
  RuleHitsQuery,
  RuleHitsView,
  RuleVersion,
  RuleVersionMove,
  RuleVersions,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { ApiServices, WorkshopRefusal } from '../ports.ts';

const ById = z.object({ id: z.string().min(1).max(200) });
const ByNumber = ById.extend({ number: z.coerce.number().int().min(1).max(1_000_000) });

/**
 * Versions of rules. They hold for all tenants, so they are the provider's to read and to write: a note may
 * well name a client.
 */
export function ruleVersionRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/rules/:id/versions',
    { config: { access: 'rules.read' }, schema: { params: ById, response: { 200: RuleVersions } } },
    async (request) => {
      requireProvider(identityOf(request));
      const versions = await services.workshop.versions(request.params.id);
      if (versions === undefined) throw notFound('rule');
      return versions;
    },
  );

  app.get(
    '/api/rules/:id/versions/:number',
    { config: { access: 'rules.read' }, schema: { params: ByNumber, response: { 200: RuleVersion } } },
    async (request) => {
      requireProvider(identityOf(request));
      const version = await services.workshop.version(request.params.id, request.params.number);
      if (version === undefined) throw notFound('version');
      return version;
    },
  );

  app.post(
    '/api/rules/:id/versions',
    {
      config: { access: 'rules.write' },
      schema: { params: ById, body: NewRuleVersion, response: { 201: RuleVersion } },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      requireProvider(identity);
      const saved = await services.workshop.save(request.params.id, request.body, identity);
      if ('refused' in saved) throw failureOf(saved);
      return reply.status(201).send(saved);
    },
  );

  app.post(
    '/api/rules/:id/versions/:number/state',
    {
      config: { access: 'rules.write' },
      schema: { params: ByNumber, body: RuleVersionMove, response: { 200: RuleVersions } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireProvider(identity);
      const { id, number } = request.params;
      const moved = await services.workshop.move(id, number, request.body, identity);
      if ('refused' in moved) throw failureOf(moved);
      return moved;
    },
  );

  app.get(
    '/api/rules/:id/hits',
    {
      config: { access: 'rules.read' },
      schema: { params: ById, querystring: RuleHitsQuery, response: { 200: RuleHitsView } },
    },
    async (request) => {
      const { scope } = identityOf(request);
      if ((await services.rules.get(request.params.id, scope)) === undefined) throw notFound('rule');
      return services.workshop.hits(scope, request.params.id, request.query.days);
    },
  );
}

const STATUS = {
  'not-found': [404, 'VIGIE_API_NOT_FOUND'],
  conflict: [409, 'VIGIE_RULES_CONFLICT'],
  'not-ready': [422, 'VIGIE_RULES_NOT_READY'],
  'not-allowed': [422, 'VIGIE_RULES_NOT_ALLOWED'],
  invalid: [400, 'VIGIE_API_RULE'],
} as const;

/** A refusal as the caller is told of it. */
export function failureOf({ refused, message, details }: WorkshopRefusal): ApiFailure {
  const [status, code] = STATUS[refused];
  return new ApiFailure(status, code, message, details);
}
