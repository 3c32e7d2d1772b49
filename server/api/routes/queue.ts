import { LEVELS } from '@vigie/contracts';
import {
  BulkChange,
  BulkResult,
  BulkUndo,
  BulkUndone,
  IncidentOwners,
  IncidentPage,
  type IncidentPatch,
  IncidentQuery,
  NewQueueView,
  permissionsOf,
  type QueueFilter,
  QueueView,
  QueueViewList,
  QueueViewPatch,
} from '@vigie/contracts/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf, maySee, requirePermission, requireTenant } from '../identity.ts';
import type { ApiServices, HandOver, Identity, IncidentChange, IncidentFilter } from '../ports.ts';
import { outOfReach } from '../reach.ts';
import { sideOf } from '../side.ts';
import { requireReasonToClose } from './procedures.ts';

const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
const ByViewId = z.object({ id: z.string().min(1).max(64) });
const UNITS = { h: 3_600_000, d: 86_400_000 } as const;

/** The account whose looks count; a key has none. */
export function viewerOf(identity: Identity): string | undefined {
  return identity.kind === 'account' ? identity.id : undefined;
}

/**
 * A change whose owner is an account.
 *
 * @throws 400 for a key that wants to own, 404 for a person who may not see the caller's tenants
 */
export async function ownedBy(
  services: ApiServices,
  identity: Identity,
  { owner, ...rest }: z.infer<typeof IncidentPatch>,
): Promise<IncidentChange> {
  if (owner === undefined || owner === null) return owner === undefined ? rest : { ...rest, owner };
  if (owner === 'me' && identity.kind === 'key')
    throw new ApiFailure(
      400,
      'VIGIE_API_INVALID',
      'an API key cannot own an incident; give the id of a user',
    );
  const wanted = owner === 'me' ? identity.id : owner;
  if (!(await ownersFor(services, identity)).some(({ id }) => id === wanted)) throw notFound('user');
  return { ...rest, owner: wanted };
}

/** Writes into the audit log who has what now, by name, and mails those who were given something. */
export async function toldOf(
  services: ApiServices,
  request: FastifyRequest,
  done: readonly { readonly handed?: HandOver }[],
): Promise<void> {
  const handed = done.flatMap((one) => one.handed ?? []);
  if (handed.length === 0) return;
  request.audit.text = handed
    .map(({ id, from, to }) => `INC-${id}: ${from?.name ?? '–'} → ${to?.name ?? '–'}`)
    .join('; ');
  await services.handOvers.mail(identityOf(request), handed);
}

/** What the store is asked for, as its caller sees the queue. */
export function narrowed(
  { minLevel, since, changed, ...rest }: QueueFilter,
  identity: Identity,
  now: number,
): Omit<IncidentFilter, 'cursor' | 'limit'> {
  return {
    ...rest,
    minRank: minLevel === undefined ? 0 : LEVELS.indexOf(minLevel),
    changed: changed === 'yes',
    ...(since === undefined ? {} : { sinceAt: now - durationOf(since) }),
    viewer: viewerOf(identity),
    side: sideOf(identity),
  };
}

