import { ECS_VERSION, type EcsFields, type JsonObject, type RawLog } from '@vigie/contracts';
import { parseIso, toIso } from './dates.ts';
import { addDerived } from './derive.ts';
import { parseObject, type Unwrapped, unwrap } from './envelope.ts';
import { parseIp } from './ip.ts';
import type { MappingSet } from './mapping/set.ts';
import { createRecogniser, type Recogniser } from './recognise.ts';
import type { RegisteredSource } from './registry.ts';
import type { ParseInput, SourceDefinition, SyslogHeader } from './source.ts';
import { facilityName, severityName } from './syslog-codes.ts';
import { parseSyslog } from './syslog-header.ts';
import { readTag } from './syslog-tag.ts';
import { isTimeZone } from './time-zone.ts';

/** The parts of a raw log that reading needs. */
export type Readable = Pick<RawLog, 'text' | 'receivedAt'> &
  Partial<Pick<RawLog, 'json' | 'flags' | 'peer' | 'fallbackTime'>>;

export interface ReadHint {
  /** Id of the source to read it as; where its parser rejects the log, recognition decides. */
  readonly sourceType?: string;
  /** IANA zone for dates without one; default UTC. */
  readonly timeZone?: string;
  /** What people have mapped for this tenant: asked before the technologies of the registry. */
  readonly mappings?: MappingSet;
}

/**
 * - `parsed`, `partial`: as the parser said.
 * - `general`: no product's source knows it; it was read in its carrier's general form (syslog, JSON, …).
 * - `failed`: a parser accepted the log and threw; `error.message` says why.
 * - `unrecognised`: nothing knows it; syslog header and shipper's metadata are there all the same.
 */
export type ReadOutcome = 'parsed' | 'partial' | 'general' | 'failed' | 'unrecognised';

export interface ReadResult {
  readonly fields: EcsFields;
  readonly outcome: ReadOutcome;
  /** Event time, epoch milliseconds; the fraction holds microseconds. */
  readonly time: number;
  /** Id of the source it was read as. */
  readonly sourceType?: string;
}

export interface ReaderOptions {
  readonly registry: readonly RegisteredSource[];
}

/** Turns raw logs into ECS documents; holds no state that changes with what it reads. */
export interface Reader {
  read(raw: Readable, hint?: ReadHint): ReadResult;
}

/** Tag of a log that no parser could read. */
export const TAG_PARSE_FAILURE = '_parsefailure';
/** Tag of a log whose own time can't be true; see {@link createReader}. */
export const TAG_TIME = '_timestamp_out_of_range';

/** 1 January 2000: no log that is collected today was written before. */
const EARLIEST = Date.UTC(2000, 0, 1);
/** How far a log's time may lie after its receipt: a clock that runs ahead, or a zone that is off. */
const AHEAD = 24 * 3_600_000;

const FLAG_TAGS: Readonly<Record<string, string>> = {
  truncated: '_truncated',
  'invalid-utf8': '_invalid_utf8',
  'nul-bytes': '_nul_bytes',
};

/**
 * Builds a reader: syslog header, shipper's envelope, recognition, parser, and the fields all logs share.
 *
 * Time: the log's own, else the header's, else the shipper's, else the receive time. A time before 2000 or
 * more than 24 hours after receipt is not believed: `@timestamp` becomes the receive time, the log's claim
 * is kept in `vigie.claimed_timestamp` and the document is tagged `_timestamp_out_of_range`.
 *
 * A bad log never throws: it becomes a document with `tags: [_parsefailure]`. A time zone that does not
 * exist is a fault of configuration and throws a RangeError.
 */
