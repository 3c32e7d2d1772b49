import {
  MappingDetail,
  MappingExport,
  MappingFieldList,
  MappingImport,
  MappingLinesQuery,
  MappingMove,
  MappingPage,
  MappingPreview,
  MappingPreviewRequest,
  MappingSuggestion,
  MappingSuggestRequest,
  NewMapping,
  NewMappingVersion,
  SourceLines,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requirePermission, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices, Identity, MappingRefused } from '../ports.ts';

const ByKey = z.object({ key: z.string().min(1).max(64) });
const BODY_LIMIT = 8 * 1024 * 1024;
const DAY = 86_400_000;

/** Mappings: how people say what a source's lines mean. Analysts draft; what goes live is an administrator's. */
export function mappingRoutes(app: Api, services: ApiServices): void {
  const { mappings } = services;

  app.get(
    '/api/mappings',
    { config: { access: 'mappings.write' }, schema: { response: { 200: MappingPage } } },
    async (request) => mappings.list(identityOf(request).scope),
  );

  app.get(
    '/api/mappings/fields',
    { config: { access: 'mappings.write' }, schema: { response: { 200: MappingFieldList } } },
    async () => ({ items: [...services.ecsFields()] }),
  );

  app.get(
    '/api/mappings/lines',
    {
      config: { access: 'mappings.write' },
      schema: { querystring: MappingLinesQuery, response: { 200: SourceLines } },
    },
    async (request) => {
      const { tenant, source, limit } = request.query;
      const identity = identityOf(request);
      // They are the logs themselves.
      requirePermission(identity, 'events.read');
      requireTenant(identity, tenant);
      const now = services.now();
      const page = await services.events.search(
        { tenants: [tenant], source, range: { from: now - 400 * DAY, to: now + 2 * DAY } },
        { limit },
      );
      return {
        items: page.items.map(({ fields, receivedAt }) => ({
          text: String(fields['event.original'] ?? ''),
          receivedAt,
          dataset: typeof fields['event.dataset'] === 'string' ? fields['event.dataset'] : null,
        })),
      };
    },
  );

  app.post(
    '/api/mappings/preview',
    {
      config: { access: 'mappings.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: MappingPreviewRequest, response: { 200: MappingPreview } },
    },
    async (request) => {
      requireScope(identityOf(request), request.body.tenant);
      return mappings.preview(request.body);
    },
  );

  app.post(
    '/api/mappings/suggest',
    {
      config: { access: 'mappings.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: MappingSuggestRequest, response: { 200: MappingSuggestion } },
    },
    async (request) => {
      const found = mappings.suggest(request.body.lines);
      if (found === undefined)
        throw new ApiFailure(
          422,
          'VIGIE_MAPPING_NO_FORM',
          'these lines are neither JSON nor pairs nor columns: a mapping can’t read them, a source with a parser can',
        );
      return found;
    },
  );

  app.post(
    '/api/mappings',
    {
      config: { access: 'mappings.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: NewMapping, response: { 201: MappingDetail } },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      requireScope(identity, request.body.tenant);
      return reply.status(201).send(done(await mappings.add(identity.scope, request.body, identity)));
    },
  );

  app.post(
    '/api/mappings/import',
    {
      config: { access: 'mappings.write' },
      bodyLimit: BODY_LIMIT,
      schema: { body: MappingImport, response: { 200: MappingDetail } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireScope(identity, request.body.tenant);
      return done(await mappings.import(identity.scope, request.body, identity));
    },
  );

  app.get(
    '/api/mappings/:key',
    { config: { access: 'mappings.write' }, schema: { params: ByKey, response: { 200: MappingDetail } } },
    async (request) => {
      const found = await mappings.get(identityOf(request).scope, request.params.key);
      if (found === undefined) throw notFound('mapping');
      return found;
    },
  );

  app.get(
    '/api/mappings/:key/file',
    {
      config: { access: 'mappings.write' },
      schema: {
        params: ByKey,
        querystring: z.object({ version: z.coerce.number().int().min(1).optional() }),
        response: { 200: MappingExport },
      },
    },
    async (request) => {
      const { scope } = identityOf(request);
      const file = await mappings.export(scope, request.params.key, request.query.version);
      if (file === undefined) throw notFound('mapping');
      return file;
    },
  );

  app.post(
    '/api/mappings/:key/versions',
    {
      config: { access: 'mappings.write' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ByKey, body: NewMappingVersion, response: { 200: MappingDetail } },
    },
    async (request) => {
      const identity = identityOf(request);
      return done(await mappings.save(identity.scope, request.params.key, request.body, identity));
    },
  );

  app.post(
    '/api/mappings/:key/state',
    {
      config: { access: 'mappings.publish' },
      schema: { params: ByKey, body: MappingMove, response: { 200: MappingDetail } },
    },
    async (request) => {
      const identity = identityOf(request);
      return done(await mappings.move(identity.scope, request.params.key, request.body, identity));
    },
  );

  app.delete(
    '/api/mappings/:key',
    { config: { access: 'mappings.publish' }, schema: { params: ByKey, response: { 204: z.null() } } },
    async (request, reply) => {
      const removed = await mappings.remove(identityOf(request).scope, request.params.key);
      if (removed !== true) throw failureOf(removed);
      return reply.status(204).send(null);
    },
  );

  /** A tenant that is there and the caller's to see, or all of them, for the provider. */
  function requireScope(identity: Identity, tenant: string | null): void {
    if (tenant === null) requireProvider(identity);
    else if (!services.tenants.list(identity.scope).some(({ id }) => id === tenant))
      throw notFound(`tenant ${tenant}`);
  }
}

const STATUS: Record<MappingRefused['refused'], readonly [status: number, code: string]> = {
  'not-found': [404, 'VIGIE_API_NOT_FOUND'],
  invalid: [400, 'VIGIE_MAPPING_INVALID'],
  exists: [409, 'VIGIE_API_EXISTS'],
  conflict: [409, 'VIGIE_MAPPING_CONFLICT'],
  'not-ready': [422, 'VIGIE_MAPPING_NOT_READY'],
  live: [409, 'VIGIE_MAPPING_LIVE'],
};

function failureOf({ refused, message, details }: MappingRefused): ApiFailure {
  const [status, code] = STATUS[refused];
  return new ApiFailure(status, code, message, details);
}

function done<T extends object>(result: T | MappingRefused): T {
  if ('refused' in result) throw failureOf(result as MappingRefused);
  return result;
}
