/**
 * The process that holds chDB: nothing else runs in it, since the engine binds one folder a process, takes
 * signals and memory as it likes, and may be killed at any time without taking the rest along.
 *
 * File descriptor 3 is its only link. It ends when that link closes, so it never outlives its parent.
 */
import { Socket } from 'node:net';
import { Session } from 'chdb';
import { receiveFrames, sendFrame } from './frames.ts';
import { type Lane, type OpenRequest, type Reply, type Request, type RunRequest, WIDTH } from './protocol.ts';

/** How long running statements may finish after the link closed or a close was asked, milliseconds. */
const GRACE = 3_000;

const link = new Socket({ fd: 3, readable: true, writable: true });

/** One connection and the statements waiting for it. */
class Connection {
  readonly #session: Session;
  #tail: Promise<void> = Promise.resolve();
  waiting = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  run(request: RunRequest): void {
    this.waiting++;
    this.#tail = this.#tail.then(() => this.#execute(request));
  }

  idle(): Promise<void> {
    return this.#tail;
  }

  close(): void {
    this.#session.close();
  }

  async #execute({ id, sql, format }: RunRequest): Promise<void> {
    try {
      const result = await this.#session.queryAsync(sql, { format });
      reply({ op: 'done', id }, result.bytes());
    } catch (error) {
      reply({ op: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.waiting--;
    }
  }
}

let opened: OpenRequest | undefined;
const lanes: Record<Lane, Connection[]> = { read: [], write: [], admin: [] };

function reply(header: Reply, payload?: Uint8Array): void {
  if (!link.destroyed) sendFrame(link, header, payload);
}

function connect(lane: Lane, { directory, engine, readSetup }: OpenRequest): Connection {
  const session = new Session(directory, { connectionArgs: engine });
  if (lane === 'read') for (const statement of readSetup) session.query(statement);
  return new Connection(session);
}

/** The least busy connection of a lane; a further one is made while all are busy and there may be more. */
function connection(lane: Lane, request: OpenRequest): Connection {
  const present = lanes[lane];
  const free = present.reduce<Connection | undefined>(
    (best, one) => (best === undefined || one.waiting < best.waiting ? one : best),
    undefined,
  );
  if (free && (free.waiting === 0 || present.length === WIDTH[lane])) return free;
  const made = connect(lane, request);
  present.push(made);
  return made;
}

async function end(): Promise<void> {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE).unref();
  const all = Object.values(lanes).flat();
  await Promise.all(all.map((one) => one.idle()));
  for (const one of all) one.close();
  process.exit(0);
}

function handle(request: Request): void {
  switch (request.op) {
    case 'open':
      try {
        opened = request;
        lanes.admin.push(connect('admin', request));
        reply({ op: 'ready', version: process.versions.node });
      } catch (error) {
        reply({ op: 'refused', message: error instanceof Error ? error.message : String(error) });
      }
      return;
    case 'run':
      try {
        connection(request.lane, opened!).run(request);
      } catch (error) {
        reply({
          op: 'failed',
          id: request.id,
          message: error instanceof Error ? error.message : String(error),
        });
      }
      return;
    case 'close':
      void end();
  }
}

receiveFrames<Request>(link, ({ header }) => handle(header));
// The parent reads our end of the link as our death: errors on it mean the same as its end.
link.on('error', () => link.destroy());
link.on('close', () => void end());
link.on('end', () => link.destroy());
// Ending is the parent's decision; a terminal's Ctrl-C reaches the whole process group.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
