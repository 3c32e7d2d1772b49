import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** A person at an identity provider. */
export type Person = Readonly<Record<string, unknown>> & { readonly sub: string };

/** A real OpenID provider, on loopback, whose one visitor is signed in without being asked. */
export class OpenIdProvider {
  readonly issuer: string;
  readonly #server: Server;
  /** Who is at the screen. */
  person: Person = { sub: 'nobody' };

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
  }

  static async start(): Promise<OpenIdProvider> {
    const server = createServer();
    return new OpenIdProvider(server, await listen(server));
  }

  /** Begins to serve, with the client that it now knows. */
  serve(client: { readonly id: string; readonly secret: string; readonly redirectUri: string }): void {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [client.redirectUri],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => this.person }),
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
      pkce: { required: () => true },
      cookies: { keys: ['a key of the stand-in'] },
      ttl: { Session: 60, Grant: 60, Interaction: 60 },
    });
    const handle = provider.callback();
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith('/interaction/')) void this.#interact(provider, request, response);
      else void handle(request, response);
    });
  }

  async #interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      await provider.interactionFinished(request, response, { login: { accountId: this.person.sub } });
      return;
    }
    const grant = new provider.Grant({
      accountId: session!.accountId,
      clientId: String(params['client_id']),
    });
    grant.addOIDCScope(String(params['scope']));
    await provider.interactionFinished(
      request,
      response,
      { consent: { grantId: await grant.save() } },
      { mergeWithLastSubmission: true },
    );
  }

  close(): Promise<void> {
    return close(this.#server);
  }
}

/** What a hostile provider says otherwise than a right one. */
export interface Forgery {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Leaves the signature out, and says so. */
  readonly unsigned?: boolean;
  /** Signs with a key that it has not published. */
  readonly otherKey?: boolean;
}

/** A provider of OpenID that forges what it is told to; what it signs, it signs with real keys. */
export class ForgingProvider {
  readonly issuer: string;
  readonly #server: Server;
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #others = generateKeyPairSync('rsa', { modulusLength: 2048 });
  #nonce = '';
  forgery: Forgery = {};

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '/', issuer);
      const answer = (body: unknown) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      switch (url.pathname) {
        case '/.well-known/openid-configuration':
          answer({
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/jwks`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256', 'none'],
          });
          return;
        case '/jwks':
          answer({
            keys: [{ ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
          });
          return;
        case '/authorize': {
          this.#nonce = url.searchParams.get('nonce') ?? '';
          const back = new URL(url.searchParams.get('redirect_uri') ?? issuer);
          back.searchParams.set('code', 'a-code');
          back.searchParams.set('state', url.searchParams.get('state') ?? '');
          response.writeHead(303, { location: back.href }).end();
          return;
        }
        case '/token':
          answer({ access_token: 'an-access-token', token_type: 'Bearer', id_token: this.#idToken() });
          return;
        default:
          response.writeHead(404).end();
      }
    });
  }

  static async start(): Promise<ForgingProvider> {
    const server = createServer();
    return new ForgingProvider(server, await listen(server));
  }

  #idToken(): string {
    const now = Math.floor(Date.now() / 1000);
    const { claims, unsigned, otherKey } = this.forgery;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = part({
      iss: this.issuer,
      sub: 'forged',
      aud: 'vigie',
      iat: now,
      exp: now + 60,
      nonce: this.#nonce,
      email: 'forged@forge.example.org',
      groups: ['soc'],
      ...claims,
    });
    if (unsigned === true) return `${part({ alg: 'none' })}.${payload}.`;
    const signed = `${part({ alg: 'RS256', kid: 'k' })}.${payload}`;
    const { privateKey } = otherKey === true ? this.#others : this.#keys;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  close(): Promise<void> {
    return close(this.#server);
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
