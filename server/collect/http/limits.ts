import { DEFAULT_LINE_LIMIT } from '../raw-text.ts';

/** Bounds of HTTP ingestion. Sizes in bytes, times in milliseconds. */
export interface IngestLimits {
  /** Of a request body as sent. */
  readonly body: number;
  /** Of a request body after decompression. */
  readonly decoded: number;
  /** Decompressed size to compressed size, enforced above {@link IngestLimits.ratioFloor}. */
  readonly ratio: number;
  /** Decompressed size up to which the ratio does not matter: repetitive logs compress very well. */
  readonly ratioFloor: number;
  /** Of one JSON item; a larger one is kept as text, cut at `line` and flagged. */
  readonly item: number;
  /** Kept of one line of text; the rest is dropped and the line flagged `truncated`. */
  readonly line: number;
  /** Levels of nesting in one JSON item. */
  readonly depth: number;
  /** Items of one request. */
  readonly items: number;
  /** Bodies held in memory by all requests together. */
  readonly inFlight: number;
  /** Of `sink.backlog()`, above which requests wait. */
  readonly backlog: number;
  /** How long a request waits for the backlog to shrink before it is told to come again. */
  readonly admissionWait: number;
  /** For a whole body to arrive. */
  readonly bodyTimeout: number;
  /** Between two pieces of a body. */
  readonly bodyIdleTimeout: number;
  /** For a sender to read its answer; one that does not is disconnected. */
  readonly answerTimeout: number;
  /** What a sender is told to wait in `Retry-After`. */
  readonly retryAfter: number;
}

/** Defaults of {@link IngestLimits}. */
export const INGEST_LIMITS: IngestLimits = {
  body: 32 * 1024 * 1024,
  decoded: 64 * 1024 * 1024,
  ratio: 400,
  ratioFloor: 8 * 1024 * 1024,
  item: 1024 * 1024,
  line: DEFAULT_LINE_LIMIT,
  depth: 64,
  items: 200_000,
  inFlight: 256 * 1024 * 1024,
  backlog: 64 * 1024 * 1024,
  admissionWait: 2_000,
  bodyTimeout: 60_000,
  bodyIdleTimeout: 15_000,
  answerTimeout: 30_000,
  retryAfter: 2_000,
};
