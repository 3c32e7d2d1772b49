import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type About,
  type AuditEntry,
  type AuditOutcome,
  actionOf,
  changesOf,
  type Who,
} from '../audit/index.ts';
import { ApiFailure } from './errors.ts';
import { maySee } from './identity.ts';
import type { AuditWriter } from './ports.ts';

/** What a route can add to the record of its call. */
export interface AuditNote {
  /** Who acted, where the request's identity does not say it: a sign-in. */
  actor?: { readonly id: string | null; readonly name?: string; readonly email?: string };
  tenant?: string | null;
  object?: { readonly kind: string; readonly id: string | null; readonly label?: string };
  /** Values of the body's fields before. */
  before?: Readonly<Record<string, unknown>>;
  text?: string;
  /** What became of it, where the answer's status does not say it. */
  outcome?: AuditOutcome;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Filled by routes that know more than method, path and body say. */
    audit: AuditNote;
    auditing: { id?: string; finished: boolean } | null;
  }
  interface FastifyContextConfig {
    /** Name in the audit log of a call that is no change but must be recorded: an export. */
    audit?: string;
    /** False: the body's fields are not written down, not even by name: all of it is secret or personal. */
    auditBody?: false;
  }
}

/** Header by which the command line says who runs it; believed only with the key of the data folder. */
const OPERATOR = 'vigie-operator';
/** Where people prove who they are, and set that up. */
const SIGN_IN = ['/api/session', '/api/sign-in/', '/api/security'];
/** Parts of addresses that are no ids of things. */
const PERSONAL = new Set(['email']);

/**
 * Records every call that changes something, refused ones too: noted before its handler runs, and linked into the
 * chain before its answer leaves. Where that fails, the call fails.
 */
export function recordCalls(app: FastifyInstance, audit: AuditWriter, now: () => number): void {
  app.decorateRequest('auditing', null);
  app.decorateRequest('audit', undefined as never);
  app.addHook('onRequest', async (request) => {
    request.audit = {};
    if (nameOf(request) !== undefined) request.auditing = { finished: false };
  });
  app.addHook('preHandler', async (request) => {
    if (request.auditing === null) return;
    // An export changes nothing: it is recorded when it begins to leave.
    if (request.routeOptions.config.audit !== undefined) return;
    const id = await written(audit.begin(entryOf(request, now(), 'unknown', null)));
    if (id !== undefined) request.auditing.id = id;
  });
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (request.auditing !== null && typeof payload === 'object' && payload !== null)
      learn(request, payload as Readonly<Record<string, unknown>>);
    return payload;
  });
  app.addHook('onSend', async (request, reply) => {
    const call = request.auditing;
    if (call === null || call.finished) return;
    // Set first: when this fails, the answer to that failure comes by here again.
    call.finished = true;
    await written(
      audit.finish(entryOf(request, now(), outcomeOf(request, reply), reply.statusCode), call.id),
    );
  });
}

/** Whether a call waits for its record: it must not be answered without one. */
async function written<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    throw Object.assign(
      new ApiFailure(503, 'VIGIE_AUDIT_UNAVAILABLE', 'the audit log can’t be written; try again in a moment'),
      { cause },
    );
  }
}

function nameOf(request: FastifyRequest): { readonly action: string; readonly kind: string } | undefined {
  const { config, url } = request.routeOptions;
  if (config.access === undefined || config.access === 'ingest' || url === undefined) return undefined;
  if (config.audit !== undefined) return { action: config.audit, kind: config.audit.split('.')[0]! };
  return actionOf(request.method, url);
}

function outcomeOf(request: FastifyRequest, reply: FastifyReply): AuditOutcome {
  const { statusCode } = reply;
  if (request.audit.outcome !== undefined) return request.audit.outcome;
  // Single sign-on answers with a redirect, whether somebody came in or not.
  if (request.routeOptions.config.audit === 'session.sign-in' && request.audit.actor === undefined)
    return 'refused';
  if (statusCode === 303 && String(reply.getHeader('location')).startsWith('/?sign-in=')) return 'refused';
  if (statusCode < 400) return 'done';
  if (statusCode >= 500) return 'failed';
  return [401, 403, 404, 429].includes(statusCode) ? 'refused' : 'invalid';
}

function entryOf(
  request: FastifyRequest,
  at: number,
  outcome: AuditOutcome,
  status: number | null,
): AuditEntry {
  const { audit } = request;
  const { action, kind } = nameOf(request)!;
  const object = audit.object ?? objectOf(request, kind);
  const about = aboutOf(request, object?.label);
  const actor = actorOf(request);
  return {
    at: Math.floor(at),
    tenant: tenantOf(request),
    actor: actor.actor,
    action,
    object: object === undefined ? null : { kind: object.kind, id: object.id },
    outcome,
    status,
    who: actor.who,
    ...(about === undefined ? {} : { about }),
  };
}

