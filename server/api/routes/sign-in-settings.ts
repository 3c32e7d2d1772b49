import {
  NewSsoConnection,
  permissionsOf,
  ROLES,
  type Role,
  SignInPolicy,
  SignInSettings,
  Slug,
  SsoConnectionInput,
  SsoConnectionView,
  within,
} from '@vigie/contracts/api';
import { z } from 'zod';
import { draftOf, type SsoConnection, type SsoConnectionDraft } from '../../access/index.ts';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, maySee, requireProvider, requireTenant } from '../identity.ts';
import type { ApiServices, Identity } from '../ports.ts';

const ById = z.object({ id: z.string().max(64) });

/** How the people of a tenant, or of the provider, sign in; for the administrators of each. */
export function signInSettingsRoutes(app: Api, services: ApiServices): void {
  const { sso, ssoStore } = services;

  app.get(
    '/api/sign-in-settings',
    {
      config: { access: 'signin.manage' },
      schema: { querystring: z.object({ tenant: Slug.optional() }), response: { 200: SignInSettings } },
    },
    async (request) => {
      const tenant = owned(identityOf(request), request.query.tenant ?? null);
      return {
        tenant,
        secondFactor: await ssoStore.policy(tenant),
        connections: (await ssoStore.connections(tenant)).map(view),
        roles: ROLES.filter((role: Role) => sso.mayGive(tenant, role)),
      };
    },
  );

  app.put(
    '/api/sign-in-settings',
    { config: { access: 'signin.manage' }, schema: { body: SignInPolicy, response: { 204: z.null() } } },
    async (request, reply) => {
      const tenant = owned(identityOf(request), request.body.tenant);
      await ssoStore.setPolicy(tenant, request.body.secondFactor);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/sign-in-connections',
    {
      config: { access: 'signin.manage' },
      schema: { body: NewSsoConnection, response: { 201: SsoConnectionView } },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const { tenant, ...input } = request.body;
      const draft = draftOf(owned(identity, tenant), input);
      return reply.status(201).send(await store(identity, draft, undefined));
    },
  );

  app.put(
    '/api/sign-in-connections/:id',
    {
      config: { access: 'signin.manage' },
      schema: { params: ById, body: SsoConnectionInput, response: { 200: SsoConnectionView } },
    },
    async (request) => {
      const identity = identityOf(request);
      const before = await found(identity, request.params.id);
      return store(identity, draftOf(before.tenant, request.body), before);
    },
  );

  app.delete(
    '/api/sign-in-connections/:id',
    { config: { access: 'signin.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      const { id } = await found(identityOf(request), request.params.id);
      if ((await ssoStore.remove(id)) === 'last-administrator') throw lastWayIn();
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/sign-in-connections/:id/check',
    {
      config: { access: 'signin.manage' },
      schema: { params: ById, response: { 200: z.object({ ok: z.boolean(), detail: z.string() }) } },
    },
    async (request) => sso.check(await found(identityOf(request), request.params.id)),
  );

  app.post(
    '/api/sign-in-connections/:id/scim-token',
    {
      config: { access: 'signin.manage' },
      schema: { params: ById, response: { 201: z.object({ token: z.string() }) } },
    },
    async (request, reply) => {
      const { id } = await found(identityOf(request), request.params.id);
      return reply.status(201).send({ token: await ssoStore.newScimToken(id) });
    },
  );

  app.delete(
    '/api/sign-in-connections/:id/scim-token',
    { config: { access: 'signin.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      await ssoStore.removeScimToken((await found(identityOf(request), request.params.id)).id);
      return reply.status(204).send(null);
    },
  );

  function owned(identity: Identity, tenant: string | null): string | null {
    if (tenant === null) requireProvider(identity);
    else {
      requireTenant(identity, tenant);
      if (services.tenants.list([tenant]).length === 0) throw notFound(`tenant ${tenant}`);
    }
    return tenant;
  }

  /** @throws 404 when it is not the caller's to see, 403 when it lets people in who may more than they */
  async function found(identity: Identity, id: string): Promise<SsoConnection> {
    const connection = await ssoStore.connection(id);
    const visible =
      connection !== undefined &&
      (connection.tenant === null ? identity.scope === 'all' : maySee(identity.scope, connection.tenant));
    if (!visible) throw notFound('connection');
    requireRoles(identity, connection);
    return connection;
  }

  /**
   * Whoever names the identity provider of a connection can come in by it, with the roles that it gives: so nobody
   * sets one up that gives what they lack. A key may lack much of what its owner may do.
   *
   * @throws 403 `VIGIE_API_ESCALATION`
   */
  function requireRoles(
    identity: Identity,
    { roles, defaultRole }: Pick<SsoConnection, 'roles' | 'defaultRole'>,
  ): void {
    const given = [...roles.map(({ role }) => role), ...(defaultRole === null ? [] : [defaultRole])];
    if (given.some((role) => !within(permissionsOf(role), identity.permissions)))
      throw new ApiFailure(
        403,
        'VIGIE_API_ESCALATION',
        'a connection can’t give a role that may do what you may not; somebody who may has to do this',
      );
  }

  async function store(
    identity: Identity,
    draft: SsoConnectionDraft,
    before: SsoConnection | undefined,
  ): Promise<SsoConnectionView> {
    requireRoles(identity, draft);
    const objection = sso.objection(draft, before, identity.scope === 'all');
    if (objection !== undefined)
      throw new ApiFailure(
        objection.forbidden ? 403 : 400,
        objection.forbidden ? 'VIGIE_API_FORBIDDEN' : 'VIGIE_API_INVALID',
        objection.message,
      );
    const stored = await ssoStore.put(before?.id, draft);
    if ('refused' in stored) throw lastWayIn();
    if ('taken' in stored)
      throw new ApiFailure(409, 'VIGIE_API_EXISTS', `the domain ${stored.taken} leads to another connection`);
    return view(stored.connection);
  }

  function lastWayIn(): ApiFailure {
    return new ApiFailure(
      409,
      'VIGIE_API_LAST_ADMINISTRATOR',
      'everybody who administers the platform comes in by this connection; make an account with a password first',
    );
  }

  function view(connection: SsoConnection): SsoConnectionView {
    const { id, tenant, name, enabled, button, protocol, attributes, hasSecret, provisioning } = connection;
    return {
      id,
      tenant,
      name,
      enabled,
      button,
      protocol,
      attributes,
      hasSecret,
      provisioning,
      domains: [...connection.domains],
      roles: [...connection.roles],
      defaultRole: connection.defaultRole,
      createdAt: connection.createdAt,
      urls: sso.urls(connection),
    };
  }
}
