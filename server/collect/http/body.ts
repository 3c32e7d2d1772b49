import type { IncomingMessage } from 'node:http';
import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { CollectError } from '../errors.ts';
import type { IngestLimits } from './limits.ts';

/** A request body, decompressed. */
export interface Body {
  readonly bytes: Buffer;
  /** The compressed stream was damaged or cut: `bytes` is what could be decompressed before that. */
  readonly damaged: boolean;
}

/** What of the limits concerns a body. */
export type BodyLimits = Pick<
  IngestLimits,
  'body' | 'decoded' | 'ratio' | 'ratioFloor' | 'bodyTimeout' | 'bodyIdleTimeout'
>;

/** Memory for the bodies of all requests under way. */
export class BodyBudget {
  #available: number;

  constructor(bytes: number) {
    this.#available = bytes;
  }

  /** @throws `VIGIE_COLLECT_BUSY` when it is used up */
  take(bytes: number): void {
    if (bytes > this.#available) {
      throw new CollectError('VIGIE_COLLECT_BUSY', 'too many requests are being received at once');
    }
    this.#available -= bytes;
  }

  release(bytes: number): void {
    this.#available += bytes;
  }
}

type Decoder = ReturnType<typeof createGunzip | typeof createInflate | typeof createInflateRaw>;

/**
 * Reads a request body within the limits. The caller gives `bytes.length` back to the budget.
 *
 * @param encoding what is undone; default: what the request says
 * @throws `VIGIE_COLLECT_BODY_TOO_LARGE`, `VIGIE_COLLECT_BODY_ENCODING`, `VIGIE_COLLECT_BODY_ABORTED`,
 * `VIGIE_COLLECT_BUSY`. The rest of the body is then unread: see {@link discardBody}.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  budget: BodyBudget,
  encoding: Encoding = contentEncoding(request),
): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.body) throw tooLarge(limits.body);
  const reader = new BodyReader(request, encoding, limits, budget);
  try {
    return await reader.read();
  } catch (error) {
    budget.release(reader.taken);
    throw error;
  } finally {
    reader.stop();
  }
}

/**
 * Reads on and forgets, so that a sender which is still writing gets to read the refusal. Ends after
 * `limits.body` bytes or three seconds; the connection is to be closed then.
 */
export function discardBody(request: IncomingMessage, limits: Pick<BodyLimits, 'body'>): Promise<void> {
  if (request.complete || request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let left = limits.body;
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', onData);
      request.pause();
      resolve();
    };
    const onData = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left < 0) done();
    };
    const timer = setTimeout(done, 3_000);
    request.on('data', onData);
    request.once('end', done);
    request.once('close', done);
    request.resume();
  });
}

type Encoding = 'identity' | 'gzip' | 'deflate';

function contentEncoding(request: IncomingMessage): Encoding {
  const name = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  if (name === 'deflate') return 'deflate';
  throw new CollectError('VIGIE_COLLECT_BODY_ENCODING', 'Content-Encoding must be gzip, deflate or identity');
}

function tooLarge(limit: number): CollectError {
  return new CollectError('VIGIE_COLLECT_BODY_TOO_LARGE', `the body is larger than ${limit} bytes`);
}

class BodyReader {
  /** Bytes taken from the budget. */
  taken = 0;
  readonly #request: IncomingMessage;
  readonly #encoding: Encoding;
  readonly #limits: BodyLimits;
  readonly #budget: BodyBudget;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #failed = false;
  #decoder: Decoder | undefined;
  #totalTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #resolve: (body: Body) => void = ignore;
  #reject: (error: unknown) => void = ignore;

  constructor(request: IncomingMessage, encoding: Encoding, limits: BodyLimits, budget: BodyBudget) {
    this.#request = request;
    this.#encoding = encoding;
    this.#limits = limits;
    this.#budget = budget;
  }

  read(): Promise<Body> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const late = (): void =>
        this.#fail(new CollectError('VIGIE_COLLECT_BODY_ABORTED', 'the body arrived too slowly'));
      this.#totalTimer = setTimeout(late, this.#limits.bodyTimeout);
      this.#idleTimer = setTimeout(late, this.#limits.bodyIdleTimeout);
      this.#request.on('data', this.#onData);
      this.#request.on('end', this.#onEnd);
      this.#request.on('close', this.#onClose);
      this.#request.on('error', this.#onClose);
    });
  }

  stop(): void {
    clearTimeout(this.#totalTimer);
    clearTimeout(this.#idleTimer);
    this.#request.off('data', this.#onData);
    this.#request.off('end', this.#onEnd);
    this.#request.off('close', this.#onClose);
    // An 'error' without a listener would end the process; the request is over for us, 'close' told so.
    this.#request.on('error', ignore);
    this.#decoder?.removeAllListeners();
    this.#decoder?.on('error', ignore);
    this.#decoder?.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#idleTimer?.refresh();
    this.#received += chunk.length;
    if (this.#received > this.#limits.body) this.#fail(tooLarge(this.#limits.body));
    else if (this.#encoding === 'identity') this.#keep(chunk);
    else {
      this.#decoder ??= this.#createDecoder(chunk[0]!);
      this.#request.pause();
      // The call-back means that everything this piece expands to has been handed to 'data'.
      this.#decoder.write(chunk, () => this.#request.resume());
    }
  };

  readonly #onEnd = (): void => {
    const decoder = this.#decoder;
    if (decoder === undefined) this.#finish(false);
    else setImmediate(() => decoder.end());
  };

  readonly #onClose = (): void => {
    if (this.#request.complete) return;
    this.#fail(new CollectError('VIGIE_COLLECT_BODY_ABORTED', 'the sender went away inside the body'));
  };

  #createDecoder(first: number): Decoder {
    // "deflate" means zlib's format, but some senders leave its two header bytes out.
    const decoder =
      this.#encoding === 'gzip'
        ? createGunzip()
        : (first & 0x0f) === 8
          ? createInflate()
          : createInflateRaw();
    decoder.on('data', (chunk: Buffer) => this.#keep(chunk));
    decoder.on('end', () => this.#finish(false));
    decoder.on('error', () => this.#finish(true));
    return decoder;
  }

  #keep(chunk: Buffer): void {
    if (this.#failed) return;
    // While we unpack on a busy machine, it is not the sender who idles.
    this.#idleTimer?.refresh();
    const size = this.taken + chunk.length;
    const { decoded, ratio, ratioFloor } = this.#limits;
    if (size > decoded) {
      this.#fail(tooLarge(decoded));
    } else if (this.#decoder !== undefined && size > ratioFloor && size > this.#received * ratio) {
      const message = 'the body expands beyond any honest compression';
      this.#fail(new CollectError('VIGIE_COLLECT_BODY_TOO_LARGE', message));
    } else {
      try {
        this.#budget.take(chunk.length);
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.taken = size;
      this.#chunks.push(chunk);
    }
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#reject(error);
  }

  #finish(damaged: boolean): void {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.taken);
    this.#resolve({ bytes, damaged });
  }
}

function ignore(): void {
  return;
}
