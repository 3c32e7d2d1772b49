import {
  MaintenanceQuery,
  MaintenanceView,
  NewMaintenance,
  Slug,
  SourceAlertAcknowledgement,
  SourceAlertQuery,
  SourceAlertView,
  SourceHealthView,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { checkTimeZone } from './tenants.ts';

const ById = z.object({ id: z.string().min(1).max(100) });

/** Sources against their own usual: health, operational alerts, planned maintenance. */
export function sourceWatchRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/sources/:tenant/:id/health',
    {
      config: { access: 'sources.read' },
      schema: { params: z.object({ tenant: Slug, id: Slug }), response: { 200: SourceHealthView } },
    },
    async (request) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      const view = await services.watch.health(tenant, id);
      if (view === undefined) throw notFound('source');
      return view;
    },
  );

  app.get(
    '/api/source-alerts',
    {
      config: { access: 'sources.read' },
      schema: {
        querystring: SourceAlertQuery,
        response: { 200: z.object({ items: z.array(SourceAlertView) }) },
      },
    },
    async (request) => ({ items: await services.watch.alerts(identityOf(request).scope, request.query) }),
  );

  app.post(
    '/api/source-alerts/:id/acknowledge',
    {
      config: { access: 'sources.operate' },
      schema: { params: ById, body: SourceAlertAcknowledgement, response: { 200: SourceAlertView } },
    },
    async (request) => {
      const { scope, id: by, name } = identityOf(request);
      const { note, usual } = request.body;
      const alert = await services.watch.acknowledge(scope, request.params.id, { id: by, name }, note, usual);
      if (alert === undefined) throw notFound('alert');
      return alert;
    },
  );

  app.get(
    '/api/maintenance',
    {
      config: { access: 'sources.read' },
      schema: {
        querystring: MaintenanceQuery,
        response: { 200: z.object({ items: z.array(MaintenanceView) }) },
      },
    },
    async (request) => ({
      items: await services.watch.maintenance(identityOf(request).scope, request.query),
    }),
  );

  app.post(
    '/api/maintenance',
    {
      config: { access: 'sources.operate' },
      schema: { body: NewMaintenance, response: { 201: MaintenanceView } },
    },
    async (request, reply) => {
      const { id, name } = identityOf(request);
      requireTenant(identityOf(request), request.body.tenant);
      check(request.body, services.now());
      const made = await services.watch.addMaintenance(request.body, { id, name });
      if (made === undefined) throw notFound('tenant or source');
      return reply.status(201).send(made);
    },
  );

  app.post(
    '/api/maintenance/:id/end',
    { config: { access: 'sources.operate' }, schema: { params: ById, response: { 200: MaintenanceView } } },
    async (request) => {
      const { scope, id, name } = identityOf(request);
      const ended = await services.watch.endMaintenance(scope, request.params.id, { id, name });
      if (ended === undefined) throw notFound('maintenance');
      return ended;
    },
  );
}

/** Thirty days: who plans more switches the source off. */
const LONGEST = 30 * 86_400_000;

function check({ when }: NewMaintenance, now: number): void {
  const refuse = (message: string) => {
    throw new ApiFailure(400, 'VIGIE_API_INVALID', message);
  };
  if (when.kind === 'once') {
    if (when.to <= when.from) refuse('it must end after it begins');
    if (when.to <= now) refuse('it is over already');
    if (when.to - when.from > LONGEST)
      refuse('maintenance of more than 30 days: switch the source off instead');
    return;
  }
  checkTimeZone(when.timeZone);
}
