import { Slug } from '@vigie/contracts/api';
import { z } from 'zod';
import { identityOf, requireTenant } from '../identity.ts';
import type { Api } from '../index.ts';
import type { ApiServices } from '../ports.ts';

const Asset = z.object({
  tenant: Slug,
  kind: z.enum(['host', 'user']),
  name: z.string().min(1).max(255).toLowerCase(),
  criticality: z.enum(['low', 'normal', 'high', 'critical']).default('normal'),
  owner: z.string().max(200).default(''),
  note: z.string().max(1000).default(''),
});

/** What is written down about machines and people. */
export function assetRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/assets',
    {
      config: { access: 'assets.read' },
      schema: {
        querystring: z.object({ tenant: Slug.optional() }),
        response: { 200: z.object({ items: z.array(Asset) }) },
      },
    },
    async (request) => ({
      items: await services.assets.list(identityOf(request).scope, request.query.tenant),
    }),
  );

  app.put(
    '/api/assets',
    {
      config: { access: 'assets.write' },
      schema: {
        body: z.object({ items: z.array(Asset).max(10_000) }),
        response: { 200: z.object({ saved: z.number().int() }) },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      for (const item of request.body.items) requireTenant(identity, item.tenant);
      return { saved: await services.assets.put(request.body.items) };
    },
  );
}
