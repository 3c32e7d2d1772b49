import { createPublicKey, X509Certificate } from 'node:crypto';
import type { SAML } from '@node-saml/node-saml';
import { SignInRefused } from './errors.ts';
import { textsOf } from './oidc.ts';
import type { ExternalProfile, SsoConnection } from './ports.ts';

/** Addresses by which an identity provider knows us. */
export interface ServiceProvider {
  readonly entityId: string;
  /** Where its answers are posted to. */
  readonly callback: string;
}

/** Loaded by the first who signs in this way: most installations have nobody who does. */
const library = () => import('@node-saml/node-saml');

/** How far the provider's clock may be from ours, milliseconds. */
const SKEW = 60_000;
/** Largest answer, base64; groups make them long. */
export const MAX_SAML_RESPONSE = 512 * 1024;

/**
 * Algorithms that are no proof any more (SHA-1, DSA) or prove nothing here (HMAC, whose key would be our public one).
 * Named anywhere in the answer, they make it refused.
 */
const WEAK = /xmldsig#(?:rsa-sha1|dsa-sha1|sha1|hmac-sha1)|xmldsig-more#(?:hmac-[a-z0-9-]+|rsa-md5|md5)/i;

/**
 * SAML 2.0 Web Browser SSO, begun here (HTTP-Redirect) and answered by HTTP-POST. `node-saml` checks signature,
 * audience and times; here stands what it leaves open: the answer's place and question are read from the signed
 * assertion, not from the envelope around it, which anybody can write.
 */
export class Saml {
  /** @returns where to send the browser */
  async begin(connection: SsoConnection, provider: ServiceProvider, flow: string): Promise<string> {
    const saml = await client(connection, provider, flow, async () => true);
    return saml.getAuthorizeUrlAsync('', undefined, {});
  }

  /**
   * @param response base64, as posted
   * @param isOpen whether we have asked that question, and nobody has answered it
   * @returns what the assertion says, and of which flow it is the answer
   * @throws SignInRefused
   */
  async check(
    connection: SsoConnection,
    provider: ServiceProvider,
    response: string,
    isOpen: (flow: string) => Promise<boolean>,
  ): Promise<{ readonly profile: ExternalProfile; readonly flow: string }> {
    if (response.length > MAX_SAML_RESPONSE) throw new SignInRefused('refused', 'the answer is too long');
    const xml = Buffer.from(response, 'base64').toString('utf8');
    // Entities are no part of SAML, and of every attack on parsers of XML.
    if (/<!(?:DOCTYPE|ENTITY)/i.test(xml))
      throw new SignInRefused('refused', 'the answer has a document type');
    if (WEAK.test(xml)) throw new SignInRefused('refused', 'the answer is signed with a weak algorithm');
    const profile = await this.#verified(await client(connection, provider, '', isOpen), response);
    const flow = confirmedFlow(assertionOf(profile.getAssertion?.()), provider);
    if (flow === undefined || !(await isOpen(flow)))
      throw new SignInRefused(
        'refused',
        'the assertion is no answer to a question of ours, or was used before',
      );
    if (profile.issuer !== connection.protocol.issuer)
      throw new SignInRefused('refused', 'the assertion is another identity provider’s');
    if (typeof profile.nameID !== 'string' || /:transient$/.test(profile.nameIDFormat ?? ''))
      throw new SignInRefused(
        'refused',
        'the assertion names nobody for good (NameID is missing or transient)',
      );
    const said = (profile['attributes'] ?? {}) as Readonly<Record<string, unknown>>;
    const { email, name, groups } = connection.attributes;
    const byName = /:emailAddress$/.test(profile.nameIDFormat ?? '') ? profile.nameID : undefined;
    return {
      flow,
      profile: {
        issuer: profile.issuer,
        subject: profile.nameID,
        email: (textsOf(said[email])[0] ?? byName)?.toLowerCase().slice(0, 254),
        name: textsOf(said[name])[0]?.slice(0, 200),
        groups: textsOf(said[groups]),
      },
    };
  }

