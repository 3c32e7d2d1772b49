import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiFailure } from './errors.ts';
import type { RepeatBook } from './ports.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while a call with a key is carried out for the first time. */
    repeat: { readonly caller: string; readonly key: string } | null;
  }
}

/** Header that names a call, so that it can be repeated without being done twice. */
export const IDEMPOTENCY_KEY = 'idempotency-key';

/**
 * Lets programs repeat a `POST` whose answer they did not get: with the same `Idempotency-Key` it is carried out
 * once, and answered alike for a day; one that changes nothing is simply done again. Keys are each caller's own. To be called before what records calls: an answer
 * given again is no new call.
 */
export function repeatCalls(app: FastifyInstance, repeats: RepeatBook): void {
  app.decorateRequest('repeat', null);
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers[IDEMPOTENCY_KEY];
    const { access } = request.routeOptions.config;
    if (key === undefined || request.method !== 'POST' || access === 'ingest') return;
    // What changes nothing can be repeated as it is. Kept, its answers would be anybody's way to fill the disk.
    if (request.auditing === null) return;
    const { identity } = request;
    // Nobody known has nothing that is their own.
    if (identity === null) return;
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
      throw new ApiFailure(400, 'VIGIE_API_INVALID', `${IDEMPOTENCY_KEY}: 1 to 255 visible ASCII characters`);
    const caller = `${identity.kind}:${identity.id}`;
    const known = await repeats.begin(caller, key, digestOf(request));
    switch (known.kind) {
      case 'first':
        request.repeat = { caller, key };
        return;
      case 'answered':
        request.auditing = null;
        reply.status(known.status).header('idempotency-replayed', 'true');
        if (known.type !== '') reply.header('content-type', known.type);
        // As it was: it has been serialised already.
        return reply.serializer((body) => body as string).send(known.body);
      case 'open':
        reply.header('retry-after', '1');
        throw new ApiFailure(
          409,
          'VIGIE_API_REPEAT_OPEN',
          'a call with this key is under way, or was cut off; look whether it was done before you use another key',
        );
      case 'other':
        throw new ApiFailure(422, 'VIGIE_API_REPEAT_OTHER', 'this key was used for another call');
    }
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const call = request.repeat;
    if (call === null) return payload;
    request.repeat = null;
    const { statusCode } = reply;
    // What our side could not do, or not yet, may be tried again.
    if (statusCode >= 500 || statusCode === 429) await repeats.forget(call.caller, call.key);
    else
      await repeats.finish(call.caller, call.key, {
        status: statusCode,
        type: String(reply.getHeader('content-type') ?? ''),
        body: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.toString() : '',
      });
    return payload;
  });
}

function digestOf(request: FastifyRequest): string {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest('hex');
}
