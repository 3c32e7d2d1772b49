import type { EcsFields, JsonObject } from '@vigie/contracts';

/** What a syslog header said; every part is absent where the line had none. */
export interface SyslogHeader {
  readonly facility?: number;
  readonly severity?: number;
  /** Epoch milliseconds, zone applied. */
  readonly time?: number;
  readonly hostname?: string;
  /** APP-NAME or tag, without the process id. */
  readonly app?: string;
  readonly procid?: string;
  readonly msgid?: string;
  /** RFC 5424 structured data: element id → parameters. */
  readonly structured?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a parser gets: one log, unwrapped from its transport, syslog header and shipper envelope. */
export interface ParseInput {
  /** The payload. For `json`, its serialised form. */
  readonly text: string;
  /** Present where the payload is a JSON object (or an EVTX record). */
  readonly json?: JsonObject;
  readonly syslog?: SyslogHeader;
  /** File that a shipper read the log from (`/var/log/nginx/access.log`), where it said so. */
  readonly path?: string;
  /** Receive time, epoch milliseconds: fills in a missing year. */
  readonly receivedAt: number;
  /** IANA zone of the source, applied to dates without one. */
  readonly timeZone: string;
}

/**
 * - `parsed`: understood.
 * - `partial`: the technology is right, the kind of event is not known; what could be read is in `doc`.
 * - `rejected`: not this technology; `doc` must be left untouched.
 *
 * A parser that throws has failed on a line it accepted: the event is kept with `_parsefailure`.
 */
export type ParseOutcome = 'parsed' | 'partial' | 'rejected';

/**
 * What makes a line recognisable as this technology without parsing it. Alternatives are tried in order;
 * one that fits is enough. Tests must be cheap, linear in the line and free of side effects.
 */
export type Signature =
  /** Syslog APP-NAME/tag, compared without case. */
  | {
      readonly kind: 'app';
      readonly names: readonly string[];
      readonly test?: (input: ParseInput) => boolean;
    }
  /** Payload starts with `prefix` and/or contains every literal, case-sensitively. */
  | {
      readonly kind: 'text';
      readonly prefix?: string;
      readonly literals?: readonly string[];
      readonly test?: (input: ParseInput) => boolean;
    }
  /** Payload is a JSON object with all these top-level keys; `test` looks deeper. */
  | {
      readonly kind: 'json';
      readonly keys: readonly string[];
      readonly test?: (json: JsonObject) => boolean;
    }
  /**
   * The log is of a carrier's general form (a JSON object, a syslog line): tried when no product has taken it, in
   * the order of the registry.
   */
  | {
      readonly kind: 'general';
      readonly test: (input: ParseInput) => boolean;
    };

/**
 * A technology's parser: the default export of `sources/<vendor>/<product>/parse.ts`.
 *
 * Names, the same for every source:
 * - `event.module` is the vendor (`fortinet`), `event.dataset` the source id (`fortinet.fortigate`). A parser
 *   may set a longer dataset that starts with its id (`fortinet.fortigate.traffic`); it never sets the module.
 * - `event.kind` defaults to `event`; a parser sets it only for `alert`, `state` or `metric`.
 * - A field without an ECS name goes below the namespace that the field's users know (`winlog.`,
 *   `aws.cloudtrail.`, `suricata.eve.`, `auditd.`), otherwise below the id (`fortinet.fortigate.`).
 * - Values are written through `kit/types.ts`, which knows the type ECS gives each field; a value of another
 *   type is spilled to a vendor field and never put into the ECS field.
 */
export interface SourceDefinition {
  /** `<vendor>.<product>`, equal to the folder's path. */
  readonly id: string;
  readonly signatures: readonly Signature[];
  /**
   * Writes flat ECS fields into `doc`. It sets `@timestamp` (ISO 8601, UTC) when the payload has a time of
   * its own, and `event.dataset` when it is longer than the id. What all sources share (`event.original`,
   * `event.ingested`, `event.module`, `event.dataset`, `event.kind`, `ecs.version`, `log.syslog.*`,
   * `related.*`, `host.name` from the syslog header when the parser set neither host nor observer name, and
   * the header's time) is added afterwards, where the parser left it open.
   */
  parse(input: ParseInput, doc: EcsFields): ParseOutcome;
}

/** Gives a parser definition its type. */
export function defineSource(definition: SourceDefinition): SourceDefinition {
  return definition;
}
