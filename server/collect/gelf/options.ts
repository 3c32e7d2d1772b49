import { INGEST_LIMITS, type IngestLimits } from '../http/limits.ts';
import {
  INTAKE_LIMITS,
  type IntakeLimits,
  type ListenAddress,
  type StreamLimits,
  type TlsMaterial,
} from '../listen/options.ts';

/** Configuration of the GELF listeners; one that is left out is not opened. */
export interface GelfOptions {
  readonly udp?: ListenAddress;
  readonly tcp?: ListenAddress & { readonly tls?: TlsMaterial | undefined };
  readonly limits?: Partial<GelfLimits>;
}

/** Bounds of the GELF listeners. Sizes in bytes, times in milliseconds. */
export interface GelfLimits
  extends StreamLimits,
    IntakeLimits,
    Pick<IngestLimits, 'item' | 'line' | 'depth'> {
  /** Asked of the kernel for the UDP socket. */
  readonly receiveBuffer: number;
  /** Memory for chunks whose message isn't whole yet; unknown senders share a sixteenth of it. */
  readonly reassembly: number;
  /** Messages that may be unfinished at once. */
  readonly unfinished: number;
  /** From a message's first chunk to its last. */
  readonly chunkTimeout: number;
  /** Memory for messages split across TCP packets, in all connections together. */
  readonly carry: number;
  /** For a connection that never sent a message, or whose sender is unknown. */
  readonly silentTimeout: number;
  /** For a known sender's connection. */
  readonly idleTimeout: number;
  /** For storing what has been read when the listener is closed. */
  readonly drainTimeout: number;
}

/** Defaults of {@link GelfLimits}. Five seconds for all chunks is what GELF's specification names. */
export const GELF_LIMITS: GelfLimits = {
  ...INTAKE_LIMITS,
  item: INGEST_LIMITS.item,
  line: INGEST_LIMITS.line,
  depth: INGEST_LIMITS.depth,
  receiveBuffer: 8 * 1024 * 1024,
  reassembly: 16 * 1024 * 1024,
  unfinished: 4096,
  chunkTimeout: 5_000,
  carry: 64 * 1024 * 1024,
  connections: 1024,
  connectionsPerAddress: 256,
  handshakeTimeout: 10_000,
  silentTimeout: 60_000,
  idleTimeout: 3_600_000,
  drainTimeout: 5_000,
};
