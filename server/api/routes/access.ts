import { randomBytes } from 'node:crypto';
import { NewUser, SignedInView, UserPatch, UserView } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { Account, AccountRefusal, ApiServices, Identity } from '../ports.ts';
import { mayManageHolder, maySeeHolder, requireGrant } from '../reach.ts';

const ByEmail = z.object({ email: z.email().max(254).toLowerCase() });
const BySession = ByEmail.extend({ id: z.string().max(64) });
const OneTime = z.object({ oneTimePassword: z.string() });

/** People who sign in, within what the caller may do themselves. */
export function accessRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/users',
    {
      config: { access: 'access.read' },
      schema: { response: { 200: z.object({ items: z.array(UserView) }) } },
    },
    async (request) => {
      const identity = identityOf(request);
      const users = await services.accounts.users();
      return {
        items: users.filter((user) => maySeeHolder(identity, user)).map((user) => view(identity, user)),
      };
    },
  );

  app.post(
    '/api/users',
    {
      config: { access: 'access.manage' },
      schema: {
        body: NewUser,
        response: { 201: z.object({ user: UserView, oneTimePassword: z.string().optional() }) },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request);
      const { email, name, role, tenants, password } = request.body;
      requireGrant(identity, { role, tenants }, services.tenants);
      const oneTimePassword = password === undefined ? newPassword() : undefined;
      const user = await services.accounts.addUser({
        email: email.toLowerCase(),
        name,
        role,
        tenants,
        password: password ?? oneTimePassword!,
        mustChangePassword: oneTimePassword !== undefined,
      });
      if (user === undefined)
        throw new ApiFailure(409, 'VIGIE_API_EXISTS', `there is a user ${email} already`);
      return reply.status(201).send({ user: view(identity, user), oneTimePassword });
    },
  );

  app.patch(
    '/api/users/:email',
    {
      config: { access: 'access.manage' },
      schema: { params: ByEmail, body: UserPatch, response: { 200: UserView } },
    },
    async (request) => {
      const identity = identityOf(request);
      const user = await managed(identity, request.params.email);
      const { name, role = user.role, tenants = user.tenants } = request.body;
      if (request.body.role !== undefined || request.body.tenants !== undefined) {
        if (isSelf(identity, user))
          throw new ApiFailure(
            403,
            'VIGIE_API_ESCALATION',
            'nobody changes their own role or tenants; ask another administrator',
          );
        requireGrant(identity, { role, tenants }, services.tenants);
      }
      return view(identity, accepted(await services.accounts.changeUser(user.id, { name, role, tenants })));
    },
  );

  app.post(
    '/api/users/:email/reset',
    { config: { access: 'access.manage' }, schema: { params: ByEmail, response: { 200: OneTime } } },
    async (request) => {
      const { email } = await managed(identityOf(request), request.params.email);
      const oneTimePassword = newPassword();
      if (!(await services.access.resetPassword(email, oneTimePassword, true))) throw notFound('user');
      return { oneTimePassword };
    },
  );

  app.delete(
    '/api/users/:email/second-factors',
    { config: { access: 'access.manage' }, schema: { params: ByEmail, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = identityOf(request);
      const user = await managed(identity, request.params.email);
      // Whoever holds an open session must not get rid of the second factor by it.
      if (isSelf(identity, user))
        throw new ApiFailure(
          403,
          'VIGIE_API_ESCALATION',
          'nobody resets their own second factors; change them under Security, or ask another administrator',
        );
      await services.secondFactors.reset(user.id);
      await services.access.endSessions(user.id, undefined);
      await services.accessMails.factorsReset(user, identity);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/api/users/:email',
    { config: { access: 'access.manage' }, schema: { params: ByEmail, response: { 204: z.null() } } },
    async (request, reply) => {
      const identity = identityOf(request);
      const user = await managed(identity, request.params.email);
      if (isSelf(identity, user))
        throw new ApiFailure(
          400,
          'VIGIE_API_INVALID',
          'nobody can remove their own account; ask another administrator',
        );
      accepted(await services.accounts.removeUser(user.id));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/users/:email/sessions',
    {
      config: { access: 'access.read' },
      schema: { params: ByEmail, response: { 200: z.object({ items: z.array(SignedInView) }) } },
    },
    async (request) => {
      const identity = identityOf(request);
      const user = await seen(identity, request.params.email);
      return { items: await services.access.sessions(user.id, identity.session) };
    },
  );

  app.delete(
    '/api/users/:email/sessions',
    {
      config: { access: 'access.manage' },
      schema: { params: ByEmail, response: { 200: z.object({ ended: z.number().int() }) } },
    },
    async (request) => {
      const user = await managed(identityOf(request), request.params.email);
      return { ended: await services.access.endSessions(user.id, undefined) };
    },
  );

  app.delete(
    '/api/users/:email/sessions/:id',
    { config: { access: 'access.manage' }, schema: { params: BySession, response: { 204: z.null() } } },
    async (request, reply) => {
      const user = await managed(identityOf(request), request.params.email);
      if (!(await services.access.endSession(user.id, request.params.id))) throw notFound('session');
      return reply.status(204).send(null);
    },
  );

  /** @throws 404 when there is no such account, or it is not the caller's to see */
  async function seen(identity: Identity, email: string): Promise<Account> {
    const user = (await services.accounts.users()).find((each) => each.email === email);
    if (user === undefined || !maySeeHolder(identity, user)) throw notFound('user');
    return user;
  }

  /** @throws as {@link seen}, and 403 when the account may more than the caller */
  async function managed(identity: Identity, email: string): Promise<Account> {
    const user = await seen(identity, email);
    if (!mayManageHolder(identity, user))
      throw new ApiFailure(
        403,
        'VIGIE_API_ESCALATION',
        'this account may do what you may not; somebody who may has to do this',
      );
    return user;
  }
}

function view(identity: Identity, user: Account): UserView {
  return { ...user, mayChange: mayManageHolder(identity, user) };
}

/** Whether an account is the caller's own, by whichever way they came. */
function isSelf(identity: Identity, user: Account): boolean {
  return user.id === (identity.owner ?? identity.id);
}

/** @throws the refusal, for the caller */
function accepted<T>(done: T | AccountRefusal): T {
  if (done === 'unknown') throw notFound('user');
  if (done === 'last-administrator')
    throw new ApiFailure(
      409,
      'VIGIE_API_LAST_ADMINISTRATOR',
      'this is the last account that administers the platform; give the role to another one first',
    );
  return done;
}

/** 96 random bits, for one use. */
function newPassword(): string {
  return randomBytes(12).toString('base64url');
}
