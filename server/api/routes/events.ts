import type { Event, EventQuery } from '@vigie/contracts';
import {
  EventPage,
  EventSearch,
  EventView,
  Histogram,
  HistogramSearch,
  Instant,
  Slug,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices, Scope } from '../ports.ts';

/** Search over stored events. */
export function eventRoutes(app: Api, services: ApiServices): void {
  app.post(
    '/api/events/search',
    { config: { access: 'events.read' }, schema: { body: EventSearch, response: { 200: EventPage } } },
    async (request) => {
      const started = performance.now();
      const page = await services.events.search(query(identityOf(request).scope, request.body), {
        limit: request.body.limit,
        cursor: request.body.cursor,
      });
      return {
        items: page.items.map(toView),
        next: page.next,
        tookMs: Math.round(performance.now() - started),
      };
    },
  );

  app.post(
    '/api/events/histogram',
    { config: { access: 'events.read' }, schema: { body: HistogramSearch, response: { 200: Histogram } } },
    async (request) => {
      const { from, to, buckets } = request.body;
      const counts = await services.events.histogram(query(identityOf(request).scope, request.body), buckets);
      return {
        from,
        width: (to - from) / buckets,
        buckets: counts,
        total: counts.reduce((sum, n) => sum + n, 0),
      };
    },
  );

  app.get(
    '/api/events/:tenant/:id',
    {
      config: { access: 'events.read' },
      schema: {
        params: z.object({ tenant: Slug, id: z.string().regex(/^[0-9a-f]{32}$/) }),
        querystring: z.object({ at: z.coerce.number().pipe(Instant).optional() }),
        response: { 200: EventView },
      },
    },
    async (request) => {
      requireTenant(identityOf(request), request.params.tenant);
      const event = await services.events.get(request.params.tenant, request.params.id, request.query.at);
      if (event === undefined) throw notFound('event');
      return toView(event);
    },
  );

  function query(
    scope: Scope,
    body: { tenants?: string[]; from: number; to: number; q: string },
  ): EventQuery {
    if (body.to <= body.from) throw new ApiFailure(400, 'VIGIE_API_INVALID', 'to: must be after from');
    const visible = services.tenants.list(scope).map((tenant) => tenant.id);
    const tenants = body.tenants === undefined ? visible : body.tenants.filter((id) => visible.includes(id));
    const where = services.parseQuery(body.q);
    return { tenants, range: { from: body.from, to: body.to }, ...(where === undefined ? {} : { where }) };
  }
}

function toView(event: Event): EventView {
  return {
    id: event.id,
    tenant: event.tenant,
    source: event.source,
    at: event.time,
    receivedAt: event.receivedAt,
    fields: event.fields,
  };
}
