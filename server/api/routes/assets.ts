import {
  AssetBulk,
  AssetComment,
  AssetDetail,
  AssetImport,
  AssetImportReport,
  AssetList,
  AssetMarks,
  AssetPage,
  AssetPatch,
  AssetPeers,
  AssetQuery,
  AssetResolve,
  AssetTimeline,
  DirectoryView,
  NewAsset,
  Slug,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, maySee, requirePermission, requireTenant } from '../identity.ts';
import type { ApiServices, AssetProblem } from '../ports.ts';

const One = z.object({ tenant: Slug, id: z.string().min(1).max(64) });
/** A CSV file as JSON text, escapes included. */
const IMPORT_LIMIT = 24 * 1024 * 1024;

/** Machines and people: the inventory. */
export function assetRoutes(app: Api, services: ApiServices): void {
  const { assets } = services;

  app.get(
    '/api/assets',
    { config: { access: 'assets.read' }, schema: { querystring: AssetQuery, response: { 200: AssetPage } } },
    async (request) => {
      const identity = identityOf(request);
      if (request.query.tenant !== undefined) requireTenant(identity, request.query.tenant);
      return assets.list(identity, request.query);
    },
  );

  app.put(
    '/api/assets',
    {
      config: { access: 'assets.write' },
      schema: { body: AssetList, response: { 200: z.object({ saved: z.number().int() }) } },
    },
    async (request) => {
      const identity = identityOf(request);
      for (const item of request.body.items) requireTenant(identity, item.tenant);
      const { saved } = passed(await assets.put(identity, request.body.items));
      return { saved };
    },
  );

  app.post(
    '/api/assets',
    { config: { access: 'assets.write' }, schema: { body: NewAsset, response: { 201: AssetDetail } } },
    async (request, reply) => {
      const identity = identityOf(request);
      requireTenant(identity, request.body.tenant);
      const { ids } = passed(await assets.put(identity, [request.body]));
      const detail = await assets.get(identity, request.body.tenant, ids[0]!);
      if (detail === undefined) throw notFound('asset');
      return reply.status(201).send(detail);
    },
  );

  app.post(
    '/api/assets/bulk',
    {
      config: { access: 'assets.write' },
      schema: { body: AssetBulk, response: { 200: z.object({ changed: z.number().int() }) } },
    },
    async (request) => {
      const identity = identityOf(request);
      for (const { tenant } of request.body.items) requireTenant(identity, tenant);
      return { changed: await assets.change(identity, request.body) };
    },
  );

  app.post(
    '/api/assets/import',
    {
      config: { access: 'assets.write' },
      bodyLimit: IMPORT_LIMIT,
      schema: { body: AssetImport, response: { 200: AssetImportReport } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireTenant(identity, request.body.tenant);
      return passed(await assets.import(identity, request.body));
    },
  );

  app.post(
    '/api/assets/resolve',
    { config: { access: 'assets.read' }, schema: { body: AssetResolve, response: { 200: AssetMarks } } },
    async (request) => {
      const identity = identityOf(request);
      for (const { tenant } of request.body.items) requireTenant(identity, tenant);
      return assets.resolve(identity, request.body);
    },
  );

  app.get(
    '/api/assets/directories',
    {
      config: { access: 'assets.read' },
      schema: {
        querystring: z.object({ tenant: Slug.optional() }),
        response: { 200: z.object({ items: z.array(DirectoryView) }) },
      },
    },
    async (request) => ({ items: assets.directories(identityOf(request), request.query.tenant) }),
  );

  app.post(
    '/api/assets/directories/:tenant/:name/sync',
    {
      config: { access: 'sources.manage' },
      schema: {
        params: z.object({ tenant: Slug, name: z.string().max(64) }),
        response: { 200: DirectoryView },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      requireTenant(identity, request.params.tenant);
      const view = await assets.sync(identity, request.params.tenant, request.params.name);
      if (view === undefined) throw notFound('directory');
      return view;
    },
  );

  oneAsset(app, services);
}

/** Routes of one asset. */
function oneAsset(app: Api, { assets, assetComments, now }: ApiServices): void {
  app.get(
    '/api/assets/:tenant/:id',
    { config: { access: 'assets.read' }, schema: { params: One, response: { 200: AssetDetail } } },
    async (request) => {
      const { identity, tenant, id } = asked(request);
      return found(await assets.get(identity, tenant, id));
    },
  );

  app.patch(
    '/api/assets/:tenant/:id',
    {
      config: { access: 'assets.write' },
      schema: { params: One, body: AssetPatch, response: { 200: AssetDetail } },
    },
    async (request) => {
      const { identity, tenant, id } = asked(request);
      return found(await assets.patch(identity, tenant, id, request.body));
    },
  );

  app.get(
    '/api/assets/:tenant/:id/timeline',
    {
      config: { access: 'assets.read' },
      schema: {
        params: One,
        querystring: z.object({
          before: z.coerce.number().nonnegative().optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: AssetTimeline },
      },
    },
    async (request) => {
      const { identity, tenant, id } = asked(request);
      // It tells of incidents and events as well.
      requirePermission(identity, 'incidents.read');
      requirePermission(identity, 'events.read');
      const { before, limit } = request.query;
      return found(await assets.timeline(identity, tenant, id, before ?? now() + 60_000, limit));
    },
  );

  app.get(
    '/api/assets/:tenant/:id/peers',
    { config: { access: 'assets.read' }, schema: { params: One, response: { 200: AssetPeers } } },
    async (request) => {
      const { identity, tenant, id } = asked(request);
      requirePermission(identity, 'events.read');
      return found(await assets.peers(identity, tenant, id));
    },
  );

  app.post(
    '/api/assets/:tenant/:id/comments',
    {
      config: { access: 'comments.write' },
      schema: { params: One, body: AssetComment, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { identity, tenant, id } = asked(request);
      const about = found(await assets.comment(identity, tenant, id, request.body.text));
      await assetComments.commented(identity, about, request.body.text);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/assets/:tenant/:id/merge',
    {
      config: { access: 'assets.write' },
      schema: {
        params: One,
        body: z.strictObject({ with: z.string().min(1).max(64) }),
        response: { 200: AssetDetail },
      },
    },
    async (request) => {
      const { identity, tenant, id } = asked(request);
      return passed(await assets.merge(identity, tenant, id, request.body.with));
    },
  );

  app.post(
    '/api/assets/:tenant/:id/merges/:merge/undo',
    {
      config: { access: 'assets.write' },
      schema: {
        params: One.extend({ merge: z.string().regex(/^\d{1,18}$/) }),
        response: { 200: AssetDetail },
      },
    },
    async (request) => {
      const { identity, tenant, id } = asked(request);
      return passed(await assets.undo(identity, tenant, id, request.params.merge));
    },
  );

  app.post(
    '/api/assets/:tenant/:id/erase',
    { config: { access: 'people.erase' }, schema: { params: One, response: { 204: z.null() } } },
    async (request, reply) => {
      const { identity, tenant, id } = asked(request);
      if (!(await assets.erase(identity, tenant, id))) throw notFound('asset');
      return reply.status(204).send(null);
    },
  );
}

/** The caller and the asset they ask for; another tenant's is not found. */
function asked(request: { params: { tenant: string; id: string } } & Parameters<typeof identityOf>[0]) {
  const identity = identityOf(request);
  const { tenant, id } = request.params;
  if (!maySee(identity.scope, tenant)) throw notFound('asset');
  return { identity, tenant, id };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound('asset');
  return value;
}

/** The outcome. @throws what keeps it from being done, as the API says it */
function passed<T extends object>(outcome: T | AssetProblem): T {
  if (!('code' in outcome)) return outcome;
  const { code, message } = outcome as AssetProblem;
  throw new ApiFailure(
    code === 'not_found' ? 404 : code === 'ambiguous' ? 409 : 400,
    code === 'not_found'
      ? 'VIGIE_API_NOT_FOUND'
      : code === 'ambiguous'
        ? 'VIGIE_API_ASSET_AMBIGUOUS'
        : 'VIGIE_API_INVALID',
    message,
  );
}
