import { OpenLoad, OpenLoadQuery, WaitingForClient, WaitingQuery } from '@vigie/contracts/api';
import type { Api } from '../api.ts';
import { identityOf, requireTenant } from '../identity.ts';
import type { ApiServices, Identity, Scope } from '../ports.ts';

/** What the pages that people begin on are made of. */
export function homeRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/home/waiting',
    {
      config: { access: 'incidents.read' },
      schema: { querystring: WaitingQuery, response: { 200: WaitingForClient } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { tenant, language } = request.query;
      return services.home.waiting(identity, asked(identity, tenant), language);
    },
  );

  app.get(
    '/api/home/load',
    {
      // Who of the provider has how much to do is the provider's own affair.
      config: { access: 'comments.internal' },
      schema: { querystring: OpenLoadQuery, response: { 200: OpenLoad } },
    },
    async (request) => services.home.load(asked(identityOf(request), request.query.tenant)),
  );
}

/** @throws 404 when the tenant is not the caller's to see */
function asked(identity: Identity, tenant: string | undefined): Scope {
  if (tenant === undefined) return identity.scope;
  requireTenant(identity, tenant);
  return [tenant];
}
