import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { WebhookGuard } from './ports.ts';

export interface PostOptions {
  readonly guard: WebhookGuard;
  /** Authorities trusted beside the usual ones, PEM. */
  readonly ca?: string;
  /** Milliseconds for everything: look-up, connection, answer. */
  readonly timeout: number;
}

/** What a receiver said. */
export interface PostAnswer {
  readonly status: number;
  /** Seconds or a date, as it was sent. */
  readonly retryAfter: string | undefined;
  /** Begin of the body, for the person who looks why it failed. */
  readonly text: string;
}

/** Of an answer's body that is read at most, octets. */
const MOST_READ = 1024;

/**
 * Posts to an address that somebody entered. Only what the guard accepts is connected to, and what is connected to
 * is looked at again before anything is sent; redirects are answers like any other; nothing is kept open.
 */
export async function post(
  { guard, ca, timeout }: PostOptions,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<PostAnswer> {
  const url = new URL(target);
  guard.check(url);
  const limit = AbortSignal.timeout(timeout);
  const secure = url.protocol === 'https:';
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      method: 'POST',
      agent: false as const,
      lookup: guard.lookup(url),
      signal: limit,
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    };
    const request = secure
      ? tlsRequest(
          url,
          {
            ...options,
            // Also where the environment asks for the contrary.
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
            ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
          },
          resolve,
        )
      : httpRequest(url, options, resolve);
    request.on('error', (error) =>
      reject(limit.aborted ? new Error(`no answer within ${timeout} ms`) : error),
    );
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        const reached = socket.remoteAddress ?? '';
        if (guard.accepts(url, reached)) request.end(body);
        else request.destroy(new Error(`${url.host} led to an address that may not be called`));
      });
    });
  });
  let text = '';
  try {
    answer.setEncoding('utf8');
    for await (const part of answer) {
      text += part;
      if (text.length >= MOST_READ) break;
    }
  } catch {
    // The status has come, and it is what counts; of the text we have what there was.
  }
  answer.destroy();
  return {
    status: answer.statusCode ?? 0,
    retryAfter: answer.headers['retry-after'],
    text: text.slice(0, MOST_READ),
  };
}
