import { randomBytes } from 'node:crypto';
import type { RawLog } from '@vigie/contracts';
import type { FastifyRequest } from 'fastify';
import { elasticRefusal } from './elastic-errors.ts';
import { type Item, isRefused, jsonItem, parseObject } from './items.ts';
import type { IngestLimits } from './limits.ts';
import type { Protocol, Received, Understood } from './receive.ts';

type Operation = 'index' | 'create' | 'update' | 'delete';

interface Action {
  readonly operation: Operation;
  readonly index: string | undefined;
  readonly id: string | undefined;
}

/** A document or why it was refused, in the order of the request's actions. */
interface Outcome {
  readonly action: Action;
  readonly id: string;
  readonly error?: { readonly type: string; readonly reason: string };
}

/**
 * Elasticsearch's bulk API: `POST|PUT /_bulk` and `/{index}/_bulk`. `index` and `create` store a log; `update`
 * and `delete` are refused item by item, because logs are never changed. The index name has no meaning here:
 * tenant and source come from the token.
 *
 * A `create` with an `_id` of its own carries that identity on, so that a sender's retry is stored once.
 */
export function bulkProtocol(limits: IngestLimits): Protocol {
  return {
    transport: 'elasticsearch',
    refuse: (refusal, message) => elasticRefusal(refusal, message, limits),
    understand: (received, request) => understandBulk(received, request, limits),
  };
}

function understandBulk(received: Received, request: FastifyRequest, limits: IngestLimits): Understood {
  const started = Date.now();
  if (received.damaged) return refused('the compressed body is damaged or cut', limits);
  const { index: defaultIndex } = request.params as { readonly index?: string };
  const logs: RawLog[] = [];
  const outcomes: Outcome[] = [];
  const lines = new Lines(received.bytes);
  let previousLine = '';
  let previous: Action | undefined;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const text = line.toString('utf8');
    // Shippers repeat one action line for thousands of documents.
    const action = text === previousLine ? previous : readAction(text);
    previousLine = text;
    previous = action;
    if (action === undefined) {
      if (outcomes.length === 0 && lines.number === 1)
        return refused(
          'Malformed action/metadata line [1], expected an index, create, update or delete',
          limits,
        );
      if (outcomes.length < limits.items) outcomes.push(malformedAction(lines.number));
      skipDocument(lines);
      continue;
    }
    const document = action.operation === 'delete' ? undefined : lines.next();
    if (outcomes.length >= limits.items) {
      const message = `more than ${limits.items} actions in one request`;
      return { logs: [], answer: () => elasticRefusal('too-large', message, limits) };
    }
    outcomes.push(takeDocument(received, action, defaultIndex, document, logs));
  }
  if (outcomes.length === 0) return refused('request body is required', limits);
  const filter = String((request.query as { readonly filter_path?: unknown }).filter_path ?? '');
  return {
    logs,
    answer: () => ({
      status: 200,
      body: bulkAnswer(outcomes, defaultIndex ?? 'logs', Date.now() - started, filter),
    }),
  };
}

function takeDocument(
  received: Received,
  action: Action,
  index: string | undefined,
  document: Buffer | undefined,
  logs: RawLog[],
): Outcome {
  if (action.operation === 'update' || action.operation === 'delete') {
    return refusal(
      action,
      'illegal_argument_exception',
      `logs can't be changed: ${action.operation} is not supported`,
    );
  }
  if (document === undefined) {
    return refusal(action, 'illegal_argument_exception', 'the document of this action is missing');
  }
  const key =
    action.operation === 'create' && action.id !== undefined
      ? `${action.index ?? index ?? ''}/${action.id}`
      : undefined;
  const item: Item = jsonItem(received.context, document, key);
  if (isRefused(item)) return refusal(action, 'document_parsing_exception', `failed to parse: ${item.error}`);
  logs.push(item);
  return { action, id: action.id ?? newDocumentId() };
}

function refusal(action: Action, type: string, reason: string): Outcome {
  return { action, id: action.id ?? '', error: { type, reason } };
}

function malformedAction(line: number): Outcome {
  return refusal(
    { operation: 'index', index: undefined, id: undefined },
    'illegal_argument_exception',
    `Malformed action/metadata line [${line}]`,
  );
}

