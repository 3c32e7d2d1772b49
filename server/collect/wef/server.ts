import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { CollectError } from '../errors.ts';
import { BodyBudget, discardBody, readBody } from '../http/body.ts';
import type { ListenerStats, TlsMaterial } from '../listen/options.ts';
import { type Accepted, StreamListener } from '../listen/streams.ts';
import type { WefListening } from '../listening.ts';
import type { CollectorPorts } from '../ports.ts';
import { type Fault, faultMessage } from './answers.ts';
import { DELIVERY_PATH, MANAGER_PATH, type WefAnswer, WefExchange } from './exchange.ts';
import { type Machine, machineOf, readAuthorities } from './identity.ts';
import { WEF_LIMITS, type WefLimits, type WefOptions } from './options.ts';
import type { WefStore } from './ports.ts';
import { unpackSldc } from './sldc.ts';
import { decodeBody, encodeBody, isPlain } from './text.ts';

const SOAP = /^application\/soap\+xml\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w-]{1,20})/i;
/** What may stand in the address that a machine is told to deliver to. */
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** The running listener of Windows Event Forwarding. */
export interface WefCollector extends WefListening {
  stats(): ListenerStats;
  /**
   * Takes up other certificates, authorities and revocation lists. Connections that are open are closed once they are
   * idle, so that a machine that was shut out is out.
   *
   * @throws `VIGIE_COLLECT_TLS`, and nothing has changed
   */
  renew(tls: WefOptions['tls']): void;
  /** Lets nobody in any more, and waits `drainTimeout` for deliveries under way to be answered. */
  close(): Promise<void>;
}

/**
 * Listens for Windows machines that forward their event logs: source-initiated subscriptions over HTTPS, both sides
 * with certificates (MS-WSMV, DSP0226). Their bookmarks and what they are asked for are in the store.
 *
 * @throws `VIGIE_COLLECT_LISTEN`, `VIGIE_COLLECT_TLS`
 */
export async function startWef(
  options: WefOptions,
  ports: CollectorPorts,
  store: WefStore,
): Promise<WefCollector> {
  const collector = new Collector(options, ports, store);
  await collector.open(options);
  return collector;
}

/** A body that was read, or why it was not. */
type Received = { readonly bytes: Buffer; readonly size: number } | Fault | 'gone';

class Collector implements WefCollector {
  authorities: WefListening['authorities'];
  readonly #ports: CollectorPorts;
  readonly #limits: WefLimits;
  readonly #exchange: WefExchange;
  readonly #budget: BodyBudget;
  #trusted: ReadonlySet<string>;
  readonly #http: Server;
  readonly #peers = new WeakMap<object, Accepted & { readonly generation: number }>();
  /** Counts what was taken up: connections of an earlier one end with their next answer. */
  #generation = 0;
  #listener: StreamListener | undefined;
  #underWay = 0;
  #idle: (() => void) | undefined;
  #closing = false;

