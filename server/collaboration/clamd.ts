import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Scanner, ScanVerdict } from './ports.ts';

/** Where clamd listens: a host with a port, or a unix socket. */
export type ClamdAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** `host:port`, `[::1]:3310`, or the absolute path of a unix socket. @throws RangeError for anything else */
export function parseClamdAddress(text: string): ClamdAddress {
  if (text.startsWith('/')) return { path: text };
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/i.exec(text);
  const port = Number(parts?.[3]);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined || !(port >= 1 && port <= 65_535))
    throw new RangeError('expected host:port or the absolute path of a socket');
  return { host, port };
}

/** Octets of one piece; far below any limit of clamd's. */
const PIECE = 64 * 1024;
const MOST_ANSWER = 4096;

/**
 * Asks ClamAV's daemon by its command INSTREAM (clamd(8)): `zINSTREAM\0`, then pieces with their length before them
 * (four octets, big-endian), a length of nought at the end; one answer, ended by NUL: `stream: OK`,
 * `stream: <signature> FOUND`, or a text that ends in `ERROR`.
 */
export class ClamdScanner implements Scanner {
  readonly name = 'ClamAV';
  readonly #address: ClamdAddress;
  readonly #patience: number;

  /** @param patience milliseconds for one file */
  constructor(address: ClamdAddress, patience = 120_000) {
    this.#address = address;
    this.#patience = patience;
  }

  async scan(file: { readonly path: string }): Promise<ScanVerdict> {
    let answer: string;
    try {
      answer = await this.#ask(file.path);
    } catch (error) {
      // It hangs up in the middle of a file that is too long for it, and its answer can be lost on the way.
      if (error instanceof HungUp) return { state: 'unscanned', detail: error.message };
      return { state: 'failed', detail: error instanceof Error ? error.message : String(error) };
    }
    return readAnswer(answer);
  }

  #ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(this.#address);
      const file = createReadStream(path, { highWaterMark: PIECE });
      let answer = '';
      let sending = false;
      const end = (error?: Error) => {
        clearTimeout(timer);
        file.destroy();
        socket.destroy();
        if (error === undefined) resolve(answer);
        else reject(error);
      };
      const timer = setTimeout(
        () => end(new Error(`no answer within ${this.#patience / 1000} s`)),
        this.#patience,
      );
      socket.setEncoding('latin1');
      socket.on('data', (text: string) => {
        answer += text;
        if (answer.length > MOST_ANSWER) end(new Error('an answer that is not clamd’s'));
        else if (answer.includes('\0')) end();
      });
      socket.on('close', () =>
        answer === '' ? end(sending ? new HungUp() : new Error('hung up without an answer')) : end(),
      );
      socket.on('error', (error) => end(answer !== '' ? undefined : sending ? new HungUp() : error));
      file.on('error', end);
      socket.on('connect', () => {
        socket.write('zINSTREAM\0');
        sending = true;
        file.on('data', (piece: string | Buffer) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(piece.length);
          socket.write(length);
          if (!socket.write(piece)) {
            file.pause();
            socket.once('drain', () => file.resume());
          }
        });
        file.on('end', () => {
          sending = false;
          socket.write(Buffer.alloc(4));
        });
      });
    });
  }
}

class HungUp extends Error {
  constructor() {
    super('hung up while the file was sent; it may be larger than the scanner takes (StreamMaxLength)');
  }
}

/** Exported for its test. */
export function readAnswer(answer: string): ScanVerdict {
  const text = answer.replace(/[\0\r\n]+$/, '').trim();
  const found = /^stream: (.{1,300}) FOUND$/.exec(text)?.[1];
  if (found !== undefined) return { state: 'infected', detail: found };
  if (text === 'stream: OK') return { state: 'clean', detail: '' };
  if (/size limit exceeded/i.test(text))
    return { state: 'unscanned', detail: 'larger than the scanner takes' };
  return { state: 'failed', detail: text.slice(0, 300) };
}
