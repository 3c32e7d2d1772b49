import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiFailure } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The list is read whole and cut into pages here, where the caller asks for pages. */
    cutIntoPages?: boolean;
  }
}

const Paging = {
  cursor: z
    .string()
    .max(500)
    .optional()
    .describe('The `next` of the page before; with it, `limit` as before.'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Items of a page; left out: the whole list.'),
};

/**
 * Gives every list pages by cursor. Lists that are long bring their own; those that are short enough to be read at
 * once (`{items}` without `next`) are cut here, so that a program reads all lists alike.
 */
export function pageLists(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const schema = route.schema as { querystring?: unknown; response?: Record<number, unknown> } | undefined;
    const answer = schema?.response?.[200];
    if (route.method !== 'GET' || schema === undefined || !(answer instanceof z.ZodObject)) return;
    const query = schema.querystring;
    if (!(answer.shape['items'] instanceof z.ZodArray) || 'next' in answer.shape) return;
    if (query !== undefined && !(query instanceof z.ZodObject)) return;
    if (query !== undefined && ('cursor' in query.shape || 'limit' in query.shape)) return;
    schema.querystring = (query ?? z.object({})).extend(Paging);
    schema.response = { ...schema.response, 200: answer.extend({ next: z.string().optional() }) };
    route.config = { ...route.config, cutIntoPages: true } as typeof route.config;
  });
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (request.routeOptions.config.cutIntoPages !== true || reply.statusCode !== 200) return payload;
    return cut(request, payload as { readonly items: readonly unknown[] });
  });
}

function cut(request: FastifyRequest, page: { readonly items: readonly unknown[] }) {
  const { cursor, limit } = request.query as { cursor?: string; limit?: number };
  if (limit === undefined && cursor === undefined) return page;
  const { items } = page;
  const from = cursor === undefined ? 0 : placeAfter(items, cursor);
  const part = items.slice(from, from + (limit ?? 100));
  const end = from + part.length;
  return { ...page, items: part, ...(end < items.length ? { next: cursorAt(items, end - 1) } : {}) };
}

function cursorAt(items: readonly unknown[], index: number): string {
  return Buffer.from(JSON.stringify([index, nameOf(items[index])])).toString('base64url');
}

/** Where the page after a cursor begins: after the item that it names, or, when that is gone, where it was. */
function placeAfter(items: readonly unknown[], cursor: string): number {
  let index: unknown;
  let name: unknown;
  try {
    [index, name] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  } catch {
    // Whatever it is, it was not made here.
  }
  if (!Number.isSafeInteger(index) || (index as number) < 0)
    throw new ApiFailure(400, 'VIGIE_API_INVALID', 'cursor: not one of this list');
  const found =
    typeof name === 'string' && name !== '' ? items.findIndex((item) => nameOf(item) === name) : -1;
  return found >= 0 ? found + 1 : Math.min(index as number, items.length);
}

function nameOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const { tenant, kind, id, key, source, number, name, email } = item as Record<string, unknown>;
  return [tenant, kind, id ?? key ?? number ?? email ?? name, source]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join('/');
}
