/** What went wrong, as a stable word for counters and tests. */
export type EvtxProblemCode =
  /** The bytes do not start with an event log header; chunks are searched all the same. */
  | 'file-header'
  /** The file ends before the chunks its header announces, or inside one. */
  | 'file-truncated'
  /** A place where a chunk should start holds something else. */
  | 'chunk-signature'
  /** A chunk header's checksum or one of its fields is wrong. */
  | 'chunk-header'
  /** The checksum over a chunk's records is wrong: some of its records may be damaged. */
  | 'chunk-checksum'
  /** A record's frame (signature, size, size copy) is wrong; the next intact record is searched. */
  | 'record-frame'
  /** A record's binary XML cannot be read; the record is left out. */
  | 'record-body'
  /** Part of a record cannot be read; the record is yielded without that part. */
  | 'record-part';

/** One problem met while reading; reading always goes on. */
export interface EvtxProblem {
  readonly code: EvtxProblemCode;
  /** Byte offset in the file. */
  readonly offset: number;
  readonly reason: string;
  /** Record id, where the record's header could be read. */
  readonly recordId?: number;
}

/**
 * Thrown inside this package when bytes do not follow the format; always caught at the record or chunk
 * that holds them and turned into an {@link EvtxProblem}.
 */
export class Malformed extends Error {
  /** Byte offset in the chunk. */
  readonly at: number;
  constructor(reason: string, at: number) {
    super(reason);
    this.at = at;
  }
}