/** After an action that can't be read: its document follows, unless the next line is an action itself. */
function skipDocument(lines: Lines): void {
  const next = lines.peek();
  if (next !== undefined && (next.length > 4096 || readAction(next.toString('utf8')) === undefined))
    lines.next();
}

function readAction(text: string): Action | undefined {
  const parsed = parseObject(text, 8);
  if (typeof parsed === 'string') return undefined;
  const names = Object.keys(parsed);
  const operation = names[0];
  if (names.length !== 1 || !isOperation(operation)) return undefined;
  const meta = parsed[operation];
  if (typeof meta !== 'object' || meta === null) return undefined;
  const { _index: index, _id: id } = meta as { readonly _index?: unknown; readonly _id?: unknown };
  return {
    operation,
    index: typeof index === 'string' ? index : undefined,
    id: typeof id === 'string' && id !== '' && id.length <= 512 ? id : undefined,
  };
}

function isOperation(name: string | undefined): name is Operation {
  return name === 'index' || name === 'create' || name === 'update' || name === 'delete';
}

/** Fresh for each run of the process; a counter makes ids of it, because randomness for each costs more than its log. */
const ID_PREFIX = randomBytes(9).toString('base64url');
let nextId = 0;

/** An id such as Elasticsearch gives to a document: 20 characters that are safe in a URL. */
export function newDocumentId(): string {
  return ID_PREFIX + (nextId++).toString(36).padStart(8, '0');
}

/**
 * The bulk answer. `filter_path` is honoured as far as shippers use it: which of `took`, `errors` and of the
 * items' members they want to see.
 */
function bulkAnswer(outcomes: readonly Outcome[], index: string, took: number, filter: string): string {
  const wanted = filter === '' ? undefined : filter.split(',').map((path) => path.trim().split('.'));
  const wants = (name: string): boolean =>
    wanted === undefined || wanted.some(([first]) => first === name || first === '*' || first === '**');
  const wantsMember = (name: string): boolean =>
    wanted === undefined ||
    wanted.some(
      ([first, , member]) =>
        first === '**' ||
        ((first === 'items' || first === '*') && (member === undefined || member === '*' || member === name)),
    );
  const parts: string[] = [];
  if (wants('took')) parts.push(`"took":${took}`);
  if (wants('errors')) parts.push(`"errors":${outcomes.some((outcome) => outcome.error !== undefined)}`);
  if (wants('items')) {
    const full = wantsMember('_id');
    const status = wantsMember('status');
    const error = wantsMember('error');
    parts.push(
      `"items":[${outcomes.map((outcome) => itemAnswer(outcome, index, full, status, error)).join(',')}]`,
    );
  }
  return `{${parts.join(',')}}`;
}

function itemAnswer(outcome: Outcome, index: string, full: boolean, status: boolean, error: boolean): string {
  const { action } = outcome;
  const members: string[] = [];
  if (full) {
    members.push(`"_index":${JSON.stringify(action.index ?? index)},"_id":${JSON.stringify(outcome.id)}`);
    if (outcome.error === undefined) {
      members.push(
        '"_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1',
      );
    }
  }
  if (status) members.push(outcome.error === undefined ? '"status":201' : '"status":400');
  if (error && outcome.error !== undefined) members.push(`"error":${JSON.stringify(outcome.error)}`);
  return `{"${action.operation}":{${members.join(',')}}}`;
}

function refused(message: string, limits: IngestLimits): Understood {
  return { logs: [], answer: () => elasticRefusal('malformed', message, limits) };
}

/** Lines of a body, empty ones left out. */
class Lines {
  /** Of the line last returned, from 1, empty ones left out. */
  number = 0;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): Buffer | undefined {
    while (this.#at < this.#bytes.length) {
      const start = this.#at;
      const lf = this.#bytes.indexOf(0x0a, start);
      const next = lf < 0 ? this.#bytes.length : lf;
      this.#at = next + 1;
      const end = next > start && this.#bytes[next - 1] === 0x0d ? next - 1 : next;
      if (end === start) continue;
      this.number++;
      return this.#bytes.subarray(start, end);
    }
    return undefined;
  }

  peek(): Buffer | undefined {
    const at = this.#at;
    const number = this.number;
    const line = this.next();
    this.#at = at;
    this.number = number;
    return line;
  }
}
