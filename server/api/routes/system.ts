import type { ServerResponse } from 'node:http';
import { StatusView } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { identityOf, maySee, requireProvider } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

/** Open streams in all; each holds a connection. */
const MAX_STREAMS = 2000;
/** Of one person or program: a tab of the console has one. */
const MAX_OWN = 50;
/** Of all who are confined to some tenants: no client takes the last place of those who watch over all. */
const MAX_CONFINED = MAX_STREAMS / 2;

/** The platform's own state, its documentation, and live notices. */
export function systemRoutes(app: Api, services: ApiServices): void {
  const open = new Set<ServerResponse>();
  /** How many streams each person has, and all confined ones together. */
  const counts = new Map<string, number>();
  const CONFINED = '';
  // A stream never ends by itself and would hold up the end of the server.
  app.addHook('preClose', async () => {
    for (const raw of open) raw.end();
  });

  app.get(
    '/api/health',
    { config: { access: 'public' }, schema: { response: { 200: z.object({ ok: z.boolean() }) } } },
    async () => ({ ok: true }),
  );

  app.get(
    '/api/status',
    { config: { access: 'status.read' }, schema: { response: { 200: StatusView } } },
    (request) => services.status(identityOf(request).scope),
  );

  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () =>
    (app as unknown as { swagger(): object }).swagger(),
  );

  app.post(
    '/api/demo',
    { config: { access: 'platform.manage' }, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      requireProvider(identityOf(request));
      await services.demo.start();
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/api/demo',
    { config: { access: 'platform.manage' }, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      requireProvider(identityOf(request));
      await services.demo.remove();
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/stream',
    { config: { access: 'incidents.read' }, schema: { hide: true } },
    async (request, reply) => {
      const identity = identityOf(request);
      const { scope } = identity;
      const own = identity.owner ?? identity.id;
      const held = [own, ...(scope === 'all' ? [] : [CONFINED])];
      const of = (who: string) => counts.get(who) ?? 0;
      if (open.size >= MAX_STREAMS || of(own) >= MAX_OWN || (scope !== 'all' && of(CONFINED) >= MAX_CONFINED))
        return reply
          .status(503)
          .send({ error: { code: 'VIGIE_API_BUSY', message: 'too many open streams' } });
      reply.hijack();
      const raw = reply.raw;
      open.add(raw);
      for (const who of held) counts.set(who, of(who) + 1);
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      });
      raw.write('retry: 3000\n\n');
      const unsubscribe = services.subscribe((notice) => {
        if (notice.type === 'incident' && !maySee(scope, notice.tenant)) return;
        // A reader that does not read would make us hold its notices: let it come back instead.
        if (raw.writableLength > 65_536) raw.destroy();
        else raw.write(`event: ${notice.type}\ndata: ${JSON.stringify(notice)}\n\n`);
      });
      const beat = setInterval(() => raw.write(': still here\n\n'), 25_000);
      // Whoever may do something else now asks again, and is answered as who they are by then.
      const heard = services.access.onChange((id) => {
        if (id === identity.id || id === identity.session || id === identity.owner) raw.end();
      });
      const left = Math.min((identity.endsAt ?? Number.POSITIVE_INFINITY) - services.now(), 2_147_483_647);
      const end = setTimeout(() => raw.end(), left).unref();
      raw.on('close', () => {
        heard();
        clearTimeout(end);
        open.delete(raw);
        for (const who of held)
          if (of(who) > 1) counts.set(who, of(who) - 1);
          else counts.delete(who);
        clearInterval(beat);
        unsubscribe();
      });
    },
  );
}
