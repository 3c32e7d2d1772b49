import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { answer, type Reply } from './routes.ts';

/**
 * Development stand-in for the API: invented data behind the real contract, so that the console can be looked
 * at without a pipeline. It is bound to loopback, never part of a build, and nothing of the product uses it.
 */
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Starts on loopback; `port` 0 takes a free one. */
export async function startStandIn(options: { port: number; root: string }): Promise<string> {
  const server = createServer((request, response) => {
    void handle(request, response, options.root).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: 'STAND_IN', message: String(error) } }));
    });
  });
  await new Promise<void>((done) => server.listen(options.port, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function handle(request: IncomingMessage, response: ServerResponse, root: string): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/api/stream') return stream(response);
  if (url.pathname.startsWith('/api/')) {
    let body = '';
    for await (const chunk of request) body += chunk;
    const signedIn = /session=stand-in/.test(request.headers.cookie ?? '');
    const reply: Reply = answer(request.method ?? 'GET', url, body === '' ? {} : JSON.parse(body), signedIn);
    if (reply.delayMs) await new Promise((done) => setTimeout(done, reply.delayMs));
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      ...(reply.cookie === undefined
        ? {}
        : { 'set-cookie': `session=${reply.cookie}; Path=/; HttpOnly; SameSite=Strict` }),
    });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
    return;
  }
  const wanted = normalize(url.pathname).replace(/^(\.\.[/\\])+/, '');
  const file = extname(wanted) === '' ? '/index.html' : wanted;
  try {
    const data = await readFile(join(root, file));
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
    });
    response.end(data);
  } catch {
    response.writeHead(404);
    response.end();
  }
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('event: status\ndata: {}\n\n');
  const timer = setInterval(() => response.write('event: status\ndata: {}\n\n'), 20_000);
  response.on('close', () => clearInterval(timer));
}
