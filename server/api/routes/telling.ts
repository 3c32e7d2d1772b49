import { IncidentProcedures, Language, NewTelling, StepTelling } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { doneOrRefused } from './procedures.ts';

const Id = z.string().min(1).max(64);
const ByStep = z.object({
  id: z.coerce.number().int().min(1).max(2_147_483_647),
  procedure: Id,
  step: Id,
});

/** Whom a step of a procedure must tell, and telling them. */
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
}
