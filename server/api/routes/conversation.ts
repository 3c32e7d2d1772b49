import type { IncomingMessage } from 'node:http';
import {
  AttachmentDownload,
  AttachmentUpload,
  CommentEdit,
  CommentHistory,
  ConversationView,
  NewComment,
} from '@vigie/contracts/api';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { ApiFailure, notFound } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { ApiServices, CollaborationProblem } from '../ports.ts';

/** An incident's number in the path. */
export const ById = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) });
const Part = z.string().min(1).max(64);
const ByComment = ById.extend({ comment: Part });
const ByAttachment = ById.extend({ attachment: Part });

const BODY_LIMIT = 128 * 1024;
/** What any configuration may allow; the one in force is looked at with the request. */
const MOST_UPLOADED = 1024 ** 3;

/** What people say and send about an incident. */
export function conversationRoutes(app: Api, services: ApiServices): void {
  app.get(
    '/api/incidents/:id/conversation',
    { config: { access: 'incidents.read' }, schema: { params: ById, response: { 200: ConversationView } } },
    async (request) => done(await services.conversations.read(identityOf(request), request.params.id)),
  );

  app.post(
    '/api/incidents/:id/comments',
    {
      config: { access: 'comments.write' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ById, body: NewComment, response: { 201: ConversationView } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .send(
          done(await services.conversations.comment(identityOf(request), request.params.id, request.body)),
        ),
  );

  app.patch(
    '/api/incidents/:id/comments/:comment',
    {
      config: { access: 'comments.write' },
      bodyLimit: BODY_LIMIT,
      schema: { params: ByComment, body: CommentEdit, response: { 200: ConversationView } },
    },
    async (request) => {
      const { id, comment } = request.params;
      return done(await services.conversations.edit(identityOf(request), id, comment, request.body));
    },
  );

  app.delete(
    '/api/incidents/:id/comments/:comment',
    {
      config: { access: 'comments.write' },
      schema: { params: ByComment, response: { 200: ConversationView } },
    },
    async (request) => {
      const { id, comment } = request.params;
      return done(await services.conversations.remove(identityOf(request), id, comment));
    },
  );

  app.get(
    '/api/incidents/:id/comments/:comment/history',
    {
      config: { access: 'incidents.read' },
      schema: { params: ByComment, response: { 200: CommentHistory } },
    },
    async (request) => {
      const { id, comment } = request.params;
      return done(await services.conversations.history(identityOf(request), id, comment));
    },
  );

  app.register(async (files) => {
    // The body is a stream of our own reading: it goes to disk as it comes, and its size is counted there.
    files.removeAllContentTypeParsers();
    files.addContentTypeParser('application/octet-stream', (_request, payload, read) => read(null, payload));
    (files as unknown as Api).post(
      '/api/incidents/:id/attachments',
      {
        config: { access: 'comments.write' },
        bodyLimit: MOST_UPLOADED,
        schema: { params: ById, querystring: AttachmentUpload, response: { 201: ConversationView } },
      },
      async (request, reply) => {
        const identity = identityOf(request);
        const { id } = request.params;
        const content = request.body as IncomingMessage | null;
        if (!(await services.conversations.knows(identity, id))) throw notFound('incident');
        if (content === null)
          throw new ApiFailure(400, 'VIGIE_API_INVALID', 'the body is the file, application/octet-stream');
        const { maxAttachment } = services.conversations;
        // Said before the file is sent as far as a sender tells its size; what is longer is cut off on the way.
        if (Number(request.headers['content-length'] ?? 0) > maxAttachment) {
          reply.header('connection', 'close');
          throw new ApiFailure(
            413,
            'VIGIE_COLLABORATION_FILE_TOO_LARGE',
            `a file may have at most ${maxAttachment} bytes`,
          );
        }
        const { name, audience } = request.query;
        const view = done(await services.conversations.attach(identity, id, { name, audience, content }));
        return reply.status(201).send(view);
      },
    );
  });

  app.get(
    '/api/incidents/:id/attachments/:attachment',
    {
      config: { access: 'incidents.read' },
      schema: { params: ByAttachment, querystring: AttachmentDownload },
    },
    async (request, reply) => {
      const { id, attachment } = request.params;
      const file = done(
        await services.conversations.download(
          identityOf(request),
          id,
          attachment,
          request.query.warned === 'yes',
        ),
      );
      // Whatever it is, a browser stores it and shows nothing of it in our origin.
      return reply
        .header('content-disposition', disposition(file.name))
        .header('content-length', file.size)
        .header('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'")
        .header('cross-origin-resource-policy', 'same-origin')
        .header('cache-control', 'no-store')
        .type('application/octet-stream')
        .send(file.content);
    },
  );

  app.delete(
    '/api/incidents/:id/attachments/:attachment',
    {
      config: { access: 'comments.write' },
      schema: { params: ByAttachment, response: { 200: ConversationView } },
    },
    async (request) => {
      const { id, attachment } = request.params;
      return done(await services.conversations.detach(identityOf(request), id, attachment));
    },
  );
}

/** RFC 6266 with RFC 8187: an ASCII name for the old, the whole one for all others. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, '_');
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

const STATUS: Record<CollaborationProblem['code'], readonly [status: number, code: string]> = {
  not_found: [404, 'VIGIE_API_NOT_FOUND'],
  invalid: [400, 'VIGIE_API_INVALID'],
  forbidden: [403, 'VIGIE_API_FORBIDDEN'],
  gone: [409, 'VIGIE_API_GONE'],
  warning: [409, 'VIGIE_API_INFECTED'],
  busy: [409, 'VIGIE_API_BEING_SCANNED'],
  many: [409, 'VIGIE_API_TOO_MANY_FILES'],
};

/** The result, or the problem as the refusal that the caller is told of. */
export function done<T extends object>(result: T | CollaborationProblem): T {
  if (!('code' in result && 'message' in result)) return result as T;
  const problem = result as CollaborationProblem;
  const [status, code] = STATUS[problem.code];
  throw new ApiFailure(status, code, problem.message);
}
