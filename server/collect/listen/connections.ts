import type { Socket } from 'node:net';
import type { DropCounter } from '../ports.ts';
import { peerAddress } from './address.ts';
import type { StreamLimits } from './options.ts';

/**
 * Admission of stream connections: how many at once, how many for each address. A full house makes room by
 * closing the oldest connection on which no known sender sent a line, so that strangers can't lock senders out.
 */
export class ConnectionLimits {
  refused = 0;
  readonly #limits: Pick<StreamLimits, 'connections' | 'connectionsPerAddress'>;
  readonly #drops: DropCounter;
  readonly #open = new Set<Socket>();
  readonly #byAddress = new Map<string, number>();
  /** In the order of arrival, by {@link connectionKey}: a TLS socket and the TCP socket below it share theirs. */
  readonly #silent = new Map<string, Socket>();

  constructor(limits: Pick<StreamLimits, 'connections' | 'connectionsPerAddress'>, drops: DropCounter) {
    this.#limits = limits;
    this.#drops = drops;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Lets a fresh connection in, or destroys it. */
  admit(socket: Socket): boolean {
    const address = peerAddress(socket.remoteAddress);
    const same = this.#byAddress.get(address) ?? 0;
    if (same >= this.#limits.connectionsPerAddress || !this.#makeRoom()) {
      this.refused++;
      this.#drops.count('connection-limit', undefined, 1);
      socket.destroy();
      return false;
    }
    this.#open.add(socket);
    const key = connectionKey(socket);
    this.#silent.set(key, socket);
    this.#byAddress.set(address, same + 1);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#silent.delete(key);
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
    return true;
  }

  /** The connection of a known sender sent a whole line. */
  spoke(socket: Socket): void {
    this.#silent.delete(connectionKey(socket));
  }

  #makeRoom(): boolean {
    if (this.#open.size < this.#limits.connections) return true;
    const entry = this.#silent.entries().next().value;
    if (entry === undefined) return false;
    const [key, oldest] = entry;
    this.refused++;
    this.#drops.count('connection-limit', undefined, 1);
    this.#open.delete(oldest);
    this.#silent.delete(key);
    oldest.destroy();
    return true;
  }
}

function connectionKey(socket: Socket): string {
  return `${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
}
