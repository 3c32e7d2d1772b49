import {
  DetectionQuality,
  IncidentRelevance,
  QualityQuery,
  RelevanceState,
  RulePrecision,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

const ByRule = z.object({ id: z.string().min(1).max(200) });
const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });

/** What verdicts say of the rules, and the ranking that learns from them. */
export function qualityRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/rules/:id/precision',
    {
      config: { access: 'rules.read' },
      schema: { params: ByRule, querystring: QualityQuery, response: { 200: RulePrecision } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { tenant, weeks } = request.query;
      if (tenant !== undefined) requireTenant(identity, tenant);
      return services.quality.ofRule(identity.scope, request.params.id, tenant, weeks);
    },
  );

  app.get(
    '/api/detection-quality',
    {
      config: { access: 'rules.read' },
      schema: { querystring: QualityQuery, response: { 200: DetectionQuality } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { tenant, weeks } = request.query;
      if (tenant !== undefined) requireTenant(identity, tenant);
      return services.quality.all(identity.scope, tenant, weeks);
    },
  );

  app.get(
    '/api/incidents/:id/relevance',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 200: IncidentRelevance } } },
    async (request) => {
      const found = await services.relevance.of(identityOf(request).scope, request.params.id);
      if (found === undefined) throw notFound('incident');
      return found;
    },
  );

  app.get(
    '/api/relevance',
    { config: { access: 'rules.read' }, schema: { response: { 200: RelevanceState } } },
    async (request) => {
      // The figures are of all tenants together.
      requireProvider(identityOf(request));
      return services.relevance.state();
    },
  );

  app.post(
    '/api/relevance/train',
    { config: { access: 'rules.write' }, schema: { response: { 200: RelevanceState } } },
    async (request) => {
      requireProvider(identityOf(request));
      return services.relevance.train();
    },
  );
}
