import { CampaignChange, CampaignView, IncidentCampaigns, NewCampaign } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { ById, done } from './conversation.ts';

const ByCampaign = z.object({ campaign: z.string().min(1).max(64) });

/** Incidents of several clients that belong together: for those who see every client, and nobody else. */
export function campaignRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/campaigns',
    {
      config: { access: 'comments.internal' },
      schema: { response: { 200: z.object({ items: z.array(CampaignView) }) } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return { items: await services.campaigns.list() };
    },
  );

  app.post(
    '/api/campaigns',
    { config: { access: 'campaigns.write' }, schema: { body: NewCampaign, response: { 201: CampaignView } } },
    async (request, reply) => {
      const identity = identityOf(request);
      requireProvider(identity);
      return reply.status(201).send(done(await services.campaigns.add(identity, request.body)));
    },
  );

  app.get(
    '/api/campaigns/:campaign',
    {
      config: { access: 'comments.internal' },
      schema: { params: ByCampaign, response: { 200: CampaignView } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const found = await services.campaigns.get(request.params.campaign);
      if (found === undefined) throw notFound('campaign');
      return found;
    },
  );

  app.patch(
    '/api/campaigns/:campaign',
    {
      config: { access: 'campaigns.write' },
      schema: { params: ByCampaign, body: CampaignChange, response: { 200: CampaignView } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireProvider(identity);
      return done(await services.campaigns.change(identity, request.params.campaign, request.body));
    },
  );

  app.get(
    '/api/incidents/:id/campaigns',
    {
      config: { access: 'comments.internal' },
      schema: { params: ById, response: { 200: IncidentCampaigns } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const found = await services.campaigns.of(request.params.id);
      if (found === undefined) throw notFound('incident');
      return found;
    },
  );
}
