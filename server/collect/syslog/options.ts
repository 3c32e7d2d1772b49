import type { ListenAddress, TlsMaterial } from '../listen/options.ts';
import { DEFAULT_LINE_LIMIT } from '../raw-text.ts';

export type { ListenAddress };

/** RFC 5425. */
export type SyslogTlsOptions = ListenAddress & TlsMaterial;

/** Configuration of the syslog collector; a listener that is left out is not opened. */
export interface SyslogOptions {
  readonly udp?: ListenAddress;
  readonly tcp?: ListenAddress;
  readonly tls?: SyslogTlsOptions;
  readonly limits?: Partial<SyslogLimits>;
}

/** Bounds of the syslog collector. Sizes in bytes, times in milliseconds. */
export interface SyslogLimits {
  /** Kept of one line; the rest is dropped and the line flagged `truncated`. */
  readonly line: number;
  /** Of the lines taken and not yet stored, above which sockets are not read. */
  readonly pending: number;
  /** Of `sink.backlog()`, above which sockets are not read. */
  readonly backlog: number;
  /** Of the lines that UDP may add above `pending`, before datagrams are dropped and counted. */
  readonly udpQueue: number;
  /** Asked of the kernel for each UDP socket. It grants at most `net.core.rmem_max`. */
  readonly udpReceiveBuffer: number;
  /** Memory for lines split across packets, in all connections together. */
  readonly carry: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** For a connection that never sent a whole line, or whose sender is unknown. */
  readonly silentTimeout: number;
  /** For a known sender's connection that has sent lines: long, because a sender may lose a line when it is closed. */
  readonly idleTimeout: number;
  readonly handshakeTimeout: number;
  /** Lines handed over in one call, at most. */
  readonly batchLines: number;
  /** Wait for a batch to fill. */
  readonly batchDelay: number;
  /** First wait before logs that could not be stored are tried again; doubles up to 16 times this. */
  readonly retryDelay: number;
  /** For storing what has been read when the collector is closed. */
  readonly drainTimeout: number;
}

/** Defaults of {@link SyslogLimits}. */
export const SYSLOG_LIMITS: SyslogLimits = {
  line: DEFAULT_LINE_LIMIT,
  pending: 32 * 1024 * 1024,
  backlog: 64 * 1024 * 1024,
  udpQueue: 16 * 1024 * 1024,
  udpReceiveBuffer: 8 * 1024 * 1024,
  carry: 64 * 1024 * 1024,
  connections: 4096,
  connectionsPerAddress: 512,
  silentTimeout: 60_000,
  idleTimeout: 3_600_000,
  handshakeTimeout: 10_000,
  batchLines: 1000,
  batchDelay: 20,
  retryDelay: 250,
  drainTimeout: 5_000,
};

/** Figures of a running collector, since its start. */
export interface SyslogStats {
  readonly lines: number;
  readonly bytes: number;
  readonly quarantined: number;
  readonly connections: number;
  readonly refused: number;
  readonly udpDropped: number;
  /** Errors that the UDP socket reported while it was open. */
  readonly udpErrors: number;
  /** What the kernel granted of `udpReceiveBuffer`; Linux reports twice what holds datagrams. 0 without UDP. */
  readonly udpReceiveBuffer: number;
  /** Lines taken and not yet stored, with their bytes. */
  readonly pendingLines: number;
  readonly pendingBytes: number;
  readonly retries: number;
  /** Whether sockets are not read at this moment, because storing is slower than the senders. */
  readonly paused: boolean;
}
