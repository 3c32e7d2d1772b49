import type { IngestLimits } from '../http/limits.ts';
import { INGEST_LIMITS } from '../http/limits.ts';
import type { ListenAddress, StreamLimits, TlsMaterial } from '../listen/options.ts';

/** Configuration of the Lumberjack listener: TCP, or TLS when key and certificate are given. */
export interface LumberjackOptions extends ListenAddress {
  readonly tls?: TlsMaterial | undefined;
  readonly limits?: Partial<LumberjackLimits>;
}

/** Bounds of the Lumberjack listener. Sizes in bytes, times in milliseconds. */
export interface LumberjackLimits extends StreamLimits, Pick<IngestLimits, 'item' | 'line' | 'depth'> {
  /** Events of a window; a sender that announces more is speaking something else. */
  readonly window: number;
  /** Of one frame's content as announced. A longer one closes the connection. */
  readonly frame: number;
  /** Of what a compressed frame may become. */
  readonly decoded: number;
  /** Decompressed size to compressed size, enforced above {@link LumberjackLimits.ratioFloor}. */
  readonly ratio: number;
  readonly ratioFloor: number;
  /** Events, and bytes of them, that are stored and acknowledged as one part of a window. */
  readonly partEvents: number;
  readonly partBytes: number;
  /** Parts of one connection under way to the store; while there are as many, it isn't read. */
  readonly partsInFlight: number;
  /** Bytes of unfinished parts in all connections together; above it parts are finished early. */
  readonly pending: number;
  /** Of `sink.backlog()`, above which connections aren't read. */
  readonly backlog: number;
  /** For the rest of a window, before what is there of it is stored. */
  readonly flushDelay: number;
  /** Between two signs of life to a sender that waits for its acknowledgement. */
  readonly keepAlive: number;
  /** For one frame to arrive. */
  readonly frameTimeout: number;
  /** For a connection that never sent an event, and for one whose sender nobody assigns. */
  readonly silentTimeout: number;
  /** Between two frames of a known sender. */
  readonly idleTimeout: number;
  /** Before logs that could not be stored are offered again; doubles up to 16 times this. */
  readonly retryDelay: number;
  /** For storing and answering what has been read when the listener is closed. */
  readonly drainTimeout: number;
}

/** Defaults of {@link LumberjackLimits}. */
export const LUMBERJACK_LIMITS: LumberjackLimits = {
  item: INGEST_LIMITS.item,
  line: INGEST_LIMITS.line,
  depth: INGEST_LIMITS.depth,
  connections: 512,
  connectionsPerAddress: 256,
  handshakeTimeout: 10_000,
  window: 200_000,
  frame: 64 * 1024 * 1024,
  decoded: 512 * 1024 * 1024,
  ratio: 400,
  ratioFloor: 8 * 1024 * 1024,
  partEvents: 2048,
  partBytes: 4 * 1024 * 1024,
  partsInFlight: 4,
  pending: 64 * 1024 * 1024,
  backlog: 64 * 1024 * 1024,
  flushDelay: 1_000,
  keepAlive: 3_000,
  frameTimeout: 60_000,
  silentTimeout: 60_000,
  idleTimeout: 3_600_000,
  retryDelay: 250,
  drainTimeout: 5_000,
};