  constructor({ tls, limits }: WefOptions, ports: CollectorPorts, store: WefStore) {
    this.#ports = ports;
    this.#limits = { ...WEF_LIMITS, ...limits };
    this.#exchange = new WefExchange(ports, store, this.#limits);
    this.#budget = new BodyBudget(this.#limits.inFlight);
    this.authorities = readAuthorities(tls.ca);
    this.#trusted = new Set(this.authorities.map(({ fingerprint }) => fingerprint));
    const { headTimeout, bodyTimeout, idleTimeout } = this.#limits;
    this.#http = createServer(
      {
        maxHeaderSize: 16 * 1024,
        headersTimeout: headTimeout,
        requestTimeout: headTimeout + bodyTimeout,
        keepAliveTimeout: idleTimeout,
        connectionsCheckingInterval: Math.min(headTimeout, 5_000),
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') ports.drops.count('idle-timeout', undefined, 1);
      else if (error.code?.startsWith('HPE_') === true) this.#exchange.invalid(undefined);
      socket.destroy();
    });
    // It never listens itself, since connections are let in one by one; its checks of slow requests begin with this.
    this.#http.emit('listening');
  }

  async open({ host, port, tls }: WefOptions): Promise<void> {
    this.#listener = await StreamListener.open(
      'Windows Event Forwarding',
      {
        port,
        ...(host === undefined ? {} : { host }),
        tls: material(tls),
      },
      this.#limits,
      this.#ports.drops,
      (accepted) => {
        this.#peers.set(accepted.socket, { ...accepted, generation: this.#generation });
        accepted.socket.setKeepAlive(true, 60_000);
        this.#http.emit('connection', accepted.socket);
      },
    );
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  stats(): ListenerStats {
    const { counters } = this.#exchange;
    return {
      ...counters,
      connections: this.#listener?.size ?? 0,
      refused: this.#listener?.refused ?? 0,
      lost: 0,
    };
  }

  renew(tls: WefOptions['tls']): void {
    const authorities = readAuthorities(tls.ca);
    this.#listener?.renew(material(tls));
    this.authorities = authorities;
    this.#trusted = new Set(authorities.map(({ fingerprint }) => fingerprint));
    this.#generation++;
    this.#http.closeIdleConnections();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#listener?.stop();
    if (this.#underWay > 0) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((done) => {
          this.#idle = done;
        }),
        new Promise<void>((done) => {
          timer = setTimeout(done, this.#limits.drainTimeout);
        }),
      ]);
      clearTimeout(timer);
    }
    await this.#listener?.close();
    // Ends its checks; that it never listened is no news.
    this.#http.close(() => undefined);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay++;
    try {
      await this.#answer(request, response);
    } catch (error) {
      // A bug of ours must end the process, not look like a busy store.
      queueMicrotask(() => {
        throw error;
      });
    } finally {
      if (--this.#underWay === 0) this.#idle?.();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket;
    const machine = machineOf(socket, this.#trusted);
    const path = (request.url ?? '').split('?', 1)[0]!.toLowerCase();
    const refused = this.#refusal(request, path, machine);
    if (refused !== undefined) return this.#refuse(request, response, refused);
    const received = await this.#receive(request, machine!);
    if (received === 'gone') return;
    if ('status' in received) return this.#refuse(request, response, received);
    let { size } = received;
    try {
      // How a client begins that wants to know whether it may come in.
      if (received.bytes.length === 0) return send(response, 200);
      let bytes = received.bytes;
      if (isSldc(request) && !isPlain(bytes)) {
        const unpacked = unpackSldc(bytes, this.#limits.decoded);
        if (typeof unpacked === 'string')
          return this.#refuse(request, response, this.#unpackable(unpacked, machine!));
        this.#budget.take(unpacked.length);
        size += unpacked.length;
        bytes = unpacked;
      }
      const text = decodeBody(bytes, CHARSET.exec(request.headers['content-type'] ?? '')?.[1]);
      if (text === undefined) return this.#refuse(request, response, UNSUPPORTED);
      const gone = new AbortController();
      const left = (): void => gone.abort();
      socket.once('close', left);
      if (socket.destroyed) left();
      try {
        const answer = await this.#exchange.answer({
          machine: machine!,
          path,
          host: request.headers.host ?? '',
          text,
          gone: gone.signal,
        });
        if (answer.known) this.#peers.get(socket)?.spoke();
        this.#send(response, answer);
      } finally {
        socket.off('close', left);
      }
    } catch (error) {
      if (!(error instanceof CollectError) || error.code !== 'VIGIE_COLLECT_BUSY') throw error;
      this.#refuse(request, response, BUSY);
    } finally {
      this.#budget.release(size);
    }
  }

  /** What can be refused before the body is read. */
  #refusal(request: IncomingMessage, path: string, machine: Machine | undefined): Fault | undefined {
    if (machine === undefined) {
      this.#ports.drops.count('unauthorized', undefined, 1);
      return NAMELESS;
    }
    if (path !== MANAGER_PATH && !path.startsWith(DELIVERY_PATH)) return NOWHERE;
    if (request.method !== 'POST' || !HOST.test(request.headers.host ?? '')) return MALFORMED;
    const type = request.headers['content-type'];
    if (request.headers['content-length'] !== '0' && !SOAP.test(type ?? '')) return UNSUPPORTED;
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity' && !isSldc(request))
      return UNSUPPORTED;
    return this.#closing || this.#ports.sink.backlog() > this.#limits.backlog ? BUSY : undefined;
  }

  async #receive(request: IncomingMessage, machine: Machine): Promise<Received> {
    try {
      const { bytes } = await readBody(request, this.#limits, this.#budget, 'identity');
      return { bytes, size: bytes.length };
    } catch (error) {
      if (!(error instanceof CollectError)) throw error;
      switch (error.code) {
        case 'VIGIE_COLLECT_BODY_TOO_LARGE':
          this.#ports.drops.count('too-large', this.#ports.directory.byCertificate(machine), 1);
          return TOO_LARGE;
        case 'VIGIE_COLLECT_BUSY':
          return BUSY;
        default:
          // Too slow, or gone.
          this.#ports.drops.count('idle-timeout', this.#ports.directory.byCertificate(machine), 1);
          request.socket.destroy();
          return 'gone';
      }
    }
  }

  #unpackable(why: 'damaged' | 'too-large', machine: Machine): Fault {
    const binding = this.#ports.directory.byCertificate(machine);
    if (why === 'too-large') {
      this.#ports.drops.count('too-large', binding, 1);
      return TOO_LARGE;
    }
    this.#exchange.counters.invalid++;
    this.#ports.drops.count('decompression-failed', binding, 1);
    return DAMAGED;
  }

  /** Refuses; the rest of the body is read and forgotten, so that the machine gets to read why. */
  async #refuse(request: IncomingMessage, response: ServerResponse, why: Fault): Promise<void> {
    if (!request.complete) response.setHeader('connection', 'close');
    await discardBody(request, this.#limits);
    this.#send(response, { status: why.status, body: faultMessage(why, undefined) });
  }

  #send(response: ServerResponse, { status, body }: Pick<WefAnswer, 'status' | 'body'>): void {
    if (status === 503) response.setHeader('retry-after', '30');
    const { socket } = response;
    const old = socket !== null && this.#peers.get(socket)?.generation !== this.#generation;
    if (this.#closing || old) response.setHeader('connection', 'close');
    send(response, status, body);
  }
}

