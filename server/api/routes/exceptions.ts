import {
  ExceptionDetail,
  ExceptionExtension,
  ExceptionPage,
  ExceptionPreview,
  ExceptionPreviewRequest,
  ExceptionQuery,
  ExceptionRevocation,
  ExceptionSuggestion,
  ExceptionSuggestRequest,
  NewException,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices, ExceptionProblem, Identity } from '../ports.ts';

const ById = z.object({ id: z.string().min(1).max(64) });

/** A filter and what goes with it; the contract's own limits say more, this one saves reading the rest. */
const BODY_LIMIT = 1024 * 1024;

/** What is kept silent, why and until when. */
export function exceptionRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/exceptions',
    {
      config: { access: 'rules.read' },
      schema: { querystring: ExceptionQuery, response: { 200: ExceptionPage } },
    },
    async (request) => {
      const identity = identityOf(request);
      if (request.query.tenant !== undefined) requireTenant(identity, request.query.tenant);
      return services.exceptions.list(identity, request.query);
    },
  );

  app.get(
    '/api/exceptions/:id',
    { config: { access: 'rules.read' }, schema: { params: ById, response: { 200: ExceptionDetail } } },
    async (request) => {
      const found = await services.exceptions.get(identityOf(request), request.params.id);
      if (found === undefined) throw notFound('exception');
      return found;
    },
  );

  app.post(
    '/api/exceptions/suggest',
    {
      config: { access: 'exceptions.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: ExceptionSuggestRequest, response: { 200: ExceptionSuggestion } },
    },
    async (request) => {
      requireTenant(identityOf(request), request.body.tenant);
      return done(await services.exceptions.suggest(request.body));
    },
  );

  app.post(
    '/api/exceptions/preview',
    {
      config: { access: 'exceptions.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: ExceptionPreviewRequest, response: { 200: ExceptionPreview } },
    },
    async (request) => {
      const { draft, event } = request.body;
      const identity = identityOf(request);
      requireScope(identity, draft.tenant);
      return done(await services.exceptions.preview(identity, draft, event));
    },
  );

  app.post(
    '/api/exceptions',
    {
      config: { access: 'exceptions.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: NewException, response: { 200: ExceptionDetail } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireScope(identity, request.body.tenant);
      return done(await services.exceptions.add(identity, request.body));
    },
  );

  app.post(
    '/api/exceptions/:id/revoke',
    {
      config: { access: 'exceptions.write' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ById, body: ExceptionRevocation, response: { 200: ExceptionDetail } },
    },
    async (request) =>
      done(await services.exceptions.revoke(identityOf(request), request.params.id, request.body.reason)),
  );

  app.post(
    '/api/exceptions/:id/extend',
    {
      config: { access: 'exceptions.write' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ById, body: ExceptionExtension, response: { 200: ExceptionDetail } },
    },
    async (request) => {
      const { expiresAt, reason } = request.body;
      return done(
        await services.exceptions.extend(identityOf(request), request.params.id, expiresAt, reason),
      );
    },
  );

  /** A tenant that is there and the caller's to see, or all of them, for the provider. */
  function requireScope(identity: Identity, tenant: string | null): void {
    if (tenant === null) requireProvider(identity);
    else if (!services.tenants.list(identity.scope).some(({ id }) => id === tenant))
      throw notFound(`tenant ${tenant}`);
  }
}

const STATUS: Record<ExceptionProblem['code'], readonly [status: number, code: string]> = {
  not_found: [404, 'VIGIE_API_NOT_FOUND'],
  invalid: [400, 'VIGIE_API_EXCEPTION'],
  stale: [409, 'VIGIE_API_EXCEPTION_PREVIEW'],
  silences: [409, 'VIGIE_API_EXCEPTION_SILENCES'],
  ended: [409, 'VIGIE_API_EXCEPTION_ENDED'],
  forbidden: [403, 'VIGIE_API_FORBIDDEN'],
};

/** The result, or the problem as the refusal that the caller is told of. */
function done<T extends object>(result: T | ExceptionProblem): T {
  if (!isProblem(result)) return result;
  const [status, code] = STATUS[result.code];
  throw new ApiFailure(
    status,
    code,
    result.message,
    result.refusals === undefined ? undefined : { refusals: result.refusals },
  );
}

function isProblem<T extends object>(result: T | ExceptionProblem): result is ExceptionProblem {
  return 'code' in result && 'message' in result;
}
