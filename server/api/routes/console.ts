import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../api.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
};

/**
 * Nothing but our own files runs. Some widths and heights are style attributes, hence `unsafe-inline` for
 * styles only; the preview of a mail is a sandboxed frame made from text (`srcdoc`), which inherits this policy.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const COMPRESSED = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.map']);
const ENCODERS = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
} as const;
type Encoding = keyof typeof ENCODERS;

/** Compressed files of the console, each made once: they are few, and change with a build only. */
class CompressedFiles {
  readonly #made = new Map<string, Promise<Buffer>>();

  get(file: string, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding} ${statSync(file).mtimeMs} ${file}`;
    let made = this.#made.get(key);
    if (made === undefined) {
      made = readFile(file).then(ENCODERS[encoding]);
      // A failed reading is its caller's to report, and is not kept.
      made.catch(() => this.#made.delete(key));
      this.#made.set(key, made);
    }
    return made;
  }
}

function encodingFor(request: FastifyRequest, file: string): Encoding | undefined {
  if (!COMPRESSED.has(extname(file))) return undefined;
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';', 1)[0]!.trim().toLowerCase());
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : undefined;
}

/** Serves the built console: files by their path, everything else the page itself (its router decides). */
export function consoleRoutes(app: Api, folder: string | undefined): void {
  const compressed = new CompressedFiles();
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const wantsPage =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !path.startsWith('/api/') &&
      !path.startsWith('/services/') &&
      !path.startsWith('/scim/') &&
      !path.startsWith('/v1/');
    if (!wantsPage)
      return reply
        .status(404)
        .send({ error: { code: 'VIGIE_API_NOT_FOUND', message: `no route ${request.method} ${path}` } });
    if (folder === undefined || !existsSync(join(folder, 'index.html')))
      return reply
        .status(404)
        .type('text/plain')
        .send('The console is not built. Run `npm run build`, or use the API.\n');
    const file = resolveFile(folder, path) ?? join(folder, 'index.html');
    const encoding = encodingFor(request, file);
    if (COMPRESSED.has(extname(file))) reply.header('vary', 'accept-encoding');
    if (encoding === undefined) return send(reply, file, createReadStream(file));
    reply.header('content-encoding', encoding);
    return send(reply, file, await compressed.get(file, encoding));
  });
}

function resolveFile(folder: string, path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // A malformed escape names no file of ours.
    return undefined;
  }
  const file = normalize(join(folder, decoded));
  if (decoded.includes('\0') || !file.startsWith(folder + sep)) return undefined;
  return existsSync(file) && statSync(file).isFile() ? file : undefined;
}

function send(reply: FastifyReply, file: string, content: NodeJS.ReadableStream | Buffer): FastifyReply {
  const hashed = /[/\\]assets[/\\]/.test(file);
  return reply
    .header('content-security-policy', POLICY)
    .header('x-frame-options', 'DENY')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
    .header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    .type(TYPES[extname(file)] ?? 'application/octet-stream')
    .send(content);
}
