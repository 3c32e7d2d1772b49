import {
  ClientTold,
  ClockBoard,
  ClockBoardQuery,
  ClockStatistics,
  ClockStatisticsQuery,
  IncidentClocks,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
const YEAR = 366 * 86_400_000;

/** How much time is left, for one incident and over all of them. */
export function clockRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/clocks',
    {
      config: { access: 'incidents.read' },
      schema: { querystring: ClockBoardQuery, response: { 200: ClockBoard } },
    },
    async (request) => {
      const identity = identityOf(request);
      if (request.query.tenant !== undefined) requireTenant(identity, request.query.tenant);
      return services.clocks.board(identity, request.query);
    },
  );

  app.get(
    '/api/clocks/statistics',
    {
      config: { access: 'incidents.read' },
      schema: { querystring: ClockStatisticsQuery, response: { 200: ClockStatistics } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { tenant, to = services.now(), from = to - YEAR } = request.query;
      if (tenant !== undefined) requireTenant(identity, tenant);
      return services.clocks.statistics(identity.scope, {
        ...(tenant === undefined ? {} : { tenant }),
        from,
        to,
      });
    },
  );

  app.get(
    '/api/incidents/:id/clocks',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 200: IncidentClocks } } },
    async (request) => clocksOf(identityOf(request), request.params.id),
  );

  app.post(
    '/api/incidents/:id/clocks/told',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById, body: ClientTold, response: { 204: z.null() } },
    },
    async (request, reply) => {
      if (!(await services.clocks.told(identityOf(request), request.params.id, request.body.how)))
        throw notFound('incident');
      // The keeper of the clocks sees it within a second.
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/incidents/:id/calls/:call/acknowledge',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById.extend({ call: z.string().max(64) }), response: { 200: IncidentClocks } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { id, call } = request.params;
      if ((await services.clocks.acknowledge(identity, id, call)) === undefined) throw notFound('call');
      return clocksOf(identity, id);
    },
  );

  async function clocksOf(identity: Identity, id: number): Promise<IncidentClocks> {
    const found = await services.clocks.ofIncident(identity, id);
    if (found === undefined) throw notFound('incident');
    return found;
  }
}
