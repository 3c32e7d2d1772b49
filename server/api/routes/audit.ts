import { Readable } from 'node:stream';
import {
  AuditCheck,
  AuditErasure,
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  AuditState,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { identityOf, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

/** The audit log. Administrators of clients see their tenants' records; the chain as a whole is the provider's. */
export function auditRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/audit',
    {
      config: { access: 'audit.read' },
      schema: { querystring: AuditQuery, response: { 200: AuditPage } },
    },
    async (request) => {
      const identity = identityOf(request);
      if (request.query.tenant !== undefined) requireTenant(identity, request.query.tenant);
      return services.audit.list(identity, request.query);
    },
  );

  app.get(
    '/api/audit/export',
    {
      config: { access: 'audit.read', audit: 'audit.export' },
      schema: { querystring: AuditExportQuery, produces: ['application/x-ndjson', 'text/csv'] },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const { format, ...filter } = request.query;
      if (filter.tenant !== undefined) requireTenant(identity, filter.tenant);
      reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="vigie-audit.${format}"`);
      return reply.send(Readable.from(services.audit.export(identity, filter, format)));
    },
  );

  app.get(
    '/api/audit/state',
    { config: { access: 'audit.read' }, schema: { response: { 200: AuditState } } },
    (request) => services.audit.state(identityOf(request)),
  );

  app.post(
    '/api/audit/verify',
    { config: { access: 'audit.read' }, schema: { response: { 200: AuditCheck } } },
    async (request) => {
      requireProvider(identityOf(request));
      return services.audit.verify();
    },
  );

  app.post(
    '/api/audit/anchor',
    { config: { access: 'platform.manage' }, schema: { response: { 200: AuditState } } },
    async (request) => {
      const identity = identityOf(request);
      requireProvider(identity);
      await services.audit.anchor();
      return services.audit.state(identity);
    },
  );

  app.post(
    '/api/audit/erase',
    {
      // The record of the call must not bring back what it erases.
      config: { access: 'people.erase', auditBody: false },
      schema: { body: AuditErasure, response: { 200: z.object({ erased: z.number().int() }) } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return { erased: await services.audit.erase(request.body.person, identityOf(request)) };
    },
  );
}
