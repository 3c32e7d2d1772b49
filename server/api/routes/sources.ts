import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import {
  NewSource,
  ParseFailure,
  QuarantineAssignment,
  QuarantineView,
  Slug,
  SourcePatch,
  SourceSecret,
  SourceView,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { checkTimeZone } from './tenants.ts';

const ByPath = z.object({ tenant: Slug, id: Slug });
const ById = z.object({ id: z.string().max(64) });

/** The ways in, their health, and the lines of unknown senders. */
export function sourceRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/sources',
    {
      config: { access: 'sources.read' },
      schema: {
        querystring: z.object({ tenant: Slug.optional() }),
        response: { 200: z.object({ items: z.array(SourceView) }) },
      },
    },
    async (request) => ({
      items: await services.sources.list(identityOf(request).scope, request.query.tenant),
    }),
  );

  app.post(
    '/api/sources',
    {
      config: { access: 'sources.manage' },
      schema: { body: NewSource, response: { 201: z.object({ source: SourceView, secret: SourceSecret }) } },
    },
    async (request, reply) => {
      const body = request.body;
      requireTenant(identityOf(request), body.tenant);
      if (!services.tenants.list('all').some((t) => t.id === body.tenant))
        throw notFound(`tenant ${body.tenant}`);
      checkSource(body, body.tenant);
      await checkAddresses(identityOf(request), body.tenant, body.id, body.addresses);
      const made = await services.sources.add({ ...body, name: body.name ?? body.id });
      if (made === undefined)
        throw new ApiFailure(
          409,
          'VIGIE_API_EXISTS',
          `tenant ${body.tenant} has a source ${body.id} already`,
        );
      return reply.status(201).send(made);
    },
  );

  app.get(
    '/api/sources/:tenant/:id',
    { config: { access: 'sources.read' }, schema: { params: ByPath, response: { 200: SourceView } } },
    async (request) => {
      const source = await services.sources.get(
        identityOf(request).scope,
        request.params.tenant,
        request.params.id,
      );
      if (source === undefined) throw notFound('source');
      return source;
    },
  );

  app.patch(
    '/api/sources/:tenant/:id',
    {
      config: { access: 'sources.manage' },
      schema: { params: ByPath, body: SourcePatch, response: { 200: SourceView } },
    },
    async (request) => {
      requireTenant(identityOf(request), request.params.tenant);
      checkSource(request.body, request.params.tenant);
      const { tenant, id } = request.params;
      const before = await services.sources.get(identityOf(request).scope, tenant, id);
      await checkAddresses(identityOf(request), tenant, id, request.body.addresses, before?.addresses);
      request.audit.before = { ...before };
      const source = await services.sources.update(tenant, id, request.body);
      if (source === undefined) throw notFound('source');
      return source;
    },
  );

  app.delete(
    '/api/sources/:tenant/:id',
    { config: { access: 'sources.manage' }, schema: { params: ByPath, response: { 204: z.null() } } },
    async (request, reply) => {
      requireTenant(identityOf(request), request.params.tenant);
      if (!(await services.sources.remove(request.params.tenant, request.params.id)))
        throw notFound('source');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/sources/:tenant/:id/token',
    { config: { access: 'sources.manage' }, schema: { params: ByPath, response: { 200: SourceSecret } } },
    async (request) => {
      requireTenant(identityOf(request), request.params.tenant);
      const secret = await services.sources.rotate(request.params.tenant, request.params.id);
      if (secret === undefined) throw notFound('source');
      return secret;
    },
  );

  app.post(
    '/api/sources/:tenant/:id/import',
    {
      config: { access: 'sources.operate' },
      schema: {
        params: ByPath,
        body: z.object({
          items: z.array(z.object({ message: z.string(), key: z.string().min(1).max(200) })).max(10_000),
        }),
        response: { 200: z.object({ added: z.number().int() }) },
      },
    },
    async (request) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      const added = await services.importLogs(tenant, id, request.body.items);
      if (added === undefined) throw notFound(`source ${tenant}/${id}`);
      return { added };
    },
  );

  app.get(
    '/api/sources/:tenant/:id/failures',
    {
      config: { access: 'sources.read' },
      schema: { params: ByPath, response: { 200: z.object({ items: z.array(ParseFailure) }) } },
    },
    async (request) => {
      requireTenant(identityOf(request), request.params.tenant);
      return { items: [...services.sources.failures(request.params.tenant, request.params.id)] };
    },
  );

  app.get(
    '/api/quarantine',
    {
      config: { access: 'sources.operate' },
      schema: { response: { 200: z.object({ items: z.array(QuarantineView) }) } },
    },
    async (request) => {
      // Nobody knows whose lines these are, so only those who may see every tenant's may see them.
      requireProvider(identityOf(request));
      return { items: await services.quarantine.list() };
    },
  );

  app.post(
    '/api/quarantine/:id/assign',
    {
      config: { access: 'sources.manage' },
      schema: {
        params: ById,
        body: QuarantineAssignment,
        response: { 200: z.object({ replayed: z.number().int() }) },
      },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const replayed = await services.quarantine.assign(
        request.params.id,
        request.body.tenant,
        request.body.source,
      );
      if (replayed === undefined) throw notFound('quarantine entry or source');
      return { replayed };
    },
  );

  app.delete(
    '/api/quarantine/:id',
    { config: { access: 'sources.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      requireProvider(identityOf(request));
      if (!(await services.quarantine.remove(request.params.id))) throw notFound('quarantine entry');
      return reply.status(204).send(null);
    },
  );

  /**
   * Whose syslog comes from where concerns all tenants: only the provider says it, and says it once. A sender taken
   * away is heard no more, so that is the provider's to say, too.
   *
   * @param before senders as they are
   * @throws 403 when a tenant's own administrator changes them, 409 when another source has one already
   */
  async function checkAddresses(
    identity: Identity,
    tenant: string,
    id: string,
    addresses: readonly string[] | undefined,
    before: readonly string[] = [],
  ): Promise<void> {
    // A form sends what it does not change, too.
    if (addresses === undefined || isDeepStrictEqual(new Set(addresses), new Set(before))) return;
    requireProvider(identity);
    const wanted = new Set(addresses.map((address) => address.toLowerCase()));
    for (const other of await services.sources.list('all')) {
      if (other.tenant === tenant && other.id === id) continue;
      const taken = other.addresses.find((address) => wanted.has(address.toLowerCase()));
      if (taken !== undefined)
        throw new ApiFailure(
          409,
          'VIGIE_API_EXISTS',
          `the sender ${taken} belongs to the source ${other.tenant}/${other.id}`,
        );
    }
  }

  function checkSource(
    source: { type?: string | null; timeZone?: string; addresses?: readonly string[] },
    tenant: string,
  ): void {
    if (source.timeZone !== undefined) checkTimeZone(source.timeZone);
    if (source.type !== undefined && source.type !== null && !services.sources.knowsType(source.type, tenant))
      throw new ApiFailure(
        400,
        'VIGIE_API_INVALID',
        `unknown technology "${source.type}", and no mapping of that name is live; leave it out to recognise each line by itself`,
      );
    for (const address of source.addresses ?? []) {
      const [ip = '', bits] = address.split('/', 2);
      if (
        bits !== undefined &&
        (isIP(ip) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (isIP(ip) === 6 ? 128 : 32))
      )
        throw new ApiFailure(
          400,
          'VIGIE_API_INVALID',
          `"${address}" is no network; expected an address, a network such as 192.0.2.0/24, or a certificate's common name`,
        );
    }
  }
}
