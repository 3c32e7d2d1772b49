import { NoticeList, NoticesRead } from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { identityOf } from '../identity.ts';
import type { ApiServices } from '../ports.ts';

/** What the signed-in person is told. */
export function noticeRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/notices',
    { config: { access: 'signed-in' }, schema: { response: { 200: NoticeList } } },
    async (request) => {
      const { scope, id } = identityOf(request);
      return services.notices.list(scope, id);
    },
  );

  app.post(
    '/api/notices/read',
    { config: { access: 'signed-in' }, schema: { body: NoticesRead, response: { 204: z.null() } } },
    async (request, reply) => {
      const { scope, id } = identityOf(request);
      await services.notices.read(scope, id, request.body.ids);
      return reply.status(204).send(null);
    },
  );
}
