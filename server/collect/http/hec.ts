import type { JsonObject, RawLog } from '@vigie/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { forEachLine, isRefused, jsonItem, rawLog, textItem } from './items.ts';
import { values } from './json-scan.ts';
import type { IngestLimits } from './limits.ts';
import {
  type Answer,
  type IngestContext,
  type Protocol,
  type Received,
  type Refusal,
  receive,
  retryAfter,
  sendAnswer,
  type Understood,
} from './receive.ts';

/** Splunk's reply codes that we use: HTTP status and text of each. */
const REPLIES = {
  0: [200, 'Success'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  16: [400, 'Query string authorization is not enabled'],
  17: [200, 'HEC is healthy'],
  18: [503, 'HEC is unhealthy, queues are full'],
} as const satisfies Record<number, readonly [number, string]>;

type Code = keyof typeof REPLIES;

/** Metadata of the raw endpoint, given in the query. */
const METADATA = ['host', 'source', 'sourcetype', 'index', 'time'] as const;

/**
 * Splunk's HTTP Event Collector. Event endpoints take envelopes (`{"event": …, "time", "host", …}`), one
 * behind the other with nothing between them; each is a log with its whole envelope. The raw endpoints take
 * lines. When one envelope of a batch is bad the others are stored all the same, and the answer names the
 * first bad one.
 *
 * Indexer acknowledgement: an answer is only given for stored logs, so every `ackId` is true at once.
 */
export function hecRoutes(app: FastifyInstance, context: IngestContext): void {
  const acknowledgements = { next: 0 };
  const events = receive(context, eventProtocol(context, acknowledgements));
  const raw = receive(context, rawProtocol(context, acknowledgements));
  for (const path of ['', '/event', '/event/1.0']) app.post(`/services/collector${path}`, events);
  for (const path of ['/raw', '/raw/1.0']) app.post(`/services/collector${path}`, raw);
  for (const path of ['/health', '/health/1.0']) {
    app.get(`/services/collector${path}`, (_request, reply) => {
      const full = context.ports.sink.backlog() > context.limits.backlog;
      return sendAnswer(reply, hecAnswer(full ? 18 : 17, context.limits));
    });
  }
  const asked = receive(context, acknowledgementProtocol(context));
  for (const path of ['/ack', '/ack/1.0']) app.post(`/services/collector${path}`, asked);
}

function hecAnswer(code: Code, limits: IngestLimits, more: Readonly<Record<string, unknown>> = {}): Answer {
  const [status, text] = REPLIES[code];
  return {
    status,
    body: JSON.stringify({ text, code, ...more }),
    ...(status === 503 ? { headers: retryAfter(limits) } : {}),
  };
}

function refuse(refusal: Refusal, message: string, request: FastifyRequest, limits: IngestLimits): Answer {
  switch (refusal) {
    case 'no-token': {
      const { token } = request.query as { readonly token?: unknown };
      if (request.headers.authorization !== undefined) return hecAnswer(3, limits);
      return hecAnswer(token === undefined ? 2 : 16, limits);
    }
    case 'wrong-token':
      return hecAnswer(4, limits);
    case 'busy':
    case 'unavailable':
      return hecAnswer(9, limits);
    default: {
      const status = { 'too-large': 413, encoding: 415, aborted: 408, malformed: 400 }[refusal];
      return { status, body: JSON.stringify({ text: message, code: 6 }) };
    }
  }
}

interface Acknowledgements {
  next: number;
}

function success(
  context: IngestContext,
  request: FastifyRequest,
  acknowledgements: Acknowledgements,
): Answer {
  // A sender that named a channel may wait for its acknowledgement.
  const more = channelOf(request) === undefined ? {} : { ackId: acknowledgements.next++ };
  return hecAnswer(0, context.limits, more);
}

function channelOf(request: FastifyRequest): string | undefined {
  const { channel } = request.query as { readonly channel?: unknown };
  const header = request.headers['x-splunk-request-channel'];
  if (typeof header === 'string' && header !== '') return header;
  return typeof channel === 'string' && channel !== '' ? channel : undefined;
}

function eventProtocol(context: IngestContext, acknowledgements: Acknowledgements): Protocol {
  const { limits } = context;
  return {
    transport: 'splunk-hec',
    refuse: (refusal, message, request) => refuse(refusal, message, request, limits),
    understand(received, request): Understood {
      const logs: RawLog[] = [];
      let number = 0;
      let bad: { readonly code: Code; readonly number: number } | undefined;
      const fail = (code: Code): void => {
        bad ??= { code, number };
      };
      for (const { start, end, whole } of values(received.bytes, true)) {
        const envelope = whole ? takeEnvelope(received, start, end, number) : 6;
        if (typeof envelope === 'number') fail(envelope);
        else logs.push(envelope);
        if (number++ >= limits.items) break;
      }
      if (received.damaged && bad === undefined) fail(6);
      if (number === 0 && bad === undefined) return { logs, answer: () => hecAnswer(5, limits) };
      return {
        logs,
        answer: () =>
          bad === undefined
            ? success(context, request, acknowledgements)
            : hecAnswer(bad.code, limits, { 'invalid-event-number': bad.number }),
      };
    },
  };
}

function takeEnvelope(received: Received, start: number, end: number, number: number): RawLog | Code {
  const { context } = received;
  if (number >= context.limits.items) return 6;
  const item = jsonItem(context, received.bytes.subarray(start, end));
  if (isRefused(item)) return 6;
  const { json } = item;
  // Too large to be parsed: kept as cut text.
  if (json === undefined) return item;
  const { event } = json;
  if (event === undefined || event === null)
    return Object.hasOwn(json, 'fields') && isMetric(json) ? item : 12;
  return event === '' ? 13 : item;
}

/** Metric envelopes have no event that counts; they carry their values in `fields`. */
function isMetric(json: JsonObject): boolean {
  const { fields } = json;
  return (
    typeof fields === 'object' &&
    fields !== null &&
    Object.keys(fields).some((name) => name.startsWith('metric_name'))
  );
}

function rawProtocol(context: IngestContext, acknowledgements: Acknowledgements): Protocol {
  const { limits } = context;
  return {
    transport: 'splunk-hec',
    refuse: (refusal, message, request) => refuse(refusal, message, request, limits),
    understand(received, request): Understood {
      const query = request.query as Readonly<Record<string, unknown>>;
      const metadata = METADATA.filter((name) => typeof query[name] === 'string' && query[name] !== '');
      const logs: RawLog[] = [];
      let tooMany = false;
      forEachLine(received.bytes, (line) => {
        if (logs.length >= limits.items) {
          tooMany = true;
          return false;
        }
        const log = textItem(received.context, line);
        if (metadata.length === 0) {
          logs.push(log);
          return true;
        }
        // The same envelope as the event endpoint's, so that the host and source type are not lost.
        const json: JsonObject = { event: log.text };
        for (const name of metadata) json[name] = query[name];
        logs.push(rawLog(received.context, JSON.stringify(json), log.length, log.flags, json));
        return true;
      });
      if (received.damaged || tooMany) {
        return { logs, answer: () => hecAnswer(6, limits, { 'invalid-event-number': logs.length }) };
      }
      if (logs.length === 0) return { logs, answer: () => hecAnswer(5, limits) };
      return { logs, answer: () => success(context, request, acknowledgements) };
    },
  };
}

/** Answers which of the asked `ackId`s are stored: all, because none was given out before. */
function acknowledgementProtocol(context: IngestContext): Protocol {
  const { limits } = context;
  return {
    transport: 'splunk-hec',
    refuse: (refusal, message, request) => refuse(refusal, message, request, limits),
    check: (_binding, request) => (channelOf(request) === undefined ? hecAnswer(10, limits) : undefined),
    understand: (received) => ({ logs: [], answer: () => acknowledged(received.bytes, limits) }),
  };
}

function acknowledged(bytes: Buffer, limits: IngestLimits): Answer {
  let asked: unknown;
  try {
    asked = JSON.parse(bytes.toString('utf8'));
  } catch {
    return hecAnswer(6, limits);
  }
  const ids =
    typeof asked === 'object' && asked !== null ? (asked as { readonly acks?: unknown }).acks : undefined;
  if (!Array.isArray(ids) || ids.length > limits.items) return hecAnswer(6, limits);
  const members = ids.filter((id) => Number.isSafeInteger(id)).map((id) => [String(id), true] as const);
  return { status: 200, body: JSON.stringify({ acks: Object.fromEntries(members) }) };
}
