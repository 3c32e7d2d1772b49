/** What the server and its preparing threads say to each other. Everything is plain data: it is cloned. */
import type { JsonObject, RawFlag, RawLog, Transport } from '@vigie/contracts';
import type { MarkTable, Sighting } from '../../assets/index.ts';
import type { Adaptation, MatchedBatch, MatchedEvent, MatchedSink, RuleFile } from '../../detect/index.ts';
import type { KeyedLogs } from '../../ingest/index.ts';
import type { SourceCounts } from '../../normalize/index.ts';
import { Bytes } from '../../storage/events/column-buffers.ts';
import type { LiveMapping, MappingTally } from './mapped.ts';

/** What a source's configuration says of its logs. */
export interface SourceHint {
  readonly timeZone: string;
  readonly sourceType?: string;
}

/** Logs that came the same way, one after the other, by column: a tenth of the cost of as many objects. */
export interface PackedLogs {
  readonly tenant: string;
  readonly source: string;
  readonly transport: Transport;
  readonly peer: string | undefined;
  readonly hint: SourceHint | undefined;
  /** Days that events of the tenant are kept. */
  readonly retentionDays: number;
  readonly texts: string[];
  readonly receivedAt: Float64Array;
  readonly lengths: Float64Array;
  /** Absent where no log has one. */
  readonly json?: (JsonObject | undefined)[];
  readonly flags?: (readonly RawFlag[] | undefined)[];
  readonly keys?: (string | undefined)[];
  readonly fallbackTimes?: (number | undefined)[];
}

export interface PrepareJob {
  readonly type: 'prepare';
  readonly job: number;
  readonly sequence: number;
  /** Place of the first log in its batch. */
  readonly offset: number;
  readonly logs: readonly PackedLogs[];
  /** Keys (`eventKey`) of rows to leave out. */
  readonly skip: readonly string[];
  /** The logs have ended a thread before: they are kept as they are, and read by no parser. */
  readonly unread: boolean;
}

export type ToThread =
  | PrepareJob
  | {
      readonly type: 'rules';
      readonly files: readonly RuleFile[];
      readonly disabled: readonly string[];
      readonly adaptation: Adaptation;
    }
  | { readonly type: 'enable'; readonly rule: string; readonly enabled: boolean }
  | { readonly type: 'mappings'; readonly mappings: readonly LiveMapping[] }
  | { readonly type: 'marks'; readonly marks: MarkTable };

export interface PreparedJob {
  readonly job: number;
  readonly rows: number;
  readonly block: ArrayBuffer;
  readonly kept?: Uint8Array;
  readonly keyed: readonly KeyedLogs[];
  /** Events that rules matched: {@link MatchedEvent}s, as {@link MatchedWriter} writes them. */
  readonly matched: Uint8Array<ArrayBuffer>;
  readonly size: MatchedBatch['size'];
  readonly clocks: MatchedBatch['clocks'];
  readonly counts: readonly SourceCounts[];
  readonly mapped: readonly MappingTally[];
  /** Machines and people that the events name. */
  readonly sightings: readonly Sighting[];
  readonly ruleFailures: readonly RuleFailure[];
}

/** A rule that threw while it was held against events. */
export interface RuleFailure {
  readonly rule: string;
  readonly times: number;
  /** Message of the last error. */
  readonly error: string;
}

/** A thread says once that it is up; then it answers jobs, in order. */
export type FromThread = { readonly up: true } | PreparedJob;

/**
 * Writes matched events one after the other, as JSON with its length before it. Cloning them at the end of the
 * batch would cost the same, but they would live until then, and copying what lives is what the collection of
 * a young generation costs.
 */
export class MatchedWriter implements MatchedSink {
  readonly #bytes = new Bytes(1 << 16);

  put(matched: MatchedEvent): void {
    this.#bytes.text(JSON.stringify(matched));
  }

  /** What was written since the last call. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bytes.view());
    this.#bytes.clear();
    return bytes;
  }
}

/** Reads what a {@link MatchedWriter} wrote, one event at a time. */
export function* readMatched(written: Uint8Array): Generator<MatchedEvent> {
  const bytes = Buffer.from(written.buffer, written.byteOffset, written.byteLength);
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    let shift = 0;
    for (let byte = 128; byte > 127; shift += 7) {
      byte = bytes[at++]!;
      length += (byte & 127) * 2 ** shift;
    }
    yield JSON.parse(bytes.toString('utf8', at, at + length)) as MatchedEvent;
    at += length;
  }
}

/** What a thread is started with. */
export interface ThreadOptions {
  /** Folder of the installation. */
  readonly installation: string;
  readonly countryFile: string;
  readonly asnFile: string;
}

/**
 * Packs logs for a thread.
 *
 * @param hint what the source's configuration says; asked once a group
 */
export function packLogs(
  logs: readonly RawLog[],
  hint: (tenant: string, source: string) => SourceHint | undefined,
  retentionDays: (tenant: string) => number,
): PackedLogs[] {
  const groups: PackedLogs[] = [];
  for (let from = 0, to = 0; from < logs.length; from = to) {
    const { tenant, source, transport, peer } = logs[from]!;
    for (; to < logs.length; to++) {
      const log = logs[to]!;
      if (log.source !== source || log.tenant !== tenant || log.peer !== peer || log.transport !== transport)
        break;
    }
    const group = logs.slice(from, to);
    // What is the text itself, parsed, is parsed again over there: that costs less than cloning the objects.
    const json = group.map((log) => (log.text.startsWith('{') ? undefined : log.json));
    groups.push({
      tenant,
      source,
      transport,
      peer,
      hint: hint(tenant, source),
      retentionDays: retentionDays(tenant),
      texts: group.map(({ text }) => text),
      receivedAt: Float64Array.from(group, ({ receivedAt }) => receivedAt),
      lengths: Float64Array.from(group, ({ length }) => length),
      ...(json.some((one) => one !== undefined) ? { json } : {}),
      ...(group.some(({ flags }) => flags !== undefined) ? { flags: group.map(({ flags }) => flags) } : {}),
      ...(group.some(({ key }) => key !== undefined) ? { keys: group.map(({ key }) => key) } : {}),
      ...(group.some(({ fallbackTime }) => fallbackTime !== undefined)
        ? { fallbackTimes: group.map(({ fallbackTime }) => fallbackTime) }
        : {}),
    });
  }
  return groups;
}

/** The logs of a group, as they were before {@link packLogs}. */
export function* unpackLogs(group: PackedLogs): Generator<RawLog> {
  const { tenant, source, transport, peer, texts, receivedAt, lengths, json, flags, keys, fallbackTimes } =
    group;
  for (let i = 0; i < texts.length; i++) {
    const log: { -readonly [K in keyof RawLog]: RawLog[K] } = {
      tenant,
      source,
      transport,
      receivedAt: receivedAt[i]!,
      text: texts[i]!,
      length: lengths[i]!,
    };
    if (peer !== undefined) log.peer = peer;
    if (json?.[i] !== undefined) log.json = json[i];
    if (flags?.[i] !== undefined) log.flags = flags[i];
    if (keys?.[i] !== undefined) log.key = keys[i];
    if (fallbackTimes?.[i] !== undefined) log.fallbackTime = fallbackTimes[i];
    yield log;
  }
}
