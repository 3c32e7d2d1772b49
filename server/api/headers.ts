import type { FastifyInstance } from 'fastify';

/** Nothing of ours but the pages themselves is shown by a browser, and none of it in somebody else's frame. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";
/** How long browsers are to come by TLS only (RFC 6797, section 6.1.1): a year, seconds. */
const TLS_FOR = 31_536_000;

/**
 * Headers of every answer. What a route has said itself stays: pages have policies of their own. Answers are the
 * caller's alone and change, so no cache keeps them, neither the browser's on a shared machine nor a proxy's.
 *
 * @param publicUrl where people come in; by https: then browsers are told to come by nothing else
 */
export function protectAnswers(app: FastifyInstance, publicUrl: () => string): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    // Shippers are no browsers, and there are many of their calls.
    if (request.routeOptions.config.access === 'ingest') return;
    if (publicUrl().startsWith('https:')) reply.header('strict-transport-security', `max-age=${TLS_FOR}`);
    for (const [name, value] of [
      ['content-security-policy', NOTHING],
      ['cache-control', 'no-store'],
      ['cross-origin-resource-policy', 'same-origin'],
    ] as const)
      if (!reply.hasHeader(name)) reply.header(name, value);
  });
}