export function createReader({ registry }: ReaderOptions): Reader {
  const recogniser = createRecogniser(registry);
  const byId = new Map(registry.map(({ definition }) => [definition.id, definition]));
  const names = new Map(registry.map(({ definition }) => [definition.id, definition.id.split('.')[0]!]));
  let checkedZone = 'UTC';

  return {
    read(raw, hint) {
      const timeZone = hint?.timeZone ?? 'UTC';
      if (timeZone !== checkedZone) {
        if (!isTimeZone(timeZone)) throw new RangeError(`unknown time zone: ${timeZone}`);
        checkedZone = timeZone;
      }
      const opened = open(raw, timeZone);
      let input = opened.input;
      const preferred = hint?.sourceType === undefined ? undefined : byId.get(hint.sourceType);

      const attempt = new Attempt();
      let isWhole = false;
      let found = false;
      if (hint?.mappings !== undefined) {
        found = parseMapped(hint.mappings, hint.sourceType, input, attempt);
        // What looks like a shipper's envelope may be the product's own frame.
        if (!found && opened.document !== undefined) {
          found = parseMapped(hint.mappings, hint.sourceType, opened.document, attempt);
          if (found) {
            input = opened.document;
            isWhole = true;
          }
        }
      }
      if (!found && hint?.mappings !== undefined && hint.sourceType !== undefined)
        hint.mappings.refused(hint.sourceType);
      found ||= parseAs(preferred, input, recogniser, attempt);
      if (!found && opened.whole !== undefined) {
        // The header was only inferred; perhaps it belongs to the format itself.
        found = parseAs(preferred, opened.whole, recogniser, attempt);
        if (found) input = opened.whole;
      }
      if (!found && !isWhole && opened.document !== undefined) {
        // A product may name the feed in the frame alone.
        found = parseAs(preferred, opened.document, recogniser, attempt);
        if (found) input = opened.document;
      }
      if (!found) {
        const other = otherTag(input, recogniser, attempt);
        found = other !== undefined;
        input = other ?? input;
      }
      if (!found) found = parseForm(input, recogniser, attempt);
      if (!found && opened.whole !== undefined && parseForm(opened.whole, recogniser, attempt))
        input = opened.whole;
      const { doc, definition } = attempt;
      let outcome: ReadOutcome = attempt.outcome;
      if (definition === undefined) outcome = 'unrecognised';

      if (outcome === 'unrecognised' || outcome === 'failed') {
        doc['tags'] = [TAG_PARSE_FAILURE];
        if (attempt.error !== undefined) doc['error.message'] = attempt.error;
        if (input.syslog?.app !== undefined) doc['process.name'] ??= input.syslog.app;
        if (input.text !== '') doc['message'] ??= input.text;
      }
      doc['event.kind'] ??= 'event';
      if (definition !== undefined) {
        doc['event.module'] = names.get(definition.id) ?? definition.id.split('.')[0]!;
        doc['event.dataset'] ??= definition.id;
      } else {
        doc['event.module'] = 'generic';
        doc['event.dataset'] =
          input.syslog !== undefined
            ? 'generic.syslog'
            : input.json !== undefined
              ? 'generic.json'
              : 'generic.text';
      }
      if (input.syslog !== undefined) addSyslog(doc, input.syslog);
      if (doc['host.name'] === undefined && doc['observer.name'] === undefined) addHost(doc, input.syslog);
      if (opened.fields !== NO_FIELDS && !isWhole) addShipped(doc, opened.fields);
      const time = settleTime(doc, input, isWhole ? undefined : opened.time, raw);
      dropEmpty(doc);
      addDerived(doc);
      for (const flag of raw.flags ?? []) addTag(doc, FLAG_TAGS[flag]!);
      doc['event.original'] = raw.text;
      doc['event.ingested'] = toIso(raw.receivedAt);
      doc['ecs.version'] = ECS_VERSION;
      return { fields: doc, outcome, time, sourceType: definition?.id };
    },
  };
}

/** The result of trying definitions on one log. */
class Attempt {
  doc: EcsFields = {};
  outcome: 'parsed' | 'partial' | 'general' | 'failed' = 'parsed';
  definition: SourceDefinition | undefined;
  error: string | undefined;
}

function parseMapped(
  mappings: MappingSet,
  preferred: string | undefined,
  input: ParseInput,
  attempt: Attempt,
): boolean {
  const assigned = preferred === undefined ? undefined : mappings.byId(preferred);
  if (assigned !== undefined && accepts(assigned, input, attempt)) return true;
  return mappings.recognise(input, (definition) => accepts(definition, input, attempt)) !== undefined;
}

function parseAs(
  preferred: SourceDefinition | undefined,
  input: ParseInput,
  recogniser: Recogniser,
  attempt: Attempt,
): boolean {
  if (preferred !== undefined && accepts(preferred, input, attempt)) return true;
  return recogniser.recognise(input, (definition) => accepts(definition, input, attempt)) !== undefined;
}

/**
 * Reads the other way about what no source has taken: `sudo: …` without a header as a program's line where a source
 * has that program, and a word before a colon, which a header makes a tag, as the beginning of the text.
 *
 * @returns how it was read, where it was
 */
function otherTag(input: ParseInput, recogniser: Recogniser, attempt: Attempt): ParseInput | undefined {
  const { text, syslog } = input;
  if (input.json !== undefined) return undefined;
  let other: ParseInput;
  if (syslog === undefined) {
    const header: { app?: string } = {};
    const at = readTag(text, 0, header, false);
    if (at === 0 || header.app === undefined || !recogniser.knows(header.app)) return undefined;
    other = { ...input, text: text.slice(at), syslog: header };
  } else {
    const { app, procid, ...rest } = syslog;
    if (app === undefined || procid !== undefined || recogniser.knows(app)) return undefined;
    other = { ...input, text: `${app}: ${text}`, syslog: rest };
  }
  return parseAs(undefined, other, recogniser, attempt) ? other : undefined;
}