function actorOf(request: FastifyRequest): { actor: AuditEntry['actor']; who: Who } {
  const address = request.ip;
  const { identity, audit } = request;
  if (audit.actor !== undefined) {
    const { id, name, email } = audit.actor;
    return { actor: { kind: id === null ? 'nobody' : 'account', id }, who: { name, email, address } };
  }
  if (identity === null) return { actor: { kind: 'nobody', id: null }, who: { address } };
  const { kind, id, name, email } = identity;
  if (kind === 'key' && id === 'local') {
    const operator = request.headers[OPERATOR];
    const user = typeof operator === 'string' ? operator.slice(0, 100) : undefined;
    return {
      actor: { kind: 'local', id: null },
      who: { name: user === undefined ? name : `${name} (${user})`, address },
    };
  }
  return { actor: { kind, id }, who: { name, ...(email === '' ? {} : { email }), address } };
}

/**
 * The tenant whose administrators see the record: what the route, the path or the body says, as far as it is the
 * caller's. A try at another client's things is shown to the caller's own client, with what the caller wrote, and
 * never to the other: it would tell one client about the people of another.
 */
function tenantOf(request: FastifyRequest): string | null {
  const { identity, audit, params, body, query, routeOptions } = request;
  if (identity === null) return audit.tenant ?? null;
  const own = routeOptions.url?.startsWith('/api/tenants/:id') === true ? field(params, 'id') : undefined;
  for (const said of [
    audit.tenant,
    own,
    field(params, 'tenant'),
    field(body, 'tenant'),
    field(query, 'tenant'),
  ])
    if (typeof said === 'string' && said.length <= 64) {
      if (maySee(identity.scope, said)) return said;
      break;
    }
  if (audit.tenant === null || identity.scope === 'all') return null;
  return identity.scope.length === 1 ? identity.scope[0]! : null;
}

function objectOf(request: FastifyRequest, kind: string): AuditNote['object'] | undefined {
  const params = Object.entries((request.params ?? {}) as Record<string, unknown>);
  const ids = params.filter(([name]) => !PERSONAL.has(name)).map(([, value]) => String(value));
  const label = params.find(([name]) => PERSONAL.has(name))?.[1];
  if (ids.length === 0 && label === undefined) return undefined;
  return {
    kind,
    id: ids.length === 0 ? null : ids.join('/').slice(0, 300),
    ...(label === undefined ? {} : { label: String(label).slice(0, 300) }),
  };
}

function aboutOf(request: FastifyRequest, label: string | undefined): About | undefined {
  const { audit, body } = request;
  // Signing in is known by its address alone: everything else in such a body may be a secret.
  const url = request.routeOptions.url ?? '';
  const session = SIGN_IN.some((begin) => url.startsWith(begin));
  const email = session ? field(body, 'email') : undefined;
  const silent = session || request.routeOptions.config.auditBody === false;
  const changes = silent ? undefined : changesOf(body, audit.before);
  const about: About = {
    ...(label !== undefined ? { label } : typeof email === 'string' ? { label: email.slice(0, 254) } : {}),
    ...(changes === undefined ? {} : { changes }),
    ...(audit.text === undefined ? {} : { text: audit.text.slice(0, 2000) }),
  };
  return Object.keys(about).length === 0 ? undefined : about;
}

/** What the answer tells: whose the thing is, and the id of one that was made. */
function learn(request: FastifyRequest, payload: Readonly<Record<string, unknown>>): void {
  const { audit } = request;
  const tenant = payload['tenant'];
  if (audit.tenant === undefined && typeof tenant === 'string') audit.tenant = tenant;
  if (audit.object !== undefined) return;
  const { kind } = nameOf(request)!;
  const known = objectOf(request, kind);
  if (known !== undefined) return;
  const made = [payload, payload[kind], payload['key'], payload['user'], payload['source']].find(
    (one): one is Record<string, unknown> =>
      typeof one === 'object' && one !== null && idOf(one) !== undefined,
  );
  if (made !== undefined) audit.object = { kind, id: idOf(made)! };
}

function idOf(thing: object): string | undefined {
  const { id, key, tenant } = thing as Record<string, unknown>;
  const own =
    typeof id === 'string' || typeof id === 'number' ? String(id) : typeof key === 'string' ? key : undefined;
  if (own === undefined || own.length > 200) return undefined;
  // Sources are known by tenant and id.
  return typeof tenant === 'string' && typeof id === 'string' && 'health' in thing ? `${tenant}/${own}` : own;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
