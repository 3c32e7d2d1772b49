import {
  IncidentProcedures,
  Language,
  NewTelling,
  SelfTellingSetup,
  SelfTellingView,
  Slug,
  StepTelling,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { doneOrRefused } from './procedures.ts';

const Id = z.string().min(1).max(64);
const ByStep = z.object({
  id: z.coerce.number().int().min(1).max(2_147_483_647),
  procedure: Id,
  step: Id,
});

const ByTenant = z.object({ id: Slug });

/** Whom a step of a procedure must tell, telling them, and whether steps do so by themselves. */
export function tellingRoutes(app: Api, services: ApiServices): void {
  const { procedureTelling: teller, procedureDesk: desk } = services;

  app.get(
    '/api/incidents/:id/procedures/:procedure/steps/:step/telling',
    {
      config: { access: 'procedures.read' },
      schema: { params: ByStep, response: { 200: StepTelling } },
    },
    async (request) => {
      const { id, procedure, step } = request.params;
      return doneOrRefused(await teller.of(identityOf(request), id, procedure, step));
    },
  );

  app.post(
    '/api/incidents/:id/procedures/:procedure/steps/:step/telling',
    {
      // A mail asks for `mails.send` as well; noting a call is a part of doing the step.
      config: { access: 'incidents.respond' },
      schema: {
        params: ByStep,
        querystring: z.object({ language: Language.default('en') }),
        body: NewTelling,
        response: { 200: IncidentProcedures },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      const { id, procedure, step } = request.params;
      doneOrRefused(await teller.tell(identity, id, procedure, step, request.body));
      const found = await desk.of(identity, id, request.query.language);
      if (found === undefined) throw notFound('incident');
      return found;
    },
  );

  app.get(
    '/api/tenants/:id/self-telling',
    { config: { access: 'tenants.read' }, schema: { params: ByTenant, response: { 200: SelfTellingView } } },
    async (request) => {
      const { id } = request.params;
      return services.selfTelling.get(requireKnown(identityOf(request), id).scope, id);
    },
  );

  app.put(
    '/api/tenants/:id/self-telling',
    {
      config: { access: 'telling.allow' },
      schema: { params: ByTenant, body: SelfTellingSetup, response: { 200: SelfTellingView } },
    },
    async (request) => {
      const { id } = request.params;
      const identity = requireKnown(identityOf(request), id);
      const { allowed } = await services.selfTelling.get(identity.scope, id);
      request.audit.before = {
        allowed: allowed && { minLevel: allowed.minLevel, functions: allowed.functions },
      };
      await services.selfTelling.save(identity, id, request.body);
      return services.selfTelling.get(identity.scope, id);
    },
  );

  /** The caller, when the tenant is there and theirs to see. */
  function requireKnown(identity: Identity, tenant: string): Identity {
    if (!services.tenants.list(identity.scope).some(({ id }) => id === tenant))
      throw notFound(`tenant ${tenant}`);
    return identity;
  }
}
