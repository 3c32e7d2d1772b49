import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { TLSSocket, Server as TlsServer } from 'node:tls';
import { CollectError } from '../errors.ts';
import type { DropCounter } from '../ports.ts';
import { peerAddress } from './address.ts';
import { ConnectionLimits } from './connections.ts';
import type { ListenAddress, StreamLimits, TlsMaterial } from './options.ts';
import { createTlsListener, type Peer, renewTlsListener, tlsPeer } from './tls.ts';

/** A connection that was let in and, with TLS, has shaken hands. */
export interface Accepted {
  readonly socket: Socket;
  readonly peer: Peer;
  /** A known sender sent something whole: its connection no longer makes room for others. */
  readonly spoke: () => void;
}

/** Listens for TCP or TLS connections and admits them within the limits. */
export class StreamListener {
  readonly #server: Server;
  readonly #tls: TlsServer | undefined;
  readonly #admission: ConnectionLimits;
  /** Accepted sockets, handshaking ones included. */
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, tls: TlsServer | undefined, admission: ConnectionLimits) {
    this.#server = server;
    this.#tls = tls;
    this.#admission = admission;
  }

  /**
   * @param name of the protocol, for messages
   * @throws `VIGIE_COLLECT_LISTEN`, `VIGIE_COLLECT_TLS`
   */
  static async open(
    name: string,
    address: ListenAddress & { readonly tls?: TlsMaterial | undefined },
    limits: StreamLimits,
    drops: DropCounter,
    connected: (accepted: Accepted) => void,
  ): Promise<StreamListener> {
    const admission = new ConnectionLimits(limits, drops);
    const tls = address.tls && tlsServer(address.tls, limits, drops, admission, connected);
    const host = address.host ?? '127.0.0.1';
    const server = createServer({ noDelay: true }, (socket) => {
      if (!admission.admit(socket)) return;
      listener.#sockets.add(socket);
      socket.once('close', () => listener.#sockets.delete(socket));
      if (tls !== undefined) tls.emit('connection', socket);
      else
        connected({
          socket,
          peer: { address: peerAddress(socket.remoteAddress) },
          spoke: () => admission.spoke(socket),
        });
    });
    const listener = new StreamListener(server, tls, admission);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new CollectError(
            'VIGIE_COLLECT_LISTEN',
            `${name} can't listen on ${isIPv6(host) ? `[${host}]` : host}:${address.port}`,
            cause,
          ),
        ),
      );
      server.listen({ host, port: address.port, backlog: 1024 }, resolve);
    });
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections open now. */
  get size(): number {
    return this.#admission.size;
  }

  get refused(): number {
    return this.#admission.refused;
  }

  /**
   * Shows other certificates, or trusts others, from the next connection on.
   *
   * @throws `VIGIE_COLLECT_TLS`, and nothing has changed
   */
  renew(tls: TlsMaterial): void {
    if (this.#tls !== undefined) renewTlsListener(this.#tls, tls);
  }

  /** Lets nobody in any more; open connections stay. */
  stop(): void {
    this.#server.close();
  }

  /** Cuts what is still open. */
  async close(): Promise<void> {
    const closed = this.#server.listening
      ? new Promise<void>((done) => this.#server.close(() => done()))
      : Promise.resolve();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function tlsServer(
  material: TlsMaterial,
  limits: StreamLimits,
  drops: DropCounter,
  admission: ConnectionLimits,
  connected: (accepted: Accepted) => void,
): TlsServer {
  const server = createTlsListener(material, limits.handshakeTimeout);
  server.on('secureConnection', (socket: TLSSocket) =>
    connected({ socket, peer: tlsPeer(socket), spoke: () => admission.spoke(socket) }),
  );
  server.on('tlsClientError', (_error, socket) => {
    drops.count('handshake-failed', undefined, 1);
    socket.destroy();
  });
  return server;
}
