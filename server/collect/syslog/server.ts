import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { CollectError } from '../errors.ts';
import { peerAddress } from '../listen/address.ts';
import { ConnectionLimits } from '../listen/connections.ts';
import { LineIntake, type Sender } from '../listen/intake.ts';
import { createTlsListener, tlsPeer } from '../listen/tls.ts';
import { UdpListener } from '../listen/udp.ts';
import type { CollectorPorts } from '../ports.ts';
import {
  type ListenAddress,
  SYSLOG_LIMITS,
  type SyslogLimits,
  type SyslogOptions,
  type SyslogStats,
  type SyslogTlsOptions,
} from './options.ts';
import { StreamConnection, type StreamContext } from './stream.ts';

/** After this silence, in milliseconds, a closing connection is taken to have nothing more for us. */
const CLOSE_SILENCE = 200;

/** A running syslog collector. */
export interface SyslogCollector {
  /** Ports that were opened. */
  readonly addresses: { readonly udp?: number; readonly tcp?: number; readonly tls?: number };
  stats(): SyslogStats;
  /**
   * Stops listening, reads what senders have under way, and stores it.
   *
   * @returns lines that could not be stored within `drainTimeout`
   */
  close(): Promise<{ readonly undelivered: number }>;
}

/**
 * Opens the syslog listeners that the options name.
 *
 * @throws `VIGIE_COLLECT_LISTEN` or `VIGIE_COLLECT_TLS`; nothing is left open then
 */
export async function startSyslog(options: SyslogOptions, ports: CollectorPorts): Promise<SyslogCollector> {
  const limits: SyslogLimits = { ...SYSLOG_LIMITS, ...options.limits };
  const collector = new Collector(ports, limits);
  try {
    await collector.open(options);
  } catch (error) {
    await collector.close();
    throw error;
  }
  return collector;
}

class Collector implements SyslogCollector {
  addresses: { readonly udp?: number; readonly tcp?: number; readonly tls?: number } = {};
  readonly #ports: CollectorPorts;
  readonly #limits: SyslogLimits;
  readonly #intake: LineIntake;
  readonly #admission: ConnectionLimits;
  readonly #budget: { available: number };
  readonly #servers: Server[] = [];
  readonly #connections = new Set<StreamConnection>();
  /** Accepted sockets, handshaking ones included. */
  readonly #sockets = new Set<Socket>();
  #udp: UdpListener | undefined;
  #closed: Promise<{ readonly undelivered: number }> | undefined;

  constructor(ports: CollectorPorts, limits: SyslogLimits) {
    this.#ports = ports;
    this.#limits = limits;
    this.#intake = new LineIntake(ports, limits);
    this.#admission = new ConnectionLimits(limits, ports.drops);
    this.#budget = { available: limits.carry };
  }

