import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { ApiError } from '@vigie/contracts/api';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';

const DESCRIPTION = `The API of a Vigie installation.

- **Sign-in.** Programs send an API key: \`Authorization: Bearer vkey_…\`. A key has a role and tenants; what is not
  its own is not found (404).
- **Errors.** Every answer that is no success has the body \`{"error": {"code", "message", "details"}}\`. The code is
  stable, the message is for people. 429 and 503 say in \`Retry-After\` when to come again.
- **Lists.** \`{"items", "next"}\`; \`next\` is the \`cursor\` of the following page and absent on the last one.
- **Repeats.** A \`POST\` with an \`Idempotency-Key\` is carried out once and answered alike for 24 hours.
- **Instants** are epoch milliseconds.`;

const RepeatHeader = z.object({
  'idempotency-key': z
    .string()
    .max(255)
    .optional()
    .describe('Names this call: repeated with the same key and body, it is answered alike and done once.'),
});

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;

/** What the routes' schemas don't say: who may call, tags, operation ids, errors, headers. */
const transform: Transform = (input) => {
  const { route, url } = input;
  const access = route.config?.access;
  const ingest = access === 'ingest';
  // Programs that speak to Elasticsearch ask for much that only they need.
  if (input.schema?.hide === true || (ingest && url.startsWith('/elastic')))
    return { schema: { hide: true }, url };
  const schema = (input.schema ?? {}) as Record<string, unknown>;
  const method = [route.method].flat().find((each) => each !== 'HEAD') ?? 'GET';
  const repeats = method === 'POST' && !ingest && access !== 'public' && schema['headers'] === undefined;
  const made = jsonSchemaTransform({
    ...input,
    schema: {
      ...schema,
      response: ingest ? schema['response'] : { ...(schema['response'] as object), default: ApiError },
      ...(repeats ? { headers: RepeatHeader } : {}),
    },
  } as Parameters<typeof jsonSchemaTransform>[0]) as { schema: Record<string, unknown>; url: string };
  const responses = made.schema['response'] as Record<string, { description?: string }> | undefined;
  if (responses?.['default'] !== undefined) responses['default'].description = 'What went wrong';
  const security: Record<string, string[]>[] =
    access === 'public' ? [] : ingest ? [{ sourceToken: [] }] : [{ apiKey: [] }, { session: [] }];
  return {
    url: made.url,
    schema: {
      ...made.schema,
      tags: [ingest ? 'ingestion' : (url.split('/')[2] ?? 'api')],
      operationId: operationId(method, url),
      security,
      ...(access === undefined || access === 'public' || ingest
        ? {}
        : { description: `Needs: ${String(access)}.` }),
    },
  };
};

/** Options of the OpenAPI document. */
export function openApi(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Vigie',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This installation' }],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `vkey_…`.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'vigie_session',
            description: 'A person’s session; changes also need `Origin` to be this installation.',
          },
          sourceToken: { type: 'http', scheme: 'bearer', description: 'The token of a source, `vsrc_…`.' },
        },
      },
    } as NonNullable<FastifyDynamicSwaggerOptions['openapi']>,
    transform,
  };
}

/** `PATCH /api/incidents/:id` → `patchIncidentsById`. */
function operationId(method: string, url: string): string {
  const words = url
    .replace(/^\/api\//, '/')
    .split('/')
    .filter((part) => part !== '')
    .flatMap((part) =>
      part.startsWith(':') ? ['by', part.slice(1).replace(/\(.*$/, '')] : part.split(/[^A-Za-z0-9]+/),
    )
    .filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}
