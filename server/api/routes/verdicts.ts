import { NewVerdict, NewVerdictReply, ROLE_TABLE, VerdictHistory } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, may, requireTenant } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { sideOf } from '../side.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
const ByVerdict = z.object({ tenant: z.string().min(1).max(64), id: z.string().regex(/^\d{1,15}$/) });

/** Whether somebody speaks for a client. */
function isClient(identity: Identity): boolean {
  return ROLE_TABLE[identity.role].side === 'client';
}

/** Verdicts on an incident and its alerts, and what the client says to them. */
export function verdictRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/incidents/:id/verdicts',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 200: VerdictHistory } } },
    async (request) => history(identityOf(request), request.params.id),
  );

  app.post(
    '/api/incidents/:id/verdicts',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById, body: NewVerdict, response: { 200: VerdictHistory } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { id } = request.params;
      const given = await services.verdicts.give(identity.scope, id, request.body, identity);
      if (typeof given === 'string') throw notFound(given);
      services.publish({ type: 'incident', id, tenant: given.tenant });
      return history(identity, id);
    },
  );

  app.post(
    '/api/verdicts/:tenant/:id/replies',
    {
      config: { access: 'incidents.respond' },
      schema: { params: ByVerdict, body: NewVerdictReply, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const { tenant, id } = request.params;
      requireTenant(identity, tenant);
      if (!isClient(identity))
        throw new ApiFailure(
          403,
          'VIGIE_API_FORBIDDEN',
          'agreeing or not is the client’s; give a verdict of your own instead',
        );
      const done = await services.verdicts.reply(identity.scope, tenant, id, request.body, identity);
      if (done === undefined) throw notFound('verdict');
      if (done.incident !== null) services.publish({ type: 'incident', id: done.incident, tenant });
      return reply.status(204).send(null);
    },
  );

  async function history(identity: Identity, incident: number): Promise<VerdictHistory> {
    const found = await services.verdicts.history(identity.scope, incident);
    if (found === undefined) throw notFound('incident');
    return {
      items: found.items.map((entry) => ({
        ...entry,
        // What the provider notes with a verdict is its own, as its comments are: the client is told the reason.
        note: entry.side === 'provider' && sideOf(identity) === 'client' ? '' : entry.note,
        rules: entry.rules.map((id) => ({ id, title: services.quality.words(id).title })),
      })),
      alerts: found.alerts,
      mayReply: isClient(identity) && may(identity, 'incidents.respond'),
    };
  }
}
