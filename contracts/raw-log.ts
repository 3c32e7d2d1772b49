/** How a raw log reached us; also the label of the collector's metrics. */
export type Transport =
  | 'syslog-udp'
  | 'syslog-tcp'
  | 'syslog-tls'
  | 'http'
  | 'elasticsearch'
  | 'splunk-hec'
  | 'otlp'
  | 'lumberjack'
  | 'gelf-udp'
  | 'gelf-tcp'
  | 'gelf-http'
  | 'kafka'
  | 'netflow'
  | 'wef'
  | 'import'
  | 'pull'
  | 'demo';

/** A JSON object as a transport delivered it, parsed once and never again. */
export type JsonObject = { [key: string]: unknown };

/** Oddities a collector noticed; normalisation turns them into `tags`. */
export type RawFlag = 'truncated' | 'invalid-utf8' | 'nul-bytes';

/**
 * One log as received: nothing interpreted but its transport framing.
 *
 * `text` is the line as it came, syslog header included, decoded as UTF-8 (invalid sequences become U+FFFD
 * and are flagged) and cut at the collector's limit. Where the transport delivers JSON objects, `json` is
 * the parsed object and `text` its serialised form exactly as received.
 */
export interface RawLog {
  /** Tenant id. Set by the collector from the source's token or address, never from the log's content. */
  readonly tenant: string;
  /** Id of the configured source that the log came through. */
  readonly source: string;
  readonly transport: Transport;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Address of the sender, without port. */
  readonly peer?: string;
  readonly text: string;
  readonly json?: JsonObject;
  /** Length in bytes before any cut. */
  readonly length: number;
  readonly flags?: readonly RawFlag[];
  /**
   * Set where the log has an identity of its own (a place in an imported file or in a Kafka topic, the id of what a
   * connector fetched): the same log taken in twice gets the same event id and is stored once.
   */
  readonly key?: string;
  /**
   * Epoch milliseconds: the event's time where the log itself names none that can be believed; default:
   * `receivedAt`. A log with a key needs one that is the same each time it is taken in, since what is stored
   * is looked for by id and time.
   */
  readonly fallbackTime?: number;
}
