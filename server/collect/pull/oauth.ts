import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { PullRun } from './connector.ts';
import { PullError } from './errors.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';
import { readObject, textOf } from './items.ts';
import { Secret } from './secret.ts';

/** A token is renewed this long before its end, milliseconds. */
const EARLY = 60_000;
const DEFAULT_LIFE = 3_600;

interface Token {
  readonly value: Secret;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** What a token is asked for with; the body of the token request. */
export type Grant = () => { readonly url: URL; readonly form: URLSearchParams; readonly basic?: string };

type Run = Pick<PullRun<unknown>, 'http' | 'memory' | 'redactor' | 'now'>;

/**
 * Access tokens of OAuth 2.0 (RFC 6749): asked for when needed, kept until shortly before their end, and
 * renewed once when the service refuses one.
 */
export class OAuth {
  readonly #run: Run;
  readonly #grant: Grant;
  readonly #name: string;

  /** @param name of the token in the run's memory, where a connector has several */
  constructor(run: Run, grant: Grant, name = 'token') {
    this.#run = run;
    this.#grant = grant;
    this.#name = name;
  }

  /**
   * A request with a token. A 401 is answered with a new token, once; the second one is the credential's.
   *
   * @throws PullError
   */
  async call(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#send(request);
    if (answer.status !== 401) return this.#good(request, answer);
    this.#run.memory.delete(this.#name);
    return this.#good(request, await this.#send(request));
  }

  #good(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.#run.http.failure(request.url, answer);
  }

  async #send(request: HttpRequest): Promise<HttpAnswer> {
    const token = await this.#token();
    return this.#run.http.send({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${token.value.reveal()}` },
    });
  }

  async #token(): Promise<Token> {
    const { memory, now, redactor, http } = this.#run;
    const kept = memory.get(this.#name) as Token | undefined;
    if (kept !== undefined && kept.until - EARLY > now()) return kept;
    const { url, form, basic } = this.#grant();
    const answer = await http.send({
      method: 'POST',
      url,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(basic === undefined ? {} : { authorization: basic }),
      },
      body: form.toString(),
      maxBody: 1024 * 1024,
    });
    // RFC 6749, section 5.2: a wrong client is told with 400 or 401.
    if (answer.status === 400 || answer.status === 401) {
      const { message } = http.failure(url, answer);
      throw new PullError('VIGIE_PULL_UNAUTHORISED', message, { status: answer.status });
    }
    if (answer.status < 200 || answer.status > 299) throw http.failure(url, answer);
    const body = readObject(answer.body, `${url.host}${url.pathname}`);
    const value = textOf(body, 'access_token');
    if (value === undefined)
      throw new PullError('VIGIE_PULL_BAD_ANSWER', `the answer of ${url.host} has no access_token`);
    redactor.add(value);
    const seconds = Number(textOf(body, 'expires_in') ?? DEFAULT_LIFE);
    const life = Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_LIFE;
    const token = { value: new Secret(value), until: now() + life * 1000 };
    memory.set(this.#name, token);
    return token;
  }
}

/** RFC 6749, section 4.4: the client's own id and secret. */
export function clientCredentials(options: {
  readonly url: URL;
  readonly id: string;
  readonly secret: Secret;
  readonly scope?: string;
  readonly audience?: string;
  /** Where id and secret go: in the body, or in the header as section 2.3.1 prefers. */
  readonly how?: 'body' | 'basic';
}): Grant {
  return () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (options.scope !== undefined) form.set('scope', options.scope);
    if (options.audience !== undefined) form.set('audience', options.audience);
    if (options.how === 'basic') {
      const pair = [options.id, options.secret.reveal()].map(encodeURIComponent).join(':');
      return { url: options.url, form, basic: `Basic ${Buffer.from(pair).toString('base64')}` };
    }
    form.set('client_id', options.id);
    form.set('client_secret', options.secret.reveal());
    return { url: options.url, form };
  };
}

/**
 * RFC 7523: a token for an assertion signed with the client's key (RS256).
 *
 * @throws PullError `VIGIE_PULL_SETTINGS` when the key is none
 */
export function jwtBearer(options: {
  readonly url: URL;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly scope: string;
  readonly keyId?: string;
  readonly key: Secret;
  readonly now: () => number;
}): Grant {
  const key = rsaKey(options.key);
  return () => {
    const at = Math.floor(options.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({
      alg: 'RS256',
      typ: 'JWT',
      ...(options.keyId === undefined ? {} : { kid: options.keyId }),
    })}.${part({
      iss: options.issuer,
      sub: options.subject,
      aud: options.audience,
      scope: options.scope,
      iat: at,
      exp: at + 3600,
      jti: randomUUID(),
    })}`;
    const signature = sign('RSA-SHA256', Buffer.from(unsigned), key).toString('base64url');
    return {
      url: options.url,
      form: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: `${unsigned}.${signature}`,
      }),
    };
  };
}

function rsaKey(key: Secret): KeyObject {
  try {
    const read = createPrivateKey(key.reveal());
    if (read.asymmetricKeyType === 'rsa') return read;
  } catch {
    // The cause may quote the key; the sentence below says all that a person needs.
  }
  throw new PullError('VIGIE_PULL_SETTINGS', 'the private key is no RSA key in PEM form', {
    advice: 'Paste the key file again, whole.',
  });
}
