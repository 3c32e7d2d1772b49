import {
  BrandingSetup,
  BrandingView,
  HolidayList,
  HolidayQuery,
  LogoUpload,
  MAX_LOGO,
  SiteList,
  Slug,
  TenantProfile,
} from '@vigie/contracts/api';
import { z } from 'zod';
import { publicHolidays, regionsOf } from '../../clocks/index.ts';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, requirePermission, requireProvider } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';
import { checkTimeZone } from './tenants.ts';

const ById = z.object({ id: Slug });

/** Tenants as clients, and how the provider presents itself. */
export function clientRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/tenants/:id/profile',
    { config: { access: 'tenants.read' }, schema: { params: ById, response: { 200: TenantProfile } } },
    async (request) => {
      const { scope } = requireKnown(identityOf(request), request.params.id);
      return services.clients.profile(scope, request.params.id);
    },
  );

  app.put(
    '/api/tenants/:id/profile',
    {
      config: { access: 'tenants.settings' },
      schema: { params: ById, body: TenantProfile, response: { 200: TenantProfile } },
    },
    async (request) => {
      const { id } = request.params;
      const identity = requireKnown(identityOf(request), id);
      const before = await services.clients.profile(identity.scope, id);
      // A client's own administrator may not give themselves other service levels, nor hours that change them.
      if (JSON.stringify(before.contract) !== JSON.stringify(request.body.contract))
        requirePermission(identity, 'clocks.manage');
      const { country, region } = request.body.holidays;
      if (region !== null && (country === null || !regionsOf(country).includes(region)))
        throw new ApiFailure(400, 'VIGIE_API_INVALID', `holidays: ${region} is no part of that country`);
      await services.clients.saveProfile(identity.scope, id, request.body);
      return services.clients.profile(identity.scope, id);
    },
  );

  app.get(
    '/api/tenants/:id/sites',
    { config: { access: 'tenants.read' }, schema: { params: ById, response: { 200: SiteList } } },
    async (request) => {
      const { scope } = requireKnown(identityOf(request), request.params.id);
      return { items: await services.clients.sites(scope, request.params.id) };
    },
  );

  app.put(
    '/api/tenants/:id/sites',
    {
      config: { access: 'tenants.settings' },
      schema: { params: ById, body: SiteList, response: { 200: SiteList } },
    },
    async (request) => {
      const { id } = request.params;
      const { scope } = requireKnown(identityOf(request), id);
      for (const { timeZone } of request.body.items) if (timeZone !== null) checkTimeZone(timeZone);
      await services.clients.saveSites(scope, id, request.body.items);
      return { items: await services.clients.sites(scope, id) };
    },
  );

  app.get(
    '/api/holidays',
    {
      config: { access: 'tenants.read' },
      schema: { querystring: HolidayQuery, response: { 200: HolidayList } },
    },
    async (request) => {
      const { country, region, year } = request.query;
      return { items: publicHolidays(country, region ?? null, year), regions: regionsOf(country) };
    },
  );

  app.get(
    '/api/branding',
    { config: { access: 'tenants.read' }, schema: { response: { 200: BrandingView } } },
    async () => services.branding.get(),
  );

  app.put(
    '/api/branding',
    {
      config: { access: 'tenants.manage' },
      schema: { body: BrandingSetup, response: { 200: BrandingView } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return accepted(await services.branding.save(request.body));
    },
  );

  /** Anybody may see the logo, as they see it in mails; it is an image and nothing else. */
  app.get('/api/branding/logo', { config: { access: 'public' } }, async (_request, reply) => {
    const logo = await services.branding.logo();
    if (logo === undefined) throw notFound('logo');
    return reply
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cross-origin-resource-policy', 'same-origin')
      .header('cache-control', 'no-cache')
      .type(logo.type)
      .send(logo.bytes);
  });

  app.put(
    '/api/branding/logo',
    {
      config: { access: 'tenants.manage' },
      bodyLimit: 2 * MAX_LOGO,
      schema: { body: LogoUpload, response: { 200: BrandingView } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      const { type, data } = request.body;
      return accepted(await services.branding.saveLogo({ type, bytes: Buffer.from(data, 'base64') }));
    },
  );

  app.delete(
    '/api/branding/logo',
    { config: { access: 'tenants.manage' }, schema: { response: { 200: BrandingView } } },
    async (request) => {
      requireProvider(identityOf(request));
      return accepted(await services.branding.saveLogo(undefined));
    },
  );

  /** The caller, when the tenant is there and theirs to see. */
  function requireKnown(identity: Identity, tenant: string): Identity {
    if (!services.tenants.list(identity.scope).some(({ id }) => id === tenant))
      throw notFound(`tenant ${tenant}`);
    return identity;
  }
}

function accepted(result: BrandingView | { readonly message: string }): BrandingView {
  if ('message' in result) throw new ApiFailure(400, 'VIGIE_API_BRANDING', result.message);
  return result;
}
