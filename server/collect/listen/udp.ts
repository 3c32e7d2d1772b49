import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { Transport } from '@vigie/contracts';
import { CollectError } from '../errors.ts';
import type { CollectorPorts } from '../ports.ts';
import { peerAddress } from './address.ts';
import type { Sender } from './intake.ts';
import type { ListenAddress } from './options.ts';

/** Senders remembered, so that a datagram costs no new object. */
const MAX_SENDERS = 10_000;
/** How often the kernel's count of lost datagrams is read, in milliseconds. */
const KERNEL_POLL = 5_000;

/** What a listener for datagrams is for. */
export interface UdpOptions {
  /** Of the protocol, for messages. */
  readonly name: string;
  readonly transport: Transport;
  /** Asked of the kernel for the socket, bytes. It grants at most `net.core.rmem_max`. */
  readonly receiveBuffer: number;
  /**
   * Takes a datagram.
   *
   * @param bytes valid during the call only
   * @returns whether there was room for it; one that had none is counted as lost
   */
  readonly receive: (bytes: Buffer, sender: Sender) => boolean;
}

/** Listens for datagrams of known and unknown senders, and counts those that were lost for want of room. */
export class UdpListener {
  /** Datagrams lost for want of room, in our queue and in the kernel's. */
  dropped = 0;
  /** Granted by the kernel, in bytes. */
  receiveBuffer = 0;
  /** Errors that the socket reported after it was bound. */
  errors = 0;
  readonly #ports: CollectorPorts;
  readonly #options: UdpOptions;
  readonly #socket: Socket;
  readonly #senders = new Map<string, Sender>();
  #kernelTimer: NodeJS.Timeout | undefined;
  #kernelDrops = 0;

  private constructor(socket: Socket, ports: CollectorPorts, options: UdpOptions) {
    this.#socket = socket;
    this.#ports = ports;
    this.#options = options;
  }

  /** @throws `VIGIE_COLLECT_LISTEN` */
  static async open(
    address: ListenAddress,
    ports: CollectorPorts,
    options: UdpOptions,
  ): Promise<UdpListener> {
    const host = address.host ?? '127.0.0.1';
    const socket = createSocket({
      type: isIPv6(host) ? 'udp6' : 'udp4',
      recvBufferSize: options.receiveBuffer,
    });
    const listener = new UdpListener(socket, ports, options);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (cause) =>
        reject(
          new CollectError(
            'VIGIE_COLLECT_LISTEN',
            `${options.name} UDP can't listen on ${host}:${address.port}`,
            cause,
          ),
        ),
      );
      socket.bind({ address: host, port: address.port, exclusive: true }, resolve);
    });
    socket.removeAllListeners('error');
    listener.receiveBuffer = socket.getRecvBufferSize();
    socket.on('error', () => {
      // The socket goes on receiving: what is reported here is about an earlier datagram.
      listener.errors++;
    });
    socket.on('message', (bytes, remote) => listener.#receive(bytes, remote));
    listener.#kernelTimer = setInterval(() => void listener.countKernelDrops(), KERNEL_POLL);
    listener.#kernelTimer.unref();
    return listener;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    clearInterval(this.#kernelTimer);
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #receive(bytes: Buffer, remote: RemoteInfo): void {
    const sender = this.#sender(remote.address);
    if (this.#options.receive(bytes, sender)) return;
    this.dropped++;
    this.#ports.drops.count('udp-overflow', this.#ports.directory.bySender(sender), 1);
  }

  #sender(remote: string): Sender {
    const known = this.#senders.get(remote);
    if (known !== undefined) return known;
    if (this.#senders.size >= MAX_SENDERS) this.#senders.clear();
    const sender: Sender = { transport: this.#options.transport, address: peerAddress(remote) };
    this.#senders.set(remote, sender);
    return sender;
  }

  /** Counts what the kernel had to drop since the last look. Only Linux tells. */
  async countKernelDrops(): Promise<void> {
    if (process.platform !== 'linux') return;
    const address = this.#socket.address();
    const file = address.family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp';
    const table = await readFile(file, 'latin1').catch(() => undefined);
    if (table === undefined) {
      // A container may hide the table; there is then nothing to count from.
      clearInterval(this.#kernelTimer);
      return;
    }
    const total = kernelDrops(table, address.port);
    const lost = total - this.#kernelDrops;
    if (lost <= 0) return;
    this.#kernelDrops = total;
    this.dropped += lost;
    this.#ports.drops.count('udp-overflow', undefined, lost);
  }
}

/**
 * Datagrams that the kernel dropped for the sockets bound to a port.
 *
 * @param table text of `/proc/net/udp`: local address and port in the second column, drops in the last
 */
export function kernelDrops(table: string, port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops = 0;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(suffix)) drops += Number(columns.at(-1)) || 0;
  }
  return drops;
}
