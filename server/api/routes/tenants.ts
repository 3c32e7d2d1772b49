import { NewTenant, Slug, TenantPatch, TenantView } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requirePermission, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

const ById = z.object({ id: Slug });
const CONTRACTED = ['name', 'retentionDays'] as const;

/** Client organisations. */
export function tenantRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/tenants',
    {
      config: { access: 'tenants.read' },
      schema: { response: { 200: z.object({ items: z.array(TenantView) }) } },
    },
    async (request) => ({
      items: services.tenants.list(identityOf(request).scope),
    }),
  );

  app.post(
    '/api/tenants',
    { config: { access: 'tenants.manage' }, schema: { body: NewTenant, response: { 201: TenantView } } },
    async (request, reply) => {
      requireProvider(identityOf(request));
      checkTimeZone(request.body.timeZone);
      const tenant = await services.tenants.add(request.body);
      if (tenant === undefined)
        throw new ApiFailure(409, 'VIGIE_API_EXISTS', `there is a tenant ${request.body.id} already`);
      return reply.status(201).send(tenant);
    },
  );

  app.get(
    '/api/tenants/:id',
    { config: { access: 'tenants.read' }, schema: { params: ById, response: { 200: TenantView } } },
    async (request) => {
      const tenant = services.tenants.list(identityOf(request).scope).find((t) => t.id === request.params.id);
      if (tenant === undefined) throw notFound('tenant');
      return tenant;
    },
  );

  app.patch(
    '/api/tenants/:id',
    {
      config: { access: 'tenants.settings' },
      schema: { params: ById, body: TenantPatch, response: { 200: TenantView } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireTenant(identity, request.params.id);
      // What is written into the contract is not the client's to change.
      const stored = services.tenants.list(identity.scope).find(({ id }) => id === request.params.id);
      if (
        CONTRACTED.some((each) => request.body[each] !== undefined && request.body[each] !== stored?.[each])
      )
        requirePermission(identity, 'tenants.manage');
      if (request.body.timeZone !== undefined) checkTimeZone(request.body.timeZone);
      request.audit.before = { ...services.tenants.list('all').find(({ id }) => id === request.params.id) };
      const tenant = await services.tenants.update(request.params.id, request.body);
      if (tenant === undefined) throw notFound('tenant');
      return tenant;
    },
  );

  app.delete(
    '/api/tenants/:id',
    { config: { access: 'tenants.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      requireProvider(identityOf(request));
      if (!(await services.tenants.remove(request.params.id))) throw notFound('tenant');
      return reply.status(204).send(null);
    },
  );
}

/** @throws 400 when the zone is not an IANA name that this platform knows */
export function checkTimeZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    // Intl is the judge of zone names, and says no by throwing.
    throw new ApiFailure(
      400,
      'VIGIE_API_INVALID',
      `unknown time zone "${zone}"; expected an IANA name such as Europe/Paris`,
    );
  }
}
