import {
  AlertChoice,
  AlertJoining,
  AlertMove,
  AlertPromotion,
  AlertReview,
  AlertReviewed,
  IncidentMerge,
  IncidentView,
  LooseAlertPage,
  LooseAlertQuery,
  LooseAlertTies,
  Slug,
} from '@vigie/contracts/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices, GroupingRefusal } from '../ports.ts';
import { readerOf, type TellStory } from './incident-story.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });

const LooseById = z.object({ tenant: Slug, id: z.string().min(1).max(64) });

const REFUSALS = {
  tenant: 'incidents of different tenants are never put together',
  merged: 'that incident went into another one; take it out again first',
  empty: 'one alert at least must stay; close the incident, or merge it into the other',
  itself: 'an incident can’t go into itself',
} as const;

/** Merging, splitting, moving and detaching by hand, and the alerts that are in no incident. */
export function groupingRoutes(app: Api, services: ApiServices, story: TellStory): void {
  const answer = async (request: FastifyRequest, done: number | GroupingRefusal): Promise<IncidentView> => {
    if (typeof done === 'number') return story(identityOf(request).scope, done, readerOf(request));
    if (done === 'incident' || done === 'alert') throw notFound(done);
    throw new ApiFailure(409, 'VIGIE_API_GROUPING', REFUSALS[done]);
  };
  const access = { config: { access: 'incidents.handle' as const } };
  const response = { 200: IncidentView };

  app.post(
    '/api/incidents/:id/merge',
    { ...access, schema: { params: ById, body: IncidentMerge, response } },
    async (request) => {
      const identity = identityOf(request);
      const { scope } = identity;
      return answer(
        request,
        await services.grouping.merge(scope, request.params.id, request.body.incidents, identity),
      );
    },
  );

  app.post(
    '/api/incidents/:id/unmerge',
    { ...access, schema: { params: ById, response } },
    async (request) => {
      const identity = identityOf(request);
      return answer(request, await services.grouping.unmerge(identity.scope, request.params.id, identity));
    },
  );

  app.post(
    '/api/incidents/:id/split',
    { ...access, schema: { params: ById, body: AlertChoice, response } },
    async (request) => {
      const identity = identityOf(request);
      const { scope } = identity;
      return answer(
        request,
        await services.grouping.split(scope, request.params.id, request.body.alerts, identity),
      );
    },
  );

  app.post(
    '/api/incidents/:id/detach',
    { ...access, schema: { params: ById, body: AlertChoice, response } },
    async (request) => {
      const identity = identityOf(request);
      const { scope } = identity;
      return answer(
        request,
        await services.grouping.detach(scope, request.params.id, request.body.alerts, identity),
      );
    },
  );

  app.post(
    '/api/incidents/:id/move',
    { ...access, schema: { params: ById, body: AlertMove, response } },
    async (request) => {
      const identity = identityOf(request);
      const { alerts, to } = request.body;
      return answer(
        request,
        await services.grouping.move(identity.scope, request.params.id, alerts, to, identity),
      );
    },
  );

  app.post(
    '/api/alerts/promote',
    { ...access, schema: { body: AlertPromotion, response } },
    async (request) => {
      const identity = identityOf(request);
      const { tenant, alerts } = request.body;
      requireTenant(identity, tenant);
      const made = await services.grouping.promote(identity.scope, tenant, alerts, identity);
      if (typeof made === 'number') services.publish({ type: 'incident', id: made, tenant });
      return answer(request, made);
    },
  );

  app.post('/api/alerts/join', { ...access, schema: { body: AlertJoining, response } }, async (request) => {
    const identity = identityOf(request);
    const { tenant, alerts, to } = request.body;
    requireTenant(identity, tenant);
    const done = await services.grouping.join(identity.scope, tenant, alerts, to, identity);
    if (typeof done === 'number') services.publish({ type: 'incident', id: done, tenant });
    return answer(request, done);
  });

  app.post(
    '/api/alerts/review',
    { ...access, schema: { body: AlertReview, response: { 200: AlertReviewed } } },
    async (request) => {
      const identity = identityOf(request);
      const { tenant, alerts, as } = request.body;
      requireTenant(identity, tenant);
      const reviewed = await services.verdicts.review(identity.scope, tenant, alerts, as, identity);
      if (reviewed === undefined) throw notFound('alert');
      return { reviewed };
    },
  );

  app.get(
    '/api/alerts/loose',
    {
      config: { access: 'incidents.read' },
      schema: { querystring: LooseAlertQuery, response: { 200: LooseAlertPage } },
    },
    async (request) => {
      const page = await services.grouping.loose(identityOf(request).scope, request.query);
      const items = page.items.map((alert) => ({
        ...alert,
        ruleTitle: services.quality.words(alert.ruleId).title,
      }));
      return { ...page, items };
    },
  );

  app.get(
    '/api/alerts/loose/:tenant/:id',
    {
      config: { access: 'incidents.read' },
      schema: { params: LooseById, response: { 200: LooseAlertTies } },
    },
    async (request) => {
      const { tenant, id } = request.params;
      const { scope } = identityOf(request);
      const ties = await services.grouping.ties(scope, tenant, id);
      if (ties === undefined) throw notFound('alert');
      return ties;
    },
  );
}
