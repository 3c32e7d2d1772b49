import { type EcsFields, flatten, type JsonObject, nest } from '@vigie/contracts';
import type { EvtxRecord } from '@vigie/evtx';
import { explain } from '@vigie/sigma';
import { createReader, REGISTRY, type ReadResult, TAG_TIME } from '@vigie/sources';
import { EventTime } from './event-time.ts';
import { RuleIndex } from './rule-index.ts';
import { type Found, fieldsOf, type ThreadInput } from './types.ts';

/** What judging a unit has counted. */
export interface Tally {
  events: number;
  unrecognised: number;
  first: number;
  last: number;
}

/** Turns logs into detections: reads them as ECS documents and holds the rules against them. */
export class Judge {
  readonly rules: RuleIndex;
  tally: Tally = freshTally();
  readonly #input: ThreadInput;
  readonly #reader = createReader({ registry: REGISTRY });
  readonly #onFound: (found: Found) => void;
  readonly #eventTime = new EventTime();
  /** Read as received now: a file's date may be younger than its events, or invented. */
  readonly #now = Date.now();
  #source = 0;
  #unit = 0;
  #changed = 0;
  readonly #bodies: ReadonlySet<number> | undefined;

  constructor(input: ThreadInput, onFound: (found: Found) => void) {
    this.#input = input;
    this.#bodies = input.bodies === 'all' ? undefined : new Set(input.bodies);
    this.rules = new RuleIndex(input.rules, input.filters, input.taxonomy);
    this.#onFound = onFound;
  }

  /** Tells to which unit the following logs belong. */
  begin(unit: number): void {
    this.tally = freshTally();
    this.#unit = unit;
    this.#source = this.#input.inputs.units[unit]!.source;
    this.#changed = this.#input.inputs.sources[this.#source]!.changed;
  }

  record(record: EvtxRecord): void {
    const json = record.toJson() as JsonObject;
    const result = this.#reader.read({ text: JSON.stringify(json), json, receivedAt: this.#now });
    this.#judge(result, record.recordId);
  }

  log(text: string, given: JsonObject | undefined, number: number): void {
    const json = given ?? exported(text);
    const hint = { timeZone: this.#input.timeZone };
    const raw = { text, ...(json === undefined ? {} : { json }) };
    // A date without a year belongs to the last year before the file was closed.
    let result = this.#reader.read({ ...raw, receivedAt: Math.min(this.#changed, this.#now) }, hint);
    if (hasTag(result.fields, TAG_TIME)) result = this.#reader.read({ ...raw, receivedAt: this.#now }, hint);
    if (isForeign(result.outcome)) {
      this.tally.unrecognised++;
      const object = json ?? parseObject(text);
      if (object !== undefined)
        result = this.#eventTime.withOwnFields(result, flatten(object), this.#input.timeZone);
    }
    this.#judge(result, number);
  }

  #judge({ fields, time, outcome }: ReadResult, record: number): void {
    const { tally } = this;
    tally.events++;
    if (time < tally.first) tally.first = time;
    if (time > tally.last) tally.last = time;
    const { from, to } = this.#input;
    if ((from !== undefined && time < from) || (to !== undefined && time >= to)) return;
    const known = this.rules.match(fields);
    const hits = isForeign(outcome) ? [...known, ...this.rules.matchForeign(searchable(fields))] : known;
    if (hits.length === 0) return;
    const host = text(fields['host.name'] ?? fields['observer.name'] ?? fields['host.ip']);
    const user = text(fields['user.name'] ?? fields['user.email'] ?? fields['user.id']);
    let event: string | undefined;
    const who = `"host":${JSON.stringify(host)},"user":${JSON.stringify(user)}`;
    const found = { time, source: this.#source, unit: this.#unit, record, host, user };
    for (const { rule, match } of hits) {
      if (this.#bodies !== undefined && !this.#bodies.has(rule)) {
        this.#onFound({ rule, ...found, body: '' });
        continue;
      }
      event ??= eventJson(fields);
      const why = this.#input.explain
        ? `,"explanation":${JSON.stringify(explain(match.rule, fields, this.#input.taxonomy))}`
        : '';
      this.#onFound({
        rule,
        ...found,
        body: `${who},"fields":${JSON.stringify(fieldsOf(match.matched))},"event":${event}${why}`,
      });
    }
  }
}

/** An unknown event without what reading added to it: rules for it know nothing of that. */
function searchable(fields: EcsFields): EcsFields {
  const { tags: _tags, 'event.ingested': _ingested, ...rest } = fields;
  return rest;
}

/** The event as it is given out: without the moment of reading, so that two scans of a file are the same. */
function eventJson(fields: EcsFields): string {
  // Left out in place: a copy of the document would cost more than its JSON.
  const ingested = fields['event.ingested'];
  const hidden = fields as { 'event.ingested'?: unknown };
  hidden['event.ingested'] = undefined;
  const json = JSON.stringify(nest(fields));
  if (ingested !== undefined) hidden['event.ingested'] = ingested;
  return json;
}

/** Whether no product's source knows the log. */
function isForeign(outcome: ReadResult['outcome']): boolean {
  return outcome === 'unrecognised' || outcome === 'general';
}

function freshTally(): Tally {
  return { events: 0, unrecognised: 0, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
}

function text(value: EcsFields[string] | undefined): string | null {
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === null || first === '' ? null : String(first);
}

function hasTag(fields: EcsFields, tag: string): boolean {
  const { tags } = fields as { tags?: unknown };
  return Array.isArray(tags) && tags.includes(tag);
}

function parseObject(line: string): JsonObject | undefined {
  if (line.charCodeAt(0) !== 123) return undefined;
  try {
    return JSON.parse(line) as JsonObject;
  } catch {
    // Text that begins with a brace.
    return undefined;
  }
}

/** The document inside a search engine's export (`_index`, `_source`); undefined for anything else. */
function exported(line: string): JsonObject | undefined {
  if (line.charCodeAt(0) !== 123 || !line.includes('"_source"')) return undefined;
  const source = parseObject(line)?.['_source'];
  return typeof source === 'object' && source !== null && !Array.isArray(source)
    ? (source as JsonObject)
    : undefined;
}
