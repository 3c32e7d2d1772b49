import { request as httpRequest, type IncomingMessage, Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { AddressGuard } from './address-guard.ts';
import { PullError, type PullErrorCode } from './errors.ts';
import { clockSkew, type Headers, pauseUntil } from './rate-limit.ts';
import type { Redactor } from './secret.ts';

/** What all requests of a Vigie share. Times are milliseconds, sizes bytes. */
export interface HttpLimits {
  /** Until the head of the answer has come. */
  readonly headTimeout: number;
  /** For the whole answer. */
  readonly wholeTimeout: number;
  /** Of an answer's body, decompressed. */
  readonly maxBody: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headTimeout: 60_000,
  wholeTimeout: 300_000,
  maxBody: 64 * 1024 * 1024,
};

export interface HttpOptions {
  readonly guard: AddressGuard;
  /** Authorities trusted beside the usual ones, PEM. */
  readonly ca?: string;
  readonly limits?: HttpLimits;
  readonly redactor: Redactor;
  readonly now: () => number;
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Port that a host's port is really reached at; tests bring stand-ins for services so. */
  readonly port?: (url: URL) => number;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Smaller or larger than the client's own limit, bytes. */
  readonly maxBody?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; of repeated ones, the values joined. */
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Codes of Node's TLS that say that a certificate can't be trusted. */
const TLS_CODES =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/**
 * The way out of connectors: checked addresses, verified certificates, bounded answers, no redirects. A
 * service's pauses are kept here as well: while one lasts, nothing is sent.
 */
export class HttpClient {
  readonly #options: HttpOptions;
  readonly #limits: HttpLimits;
  readonly #tls: TlsAgent;
  readonly #plain = new PlainAgent({ keepAlive: true });
  #pause = 0;
  #skew = 0;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#limits = options.limits ?? HTTP_LIMITS;
    this.#tls = new TlsAgent({
      keepAlive: true,
      // Also where the environment asks for the contrary.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
    });
  }

  /** Epoch milliseconds by the service's clock, as its last answer had it. */
  serviceNow(): number {
    return this.#options.now() + this.#skew;
  }

  /** Ends idle connections. */
  close(): void {
    this.#tls.destroy();
    this.#plain.destroy();
  }

  /**
   * One request whose answer is good: any status of 200 to 299.
   *
   * @throws PullError for any other, with the service's own words
   */
  async call(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.send(request);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.failure(request.url, answer);
  }

  /**
   * One request, whatever the status.
   *
   * @throws PullError when there is no whole answer, or the service has asked for a pause
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { guard, now, signal } = this.#options;
    guard.check(request.url);
    if (this.#pause > now())
      throw new PullError('VIGIE_PULL_THROTTLED', `${request.url.host} asked for a pause`, {
        notBefore: this.#pause,
      });
    const timer = new AbortController();
    const late = setTimeout(() => timer.abort(), this.#limits.headTimeout);
    const tooLate = setTimeout(() => timer.abort(), this.#limits.wholeTimeout);
    const ended = AbortSignal.any([signal, timer.signal]);
    try {
      const message = await this.#open(request, ended);
      clearTimeout(late);
      const headers = flat(message);
      this.#skew = clockSkew(headers, now()) ?? this.#skew;
      const body = await this.#read(message, request, ended);
      const pause = pauseUntil(headers, now());
      if (pause !== undefined) this.#pause = pause;
      return { status: message.statusCode ?? 0, headers, body };
    } catch (error) {
      if (error instanceof PullError) throw error;
      signal.throwIfAborted();
      throw timer.signal.aborted
        ? new PullError('VIGIE_PULL_TIMEOUT', `${request.url.host} did not answer in time`)
        : this.#connectionFailure(request.url, error as NodeJS.ErrnoException);
    } finally {
      clearTimeout(late);
      clearTimeout(tooLate);
    }
  }

  /** What a bad status means. */
  failure(url: URL, { status, headers, body }: HttpAnswer): PullError {
    const pause = this.#pause > this.#options.now() ? this.#pause : undefined;
    // Some services say 403 where they mean: too often.
    const code: PullErrorCode =
      status === 429 || (status === 403 && pause !== undefined)
        ? 'VIGIE_PULL_THROTTLED'
        : status === 401
          ? 'VIGIE_PULL_UNAUTHORISED'
          : status === 403
            ? 'VIGIE_PULL_FORBIDDEN'
            : status === 404
              ? 'VIGIE_PULL_NOT_FOUND'
              : status >= 300 && status < 400
                ? 'VIGIE_PULL_REDIRECT'
                : status === 408 || status === 425 || status >= 500
                  ? 'VIGIE_PULL_UNAVAILABLE'
                  : 'VIGIE_PULL_REFUSED';
    const where = `${url.host}${url.pathname}`;
    const words =
      code === 'VIGIE_PULL_REDIRECT' ? `points to ${originOf(headers['location'], url)}` : excerpt(body);
    return new PullError(
      code,
      this.#options.redactor.clean(`${where}: HTTP ${status}${words === '' ? '' : `, ${words}`}`),
      { status, ...(pause === undefined ? {} : { notBefore: pause }) },
    );
  }

  #open({ method = 'GET', url, headers, body }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? tlsRequest : httpRequest;
      const out = send(url, {
        method,
        agent: url.protocol === 'https:' ? this.#tls : this.#plain,
        lookup: this.#options.guard.lookup(url),
        ...(this.#options.port === undefined ? {} : { port: this.#options.port(url) }),
        signal,
        headers: {
          'user-agent': 'Vigie',
          'accept-encoding': 'gzip',
          host: url.host,
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      });
      out.once('response', resolve);
      out.once('error', reject);
      out.end(body);
    });
  }

  async #read(message: IncomingMessage, request: HttpRequest, signal: AbortSignal): Promise<Buffer> {
    const limit = request.maxBody ?? this.#limits.maxBody;
    const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
    const opened = decompressor(encoding, request.url);
    const stream = opened === undefined ? message : message.pipe(opened);
    if (opened !== undefined) message.once('error', (error) => opened.destroy(error));
    const parts: Buffer[] = [];
    let size = 0;
    try {
      for await (const part of stream as AsyncIterable<Buffer>) {
        size += part.length;
        if (size > limit)
          throw new PullError(
            'VIGIE_PULL_TOO_LARGE',
            `${request.url.host}${request.url.pathname}: the answer is larger than ${limit} bytes`,
          );
        parts.push(part);
      }
    } catch (error) {
      message.destroy();
      if (error instanceof PullError || signal.aborted) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code?.startsWith('Z_') === true)
        throw new PullError(
          'VIGIE_PULL_BAD_ANSWER',
          `${request.url.host}: a damaged or cut ${encoding} body`,
        );
      throw new PullError('VIGIE_PULL_UNAVAILABLE', `${request.url.host}: the answer was cut off`);
    }
    if (!message.complete)
      throw new PullError('VIGIE_PULL_UNAVAILABLE', `${request.url.host}: the answer was cut off`);
    return Buffer.concat(parts);
  }

  #connectionFailure(url: URL, error: NodeJS.ErrnoException): PullError {
    const code = error.code ?? error.name;
    if (TLS_CODES.test(code))
      return new PullError('VIGIE_PULL_TLS', `${url.host}: its certificate can't be trusted (${code})`);
    return new PullError('VIGIE_PULL_UNAVAILABLE', `${url.host} can't be reached (${code})`);
  }
}

