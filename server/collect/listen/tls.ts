import { constants } from 'node:crypto';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { CollectError } from '../errors.ts';
import { peerAddress } from './address.ts';
import type { TlsMaterial } from './options.ts';

/** Who is at the other end, as far as the transport tells. */
export interface Peer {
  readonly address: string;
  /** Of a verified client certificate. */
  readonly commonName?: string;
  /** SHA-256 of the client certificate, lower-case hexadecimal without colons. */
  readonly fingerprint?: string;
}

/**
 * A TLS server, 1.2 and up, that is not listening: sockets are given to it by `emit('connection', socket)`, after
 * they were let in.
 *
 * @param handshakeTimeout milliseconds
 * @throws `VIGIE_COLLECT_TLS`
 */
export function createTlsListener(options: TlsMaterial, handshakeTimeout: number): Server {
  const certificates = options.clientCertificates ?? 'none';
  return usable(() =>
    createServer({
      ...secureOptions(options),
      handshakeTimeout,
      requestCert: certificates !== 'none',
      rejectUnauthorized: certificates === 'required',
    }),
  );
}

/**
 * Gives a listener other keys, certificates and lists; connections that are open keep theirs.
 *
 * @throws `VIGIE_COLLECT_TLS`, and the listener goes on with what it has
 */
export function renewTlsListener(server: Server, options: TlsMaterial): void {
  usable(() => server.setSecureContext(secureOptions(options)));
}

function secureOptions({ key, cert, ca, crl, resumption }: TlsMaterial): SecureContextOptions {
  return {
    key,
    cert,
    ca: ca === undefined ? undefined : [ca].flat(),
    ...(crl === undefined ? {} : { crl: revocationLists(crl) }),
    minVersion: 'TLSv1.2',
    // Without tickets nothing is left that a session could be resumed from: we keep none ourselves.
    ...(resumption === false ? { secureOptions: constants.SSL_OP_NO_TICKET } : {}),
  };
}

/** One text each: of several in one, only the first would be read. */
function revocationLists(pem: string | Buffer): string[] {
  const lists = String(pem).match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g);
  if (lists === null) throw new Error('no revocation list in it');
  return lists;
}

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new CollectError(
      'VIGIE_COLLECT_TLS',
      "the TLS key, certificate, CA or revocation list can't be used",
      cause,
    );
  }
}

/** The name of a TLS peer: its common name when an authority of ours vouches for it, else its key alone. */
export function tlsPeer(socket: TLSSocket): Peer {
  const address = peerAddress(socket.remoteAddress);
  const certificate = socket.getPeerCertificate();
  // An absent certificate is an empty object.
  if (!certificate?.fingerprint256) return { address };
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const name: unknown = certificate.subject?.CN;
  return socket.authorized && typeof name === 'string'
    ? { address, commonName: name, fingerprint }
    : { address, fingerprint };
}
