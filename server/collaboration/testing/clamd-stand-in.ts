import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * EICAR's test file for virus scanners (https://www.eicar.org/download-anti-malware-testfile/): harmless, and found
 * by every scanner. Put together here, so that nobody's scanner takes this source for it.
 */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join(
  '',
);

/** Speaks INSTREAM as clamd(8) documents it, and knows EICAR alone. It stands in where clamd is not installed. */
export class ClamdStandIn {
  readonly address: string;
  readonly #folder: string;
  readonly #limit: number;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  /** Octets of all files that it was given. */
  received = 0;

  private constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
    this.address = join(folder, 'clamd.sock');
  }

  /** @param limit `StreamMaxLength`, octets */
  static async start(limit = 25 * 1024 * 1024): Promise<ClamdStandIn> {
    const one = new ClamdStandIn(await mkdtemp(join(tmpdir(), 'vigie-clamd-')), limit);
    await one.open();
    return one;
  }

  /** Begins to listen, again after {@link close}. */
  async open(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((resolve) => server.listen(this.address, resolve));
    this.#server = server;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve());
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => undefined);
    let pending = Buffer.alloc(0);
    const file: Buffer[] = [];
    let size = 0;
    let command = false;
    const answer = (text: string) => socket.end(`${text}\0`);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      if (!command) {
        const end = pending.indexOf(0);
        if (end < 0) return;
        if (pending.subarray(0, end).toString('latin1') !== 'zINSTREAM')
          return void answer('UNKNOWN COMMAND');
        command = true;
        pending = pending.subarray(end + 1);
      }
      while (pending.length >= 4) {
        const length = pending.readUInt32BE(0);
        if (length === 0) {
          const whole = Buffer.concat(file).toString('latin1');
          return void answer(whole.startsWith(EICAR) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK');
        }
        if (size + length > this.#limit) return void answer('INSTREAM size limit exceeded. ERROR');
        if (pending.length < 4 + length) return;
        file.push(pending.subarray(4, 4 + length));
        size += length;
        this.received += length;
        pending = pending.subarray(4 + length);
      }
    });
  }
}
