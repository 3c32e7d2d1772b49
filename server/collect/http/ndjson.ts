import type { RawFlag, RawLog } from '@vigie/contracts';
import type { FastifyRequest } from 'fastify';
import {
  forEachLine,
  type Item,
  type ItemContext,
  isRefused,
  jsonItem,
  parseObject,
  rawLog,
  textItem,
} from './items.ts';
import { memberBytes, values } from './json-scan.ts';
import type { IngestLimits } from './limits.ts';
import {
  type Answer,
  type Protocol,
  type Received,
  type Refusal,
  retryAfter,
  type Understood,
} from './receive.ts';

/** Refused items listed in an answer; all are counted. */
const MAX_LISTED = 1000;

const STATUS: Record<Refusal, number> = {
  'no-token': 401,
  'wrong-token': 401,
  'too-large': 413,
  encoding: 415,
  aborted: 408,
  malformed: 400,
  busy: 503,
  unavailable: 503,
};

/** One refused item of a request: its place among the items, from 0, and why. */
interface RejectedItem {
  readonly index: number;
  readonly error: string;
}

/**
 * `POST /api/ingest/:source`: lines of text, NDJSON, or JSON.
 *
 * | content type | items |
 * |---|---|
 * | `application/x-ndjson`, `application/jsonl` | one JSON object a line |
 * | `application/json` | objects one behind the other, or in an array |
 * | `text/plain` | each line is a log |
 * | any other, none | each line is a log; a line that is a JSON object is taken as one |
 *
 * Answers `{"accepted": n, "rejected": [{"index", "error"}], "rejectedTotal": n}` with 200 when every item was
 * stored, 207 when some were, 400 when none was. With `?mode=import` the items are those of {@link importItem}.
 */
export function ndjsonProtocol(limits: IngestLimits): Protocol {
  const refuse = (refusal: Refusal, message: string): Answer => ({
    status: STATUS[refusal],
    body: JSON.stringify({ error: { code: refusal, message } }),
    headers: {
      ...(STATUS[refusal] === 401 ? { 'www-authenticate': 'Bearer realm="vigie"' } : {}),
      ...(STATUS[refusal] === 503 ? retryAfter(limits) : {}),
    },
  });
  return {
    transport: 'http',
    refuse,
    check(binding, request) {
      const { source } = request.params as { source: string };
      if (source === binding.source) return undefined;
      return {
        status: 404,
        body: JSON.stringify({
          error: { code: 'unknown-source', message: 'the token belongs to no source of this name' },
        }),
      };
    },
    understand: (received, request) => understand(received, request, limits),
  };
}

function understand(received: Received, request: FastifyRequest, limits: IngestLimits): Understood {
  const logs: RawLog[] = [];
  const rejected: RejectedItem[] = [];
  let index = 0;
  const take = (item: Item): void => {
    if (!isRefused(item)) logs.push(item);
    else if (rejected.length < MAX_LISTED) rejected.push({ index, error: item.error });
    index++;
  };
  /** Takes an item unless there are too many; answers whether to go on. */
  const guarded = (item: () => Item): boolean => {
    const room = index < limits.items;
    take(room ? item() : { error: `more than ${limits.items} items in one request; the rest was not read` });
    return room;
  };

  const { context } = received;
  const query = request.query as { readonly mode?: unknown };
  const importing = query.mode === 'import';
  const type = importing ? 'ndjson' : kindOf(request.headers['content-type']);
  const bytes = received.damaged ? wholeLines(received.bytes) : received.bytes;
  if (type === 'json') {
    for (const { start, end, whole } of values(bytes, true)) {
      const goOn = guarded(() =>
        whole ? jsonItem(context, bytes.subarray(start, end)) : { error: 'the body ends inside this item' },
      );
      if (!goOn) break;
    }
  } else {
    const importContext: ItemContext = { ...context, transport: 'import' };
    forEachLine(bytes, (line) =>
      guarded(() => {
        if (importing) return importItem(importContext, line);
        if (type === 'ndjson') return jsonItem(context, line);
        return type === 'text' ? textItem(context, line) : lineOrJson(context, line);
      }),
    );
  }
  if (received.damaged) take({ error: 'the compressed body is damaged or cut here' });
  const total = index - logs.length;
  return {
    logs,
    answer: () => ({
      status: received.damaged || (total > 0 && logs.length === 0) ? 400 : total > 0 ? 207 : 200,
      body: JSON.stringify({ accepted: logs.length, rejected, rejectedTotal: total }),
    }),
  };
}

function kindOf(contentType: string | undefined): 'ndjson' | 'json' | 'text' | 'any' {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/x-ndjson' || type === 'application/ndjson' || type === 'application/jsonl')
    return 'ndjson';
  if (type === 'application/json') return 'json';
  return type === 'text/plain' ? 'text' : 'any';
}

/** What stands before a cut is whole up to its last newline. */
function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}

function lineOrJson(context: ItemContext, line: Buffer): Item {
  if (line[0] !== 0x7b || line.length > context.limits.item) return textItem(context, line);
  const parsed = parseObject(line.toString('utf8'), context.limits.depth);
  return typeof parsed === 'string' ? textItem(context, line) : jsonItem(context, line);
}

const FLAGS: readonly RawFlag[] = ['truncated', 'invalid-utf8', 'nul-bytes'];

/**
 * An item of an import: `{"message": text}` or `{"json": object}`, with `"key"`: the identity of the log, by
 * which a second import of it is recognised. `"length"` (bytes before a cut) and `"flags"` may be given by a
 * reader that had to cut or repair the log.
 */
function importItem(context: ItemContext, line: Buffer): Item {
  const refuse = (error: string): Item => {
    context.drops.count('malformed-json', context.binding, 1);
    return { error };
  };
  // The envelope around an item of the largest allowed size must still fit.
  if (line.length > context.limits.item * 2) return refuse(`larger than ${context.limits.item} bytes`);
  const item = parseObject(line.toString('utf8'), context.limits.depth + 1);
  if (typeof item === 'string') return refuse(item);
  const key = item['key'];
  if (typeof key !== 'string' || key === '' || key.length > 512)
    return refuse('"key" must be a text of 1 to 512 characters');
  const { json, message } = item;
  const length = item['length'];
  const given = item['flags'];
  const flags = Array.isArray(given) ? FLAGS.filter((flag) => given.includes(flag)) : [];
  let text: string;
  let object: Record<string, unknown> | undefined;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    object = json as Record<string, unknown>;
    text = memberBytes(line, 'json')?.toString('utf8') ?? JSON.stringify(json);
  } else if (typeof message === 'string') text = message;
  else return refuse('"message" (text) or "json" (object) is required');
  if (object === undefined) {
    const bytes = Buffer.from(text, 'utf8');
    const cut = textItem(context, bytes, key);
    if (flags.length === 0 && typeof length !== 'number') return cut;
    return {
      ...cut,
      length:
        typeof length === 'number' && length >= 0 ? Math.max(cut.length, Math.trunc(length)) : cut.length,
      flags: [...new Set([...(cut.flags ?? []), ...flags])],
    };
  }
  return rawLog(context, text, Buffer.byteLength(text), flags.length === 0 ? undefined : flags, object, key);
}
