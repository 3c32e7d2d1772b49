/** Where to listen. Port 0 takes a free one. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

/** What a TLS listener shows and asks for. All texts are PEM. */
export interface TlsMaterial {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Authorities that client certificates are checked against. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Revocation lists of these authorities. Where there are any, each of them needs one that has not expired. */
  readonly crl?: string | Buffer | undefined;
  /**
   * - `none` (default): the sender is known by its address.
   * - `optional`: a verified certificate names the sender by its common name; one that no authority of `ca`
   *   signed is known by its fingerprint alone.
   * - `required`: connections without a verified certificate are refused.
   */
  readonly clientCertificates?: 'none' | 'optional' | 'required';
  /** False: every connection shakes hands in full, so that its whole chain of certificates is seen. */
  readonly resumption?: boolean;
}

/** Bounds of a listener for streams. Times in milliseconds. */
export interface StreamLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly handshakeTimeout: number;
}

/** Bounds of what is taken from senders that get no acknowledgement. Sizes in bytes, times in milliseconds. */
export interface IntakeLimits {
  /** Of the logs taken and not yet stored, above which sockets are not read. */
  readonly pending: number;
  /** Of `sink.backlog()`, above which sockets are not read. */
  readonly backlog: number;
  /** Of the logs that UDP may add above `pending`, before datagrams are dropped and counted. */
  readonly udpQueue: number;
  /** Logs handed over in one call, at most. */
  readonly batchLines: number;
  /** Wait for a batch to fill. */
  readonly batchDelay: number;
  /** First wait before logs that could not be stored are tried again; doubles up to 16 times this. */
  readonly retryDelay: number;
}

/** Defaults of {@link IntakeLimits}. */
export const INTAKE_LIMITS: IntakeLimits = {
  pending: 32 * 1024 * 1024,
  backlog: 64 * 1024 * 1024,
  udpQueue: 16 * 1024 * 1024,
  batchLines: 1000,
  batchDelay: 20,
  retryDelay: 250,
};

/** Figures that every listener of this folder's neighbours tells of itself, since its start. */
export interface ListenerStats {
  /** Logs taken over from known senders. */
  readonly events: number;
  readonly bytes: number;
  /** Of unknown senders. */
  readonly quarantined: number;
  /** Open now; 0 for UDP. */
  readonly connections: number;
  /** Turned away at a limit. */
  readonly refused: number;
  /** Frames, datagrams or messages that could not be read. */
  readonly invalid: number;
  /** Datagrams lost for want of room, in our queue and in the kernel's. */
  readonly lost: number;
  /** Attempts to store that had to be made again. */
  readonly retries: number;
}
