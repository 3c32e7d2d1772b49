import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { CollectError } from '../errors.ts';
import { peerAddress } from '../listen/address.ts';
import type { WefListening } from '../listening.ts';
import type { MachineCertificate } from '../ports.ts';

/** A machine as its certificate shows it; an authority of ours vouches for it. */
export interface Machine extends MachineCertificate {
  readonly address: string;
  /** Name by which it is known: the certificate's common name or first DNS name, in small letters. */
  readonly name: string;
  /** SHA-1 of the authority that Windows is to choose its certificate by, hexadecimal capitals. */
  readonly issuerThumbprint: string;
  /** SHA-256 of the same, as a source names it among its senders. */
  readonly issuerFingerprint: string;
  /** What that authority calls itself. */
  readonly issuerName: string;
}

/** Certificates between a machine's own and a root; more are not looked at. */
const MAX_CHAIN = 8;
const CONTROLS = /\p{Cc}+/gu;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The authorities of a file or several.
 *
 * @throws `VIGIE_COLLECT_TLS` when there is none, or one can't be read
 */
export function readAuthorities(
  pem: string | Buffer | readonly (string | Buffer)[],
): WefListening['authorities'] {
  try {
    const texts = [pem].flat().flatMap((text) => String(text).match(PEM) ?? []);
    if (texts.length === 0) throw new Error('no certificate in it');
    return texts.map((text) => {
      const certificate = new X509Certificate(text);
      const { subject } = certificate.toLegacyObject();
      return {
        name: authorityName(subject),
        thumbprint: certificate.fingerprint.replaceAll(':', ''),
        fingerprint: plain(certificate.fingerprint256),
      };
    });
  } catch (cause) {
    throw new CollectError(
      'VIGIE_COLLECT_TLS',
      "the authorities of the machines' certificates can't be used",
      cause,
    );
  }
}

/**
 * Who is at the other end. Of the authorities above the certificate, the nearest that we were told to trust is the one
 * that Windows is told to choose by.
 *
 * @param trusted fingerprints of what {@link readAuthorities} reads
 * @returns undefined: nobody vouches for it, or it has no name
 */
export function machineOf(socket: TLSSocket, trusted: ReadonlySet<string>): Machine | undefined {
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate(true);
  // An absent certificate is an empty object.
  if (!certificate?.fingerprint256) return undefined;
  const names = namesOf(certificate);
  const authorities = chainAbove(certificate);
  const chosen = authorities.find(({ fingerprint256 }) => trusted.has(plain(fingerprint256)));
  const [name] = names;
  if (name === undefined || chosen === undefined) return undefined;
  return {
    address: peerAddress(socket.remoteAddress),
    name,
    names,
    fingerprint: plain(certificate.fingerprint256),
    issuers: authorities.map(({ fingerprint256 }) => plain(fingerprint256)),
    issuerThumbprint: chosen.fingerprint.replaceAll(':', '').toUpperCase(),
    issuerFingerprint: plain(chosen.fingerprint256),
    issuerName: authorityName(chosen.subject),
  };
}

function chainAbove(certificate: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let below = certificate;
  while (chain.length < MAX_CHAIN) {
    const issuer = below.issuerCertificate;
    // A root is its own issuer.
    if (!issuer?.fingerprint256 || issuer.fingerprint256 === below.fingerprint256) break;
    chain.push(issuer);
    below = issuer;
  }
  return chain;
}

/** Common name and DNS names. Active Directory's own templates leave the subject empty and have the DNS name alone. */
function namesOf({ subject, subjectaltname }: DetailedPeerCertificate): string[] {
  const names = [one(subject?.CN), ...(subjectaltname ?? '').matchAll(/(?:^|, )DNS:([^,"\s]+)/g)];
  return [
    ...new Set(
      names
        .map((name) => (typeof name === 'string' ? name : name?.[1])?.trim().toLowerCase() ?? '')
        .filter((name) => name !== '' && name.length <= 255),
    ),
  ];
}

function authorityName(subject: { readonly CN?: unknown; readonly O?: unknown } | undefined): string {
  return one(subject?.CN) ?? one(subject?.O) ?? 'without a name';
}

/** A certificate may have several values where one belongs. */
function one(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.replace(CONTROLS, ' ').trim() || undefined : undefined;
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
