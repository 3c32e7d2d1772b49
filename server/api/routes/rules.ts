import {
  PlaceholderByName,
  PlaceholderValues,
  RuleAdaptation,
  RuleDetail,
  RuleImport,
  RuleImportReport,
  RulePage,
  RulePatch,
  RulePipelines,
  RuleQuery,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

const ById = z.object({ id: z.string().min(1).max(200) });

/**
 * The detection rules, which are the same for all tenants. What is only being written is the provider's: it may
 * have been learnt at one client, and is not yet anybody else's business.
 */
export function ruleRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/rules',
    { config: { access: 'rules.read' }, schema: { querystring: RuleQuery, response: { 200: RulePage } } },
    async (request) => services.rules.list({ ...request.query, scope: identityOf(request).scope }),
  );

  app.get(
    '/api/rules/:id',
    { config: { access: 'rules.read' }, schema: { params: ById, response: { 200: RuleDetail } } },
    async (request) => {
      const rule = await services.rules.get(request.params.id, identityOf(request).scope);
      if (rule === undefined) throw notFound('rule');
      return rule;
    },
  );

  app.patch(
    '/api/rules/:id',
    {
      config: { access: 'rules.switch' },
      schema: { params: ById, body: RulePatch, response: { 200: RuleDetail } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const known = await services.rules.get(request.params.id, 'all');
      if (known !== undefined) request.audit.before = { enabled: known.enabled };
      if (!(await services.rules.setEnabled(request.params.id, request.body.enabled))) throw notFound('rule');
      return (await services.rules.get(request.params.id, 'all'))!;
    },
  );

  app.post(
    '/api/rules/import',
    {
      config: { access: 'rules.write' },
      bodyLimit: 256 * 1024 * 1024,
      schema: { body: RuleImport, response: { 200: RuleImportReport } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const { origin, files, replace, pipelines } = request.body;
      return refusable(services.rules.import(origin, files, replace, pipelines));
    },
  );

  app.post(
    '/api/rules/reload',
    { config: { access: 'rules.write' }, schema: { response: { 200: RuleImportReport } } },
    async (request) => {
      requireProvider(identityOf(request));
      return refusable(services.rules.reload());
    },
  );

  app.get(
    '/api/rules/pipelines',
    { config: { access: 'rules.read' }, schema: { response: { 200: RuleAdaptation } } },
    async (request) => {
      // Values of placeholders are of the provider's clients.
      requireProvider(identityOf(request));
      return services.rules.adaptation();
    },
  );

  app.put(
    '/api/rules/pipelines',
    {
      config: { access: 'rules.write' },
      bodyLimit: 128 * 1024 * 1024,
      schema: { body: RulePipelines, response: { 200: RuleImportReport } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return refusable(services.rules.import(request.body.origin, [], false, request.body.pipelines));
    },
  );

  app.put(
    '/api/rules/placeholders/:name',
    {
      config: { access: 'rules.write' },
      bodyLimit: 32 * 1024 * 1024,
      schema: { params: PlaceholderByName, body: PlaceholderValues, response: { 200: RuleImportReport } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return refusable(services.rules.setPlaceholder(request.params.name, request.body.values));
    },
  );

  app.delete(
    '/api/rules/placeholders/:name',
    {
      config: { access: 'rules.write' },
      schema: { params: PlaceholderByName, response: { 200: RuleImportReport } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return refusable(services.rules.setPlaceholder(request.params.name, undefined));
    },
  );
}

/** Pipelines that can't be used are a mistake of the caller or of the configuration; the rules stay as they were. */
async function refusable<Report>(report: Promise<Report>): Promise<Report> {
  try {
    return await report;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (code === 'VIGIE_DETECT_PIPELINE' || code === 'VIGIE_APP_ADAPTATION')
      throw new ApiFailure(422, code, message);
    throw error;
  }
}