  /** What the identity provider's administrator gives it to know us. */
  async metadata(connection: SsoConnection, provider: ServiceProvider): Promise<string> {
    const saml = await client(connection, provider, '', async () => false);
    return saml.generateServiceProviderMetadata(null, null);
  }

  async #verified(saml: SAML, SAMLResponse: string) {
    try {
      const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
      if (profile === null) throw new SignInRefused('refused', 'the answer holds no assertion');
      return profile;
    } catch (error) {
      if (error instanceof SignInRefused) throw error;
      // Of a refusal the status' own words; the library's other messages are about form and hold no secrets.
      const why = error instanceof Error ? error.message : String(error);
      const { SamlStatusError } = await library();
      throw new SignInRefused('refused', why.slice(0, 300), {
        ...(error instanceof SamlStatusError ? {} : { cause: error }),
      });
    }
  }
}

/** @throws SignInRefused when a certificate can't be read */
export function checkCertificates(certificates: readonly string[]): void {
  for (const text of certificates) {
    try {
      createPublicKey(new X509Certificate(pem(text)).publicKey.export({ type: 'spki', format: 'pem' }));
    } catch (cause) {
      throw new SignInRefused('refused', 'a certificate can’t be read', { cause });
    }
  }
}

/** A certificate as metadata has it (base64 alone) or as a file has it. */
function pem(text: string): string {
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text.trim();
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/\s+/g, '').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----`;
}

async function client(
  { protocol }: SsoConnection,
  { entityId, callback }: ServiceProvider,
  flow: string,
  isOpen: (flow: string) => Promise<boolean>,
): Promise<SAML> {
  if (protocol.kind !== 'saml') throw new SignInRefused('expired', 'the connection is not SAML');
  const { SAML, ValidateInResponseTo } = await library();
  return new SAML({
    issuer: entityId,
    audience: entityId,
    callbackUrl: callback,
    entryPoint: protocol.entryPoint,
    idpIssuer: protocol.issuer,
    idpCert: protocol.certificates.map(pem),
    wantAssertionsSigned: true,
    // Many providers sign the assertion only; that it is signed is what counts.
    wantAuthnResponseSigned: false,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    acceptedClockSkewMs: SKEW,
    validateInResponseTo: ValidateInResponseTo.always,
    generateUniqueId: () => requestId(flow),
    cacheProvider: {
      saveAsync: async (_key, value) => ({ value, createdAt: Date.now() }),
      getAsync: async (key) => ((await isOpen(flowOf(key) ?? '')) ? new Date().toISOString() : null),
      // A question is closed by its answer being noted, in the store, once.
      removeAsync: async () => null,
    },
  });
}

/** An XML id begins with no digit. */
function requestId(flow: string): string {
  return `_${flow}`;
}

function flowOf(id: string): string | undefined {
  return /^_([0-9a-f]{64})$/.exec(id)?.[1];
}

interface Element {
  readonly $?: Readonly<Record<string, string>>;
  readonly [child: string]: unknown;
}

function assertionOf(parsed: Record<string, unknown> | undefined): Element | undefined {
  return parsed?.['Assertion'] as Element | undefined;
}

function children(parent: Element | undefined, name: string): Element[] {
  const found = parent?.[name];
  return Array.isArray(found) ? (found as Element[]) : [];
}

/**
 * The flow that a signed assertion answers: of its bearer confirmation (SAML 2.0 Profiles, section 4.1.4.2), which must
 * name our address and have an end.
 */
function confirmedFlow(assertion: Element | undefined, { callback }: ServiceProvider): string | undefined {
  const confirmations = children(children(assertion, 'Subject')[0], 'SubjectConfirmation');
  for (const confirmation of confirmations) {
    if (confirmation.$?.['Method'] !== 'urn:oasis:names:tc:SAML:2.0:cm:bearer') continue;
    const data = children(confirmation, 'SubjectConfirmationData')[0]?.$;
    if (data?.['Recipient'] !== callback || data['InResponseTo'] === undefined) continue;
    const end = Date.parse(data['NotOnOrAfter'] ?? '');
    if (!(end > Date.now() - SKEW)) continue;
    return flowOf(data['InResponseTo']);
  }
  return undefined;
}
