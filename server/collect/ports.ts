import type { RawLog, Transport } from '@vigie/contracts';

/** What a collector needs to know of a configured source. */
export interface SourceBinding {
  readonly tenant: string;
  readonly source: string;
}

/** A client certificate that an authority of ours vouches for. Fingerprints: SHA-256, lower-case hexadecimal. */
export interface MachineCertificate {
  readonly fingerprint: string;
  /** Common name and DNS names, in small letters. */
  readonly names: readonly string[];
  /** Of the authorities above it, the nearest first. */
  readonly issuers: readonly string[];
}

/** The collectors' view of the configured sources; look-ups are in memory and must not allocate. */
export interface SourceDirectory {
  /** By the secret token of an HTTP source. Compares in constant time over the tokens' hashes. */
  byToken(token: string): SourceBinding | undefined;
  /**
   * By the sender's address (UDP, TCP) or, for TLS with a client certificate, by its common name or
   * SHA-256 fingerprint.
   */
  bySender(sender: {
    readonly address: string;
    readonly commonName?: string;
    readonly fingerprint?: string;
  }): SourceBinding | undefined;
  /**
   * By a certificate, where authorities of several tenants are trusted: by its own fingerprint, else by the authority
   * that issued it. A source of the same tenant that names the machine goes before; one of another tenant does not,
   * because an authority can put any name into what it issues.
   */
  byCertificate(certificate: MachineCertificate): SourceBinding | undefined;
}

/** Where accepted logs go. */
export interface IngestSink {
  /**
   * Takes logs over and resolves when every one of them is durably stored: only then may a protocol that
   * acknowledges do so. Order within a call is kept.
   *
   * @param gone aborted when the sender goes away before it was answered: its retry is then recognised
   * @throws `VIGIE_COLLECT_UNAVAILABLE` when the logs could not be stored; the sender must try again
   */
  accept(logs: readonly RawLog[], gone?: AbortSignal): Promise<void>;
  /**
   * Tells the pipeline that these logs were stored but their acknowledgement could not be delivered, so
   * that the sender's retry of them is recognised and not stored twice.
   */
  unacknowledged(logs: readonly RawLog[]): void;
  /** Bytes accepted and not yet stored; collectors stop reading above their limit. */
  backlog(): number;
}

/** Where lines of unknown senders go until a person says whose they are. Never blocks the collector. */
export interface Quarantine {
  hold(
    sender: { readonly transport: Transport; readonly address: string; readonly name?: string },
    text: string,
    receivedAt: number,
  ): void;
}

/** Counts what was not kept as sent, with a reason; `binding` is absent where the sender is unknown. */
export interface DropCounter {
  count(reason: DropReason, binding: SourceBinding | undefined, lines: number): void;
}

export type DropReason =
  | 'truncated'
  | 'frame-invalid'
  | 'malformed-json'
  | 'connection-limit'
  | 'idle-timeout'
  | 'handshake-failed'
  | 'unauthorized'
  | 'too-large'
  | 'udp-overflow'
  | 'decompression-failed'
  | 'incomplete'
  | 'no-template'
  | 'sequence-gap';

/** Everything a collector is built from. */
export interface CollectorPorts {
  readonly sink: IngestSink;
  readonly directory: SourceDirectory;
  readonly quarantine: Quarantine;
  readonly drops: DropCounter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export type {
  Advance,
  ConnectorKey,
  ConnectorRecord,
  ConnectorStore,
  PullSink,
  Settled,
} from './pull/ports.ts';
export type { MachineKey, MachineSighting, WefQuery, WefStore, WefSubscription } from './wef/ports.ts';
