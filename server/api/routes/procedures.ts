import {
  IncidentProcedures,
  Language,
  NewProcedure,
  NewProcedureVersion,
  OpenSteps,
  ProcedureAttachment,
  ProcedureCheck,
  ProcedureCheckRequest,
  ProcedureCoverage,
  ProcedureDetail,
  ProcedureMove,
  ProcedurePage,
  ProcedureQuery,
  StepChange,
  StepSearch,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requirePermission, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices, Identity, ProcedureRefused } from '../ports.ts';

const Id = z.string().min(1).max(64);
const ByIncident = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
const ByAttached = ByIncident.extend({ procedure: Id });
const ByStep = ByAttached.extend({ step: Id });
const ByKey = z.object({ key: Id });
const InLanguage = z.object({ language: Language.default('en') });
/** Five languages of one procedure. */
const BODY_LIMIT = 1024 * 1024;
const MAX_ASKED = 200;

/** The catalogue of procedures, and the procedures at an incident. */
export function procedureRoutes(app: Api, services: ApiServices): void {
  const { procedures, procedureDesk: desk } = services;

  app.get(
    '/api/procedures',
    {
      config: { access: 'procedures.read' },
      schema: { querystring: InLanguage, response: { 200: ProcedurePage } },
    },
    async (request) => procedures.list(identityOf(request).scope, request.query.language),
  );

  app.get(
    '/api/procedures/coverage',
    {
      config: { access: 'procedures.read' },
      schema: { querystring: ProcedureQuery, response: { 200: ProcedureCoverage } },
    },
    async (request) => {
      const { tenant, language } = request.query;
      if (tenant !== undefined) requireTenant(identityOf(request), tenant);
      return procedures.coverage(tenant ?? null, language);
    },
  );

  app.get(
    '/api/procedures/open',
    {
      config: { access: 'procedures.read' },
      schema: {
        querystring: InLanguage.extend({ incidents: z.string().regex(/^\d{1,10}(?:,\d{1,10}){0,199}$/) }),
        response: { 200: OpenSteps },
      },
    },
    async (request) => {
      const { incidents, language } = request.query;
      const numbers = incidents.split(',').map(Number);
      const known = numbers.filter((number) => number <= 2_147_483_647).slice(0, MAX_ASKED);
      return { items: await desk.open(identityOf(request).scope, known, language) };
    },
  );

  app.get(
    '/api/procedures/shipped/:id',
    {
      config: { access: 'procedures.read' },
      schema: { params: z.object({ id: Id }), querystring: InLanguage, response: { 200: ProcedureDetail } },
    },
    async (request) => {
      const found = procedures.shipped(request.params.id, request.query.language);
      if (found === undefined) throw notFound('procedure');
      return found;
    },
  );

  app.get(
    '/api/procedures/own/:key',
    {
      config: { access: 'procedures.read' },
      schema: { params: ByKey, querystring: InLanguage, response: { 200: ProcedureDetail } },
    },
    async (request) => {
      const { scope } = identityOf(request);
      const found = await procedures.own(scope, request.params.key, request.query.language);
      if (found === undefined) throw notFound('procedure');
      return found;
    },
  );

  app.post(
    '/api/procedures/check',
    {
      config: { access: 'procedures.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: ProcedureCheckRequest, response: { 200: ProcedureCheck } },
    },
    async (request) => {
      const { language, ...texts } = request.body;
      return procedures.check(texts, language);
    },
  );

  app.post(
    '/api/procedures',
    {
      config: { access: 'procedures.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: NewProcedure, response: { 200: ProcedureDetail } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireScope(identity, request.body.tenant);
      return doneOrRefused(await procedures.add(identity, request.body));
    },
  );

  app.post(
    '/api/procedures/own/:key/versions',
    {
      config: { access: 'procedures.write' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ByKey, body: NewProcedureVersion, response: { 200: ProcedureDetail } },
    },
    async (request) =>
      doneOrRefused(await procedures.save(identityOf(request), request.params.key, request.body)),
  );

  app.post(
    '/api/procedures/own/:key/state',
    {
      config: { access: 'procedures.write' },
      schema: { params: ByKey, body: ProcedureMove, response: { 200: ProcedureDetail } },
    },
    async (request) =>
      doneOrRefused(await procedures.move(identityOf(request), request.params.key, request.body)),
  );

  app.delete(
    '/api/procedures/own/:key',
    { config: { access: 'procedures.write' }, schema: { params: ByKey, response: { 204: z.null() } } },
    async (request, reply) => {
      doneOrRefused(await procedures.remove(identityOf(request), request.params.key));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/incidents/:id/procedures',
    {
      config: { access: 'procedures.read' },
      schema: { params: ByIncident, querystring: InLanguage, response: { 200: IncidentProcedures } },
    },
    async (request) => ofIncident(identityOf(request), request.params.id, request.query.language),
  );

  app.post(
    '/api/incidents/:id/procedures',
    {
      config: { access: 'incidents.handle' },
      schema: {
        params: ByIncident,
        querystring: InLanguage,
        body: ProcedureAttachment,
        response: { 200: IncidentProcedures },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      doneOrRefused(await desk.attach(identity, request.params.id, request.body));
      return ofIncident(identity, request.params.id, request.query.language);
    },
  );

  app.delete(
    '/api/incidents/:id/procedures/:procedure',
    { config: { access: 'incidents.handle' }, schema: { params: ByAttached, response: { 204: z.null() } } },
    async (request, reply) => {
      doneOrRefused(await desk.detach(identityOf(request), request.params.id, request.params.procedure));
      return reply.status(204).send(null);
    },
  );

  app.patch(
    '/api/incidents/:id/procedures/:procedure/steps/:step',
    {
      config: { access: 'incidents.respond' },
      schema: {
        params: ByStep,
        querystring: InLanguage,
        body: StepChange,
        response: { 200: IncidentProcedures },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      const { id, procedure, step } = request.params;
      doneOrRefused(await desk.step(identity, id, procedure, step, request.body));
      return ofIncident(identity, id, request.query.language);
    },
  );

  app.post(
    '/api/incidents/:id/procedures/:procedure/steps/:step/search',
    { config: { access: 'procedures.read' }, schema: { params: ByStep, response: { 200: StepSearch } } },
    async (request) => {
      const { id, procedure, step } = request.params;
      const identity = identityOf(request);
      // A count of events tells of events.
      requirePermission(identity, 'events.read');
      return doneOrRefused(await desk.search(identity.scope, id, procedure, step));
    },
  );

  async function ofIncident(identity: Identity, id: number, language: Language): Promise<IncidentProcedures> {
    const found = await desk.of(identity, id, language);
    if (found === undefined) throw notFound('incident');
    return found;
  }

  /** A tenant that is there and the caller's to see, or all of them, for the provider. */
  function requireScope(identity: Identity, tenant: string | null): void {
    if (tenant === null) requireProvider(identity);
    else if (!services.tenants.list(identity.scope).some(({ id }) => id === tenant))
      throw notFound(`tenant ${tenant}`);
  }
}

/**
 * Refuses to close an incident whose procedures have mandatory steps open, unless a reason is given.
 *
 * @throws ApiFailure 409 `VIGIE_PROCEDURE_OPEN`, the steps in its details
 */
export async function requireReasonToClose(
  services: Pick<ApiServices, 'procedureDesk'>,
  identity: Identity,
  incident: number,
  patch: { readonly status?: string; readonly comment?: string },
): Promise<void> {
  if (patch.status !== 'closed') return;
  const items = await services.procedureDesk.closing(identity, incident, patch.comment?.trim() || undefined);
  if (items.length > 0)
    throw new ApiFailure(
      409,
      'VIGIE_PROCEDURE_OPEN',
      `mandatory steps are open (${items.map(({ title }) => title).join('; ')}); say in a comment why it is closed without them`,
      { items },
    );
}

const STATUS: Record<ProcedureRefused['refused'], readonly [status: number, code: string]> = {
  'not-found': [404, 'VIGIE_API_NOT_FOUND'],
  invalid: [400, 'VIGIE_PROCEDURE_INVALID'],
  exists: [409, 'VIGIE_API_EXISTS'],
  conflict: [409, 'VIGIE_PROCEDURE_CONFLICT'],
  live: [409, 'VIGIE_PROCEDURE_LIVE'],
  forbidden: [403, 'VIGIE_API_FORBIDDEN'],
};

/** What was done. @throws ApiFailure why it was not */
export function doneOrRefused<T>(result: T | ProcedureRefused): T {
  if (typeof result !== 'object' || result === null || !('refused' in result)) return result as T;
  const { refused, message, problems } = result as ProcedureRefused;
  const [status, code] = STATUS[refused];
  throw new ApiFailure(status, code, message, problems === undefined ? undefined : { problems });
}