/** Many incidents at once: the queue, changes in bulk, and saved views of it. */
export function queueRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/incidents',
    {
      config: { access: 'incidents.read' },
      schema: { querystring: IncidentQuery, response: { 200: IncidentPage } },
    },
    async (request) => {
      const identity = identityOf(request);
      const { cursor, limit, ...filter } = request.query;
      const page = await services.incidents.list(identity.scope, {
        ...narrowed(filter, identity, services.now()),
        ...(cursor === undefined ? {} : { cursor }),
        limit,
      });
      return {
        ...page,
        items: page.items.map((incident) => ({
          ...incident,
          techniques: services.rules.techniques(incident.techniques.map(({ id }) => id)),
        })),
      };
    },
  );

  app.post(
    '/api/incidents/bulk',
    { config: { access: 'incidents.handle' }, schema: { body: BulkChange, response: { 200: BulkResult } } },
    async (request) => {
      const identity = identityOf(request);
      const change = await ownedBy(services, identity, request.body.change);
      for (const id of request.body.ids) await requireReasonToClose(services, identity, id, change);
      const { done, missing, refused, undo } = await services.incidents.change(
        identity.scope,
        request.body.ids,
        change,
        identity,
      );
      for (const { id, tenant } of done) services.publish({ type: 'incident', id, tenant });
      const [first] = done;
      // The record of one is found by its incident, and that of one client's by its administrators.
      if (first !== undefined && done.length === 1)
        request.audit.object = { kind: 'incident', id: String(first.id) };
      if (first !== undefined && done.every(({ tenant }) => tenant === first.tenant))
        request.audit.tenant = first.tenant;
      await toldOf(services, request, done);
      return {
        done: done.map(({ id }) => id),
        failed: [
          ...missing.map((id) => ({ id, ...said(notFound('incident')) })),
          ...refused.map((id) => ({ id, ...said(outOfReach('the owner')) })),
        ],
        undo,
      };
    },
  );

  app.post(
    '/api/incidents/undo',
    { config: { access: 'incidents.handle' }, schema: { body: BulkUndo, response: { 200: BulkUndone } } },
    async (request) => {
      const identity = identityOf(request);
      const done = await services.incidents.undo(identity.scope, request.body.undo, identity);
      if (done === undefined) throw notFound('change');
      for (const { id, tenant } of done.undone) services.publish({ type: 'incident', id, tenant });
      return { undone: done.undone.map(({ id }) => id), kept: [...done.kept] };
    },
  );

  app.post(
    '/api/incidents/:id/seen',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = identityOf(request);
      const { id } = request.params;
      const viewer = viewerOf(identity);
      const there =
        viewer === undefined
          ? (await services.incidents.get(identity.scope, id)) !== undefined
          : await services.incidents.look(identity.scope, id, viewer);
      if (!there) throw notFound('incident');
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/incidents/owners',
    { config: { access: 'incidents.handle' }, schema: { response: { 200: IncidentOwners } } },
    async (request) => ({ items: await ownersOnDuty(services, identityOf(request)) }),
  );

  app.get(
    '/api/views',
    { config: { access: 'incidents.read' }, schema: { response: { 200: QueueViewList } } },
    async (request) => ({ items: await services.queueViews.list(identityOf(request)) }),
  );

  app.post(
    '/api/views',
    { config: { access: 'incidents.read' }, schema: { body: NewQueueView, response: { 201: QueueView } } },
    async (request, reply) => {
      const identity = personOf(identityOf(request));
      if (request.body.shared) requirePermission(identity, 'views.share');
      if (request.body.query.tenant !== undefined) requireTenant(identity, request.body.query.tenant);
      const made = await services.queueViews.add(identity, request.body);
      if (made === undefined)
        throw new ApiFailure(
          409,
          'VIGIE_API_TOO_MANY',
          'you have a hundred views already; remove some first',
        );
      return reply.status(201).send(made);
    },
  );

  app.patch(
    '/api/views/:id',
    {
      config: { access: 'incidents.read' },
      schema: { params: ByViewId, body: QueueViewPatch, response: { 200: QueueView } },
    },
    async (request) => {
      const identity = personOf(identityOf(request));
      const { query, shared } = request.body;
      if (shared === true) requirePermission(identity, 'views.share');
      if (query?.tenant !== undefined) requireTenant(identity, query.tenant);
      const changed = await services.queueViews.change(identity, request.params.id, request.body);
      if (changed === undefined) throw notFound('view');
      return changed;
    },
  );

  app.delete(
    '/api/views/:id',
    { config: { access: 'incidents.read' }, schema: { params: ByViewId, response: { 204: z.null() } } },
    async (request, reply) => {
      if (!(await services.queueViews.remove(personOf(identityOf(request)), request.params.id)))
        throw notFound('view');
      return reply.status(204).send(null);
    },
  );
}

/** A view belongs to a person. @throws 400 for a key */
function personOf(identity: Identity): Identity {
  if (identity.kind !== 'account')
    throw new ApiFailure(400, 'VIGIE_API_INVALID', 'views belong to people; sign in as one');
  return identity;
}

/** People who may own what the caller sees: they work on incidents of all tenants, or of one of the caller's. */
async function ownersFor(services: ApiServices, { scope }: Identity) {
  const users = await services.accounts.users();
  return users
    .filter(
      ({ role, tenants, active }) =>
        active &&
        permissionsOf(role).has('incidents.handle') &&
        (tenants === null || scope === 'all' || tenants.some((tenant) => maySee(scope, tenant))),
    )
    .map(({ id, name, email, tenants }) => ({
      id,
      name,
      email,
      // Which others they work for is no business of who is confined to some.
      tenants: tenants?.filter((tenant) => maySee(scope, tenant)) ?? null,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The same, and who of them is on call. */
async function ownersOnDuty(services: ApiServices, identity: Identity) {
  const rotas = await services.rotas.list();
  const called = new Set(rotas.map(({ now }) => now.member?.email.toLowerCase()));
  return (await ownersFor(services, identity)).map(({ id, name, email, tenants }) => ({
    id,
    name,
    tenants,
    onDuty: called.has(email.toLowerCase()),
  }));
}

function said({ code, message }: ApiFailure) {
  return { code, message };
}

function durationOf(text: string): number {
  return Number(text.slice(0, -1)) * UNITS[text.at(-1) as 'h' | 'd'];
}
