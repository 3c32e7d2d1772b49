import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { deflateSync } from 'node:zlib';

/** Frames of the Lumberjack protocol, version 2 unless said otherwise. */
export const frame = {
  window: (size: number, version = 2): Buffer => Buffer.concat([Buffer.from(`${version}W`), u32(size)]),
  json: (sequence: number, event: unknown): Buffer => {
    const text = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
    return Buffer.concat([Buffer.from('2J'), u32(sequence), u32(text.length), text]);
  },
  pairs: (sequence: number, pairs: Readonly<Record<string, string>>): Buffer =>
    Buffer.concat([
      Buffer.from('1D'),
      u32(sequence),
      u32(Object.keys(pairs).length),
      ...Object.entries(pairs).flatMap(([key, value]) => [sized(key), sized(value)]),
    ]),
  compressed: (content: Buffer, version = 2): Buffer => {
    const bytes = deflateSync(content);
    return Buffer.concat([Buffer.from(`${version}C`), u32(bytes.length), bytes]);
  },
};

/** A window of events as Beats send it. */
export function windowOf(events: readonly unknown[]): Buffer {
  return Buffer.concat([
    frame.window(events.length),
    ...events.map((event, index) => frame.json(index + 1, event)),
  ]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u32(bytes.length), bytes]);
}

/** A sender under a test's control: writes what it is told and collects the acknowledgements. */
export class LumberjackClient {
  /** Numbers acknowledged, 0 for signs of life. */
  readonly acks: number[] = [];
  closed = false;
  readonly socket: Socket;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      for (; this.#rest.length >= 6; this.#rest = this.#rest.subarray(6)) {
        if (this.#rest[1] !== 0x41) throw new Error('not an acknowledgement');
        this.acks.push(this.#rest.readUInt32BE(2));
      }
    });
    // Resets are what some of the tests provoke.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.closed = true;
    });
  }

  static dial(port: number, localAddress = '127.0.0.1'): Promise<LumberjackClient> {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    const client = new LumberjackClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(client)).once('error', reject);
    });
  }

  static dialTls(options: ConnectionOptions): Promise<LumberjackClient> {
    const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', ...options });
    const client = new LumberjackClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('secureConnect', () => resolve(client)).once('error', reject);
    });
  }

  send(...frames: readonly Buffer[]): void {
    for (const bytes of frames) this.socket.write(bytes);
  }
}
