import {
  IncidentRegimes,
  RegimeView,
  ReportDraft,
  ReportQuery,
  ReportSave,
  Slug,
  StartRegime,
  StepDone,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requirePermission } from '../identity.ts';
import type { ApiServices, RegimeProblem } from '../ports.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
const ByStep = ById.extend({ regime: Slug, step: Slug });

/** Duties to report an incident, and the reports. */
export function regimeRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/regimes',
    {
      config: { access: 'incidents.read' },
      schema: { response: { 200: z.object({ items: z.array(RegimeView) }) } },
    },
    async () => ({ items: services.regimes.list() }),
  );

  app.get(
    '/api/incidents/:id/regimes',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 200: IncidentRegimes } } },
    async (request) => {
      const found = await services.regimes.ofIncident(identityOf(request), request.params.id);
      if (found === undefined) throw notFound('incident');
      return found;
    },
  );

  app.post(
    '/api/incidents/:id/regimes',
    {
      config: { access: 'duties.decide' },
      schema: { params: ById, body: StartRegime, response: { 200: IncidentRegimes } },
    },
    async (request) =>
      done(await services.regimes.start(identityOf(request), request.params.id, request.body)),
  );

  app.post(
    '/api/incidents/:id/regimes/:regime/:step/done',
    {
      config: { access: 'duties.decide' },
      schema: { params: ByStep, body: StepDone, response: { 200: IncidentRegimes } },
    },
    async (request) => {
      const { id, regime, step } = request.params;
      return done(await services.regimes.done(identityOf(request), id, regime, step, request.body.note));
    },
  );

  app.get(
    '/api/incidents/:id/regimes/:regime/:step/report',
    {
      config: { access: 'incidents.read' },
      schema: { params: ByStep, querystring: ReportQuery, response: { 200: ReportDraft } },
    },
    async (request) => {
      const { id, regime, step } = request.params;
      const { language } = request.query;
      const report = await services.regimes.report(identityOf(request), id, regime, step, language);
      if (report === undefined) throw notFound('report');
      return report;
    },
  );

  app.put(
    '/api/incidents/:id/regimes/:regime/:step/report',
    {
      config: { access: 'duties.decide' },
      schema: { params: ByStep, body: ReportSave, response: { 200: ReportDraft } },
    },
    async (request) => {
      const { id, regime, step } = request.params;
      return done(await services.regimes.keep(identityOf(request), id, regime, step, request.body));
    },
  );

  app.get(
    '/api/incidents/:id/regimes/:regime/:step/report.md',
    { config: { access: 'exports.make' }, schema: { params: ByStep, querystring: ReportQuery } },
    async (request, reply) => {
      const { id, regime, step } = request.params;
      const { language } = request.query;
      const identity = identityOf(request);
      requirePermission(identity, 'incidents.read');
      const report = await services.regimes.report(identity, id, regime, step, language);
      if (report === undefined) throw notFound('report');
      return reply
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('content-disposition', `attachment; filename="INC-${id}-${regime}-${step}-${language}.md"`)
        .type('text/markdown; charset=utf-8')
        .send(report.text);
    },
  );
}

const STATUS: Record<RegimeProblem['code'], readonly [status: number, code: string]> = {
  not_found: [404, 'VIGIE_API_NOT_FOUND'],
  invalid: [400, 'VIGIE_API_REGIME'],
  conflict: [409, 'VIGIE_API_REGIME_CONFLICT'],
};

function done<T extends object>(result: T | RegimeProblem): T {
  if (!isProblem(result)) return result;
  const [status, code] = STATUS[result.code];
  throw new ApiFailure(status, code, result.message);
}

function isProblem<T extends object>(result: T | RegimeProblem): result is RegimeProblem {
  return 'code' in result && 'message' in result;
}
