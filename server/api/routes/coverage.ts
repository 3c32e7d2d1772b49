import {
  CoverageMatrix,
  CoverageOverview,
  CoverageQuery,
  CoverageView,
  TechniqueCoverageView,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

/** What a tenant's sources let the rules see. */
export function coverageRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/coverage',
    {
      config: { access: 'rules.read' },
      schema: { querystring: CoverageQuery, response: { 200: CoverageView } },
    },
    async (request) => {
      requireTenant(identityOf(request), request.query.tenant);
      return services.coverage.view(request.query.tenant);
    },
  );

  app.get(
    '/api/coverage/tenants',
    { config: { access: 'rules.read' }, schema: { response: { 200: CoverageOverview } } },
    async (request) => {
      const visible = services.tenants.list(identityOf(request).scope).map(({ id }) => id);
      return services.coverage.overview(visible);
    },
  );

  app.get(
    '/api/coverage/matrix',
    {
      config: { access: 'rules.read' },
      schema: { querystring: CoverageQuery, response: { 200: CoverageMatrix } },
    },
    async (request) => {
      requireTenant(identityOf(request), request.query.tenant);
      return services.coverage.matrix(request.query.tenant);
    },
  );

  app.get(
    '/api/coverage/layer',
    {
      config: { access: 'rules.read' },
      schema: { querystring: CoverageQuery, response: { 200: z.record(z.string(), z.unknown()) } },
    },
    async (request, reply) => {
      const { tenant } = request.query;
      requireTenant(identityOf(request), tenant);
      reply.header('content-disposition', `attachment; filename="coverage-${tenant}.json"`);
      return { ...(await services.coverage.layer(tenant)) };
    },
  );

  app.get(
    '/api/coverage/techniques/:technique',
    {
      config: { access: 'rules.read' },
      schema: {
        params: z.object({ technique: z.string().regex(/^T\d{4}(\.\d{3})?$/) }),
        querystring: CoverageQuery,
        response: { 200: TechniqueCoverageView },
      },
    },
    async (request) => {
      requireTenant(identityOf(request), request.query.tenant);
      const view = await services.coverage.technique(request.query.tenant, request.params.technique);
      if (view === undefined) throw notFound('technique');
      return view;
    },
  );
}