/** Reads what no product's source took in its general form. */
function parseForm(input: ParseInput, recogniser: Recogniser, attempt: Attempt): boolean {
  const found = recogniser.recogniseForm(input, (definition) => accepts(definition, input, attempt));
  if (found !== undefined && attempt.outcome !== 'failed') attempt.outcome = 'general';
  return found !== undefined;
}

function accepts(definition: SourceDefinition, input: ParseInput, attempt: Attempt): boolean {
  try {
    const outcome = definition.parse(input, attempt.doc);
    if (outcome === 'rejected') return false;
    attempt.outcome = outcome;
  } catch (error) {
    // The log decides what a parser meets; one that trips over it must not stop the others.
    attempt.doc = {};
    attempt.outcome = 'failed';
    attempt.error = error instanceof Error ? error.message : String(error);
  }
  attempt.definition = definition;
  return true;
}

interface Opened {
  readonly input: ParseInput;
  /** The log without an inferred syslog header taken off. */
  readonly whole?: ParseInput;
  /** The JSON object as it came, where an envelope was taken off it. */
  readonly document?: ParseInput;
  readonly fields: EcsFields;
  readonly time?: number;
}

const NO_FIELDS: EcsFields = {};

type Context = Pick<ParseInput, 'receivedAt' | 'timeZone'>;

function makeInput(
  text: string,
  json: JsonObject | undefined,
  syslog: SyslogHeader | undefined,
  fields: EcsFields,
  context: Context,
): ParseInput {
  const path = fields['log.file.path'];
  return {
    text,
    json,
    syslog,
    path: typeof path === 'string' ? path : undefined,
    receivedAt: context.receivedAt,
    timeZone: context.timeZone,
  };
}

/**
 * The payloads that a log may be read as, the likeliest first: without envelope and syslog header, then as it came.
 * For who looks at lines before there is a parser.
 */
export function payloadsOf(raw: Readable, timeZone = 'UTC'): ParseInput[] {
  const { input, whole, document } = open(raw, timeZone);
  return [input, whole, document].filter((each) => each !== undefined);
}

/** How many envelopes are taken off: a forwarder, its collector, an export of what that stored. */
const MAX_ENVELOPES = 3;

/** Takes envelope and syslog header off. */
function open(raw: Readable, timeZone: string): Opened {
  const context = { receivedAt: raw.receivedAt, timeZone };
  const text = trimmed(raw.text);
  const json = raw.json ?? parseObject(text);
  if (json === undefined) return openText({ text, fields: NO_FIELDS }, context);
  const outer = unwrapAll(json);
  if (outer === undefined)
    return { input: makeInput(text, json, undefined, NO_FIELDS, context), fields: NO_FIELDS };
  const document = makeInput(text, json, undefined, NO_FIELDS, context);
  return { ...openText(outer, context), document };
}

/**
 * Takes envelope after envelope off. Of one shipper behind another, the inner one is nearer to the device and wins.
 *
 * @returns `undefined` where the object is itself the log
 */
function unwrapAll(json: JsonObject): Unwrapped | undefined {
  let outer = unwrap(json);
  for (let i = 1; i < MAX_ENVELOPES && outer?.json !== undefined; i++) {
    const inner = unwrap(outer.json);
    if (inner === undefined) break;
    outer = {
      ...inner,
      fields: { ...outer.fields, ...inner.fields },
      time: inner.time ?? outer.time,
      syslog: inner.syslog ?? outer.syslog,
    };
  }
  return outer;
}

/** Without what a file or a transport puts around a line: byte order mark in front, blanks and line end behind. */
function trimmed(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  const end = last === 32 || last === 10 || last === 13 ? text.trimEnd() : text;
  const first = end.charCodeAt(0);
  // Blanks in front of text may be the indentation of a continued one; in front of JSON they say nothing.
  const isObject = first === 32 && end.charCodeAt(end.length - end.trimStart().length) === 123;
  return first === 0xfeff || isObject ? end.trimStart() : end;
}

