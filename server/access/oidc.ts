import * as client from 'openid-client';
import { SignInRefused } from './errors.ts';
import type { ExternalProfile, OutwardFetch, SsoConnection } from './ports.ts';

/** What the callback of a sign-in needs from its beginning. */
export interface OidcFlow {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

type OidcConnection = SsoConnection & { readonly protocol: { readonly kind: 'oidc' } };

/** For how long a provider's published settings and keys are used, milliseconds. */
const FRESH = 600_000;

/**
 * OpenID Connect, authorisation code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 7636).
 * `openid-client` does the protocol; signature, issuer, audience, times and nonce are its to check.
 */
export class Oidc {
  readonly #fetch: OutwardFetch;
  readonly #secret: (id: string) => Promise<string | undefined>;
  readonly #now: () => number;
  readonly #known = new Map<
    string,
    { revision: number; at: number; config: Promise<client.Configuration> }
  >();

  constructor(fetch: OutwardFetch, secret: (id: string) => Promise<string | undefined>, now: () => number) {
    this.#fetch = fetch;
    this.#secret = secret;
    this.#now = now;
  }

  /** Reads the provider's settings anew. @throws SignInRefused with a sentence for the administrator */
  async check(connection: SsoConnection): Promise<void> {
    this.#known.delete(connection.id);
    await this.#config(oidcOf(connection));
  }

  /** @returns where to send the browser, and what to keep until it comes back */
  async begin(connection: SsoConnection, redirectUri: string): Promise<{ url: string; flow: OidcFlow }> {
    const oidc = oidcOf(connection);
    const config = await this.#config(oidc);
    const flow = {
      verifier: client.randomPKCECodeVerifier(),
      state: client.randomState(),
      nonce: client.randomNonce(),
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: oidc.protocol.scopes,
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
      state: flow.state,
      nonce: flow.nonce,
    });
    return { url: url.href, flow };
  }

  /**
   * @param callback address that the browser came back to, query included
   * @throws SignInRefused
   */
  async finish(connection: SsoConnection, callback: URL, flow: OidcFlow): Promise<ExternalProfile> {
    const config = await this.#config(oidcOf(connection));
    try {
      const tokens = await client.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new SignInRefused('refused', 'no ID token');
      const { email, groups } = connection.attributes;
      let said: Readonly<Record<string, unknown>> = claims;
      if (
        (claims[email] === undefined || claims[groups] === undefined) &&
        config.serverMetadata().userinfo_endpoint !== undefined
      )
        // The ID token was signed, so what it says wins.
        said = { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
      return profileOf(connection, claims.iss, claims.sub, said);
    } catch (error) {
      throw refusal(error);
    }
  }

  #config(connection: OidcConnection): Promise<client.Configuration> {
    const known = this.#known.get(connection.id);
    if (known !== undefined && known.revision === connection.revision && this.#now() - known.at < FRESH)
      return known.config;
    const config = this.#discover(connection);
    this.#known.set(connection.id, { revision: connection.revision, at: this.#now(), config });
    // A failed discovery is its caller's to report, and is not kept.
    config.catch(() => this.#known.delete(connection.id));
    return config;
  }

  async #discover({ id, tenant, protocol }: OidcConnection): Promise<client.Configuration> {
    const issuer = new URL(protocol.issuer);
    const secret = await this.#secret(id);
    try {
      return await client.discovery(
        issuer,
        protocol.clientId,
        {},
        secret === undefined ? client.None() : clientAuthentication(secret),
        {
          [client.customFetch]: async (url, { method, headers, body }) =>
            this.#fetch(url, {
              tenant,
              method,
              headers,
              ...(body === undefined || body === null ? {} : { body: String(body) }),
            }),
          execute: [
            // The standard trusts a token that came over TLS (section 3.1.3.7, 6); its signature is checked here.
            client.enableNonRepudiationChecks,
            // Whether a host may be reached without TLS is decided where the request leaves (`pull.allowHosts`).
            ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
          ],
        },
      );
    } catch (error) {
      throw refusal(error);
    }
  }
}

/** By HTTP Basic, which every provider must know, or in the form where a provider names only that. */
function clientAuthentication(secret: string): client.ClientAuth {
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

function oidcOf(connection: SsoConnection): OidcConnection {
  if (connection.protocol.kind !== 'oidc') throw new SignInRefused('expired', 'the connection is not OIDC');
  return connection as OidcConnection;
}

function profileOf(
  { attributes }: SsoConnection,
  issuer: string,
  subject: string,
  said: Readonly<Record<string, unknown>>,
): ExternalProfile {
  const email = said[attributes.email];
  const name = said[attributes.name];
  // Only who says that it is not theirs is refused: many providers of organisations do not send the claim.
  if (said['email_verified'] === false || said['email_verified'] === 'false')
    throw new SignInRefused('no-access', 'the identity provider has not verified the e-mail address');
  return {
    issuer,
    subject,
    email: typeof email === 'string' && email.length <= 254 ? email.toLowerCase() : undefined,
    name: typeof name === 'string' ? name.slice(0, 200) : undefined,
    groups: textsOf(said[attributes.groups]),
  };
}

/** A list of texts, of which some providers make a single one when there is one. */
export function textsOf(value: unknown): string[] {
  return [value]
    .flat()
    .filter((each): each is string => typeof each === 'string')
    .slice(0, 2000);
}

/** Codes of openid-client that say that the provider was not reached, or answers nonsense. */
const AWAY = /TIMEOUT|RESPONSE_IS_NOT/;

function refusal(error: unknown): SignInRefused {
  if (error instanceof SignInRefused) return error;
  const { code, message, cause } = error as Failure;
  // The way out says in a sentence why it stayed closed.
  if (cause?.code?.startsWith('VIGIE_PULL_') === true) return new SignInRefused('unreachable', cause.message);
  // Of what the provider said, its code: its sentences and our request hold what belongs in no log.
  const told = [message, code, cause?.code].filter((part) => typeof part === 'string').join(', ');
  return new SignInRefused(AWAY.test(code ?? '') ? 'unreachable' : 'refused', told.slice(0, 300));
}

interface Failure {
  readonly code?: string;
  readonly message: string;
  readonly cause?: Failure;
}
