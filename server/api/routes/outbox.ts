import { MailDetail, MailView, pageOf, Slug } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { notFound } from '../errors.ts';
import { identityOf, requireProvider } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

const ById = z.object({ id: z.string().max(64) });
const Filter = z.object({
  state: z.enum(['pending', 'sending', 'sent', 'dead']).optional(),
  tenant: Slug.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Mails: what was sent, what waits, what was given up. */
export function outboxRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/outbox',
    {
      config: { access: 'mails.read' },
      schema: { querystring: Filter, response: { 200: pageOf(MailView) } },
    },
    async (request) => services.outbox.list(identityOf(request).scope, request.query),
  );

  app.get(
    '/api/outbox/:id',
    { config: { access: 'mails.read' }, schema: { params: ById, response: { 200: MailDetail } } },
    async (request) => {
      const mail = await services.outbox.get(identityOf(request).scope, request.params.id);
      if (mail === undefined) throw notFound('mail');
      return mail;
    },
  );

  app.post(
    '/api/outbox/:id/retry',
    { config: { access: 'mails.send' }, schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      if (!(await services.outbox.retry(identityOf(request).scope, request.params.id)))
        throw notFound('mail');
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/mail/test',
    {
      config: { access: 'platform.manage' },
      schema: {
        body: z.object({ to: z.email().max(254) }),
        response: { 200: z.object({ ok: z.boolean(), detail: z.string() }) },
      },
    },
    async (request) => {
      const identity = identityOf(request);
      requireProvider(identity);
      return services.testMail(request.body.to, identity.language ?? 'en');
    },
  );
}