function material(tls: WefOptions['tls']): TlsMaterial {
  return { ...tls, clientCertificates: 'required', resumption: false };
}

function isSldc(request: IncomingMessage): boolean {
  return request.headers['content-encoding']?.toLowerCase() === 'sldc';
}

function send(response: ServerResponse, status: number, body?: string): void {
  if (body === undefined) {
    response.writeHead(status, status === 204 ? {} : { 'content-length': '0' }).end();
    return;
  }
  const bytes = encodeBody(body);
  response
    .writeHead(status, {
      'content-type': 'application/soap+xml;charset=UTF-16',
      'content-length': String(bytes.length),
    })
    .end(bytes);
}

const NAMELESS: Fault = {
  status: 403,
  side: 'Sender',
  code: 'w:AccessDenied',
  reason: 'The certificate has neither a common name nor a DNS name.',
};
const NOWHERE: Fault = {
  status: 404,
  side: 'Sender',
  code: 'a:DestinationUnreachable',
  reason: 'Subscriptions are at /wsman/SubscriptionManager/WEC.',
};
const MALFORMED: Fault = {
  status: 400,
  side: 'Sender',
  code: 'w:SchemaValidationError',
  reason: 'Only POST is understood, with a Host.',
};
const UNSUPPORTED: Fault = {
  status: 415,
  side: 'Sender',
  code: 'w:UnsupportedFeature',
  reason:
    'Only application/soap+xml in UTF-16 or UTF-8 is understood, as it is or with Content-Encoding SLDC.',
};
const TOO_LARGE: Fault = {
  status: 413,
  side: 'Sender',
  code: 'w:EncodingLimit',
  reason: 'The message is too large.',
};
const DAMAGED: Fault = {
  status: 400,
  side: 'Sender',
  code: 'w:SchemaValidationError',
  reason: 'The message can not be decompressed.',
};
const BUSY: Fault = {
  status: 503,
  side: 'Receiver',
  code: 'w:InternalError',
  reason: 'Too much is under way; send it again.',
};
