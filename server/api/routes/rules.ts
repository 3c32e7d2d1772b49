import {
  RuleDetail,
  RuleImport,
  RuleImportReport,
  RulePage,
  RulePatch,
  RuleQuery,
} from '@vigie/contracts/api';
import { z } from 'zod';
import { notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { Api } from '../index.ts';
import type { ApiServices } from '../ports.ts';

const ById = z.object({ id: z.string().min(1).max(200) });

/**
 * The detection rules, which are the same for all tenants. What is only being written is the provider's: it may
 * have been learnt at one client, and is not yet anybody else's business.
 */
export function ruleRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/rules',
    { config: { access: 'reader' }, schema: { querystring: RuleQuery, response: { 200: RulePage } } },
    async (request) =>
      services.rules.list({ ...request.query, unpublished: identityOf(request).scope === 'all' }),
  );

  app.get(
    '/api/rules/:id',
    { config: { access: 'reader' }, schema: { params: ById, response: { 200: RuleDetail } } },
    async (request) => {
      const rule = await services.rules.get(request.params.id, identityOf(request).scope === 'all');
      if (rule === undefined) throw notFound('rule');
      return rule;
    },
  );

  app.patch(
    '/api/rules/:id',
    {
      config: { access: 'analyst' },
      schema: { params: ById, body: RulePatch, response: { 200: RuleDetail } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      if (!(await services.rules.setEnabled(request.params.id, request.body.enabled))) throw notFound('rule');
      return (await services.rules.get(request.params.id, true))!;
    },
  );

  app.post(
    '/api/rules/import',
    {
      config: { access: 'administrator' },
      bodyLimit: 256 * 1024 * 1024,
      schema: { body: RuleImport, response: { 200: RuleImportReport } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return services.rules.import(request.body.origin, request.body.files, request.body.replace);
    },
  );

  app.post(
    '/api/rules/reload',
    { config: { access: 'administrator' }, schema: { response: { 200: RuleImportReport } } },
    async (request) => {
      requireProvider(identityOf(request));
      return services.rules.reload();
    },
  );
}