function openText({ text, json, syslog, fields, time }: Unwrapped, context: Context): Opened {
  if (json !== undefined) return { input: makeInput(text, json, syslog, fields, context), fields, time };
  const line = parseSyslog(text, context);
  if (line === undefined) return { input: makeInput(text, undefined, syslog, fields, context), fields, time };
  const payload = line.at === 0 ? text : text.slice(line.at);
  const header = syslog === undefined ? line.header : merge(syslog, line.header);
  const object = parseObject(payload);
  const enclosed = object === undefined ? undefined : unwrapAll(object);
  if (enclosed !== undefined && syslog === undefined) {
    // A shipper's document behind a relay's header: what is in it may be a line with a header of its own.
    const document = makeInput(payload, object, header, fields, context);
    const opened = openText(
      { ...enclosed, syslog: enclosed.syslog ?? header, fields: { ...fields, ...enclosed.fields } },
      context,
    );
    return { document, ...opened, time: opened.time ?? time };
  }
  const input = makeInput(payload, object, header, fields, context);
  if (line.certain) return { input, fields, time };
  return { input, whole: makeInput(text, undefined, syslog, fields, context), fields, time };
}

/** The line's own header, completed by what the shipper knew. */
function merge(given: SyslogHeader, own: SyslogHeader): SyslogHeader {
  return {
    facility: own.facility ?? given.facility,
    severity: own.severity ?? given.severity,
    time: own.time ?? given.time,
    hostname: own.hostname ?? given.hostname,
    app: own.app ?? given.app,
    procid: own.procid ?? given.procid,
    msgid: own.msgid ?? given.msgid,
    structured: own.structured,
  };
}

function addSyslog(doc: EcsFields, header: SyslogHeader): void {
  const { facility, severity } = header;
  if (facility !== undefined) {
    doc['log.syslog.facility.code'] = facility;
    const name = facilityName(facility);
    if (name !== undefined) doc['log.syslog.facility.name'] = name;
  }
  if (severity !== undefined) {
    doc['log.syslog.severity.code'] = severity;
    const name = severityName(severity);
    if (name !== undefined) doc['log.syslog.severity.name'] = name;
  }
  if (facility !== undefined && severity !== undefined) doc['log.syslog.priority'] = facility * 8 + severity;
  if (header.hostname !== undefined) doc['log.syslog.hostname'] = header.hostname;
  if (header.app !== undefined) doc['log.syslog.appname'] = header.app;
  if (header.procid !== undefined) doc['log.syslog.procid'] = header.procid;
  if (header.msgid !== undefined) doc['log.syslog.msgid'] = header.msgid;
  if (header.structured !== undefined) {
    for (const [id, parameters] of Object.entries(header.structured)) {
      for (const [name, value] of Object.entries(parameters))
        if (value !== '') doc[`log.syslog.structured_data.${id}.${name}`] = value;
    }
  }
}

/** The header's host as `host.name`, or as `host.ip` where the sender wrote its address. */
function addHost(doc: EcsFields, header: SyslogHeader | undefined): void {
  const hostname = header?.hostname;
  if (hostname === undefined) return;
  const ip = parseIp(hostname);
  doc['host.name'] = hostname;
  if (ip !== undefined) doc['host.ip'] ??= [ip];
}

/**
 * The shipper's metadata, where neither parser nor header said it. Its host is the log's host only where
 * the log names none: a relay forwards the logs of others.
 */
function addShipped(doc: EcsFields, fields: EcsFields): void {
  const host = doc['host.name'];
  const isOwn = host === undefined ? doc['observer.name'] === undefined : host === fields['host.name'];
  for (const field of Object.keys(fields)) {
    if (!isOwn && (field.startsWith('host.') || field.startsWith('cloud.'))) continue;
    doc[field] ??= fields[field]!;
  }
}

function settleTime(
  doc: EcsFields,
  input: ParseInput,
  shipped: number | undefined,
  { receivedAt, fallbackTime = receivedAt }: Readable,
): number {
  const own = doc['@timestamp'];
  let time = typeof own === 'string' ? parseIso(own, 'UTC') : undefined;
  time ??= input.syslog?.time ?? shipped;
  if (time === undefined) time = fallbackTime;
  else if (time < EARLIEST || time > receivedAt + AHEAD) {
    const writable = time > -62_135_596_800_000 && time < 253_402_300_800_000;
    doc['vigie.claimed_timestamp'] = writable ? toIso(time) : String(time);
    addTag(doc, TAG_TIME);
    time = fallbackTime;
  }
  doc['@timestamp'] = toIso(time);
  return time;
}

/** A field without a value is left out, never stored: what a cut line left empty. */
function dropEmpty(doc: EcsFields): void {
  for (const field of Object.keys(doc)) {
    const value = doc[field];
    // JSON has no infinity, but `1e999` in a log reads as one.
    if (value === '' || value === undefined || value === Infinity || value === -Infinity) delete doc[field];
  }
}

function addTag(doc: EcsFields, tag: string): void {
  const tags = doc['tags'];
  if (Array.isArray(tags)) tags.push(tag);
  else doc['tags'] = tags === undefined ? [tag] : [tags, tag];
}
