import Fastify, { type FastifyInstance } from 'fastify';
import type { IngestLimits } from '../http/limits.ts';
import { ingestRoutes, ingestServerOptions } from '../http/routes.ts';
import { TEST_TOKEN, type TestPorts, testPorts } from './ports.ts';

/** A server on a free loopback port with the ingestion routes and a route of somebody else. */
export interface TestServer {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
  readonly ports: TestPorts;
}

/** Starts a {@link TestServer}. */
export async function testServer(limits: Partial<IngestLimits> = {}): Promise<TestServer> {
  const ports = testPorts();
  const app = Fastify({ ...ingestServerOptions, bodyLimit: 1024, forceCloseConnections: true });
  app.post('/api/other', async (request) => ({ parsed: request.body }));
  app.get('/', async (_request, reply) => reply.type('text/html').send('<p>console</p>'));
  await app.register(ingestRoutes({ ports, limits }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, url, port: Number(new URL(url).port), ports };
}

/** A header with the test source's token. */
export function bearer(type?: string): Record<string, string> {
  return { authorization: `Bearer ${TEST_TOKEN}`, ...(type === undefined ? {} : { 'content-type': type }) };
}
