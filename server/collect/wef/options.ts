import type { BodyLimits } from '../http/body.ts';
import { INGEST_LIMITS } from '../http/limits.ts';
import type { ListenAddress, StreamLimits, TlsMaterial } from '../listen/options.ts';
import { DEFAULT_LINE_LIMIT } from '../raw-text.ts';

/** Bounds of Windows Event Forwarding. Sizes in bytes, times in milliseconds. */
export interface WefLimits extends StreamLimits, BodyLimits {
  /** Bodies held in memory by all requests together, unpacked ones included. */
  readonly inFlight: number;
  /** Kept of one event; the rest is dropped, flagged and counted. */
  readonly line: number;
  /** Events of one delivery. */
  readonly events: number;
  /** Of `sink.backlog()`, above which machines are told to come again. */
  readonly backlog: number;
  /** For the head of a request to arrive. */
  readonly headTimeout: number;
  /** Until a connection on which nothing is asked is closed. */
  readonly idleTimeout: number;
  /** For deliveries under way to be stored and answered at the end. */
  readonly drainTimeout: number;
}

/** Defaults of {@link WefLimits}. A machine is asked for envelopes of half a megabyte. */
export const WEF_LIMITS: WefLimits = {
  connections: 4096,
  // Machines may come through one address translation.
  connectionsPerAddress: 2048,
  handshakeTimeout: 15_000,
  body: 2 * 1024 * 1024,
  decoded: 4 * 1024 * 1024,
  ratio: INGEST_LIMITS.ratio,
  ratioFloor: INGEST_LIMITS.ratioFloor,
  bodyTimeout: 60_000,
  bodyIdleTimeout: 15_000,
  inFlight: 128 * 1024 * 1024,
  line: DEFAULT_LINE_LIMIT,
  events: 20_000,
  backlog: INGEST_LIMITS.backlog,
  headTimeout: 20_000,
  idleTimeout: 130_000,
  drainTimeout: 10_000,
};

/** Where machines come, and by what they and we are known. */
export interface WefOptions extends ListenAddress {
  /** `ca`: the authorities of the machines' certificates. Certificates are required, whatever this says. */
  readonly tls: Omit<TlsMaterial, 'clientCertificates' | 'resumption'> & Required<Pick<TlsMaterial, 'ca'>>;
  readonly limits?: Partial<WefLimits>;
}
