import type { paths } from './api.generated.ts';
import type { VigieClient } from './client.ts';
import { VigieError } from './error.ts';

type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** Paths whose `GET` answers with a page of a list. */
export type ListPath = {
  [P in keyof paths]: Answer<P> extends { items: unknown[]; next?: string } ? P : never;
}[keyof paths];

type Item<P extends ListPath> = Answer<P> extends { items: (infer One)[] } ? One : never;
type Query<P extends ListPath> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? Omit<NonNullable<Q>, 'cursor'>
  : never;
type Path<P extends ListPath> = paths[P] extends { get: { parameters: { path: infer V } } } ? V : undefined;

/**
 * Everything of a list, page after page, as it is asked for.
 *
 * @throws VigieError when a page is refused
 */
export async function* pages<P extends ListPath>(
  client: VigieClient,
  list: P,
  query: Query<P> = {} as Query<P>,
  path?: Path<P>,
): AsyncGenerator<Item<P>> {
  // The types of path and query are checked above; openapi-fetch can't follow them through a generic path.
  const get = client.GET as unknown as (
    path: P,
    init: object,
  ) => Promise<{ data?: { items: Item<P>[]; next?: string }; error?: unknown; response: Response }>;
  let cursor: string | undefined;
  do {
    const { data, error, response } = await get(list, { params: { path, query: { ...query, cursor } } });
    if (data === undefined) throw VigieError.of(response, error);
    yield* data.items;
    cursor = data.next;
  } while (cursor !== undefined);
}
