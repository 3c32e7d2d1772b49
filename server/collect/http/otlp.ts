import type { JsonObject, RawLog } from '@vigie/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decodeLimited } from '../raw-text.ts';
import { parseObject, rawLog } from './items.ts';
import { otlpLog } from './otlp-log.ts';
import { decodeLogs, encodeResponse, encodeStatus } from './otlp-schema.ts';
import {
  type Answer,
  type IngestContext,
  type Protocol,
  type Received,
  type Refusal,
  receive,
  retryAfter,
} from './receive.ts';

const PROTOBUF = 'application/x-protobuf';

/** HTTP status and gRPC code of each refusal; senders try again on 429, 502, 503 and 504 only. */
const REFUSALS: Record<Refusal, readonly [number, number]> = {
  'no-token': [401, 16],
  'wrong-token': [401, 16],
  'too-large': [413, 3],
  encoding: [415, 3],
  aborted: [408, 4],
  malformed: [400, 3],
  busy: [429, 8],
  unavailable: [503, 14],
};

/**
 * OTLP/HTTP logs, JSON and protobuf: `POST /v1/logs`. Each record becomes a log of its own with its resource
 * and scope ({@link otlpLog}). Answers are in the encoding of the request.
 */
export function otlpRoutes(app: FastifyInstance, context: IngestContext): void {
  app.post('/v1/logs', receive(context, otlpProtocol(context)));
}

function otlpProtocol(context: IngestContext): Protocol {
  const { limits } = context;
  const refuse = (refusal: Refusal, message: string, request: FastifyRequest): Answer => {
    const [status, code] = REFUSALS[refusal];
    return {
      status,
      ...inEncoding(request, encodeStatus(code, message), { code, message }),
      headers: status === 429 || status === 503 ? retryAfter(limits) : {},
    };
  };
  return {
    transport: 'otlp',
    refuse,
    check(_binding, request) {
      const type = contentType(request);
      return type === PROTOBUF || type === 'application/json'
        ? undefined
        : refuse('encoding', `Content-Type must be ${PROTOBUF} or application/json`, request);
    },
    understand(received, request) {
      const bad = (message: string) => ({ logs: [], answer: () => refuse('malformed', message, request) });
      if (received.damaged) return bad('the compressed body is damaged or cut');
      const message = decode(received, request);
      if (typeof message === 'string') {
        context.ports.drops.count('malformed-json', received.context.binding, 1);
        return bad(message);
      }
      const { logs, rejected } = recordsOf(message, received);
      const text = rejected === 0 ? '' : `${rejected} log records are not valid`;
      const partialSuccess = { rejectedLogRecords: String(rejected), errorMessage: text };
      return {
        logs,
        answer: () => ({
          status: 200,
          ...inEncoding(request, encodeResponse(rejected, text), rejected === 0 ? {} : { partialSuccess }),
        }),
      };
    },
  };
}

function contentType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function inEncoding(request: FastifyRequest, binary: Buffer, json: object): Pick<Answer, 'body' | 'type'> {
  return contentType(request) === PROTOBUF
    ? { body: binary, type: PROTOBUF }
    : { body: JSON.stringify(json), type: 'application/json' };
}

function decode(received: Received, request: FastifyRequest): { readonly resourceLogs?: unknown } | string {
  if (contentType(request) !== PROTOBUF) {
    // Values nest in values, each level three objects deep.
    return parseObject(received.bytes.toString('utf8'), received.context.limits.depth * 4);
  }
  try {
    return decodeLogs(received.bytes);
  } catch {
    // The decoder's message is about byte positions; the sender's developer needs to know what was expected.
    return 'the body is not an ExportLogsServiceRequest';
  }
}

function recordsOf(
  message: { readonly resourceLogs?: unknown },
  received: Received,
): { readonly logs: RawLog[]; readonly rejected: number } {
  const { context } = received;
  const logs: RawLog[] = [];
  let rejected = 0;
  for (const resourceLogs of objects(message.resourceLogs)) {
    for (const scopeLogs of objects(resourceLogs['scopeLogs'])) {
      for (const record of list(scopeLogs['logRecords'])) {
        const json =
          isObject(record) && logs.length < context.limits.items
            ? otlpLog(record, resourceLogs, scopeLogs, context.limits.depth)
            : undefined;
        if (json === undefined) rejected++;
        else logs.push(takeRecord(received, json));
      }
    }
  }
  if (rejected > 0) context.drops.count('malformed-json', context.binding, rejected);
  return { logs, rejected };
}

function takeRecord(received: Received, json: JsonObject): RawLog {
  const { context } = received;
  const text = JSON.stringify(json);
  const length = Buffer.byteLength(text);
  if (length <= context.limits.item) return rawLog(context, text, length, undefined, json);
  context.drops.count('truncated', context.binding, 1);
  const cut = decodeLimited(Buffer.from(text), context.limits.line);
  return rawLog(context, cut.text, length, cut.flags, undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objects(value: unknown): Record<string, unknown>[] {
  return list(value).filter(isObject);
}
