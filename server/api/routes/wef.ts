import { Slug, WefMachineView, WefSetup, WefView } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';

const ByPath = z.object({ tenant: Slug, id: Slug });
const ByMachine = ByPath.extend({ machine: z.string().regex(/^[0-9a-f]{24}$/) });

/** What the Windows machines of a source are asked to forward, and the machines that do. */
export function wefRoutes(app: Api, { wef }: ApiServices): void {
  const view = async (identity: Identity, tenant: string, id: string): Promise<WefView> => {
    requireTenant(identity, tenant);
    const found = await wef.get(tenant, id, identity.scope === 'all');
    if (found === undefined) throw notFound(`source ${tenant}/${id}`);
    return found;
  };

  app.get(
    '/api/sources/:tenant/:id/wef',
    { config: { access: 'sources.read' }, schema: { params: ByPath, response: { 200: WefView } } },
    (request) => view(identityOf(request), request.params.tenant, request.params.id),
  );

  app.put(
    '/api/sources/:tenant/:id/wef',
    {
      config: { access: 'sources.manage' },
      schema: { params: ByPath, body: WefSetup, response: { 200: WefView } },
    },
    async (request) => {
      const { tenant, id } = request.params;
      const before = await view(identityOf(request), tenant, id);
      request.audit.before = { ...before };
      const problem = wef.problem(request.body);
      if (problem !== undefined) throw new ApiFailure(400, 'VIGIE_API_INVALID', problem);
      if (!(await wef.put(tenant, id, request.body))) throw notFound(`source ${tenant}/${id}`);
      return view(identityOf(request), tenant, id);
    },
  );

  app.delete(
    '/api/sources/:tenant/:id/wef',
    { config: { access: 'sources.manage' }, schema: { params: ByPath, response: { 200: WefView } } },
    async (request) => {
      const { tenant, id } = request.params;
      await view(identityOf(request), tenant, id);
      await wef.reset(tenant, id);
      return view(identityOf(request), tenant, id);
    },
  );

  app.get(
    '/api/sources/:tenant/:id/wef/machines',
    {
      config: { access: 'sources.read' },
      schema: { params: ByPath, response: { 200: z.object({ items: z.array(WefMachineView) }) } },
    },
    async (request) => {
      const { tenant, id } = request.params;
      requireTenant(identityOf(request), tenant);
      const items = await wef.machines(tenant, id);
      if (items === undefined) throw notFound(`source ${tenant}/${id}`);
      return { items };
    },
  );

  app.delete(
    '/api/sources/:tenant/:id/wef/machines/:machine',
    { config: { access: 'sources.manage' }, schema: { params: ByMachine, response: { 204: z.null() } } },
    async (request, reply) => {
      const { tenant, id, machine } = request.params;
      requireTenant(identityOf(request), tenant);
      if (!(await wef.forget(tenant, id, machine))) throw notFound('machine');
      return reply.status(204).send(null);
    },
  );
}
