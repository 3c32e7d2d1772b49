import type { RawLog, Transport } from '@vigie/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CollectError, isUnavailable } from '../errors.ts';
import { peerAddress } from '../listen/address.ts';
import type { CollectorPorts, SourceBinding } from '../ports.ts';
import { type BodyBudget, discardBody, readBody } from './body.ts';
import type { ItemContext } from './items.ts';
import type { IngestLimits } from './limits.ts';
import { tokenFrom } from './token.ts';

/** What all ingestion routes share. */
export interface IngestContext {
  readonly ports: CollectorPorts;
  readonly limits: IngestLimits;
  readonly budget: BodyBudget;
}

/** Why a request as a whole is refused; each protocol has words of its own for it. */
export type Refusal =
  | 'no-token'
  | 'wrong-token'
  | 'too-large'
  | 'encoding'
  | 'aborted'
  | 'malformed'
  | 'busy'
  | 'unavailable';

/** A response ready to be sent. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  /** Content type; JSON when absent. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body with what its items have in common. */
export interface Received {
  readonly bytes: Buffer;
  readonly damaged: boolean;
  readonly context: ItemContext;
}

/** The logs of a request, and the answer once they are stored. */
export interface Understood {
  readonly logs: readonly RawLog[];
  readonly answer: () => Answer;
}

/** How a protocol speaks. */
export interface Protocol {
  readonly transport: Transport;
  refuse(refusal: Refusal, message: string, request: FastifyRequest): Answer;
  /** Refuses a request whose token is valid, before its body is read. */
  check?(binding: SourceBinding, request: FastifyRequest): Answer | undefined;
  understand(received: Received, request: FastifyRequest): Understood;
}

/** Whose token a request carries. */
export function authenticate(
  context: IngestContext,
  request: FastifyRequest,
): SourceBinding | 'no-token' | 'wrong-token' {
  const token = tokenFrom(request.headers.authorization);
  const binding = token === undefined ? undefined : context.ports.directory.byToken(token);
  if (binding !== undefined) return binding;
  context.ports.drops.count('unauthorized', undefined, 1);
  return token === undefined ? 'no-token' : 'wrong-token';
}

/**
 * The handler of an ingestion route. The answer is sent after the sink has stored the logs; logs whose
 * answer could not be delivered are reported to the sink, because their sender will send them again.
 */
export function receive(context: IngestContext, protocol: Protocol) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const outcome = await understandRequest(context, protocol, request);
    if ('status' in outcome) {
      // The body may be unread: let the sender finish, so that it sees the answer, then part.
      if (!request.raw.complete) reply.header('connection', 'close');
      await discardBody(request.raw, context.limits);
      return sendAnswer(reply, outcome);
    }
    const { understood, size } = outcome;
    try {
      return await storeAndAnswer(context, protocol, understood, request, reply);
    } finally {
      context.budget.release(size);
    }
  };
}

async function understandRequest(
  context: IngestContext,
  protocol: Protocol,
  request: FastifyRequest,
): Promise<Answer | { readonly understood: Understood; readonly size: number }> {
  const { ports, limits, budget } = context;
  const binding = authenticate(context, request);
  if (typeof binding === 'string') {
    return protocol.refuse(
      binding,
      binding === 'no-token' ? 'a source token is required' : 'the token is not valid',
      request,
    );
  }
  const refused = protocol.check?.(binding, request);
  if (refused !== undefined) return refused;
  let body: Awaited<ReturnType<typeof readBody>>;
  try {
    await admission(context);
    body = await readBody(request.raw, limits, budget);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    const refusal = refusalOf(error);
    if (refusal === 'too-large') ports.drops.count('too-large', binding, 1);
    return protocol.refuse(refusal, error.message, request);
  }
  if (body.damaged) ports.drops.count('decompression-failed', binding, 1);
  const size = body.bytes.length;
  try {
    const understood = protocol.understand(
      {
        ...body,
        context: {
          binding,
          transport: protocol.transport,
          receivedAt: ports.now(),
          peer: peerAddress(request.ip),
          limits,
          drops: ports.drops,
        },
      },
      request,
    );
    return { understood, size };
  } catch (error) {
    budget.release(size);
    throw error;
  }
}

async function storeAndAnswer(
  context: IngestContext,
  protocol: Protocol,
  understood: Understood,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { sink } = context.ports;
  const { logs } = understood;
  if (logs.length > 0) {
    const { socket } = request.raw;
    const gone = new AbortController();
    const left = () => gone.abort();
    // The end comes first, and Node closes a connection whose sender has ended it.
    if (socket.destroyed || socket.readableEnded) left();
    socket.once('end', left).once('close', left);
    try {
      await sink.accept(logs, gone.signal);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return sendAnswer(reply, protocol.refuse('unavailable', 'the logs could not be stored now', request));
    } finally {
      socket.off('end', left).off('close', left);
    }
    reportUndelivered(context, logs, request, reply);
  }
  return sendAnswer(reply, understood.answer());
}

/** Tells the sink when the answer that is about to be sent does not reach the sender. */
function reportUndelivered(
  { ports: { sink }, limits }: IngestContext,
  logs: readonly RawLog[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { socket } = request.raw;
  if (socket.destroyed) {
    sink.unacknowledged(logs);
    return;
  }
  const slow = setTimeout(() => socket.destroy(), limits.answerTimeout);
  let delivered = false;
  reply.raw.once('finish', () => {
    // A response whose socket was destroyed says 'finish' too.
    delivered = !socket.destroyed;
  });
  reply.raw.once('close', () => {
    clearTimeout(slow);
    if (!delivered) sink.unacknowledged(logs);
  });
}

/** Sends an answer that has been written out already. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.headers !== undefined) reply.headers(answer.headers);
  return reply
    .code(answer.status)
    .header('content-type', answer.type ?? 'application/json; charset=utf-8')
    .send(answer.body);
}

async function admission(context: IngestContext): Promise<void> {
  const { sink } = context.ports;
  const end = Date.now() + context.limits.admissionWait;
  while (sink.backlog() > context.limits.backlog) {
    if (Date.now() >= end) {
      throw new CollectError('VIGIE_COLLECT_BUSY', 'logs arrive faster than they can be stored');
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

function refusalOf(error: CollectError): Refusal {
  switch (error.code) {
    case 'VIGIE_COLLECT_BODY_TOO_LARGE':
      return 'too-large';
    case 'VIGIE_COLLECT_BODY_ENCODING':
      return 'encoding';
    case 'VIGIE_COLLECT_BODY_ABORTED':
      return 'aborted';
    case 'VIGIE_COLLECT_BUSY':
      return 'busy';
    default:
      throw error;
  }
}

/** `Retry-After` in whole seconds, at least one. */
export function retryAfter(limits: IngestLimits): Record<string, string> {
  return { 'retry-after': String(Math.max(1, Math.ceil(limits.retryAfter / 1000))) };
}
