import {
  NewHandoverNote,
  NewOverride,
  RotaList,
  type RotaMember,
  RotaSetup,
  RotaView,
  Slug,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { ApiServices } from '../ports.ts';
import { mayBeOnCall, outOfReach } from '../reach.ts';
import { checkTimeZone } from './tenants.ts';

const ById = z.object({ id: Slug });

/** Who of the provider is on call; the provider's own business. */
export function rotaRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/rotas',
    { config: { access: 'comments.internal' }, schema: { response: { 200: RotaList } } },
    async (request) => {
      requireProvider(identityOf(request));
      return { items: await services.rotas.list() };
    },
  );

  app.put(
    '/api/rotas/:id',
    {
      config: { access: 'clocks.manage' },
      schema: { params: ById, body: RotaSetup, response: { 200: RotaView } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      checkTimeZone(request.body.timeZone);
      await requireOnCall(services, request.body.members, request.body.tenants);
      return services.rotas.put(request.params.id, request.body);
    },
  );

  app.delete(
    '/api/rotas/:id',
    { config: { access: 'clocks.manage' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      requireProvider(identityOf(request));
      if (!(await services.rotas.remove(request.params.id))) throw notFound('rota');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/rotas/:id/overrides',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById, body: NewOverride, response: { 200: RotaView } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireProvider(identity);
      const rota = (await services.rotas.list()).find(({ id }) => id === request.params.id);
      await requireOnCall(services, [request.body.member], found(rota).setup.tenants);
      return found(await services.rotas.override(request.params.id, request.body, identity));
    },
  );

  app.delete(
    '/api/rotas/:id/overrides/:override',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById.extend({ override: z.string().max(64) }), response: { 200: RotaView } },
    },
    async (request) => {
      requireProvider(identityOf(request));
      return found(await services.rotas.removeOverride(request.params.id, request.params.override));
    },
  );

  app.post(
    '/api/rotas/:id/notes',
    {
      config: { access: 'incidents.handle' },
      schema: { params: ById, body: NewHandoverNote, response: { 200: RotaView } },
    },
    async (request) => {
      const identity = identityOf(request);
      requireProvider(identity);
      return found(await services.rotas.note(request.params.id, request.body.text, identity));
    },
  );
}

/** @throws 409 for a member with an account that may not see what the rota watches */
async function requireOnCall(
  services: ApiServices,
  members: readonly RotaMember[],
  tenants: readonly string[] | null,
): Promise<void> {
  const users = await services.accounts.users();
  const blind = members.find((member) => !mayBeOnCall(users, member, tenants));
  if (blind !== undefined) throw outOfReach(blind.name);
}

function found(rota: RotaView | undefined): RotaView {
  if (rota === undefined) throw notFound('rota or override');
  return rota;
}