function decompressor(encoding: string, url: URL) {
  switch (encoding) {
    case 'identity':
    case '':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new PullError(
        'VIGIE_PULL_BAD_ANSWER',
        `${url.host}: a body in an encoding that we did not ask for`,
      );
  }
}

function flat(message: IncomingMessage): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

/** Where a redirect points, without the path, which may hold tokens. */
function originOf(location: string | undefined, from: URL): string {
  try {
    return new URL(location ?? '', from).origin;
  } catch {
    // What is no address is shown as what it is: nothing that could be followed.
    return 'an address that is none';
  }
}

/** The service's own words, where they are short and text. */
function excerpt(body: Buffer): string {
  const text = body.subarray(0, 65_536).toString('utf8');
  const told = messageOf(text) ?? (text.startsWith('<') ? '' : text);
  return told
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, 240);
}

/** The message of an error body, as OAuth, Microsoft, Google, GitHub, Okta and AWS have it. */
function messageOf(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No JSON, or a cut one: the text itself is shown.
    return /<Message>([^<]{1,240})<\/Message>/.exec(text)?.[1];
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const body = value as Record<string, unknown>;
  const inner = (
    typeof body['error'] === 'object' && body['error'] !== null ? body['error'] : body
  ) as Record<string, unknown>;
  const code = typeof inner['code'] === 'string' ? `${inner['code']}: ` : '';
  for (const name of ['error_description', 'message', 'Message', 'errorSummary', 'error'])
    if (typeof inner[name] === 'string') return code + inner[name];
  return code === '' ? undefined : code;
}
