import { PERMISSION_TABLE, type Permission } from '@vigie/contracts/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiFailure } from './errors.ts';
import { PerMinute } from './per-minute.ts';
import type { ApiServices, Identity, Scope } from './ports.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** What the caller needs. Every route must say it, or the server does not start. */
    access?: Access;
  }
}

/**
 * What a route asks of its caller: a permission; `signed-in`: anybody we know, about themselves; `public`: nothing;
 * `ingest`: a source's own token.
 */
export type Access = Permission | 'signed-in' | 'public' | 'ingest';

/**
 * What a route asks of its caller.
 *
 * @throws Error when it does not say, or says what nobody can have: a server with such a route does not start
 */
export function accessOf(route: {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly config?: { readonly access?: string };
}): Access {
  const access = route.config?.access;
  if (access === undefined || !(Object.hasOwn(PERMISSION_TABLE, access) || OTHERS.has(access)))
    throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`);
  return access as Access;
}

const OTHERS: ReadonlySet<string> = new Set(['signed-in', 'public', 'ingest'] satisfies Access[]);

/** Name of the session cookie. */
export const SESSION_COOKIE = 'vigie_session';

/** Value of one cookie of a `Cookie` header (RFC 6265, section 4.2). */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > 8192) return undefined;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** Whether a caller has a permission. */
export function may(identity: Identity, permission: Permission): boolean {
  return identity.permissions.has(permission);
}

/** @throws 403 when the caller lacks a permission that only this part of the request needs */
export function requirePermission(identity: Identity, permission: Permission): void {
  if (!may(identity, permission))
    throw new ApiFailure(403, 'VIGIE_API_FORBIDDEN', `needs the permission ${permission}`);
}

/** The signed-in identity; a route that is not public always has one. */
export function identityOf(request: FastifyRequest): Identity {
  if (request.identity === null) throw new ApiFailure(401, 'VIGIE_API_SIGN_IN', 'sign in first');
  return request.identity;
}

/** Whether a tenant is in an identity's scope. */
export function maySee(scope: Scope, tenant: string): boolean {
  return scope === 'all' || scope.includes(tenant);
}

/** @throws 404 when the tenant is not the caller's to see */
export function requireTenant(identity: Identity, tenant: string): void {
  if (!maySee(identity.scope, tenant))
    throw new ApiFailure(404, 'VIGIE_API_NOT_FOUND', `tenant ${tenant} not found`);
}

/** @throws 403 when the caller is confined to some tenants: the thing concerns all */
export function requireProvider(identity: Identity): void {
  if (identity.scope !== 'all')
    throw new ApiFailure(403, 'VIGIE_API_FORBIDDEN', 'only for those of the provider who see all tenants');
}

/** Files that one person, or one program, is given in a minute. */
const EXPORTS = 60;

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Knows the caller of every request and refuses what they may not do.
 *
 * A cookie counts for a state-changing request only when the browser says that our own page sent it, so
 * that another site can't act in a signed-in person's name.
 */
export function authenticate(app: FastifyInstance, services: ApiServices): void {
  app.decorateRequest('identity', null);
  const exports = new PerMinute(EXPORTS, services.now);
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'ingest') return;
    const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) request.identity = (await services.access.byKey(bearer)) ?? null;
    else {
      const cookie = readCookie(request.headers.cookie, SESSION_COOKIE);
      if (cookie !== undefined && (SAFE.has(request.method) || sameOrigin(request)))
        request.identity = (await services.access.bySession(cookie)) ?? null;
    }
    if (access === 'public') return;
    const identity = request.identity;
    if (identity === null) throw new ApiFailure(401, 'VIGIE_API_SIGN_IN', 'sign in first');
    if (identity.mustChangePassword && !request.url.startsWith('/api/session'))
      throw new ApiFailure(403, 'VIGIE_API_PASSWORD_CHANGE', 'change the one-time password first');
    if (identity.mustEnrol === true && !/^\/api\/(?:session|security)(?:[/?]|$)/.test(request.url))
      throw new ApiFailure(403, 'VIGIE_API_SECOND_FACTOR', 'set up a second factor first');
    if (access !== 'signed-in') requirePermission(identity, access);
    // Files are written while everything else waits: one person makes so many and not more.
    if (access === 'exports.make' && !exports.allow(identity.owner ?? identity.id))
      throw new ApiFailure(429, 'VIGIE_API_TOO_MANY', `at most ${EXPORTS} files a minute; wait a little`);
  });
}

function sameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (typeof site === 'string') return site === 'same-origin';
  const origin = request.headers.origin;
  if (origin === undefined) return false;
  try {
    return new URL(origin).host === request.headers.host;
  } catch {
    // An origin that is no URL ("null") is never ours.
    return false;
  }
}
