import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';

const SAML = 'urn:oasis:names:tc:SAML:2.0';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** The question that Vigie put into the address that it sent the browser to. */
export interface Question {
  readonly id: string;
  readonly audience: string;
  readonly callback: string;
}

/** What an assertion says. */
export interface Statement {
  readonly nameId?: string;
  readonly email?: string;
  readonly groups?: readonly string[];
  readonly audience?: string;
  readonly recipient?: string;
  /** Empty: named on the envelope only, which is not signed. */
  readonly inResponseTo?: string;
  readonly issuer?: string;
  /** Milliseconds from now. */
  readonly endsIn?: number;
}

/** A SAML identity provider that signs with a real key, and forges what it is told to. */
export class SamlProvider {
  readonly issuer = 'https://idp.example.org/saml';
  readonly entryPoint = 'https://idp.example.org/saml/sign-in';
  readonly certificate: string;
  readonly #key: string;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-saml-'));
    try {
      const args = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=idp -keyout key.pem -out cert.pem';
      execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'ignore' });
      this.#key = readFileSync(join(folder, 'key.pem'), 'utf8');
      this.certificate = readFileSync(join(folder, 'cert.pem'), 'utf8');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Reads the question. */
  question(url: string): Question {
    const packed = new URL(url).searchParams.get('SAMLRequest') ?? '';
    const xml = inflateRawSync(Buffer.from(packed, 'base64')).toString('utf8');
    const text = (pattern: RegExp) => pattern.exec(xml)?.[1] ?? '';
    return {
      id: text(/ ID="([^"]+)"/),
      audience: text(/<saml:Issuer[^>]*>([^<]+)</),
      callback: text(/AssertionConsumerServiceURL="([^"]+)"/),
    };
  }

  /** An assertion, not signed. */
  assertion(question: Question, statement: Statement = {}): string {
    const now = Date.now();
    const at = (ms: number) => new Date(now + ms).toISOString();
    const {
      nameId = 'u-1',
      email = 'ann@hospital.example.org',
      groups = ['it'],
      endsIn = 120_000,
    } = statement;
    const asked = statement.inResponseTo ?? question.id;
    const attribute = (name: string, values: readonly string[]) =>
      `<saml:Attribute Name="${name}">${values
        .map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`)
        .join('')}</saml:Attribute>`;
    return (
      `<saml:Assertion xmlns:saml="${SAML}:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at(0)}">` +
      `<saml:Issuer>${statement.issuer ?? this.issuer}</saml:Issuer>` +
      `<saml:Subject><saml:NameID Format="${SAML}:nameid-format:persistent">${nameId}</saml:NameID>` +
      `<saml:SubjectConfirmation Method="${SAML}:cm:bearer"><saml:SubjectConfirmationData` +
      `${asked === '' ? '' : ` InResponseTo="${asked}"`} NotOnOrAfter="${at(endsIn)}"` +
      ` Recipient="${statement.recipient ?? question.callback}"/></saml:SubjectConfirmation></saml:Subject>` +
      `<saml:Conditions NotBefore="${at(-600_000)}" NotOnOrAfter="${at(endsIn)}"><saml:AudienceRestriction>` +
      `<saml:Audience>${statement.audience ?? question.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
      `<saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>${SAML}:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
      `<saml:AttributeStatement>${attribute('email', [email])}${attribute('name', ['Ann Ward'])}${attribute('groups', groups)}</saml:AttributeStatement>` +
      '</saml:Assertion>'
    );
  }

  /** The assertion with its signature, enveloped. */
  sign(assertion: string, algorithm: 'rsa-sha256' | 'rsa-sha1' = 'rsa-sha256'): string {
    const weak = algorithm === 'rsa-sha1';
    const signed = new SignedXml({
      privateKey: this.#key,
      signatureAlgorithm: weak ? `${DSIG}rsa-sha1` : 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      canonicalizationAlgorithm: C14N,
    });
    signed.addReference({
      xpath: "/*[local-name(.)='Assertion']",
      transforms: [`${DSIG}enveloped-signature`, C14N],
      digestAlgorithm: weak ? `${DSIG}sha1` : 'http://www.w3.org/2001/04/xmlenc#sha256',
    });
    signed.computeSignature(assertion, {
      location: { reference: "/*[local-name(.)='Assertion']/*[local-name(.)='Issuer']", action: 'after' },
    });
    return signed.getSignedXml();
  }

  /** The envelope, which is not signed, base64. */
  response(question: Question, content: string, inResponseTo: string | undefined = question.id): string {
    const xml =
      `<samlp:Response xmlns:samlp="${SAML}:protocol" xmlns:saml="${SAML}:assertion" ID="_${randomUUID()}" Version="2.0"` +
      ` IssueInstant="${new Date().toISOString()}" Destination="${question.callback}"` +
      `${inResponseTo === '' ? '' : ` InResponseTo="${inResponseTo}"`}><saml:Issuer>${this.issuer}</saml:Issuer>` +
      `<samlp:Status><samlp:StatusCode Value="${SAML}:status:Success"/></samlp:Status>${content}</samlp:Response>`;
    return Buffer.from(xml).toString('base64');
  }

  /** A right answer. */
  answer(question: Question, statement: Statement = {}): string {
    return this.response(question, this.sign(this.assertion(question, statement)));
  }
}