  async open(options: SyslogOptions): Promise<void> {
    const { udp, tcp } = options;
    const listenTcp = (at: ListenAddress) =>
      this.#listen('TCP', at, (socket) =>
        this.#connected(socket, { transport: 'syslog-tcp', address: peerAddress(socket.remoteAddress) }),
      );
    if (udp !== undefined && tcp !== undefined && udp.port === 0 && tcp.port === 0) {
      await this.#openAlike(udp, tcp, listenTcp);
    } else {
      if (udp !== undefined) await this.#openUdp(udp);
      if (tcp !== undefined) this.addresses = { ...this.addresses, tcp: await listenTcp(tcp) };
    }
    if (options.tls !== undefined) {
      const tls = this.#tlsServer(options.tls);
      const port = await this.#listen('TLS', options.tls, (socket) => void tls.emit('connection', socket));
      this.addresses = { ...this.addresses, tls: port };
    }
  }

  stats(): SyslogStats {
    const { batcher } = this.#intake;
    return {
      lines: this.#intake.lines,
      bytes: this.#intake.bytes,
      quarantined: this.#intake.quarantined,
      connections: this.#admission.size,
      refused: this.#admission.refused,
      udpDropped: this.#udp?.dropped ?? 0,
      udpErrors: this.#udp?.errors ?? 0,
      udpReceiveBuffer: this.#udp?.receiveBuffer ?? 0,
      pendingLines: batcher.pendingLines,
      pendingBytes: batcher.pendingBytes,
      retries: batcher.retries,
      paused: this.#intake.paused,
    };
  }

  close(): Promise<{ readonly undelivered: number }> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<{ readonly undelivered: number }> {
    const stopped = this.#servers.map((server) => new Promise<void>((done) => server.close(() => done())));
    if (this.#udp !== undefined) {
      await this.#udp.countKernelDrops();
      await this.#udp.close();
    }
    this.#intake.startClosing();
    for (const connection of this.#connections) connection.end();
    await this.#untilSilent(this.#limits.drainTimeout / 2);
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(stopped);
    const undelivered = await this.#intake.batcher.drain(this.#limits.drainTimeout);
    return { undelivered };
  }

  /** Waits while lines still arrive on open connections. */
  async #untilSilent(timeout: number): Promise<void> {
    const end = Date.now() + timeout;
    let seen = -1;
    while (this.#connections.size > 0 && Date.now() < end) {
      const now = this.#intake.lines + this.#intake.quarantined;
      if (now === seen) return;
      seen = now;
      await new Promise((done) => setTimeout(done, CLOSE_SILENCE));
    }
  }

  async #openUdp(at: ListenAddress): Promise<number> {
    const listener = await UdpListener.open(at, this.#ports, {
      name: 'syslog',
      transport: 'syslog-udp',
      receiveBuffer: this.#limits.udpReceiveBuffer,
      receive: (bytes, sender) => this.#datagram(bytes, sender),
    });
    this.#udp = listener;
    this.addresses = { ...this.addresses, udp: listener.port };
    return listener.port;
  }

  /** RFC 5426: one datagram is one message. */
  #datagram(bytes: Buffer, sender: Sender): boolean {
    let end = bytes.length;
    while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d || bytes[end - 1] === 0)) end--;
    if (end === 0) return true;
    if (!this.#intake.hasRoomForDatagram()) return false;
    const kept = Math.min(end, this.#limits.line);
    this.#intake.take(sender, bytes.subarray(0, kept), end, kept < end, this.#ports.now());
    this.#intake.checkPressure();
    return true;
  }

  /** Free ports for both are one number: what is told to people is "port N, UDP and TCP". */
  async #openAlike(
    udp: ListenAddress,
    tcp: ListenAddress,
    listenTcp: (at: ListenAddress) => Promise<number>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const port = await this.#openUdp(udp);
      try {
        this.addresses = { ...this.addresses, tcp: await listenTcp({ ...tcp, port }) };
        return;
      } catch (error) {
        // Free for UDP, but taken for TCP.
        await this.#udp?.close();
        if (attempt === 10) throw error;
      }
    }
  }

  #listen(name: string, address: ListenAddress, accepted: (socket: Socket) => void): Promise<number> {
    const host = address.host ?? '127.0.0.1';
    const server = createServer({ noDelay: true }, (socket) => {
      if (!this.#admission.admit(socket)) return;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      accepted(socket);
    });
    return new Promise((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new CollectError(
            'VIGIE_COLLECT_LISTEN',
            `syslog ${name} can't listen on ${isIPv6(host) ? `[${host}]` : host}:${address.port}`,
            cause,
          ),
        ),
      );
      server.listen({ host, port: address.port, backlog: 1024 }, () => {
        this.#servers.push(server);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  #tlsServer(options: SyslogTlsOptions): TlsServer {
    const server = createTlsListener(options, this.#limits.handshakeTimeout);
    server.on('secureConnection', (socket) =>
      this.#connected(socket, { transport: 'syslog-tls', ...tlsPeer(socket) }),
    );
    server.on('tlsClientError', (_error, socket) => {
      this.#ports.drops.count('handshake-failed', undefined, 1);
      socket.destroy();
    });
    return server;
  }

  #connected(socket: Socket, sender: Sender): void {
    const context: StreamContext = {
      ports: this.#ports,
      limits: this.#limits,
      intake: this.#intake,
      budget: this.#budget,
      spoke: () => this.#admission.spoke(socket),
    };
    const connection = new StreamConnection(socket, sender, context);
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
    if (this.#closed !== undefined) connection.end();
  }
}
