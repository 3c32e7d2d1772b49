/** Stand-ins for services' hosts: one TLS server on loopback that answers in the name of many, with faults on demand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AddressGuard } from '../address-guard.ts';

/** A request as a stand-in sees it. */
export interface Asked {
  readonly host: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An answer; `body` is sent as JSON unless it is text. */
export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What goes wrong with the next request instead of an answer. */
export type Fault = Told | 'hang' | 'hang-up' | 'cut-body' | 'cut-json' | 'cut-gzip';

export type StandIn = (asked: Asked) => Told | Promise<Told>;

/** Names that the stand-in has a certificate for. */
const HOSTS = [
  'example.okta.com',
  'api.github.com',
  'login.microsoftonline.com',
  'graph.microsoft.com',
  'manage.office.com',
  'oauth2.googleapis.com',
  'admin.googleapis.com',
  'events.1password.com',
  'api.example.org',
  'elsewhere.example.org',
];

export class Internet {
  readonly ca: string;
  readonly asked: Asked[] = [];
  readonly #hosts = new Map<string, StandIn>();
  readonly #faults: { readonly host: string; readonly fault: Fault }[] = [];
  readonly #server: Server;
  readonly #folder: string;

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'vigie-internet-'));
    certificates(this.#folder);
    const file = (name: string) => readFileSync(join(this.#folder, name), 'utf8');
    this.ca = file('ca.pem');
    this.#server = createServer(
      { key: file('server.key'), cert: file('server.pem') },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
  }

  static async open(): Promise<Internet> {
    const internet = new Internet();
    await new Promise<void>((done) => internet.#server.listen(0, '127.0.0.1', done));
    return internet;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A guard for which every name is at the stand-in, and allowed. */
  guard(): AddressGuard {
    return new AddressGuard(HOSTS, async () => [{ address: '127.0.0.1', family: 4 }]);
  }

  at(host: string, standIn: StandIn): void {
    this.#hosts.set(host, standIn);
  }

  /** The next requests to a host go wrong, one after the other. */
  fail(host: string, ...faults: Fault[]): void {
    for (const fault of faults) this.#faults.push({ host, fault });
  }

  /** Forgets what was asked and what was to go wrong. */
  reset(): void {
    this.asked.length = 0;
    this.#faults.length = 0;
    this.#hosts.clear();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = request.headers.host ?? '';
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked: Asked = {
      host,
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', `https://${host}`),
      headers: request.headers,
      body: Buffer.concat(parts).toString('utf8'),
    };
    this.asked.push(asked);
    const at = this.#faults.findIndex((one) => one.host === host);
    const fault = at < 0 ? undefined : this.#faults.splice(at, 1)[0]?.fault;
    if (fault === 'hang') return;
    if (fault === 'hang-up') return void request.socket.destroy();
    const standIn = this.#hosts.get(host);
    const told =
      typeof fault === 'object' ? fault : ((await standIn?.(asked)) ?? { status: 502, body: 'no such host' });
    const body = typeof told.body === 'string' ? told.body : JSON.stringify(told.body ?? null);
    const head = { 'content-type': 'application/json', date: new Date().toUTCString(), ...told.headers };
    switch (fault) {
      case 'cut-body':
        response.writeHead(200, { ...head, 'content-length': String(Buffer.byteLength(body) + 100) });
        response.write(body.slice(0, body.length / 2));
        setTimeout(() => request.socket.destroy(), 20);
        return;
      case 'cut-json':
        response.writeHead(200, head).end(body.slice(0, body.length / 2));
        return;
      case 'cut-gzip':
        response.writeHead(200, { ...head, 'content-encoding': 'gzip' }).end(gzipSync(body).subarray(0, -12));
        return;
      default:
        response.writeHead(told.status ?? 200, head).end(body);
    }
  }
}

function certificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=Stand-in authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  writeFileSync(
    join(folder, 'server.ext'),
    `subjectAltName=${[...HOSTS.map((host) => `DNS:${host}`), 'IP:127.0.0.1'].join(',')}\n`,
  );
  openssl('req', ...key, '-subj', '/CN=stand-in', '-keyout', 'server.key', '-out', 'server.csr');
  openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'server.ext',
    '-out',
    'server.pem',
  ); // prettier-ignore
}
