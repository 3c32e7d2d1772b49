import {
  ApiKeyView,
  NewApiKey,
  NewServiceAccount,
  type Permission,
  permissionsOf,
  ServiceAccountPatch,
  ServiceAccountView,
  within,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { ApiKey, ApiServices, Grant, Identity, ServiceAccount } from '../ports.ts';
import { mayManageHolder, maySeeHolder, requireGrant } from '../reach.ts';

const ById = z.object({ id: z.string().max(64) });
const MadeKey = z.object({ key: ApiKeyView, secret: z.string() });
type NewKey = z.infer<typeof NewApiKey>;

/** Service accounts, and API keys: of people, in their own name, and of service accounts. */
export function keyRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/service-accounts',
    {
      config: { access: 'access.read' },
      schema: { response: { 200: z.object({ items: z.array(ServiceAccountView) }) } },
    },
    async (request) => {
      const identity = identityOf(request);
      const all = await services.keys.services();
      return {
        items: all.filter((each) => maySeeHolder(identity, each)).map((each) => view(identity, each)),
      };
    },
  );

  app.post(
    '/api/service-accounts',
    {
      config: { access: 'access.manage' },
      schema: { body: NewServiceAccount, response: { 201: ServiceAccountView } },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      requireGrant(identity, request.body, services.tenants);
      return reply.status(201).send(view(identity, await services.keys.addService(request.body, identity)));
    },
  );

  app.patch(
    '/api/service-accounts/:id',
    {
      config: { access: 'access.manage' },
      schema: { params: ById, body: ServiceAccountPatch, response: { 200: ServiceAccountView } },
    },
    async (request) => {
      const identity = identityOf(request);
      const service = await managed(identity, request.params.id);
      const { name, role = service.role, tenants = service.tenants } = request.body;
      if (request.body.role !== undefined || request.body.tenants !== undefined) {
        // Otherwise a key with few permissions could make its own account, and so itself, wider.
        if (identity.owner === service.id)
          throw new ApiFailure(403, 'VIGIE_API_ESCALATION', 'a key does not change its own account');
        requireGrant(identity, { role, tenants }, services.tenants);
      }
      const changed = await services.keys.changeService(service.id, { name, role, tenants });
      if (changed === undefined) throw notFound('service account');
      return view(identity, changed);
    },
  );

  app.delete(
    '/api/service-accounts/:id',
    { config: { access: 'access.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      const service = await managed(identityOf(request), request.params.id);
      if (!(await services.keys.removeService(service.id))) throw notFound('service account');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/service-accounts/:id/keys',
    {
      config: { access: 'access.manage' },
      schema: { params: ById, body: NewApiKey, response: { 201: MadeKey } },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const service = await managed(identity, request.params.id);
      requireNarrower(identity, service, request.body);
      const made = await services.keys.addKey({ kind: 'service', id: service.id }, request.body, identity);
      return reply.status(201).send({ ...made, key: { ...made.key, mayRemove: true } });
    },
  );

  app.post(
    '/api/keys',
    { config: { access: 'keys.own' }, schema: { body: NewApiKey, response: { 201: MadeKey } } },
    async (request, reply) => {
      const identity = identityOf(request);
      if (identity.kind !== 'account')
        throw new ApiFailure(
          400,
          'VIGIE_API_INVALID',
          'only a person makes a key in their own name; a program’s belongs to a service account',
        );
      const tenants = identity.scope === 'all' ? null : identity.scope;
      requireNarrower(identity, { role: identity.role, tenants }, request.body);
      const made = await services.keys.addKey({ kind: 'person', id: identity.id }, request.body, identity);
      return reply.status(201).send({ ...made, key: { ...made.key, mayRemove: true } });
    },
  );

  app.get(
    '/api/keys',
    {
      config: { access: 'signed-in' },
      schema: { response: { 200: z.object({ items: z.array(ApiKeyView) }) } },
    },
    async (request) => ({ items: await visible(identityOf(request)) }),
  );

  app.delete(
    '/api/keys/:id',
    { config: { access: 'signed-in' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      const key = (await visible(identityOf(request))).find(({ id }) => id === request.params.id);
      if (key === undefined) throw notFound('key');
      if (!key.mayRemove) throw new ApiFailure(403, 'VIGIE_API_FORBIDDEN', 'this key is not yours to remove');
      await services.keys.removeKey(key.id);
      return reply.status(204).send(null);
    },
  );

  /** The caller's own keys, and for those who may see who comes in, the keys of everybody they may see. */
  async function visible(identity: Identity): Promise<ApiKeyView[]> {
    const oversees = identity.permissions.has('access.read');
    const [keys, users, accounts] = await Promise.all([
      services.keys.keys(),
      oversees ? services.accounts.users() : [],
      oversees ? services.keys.services() : [],
    ]);
    const holders = new Map<string, Grant>([...users, ...accounts].map((each) => [each.id, each]));
    return keys.flatMap((key: ApiKey) => {
      const own = identity.kind === 'account' && key.owner.kind === 'person' && key.owner.id === identity.id;
      const holder = holders.get(key.owner.id);
      if (!own && (holder === undefined || !maySeeHolder(identity, holder))) return [];
      return [{ ...key, mayRemove: own || (holder !== undefined && mayManageHolder(identity, holder)) }];
    });
  }

  /** @throws 404 when it is not the caller's to see, 403 when it may more than they */
  async function managed(identity: Identity, id: string): Promise<ServiceAccount> {
    const found = (await services.keys.services()).find((each) => each.id === id);
    if (found === undefined || !maySeeHolder(identity, found)) throw notFound('service account');
    if (!mayManageHolder(identity, found))
      throw new ApiFailure(
        403,
        'VIGIE_API_ESCALATION',
        'this account may do what you may not; somebody who may has to do this',
      );
    return found;
  }

  /** @throws 403 when a key would be wider than its owner or its maker; 400 when it would have ended already */
  function requireNarrower(identity: Identity, owner: Grant, key: NewKey): void {
    const allowed = permissionsOf(owner.role);
    const wanted: Iterable<Permission> = key.permissions ?? allowed;
    const outside = key.tenants?.find((each) => owner.tenants !== null && !owner.tenants.includes(each));
    if (!within(wanted, allowed) || !within(wanted, identity.permissions) || outside !== undefined)
      throw new ApiFailure(
        403,
        'VIGIE_API_ESCALATION',
        'a key can’t have a permission or a tenant that its owner or its maker does not have',
      );
    requireGrant(identity, { role: owner.role, tenants: key.tenants ?? owner.tenants }, services.tenants);
    if (key.expiresAt !== null && key.expiresAt <= services.now())
      throw new ApiFailure(400, 'VIGIE_API_INVALID', 'expiresAt: a time to come');
  }
}

function view(identity: Identity, service: ServiceAccount): ServiceAccountView {
  return { ...service, mayChange: mayManageHolder(identity, service) };
}
