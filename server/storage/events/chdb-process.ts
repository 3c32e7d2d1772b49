import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { type ComponentReport, ComponentStatus, restartDelay } from '../component.ts';
import { messageOf, StorageError } from '../errors.ts';
import { engineArguments, READ_SETUP } from './engine.ts';
import { asEventsError, asInsertError } from './failures.ts';
import { receiveFrames, sendFrame } from './frames.ts';
import type { EventStoreOptions } from './options.ts';
import { type Lane, type Reply, WIDTH } from './protocol.ts';
import { stringLiteral } from './sql.ts';
import type { EventsTransport, ResultFormat } from './transport.ts';
import { Turns } from './turns.ts';

interface Pending {
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** A child that ran this long was healthy: the next death starts with a short wait again. */
const HEALTHY_AFTER = 60_000;
const START_TIMEOUT = 60_000;
/** A predecessor whose parent was killed needs a moment to notice and let go of the folder. */
const LOCK_PATIENCE = 4_000;
const CLOSE_PATIENCE = 5_000;
/** Searches of one party that may wait for their turn, and for how long, milliseconds. */
const MOST_WAITING = 64;
const READ_PATIENCE = 45_000;

/** chDB in a child process, restarted whenever it dies. Requests made while it is away are rejected at once. */
export class ChdbProcess implements EventsTransport {
  readonly #options: EventStoreOptions;
  readonly #database: string;
  readonly #incoming: string;
  readonly #status: ComponentStatus;
  readonly #pending = new Map<number, Pending>();
  readonly #turns: Readonly<Record<Lane, Turns>> = {
    read: new Turns({ width: WIDTH.read, most: MOST_WAITING, patience: READ_PATIENCE }),
    // Ours alone, and none of it may be left out.
    write: new Turns({ width: WIDTH.write, most: Infinity, patience: Infinity }),
    admin: new Turns({ width: WIDTH.admin, most: Infinity, patience: Infinity }),
  };
  #child: ChildProcess | undefined;
  #link: Duplex | undefined;
  #nextId = 1;
  #nextFile = 1;
  #attempt = 0;
  #closing = false;
  /** Whether the present child has answered a request. */
  #served = false;
  #timer: NodeJS.Timeout | undefined;
  #starting: Promise<void> = Promise.resolve();

  private constructor(options: EventStoreOptions) {
    this.#options = options;
    const directory = resolve(options.directory);
    this.#database = join(directory, 'database');
    this.#incoming = join(directory, 'incoming');
    this.#status = new ComponentStatus('event store', options.onState);
  }

  /**
   * Starts the child and resolves when it answers.
   *
   * @throws `VIGIE_EVENTS_LOCKED`, `VIGIE_EVENTS_UNAVAILABLE`
   */
  static async start(options: EventStoreOptions): Promise<ChdbProcess> {
    const made = new ChdbProcess(options);
    made.#status.set('starting', made.#database);
    try {
      await mkdir(made.#database, { recursive: true });
      await made.#launchPatiently();
    } catch (error) {
      made.#closing = true;
      made.#status.set('failed', messageOf(error));
      throw error;
    }
    return made;
  }

  get report(): ComponentReport {
    return this.#status.report;
  }

  get pid(): number | undefined {
    return this.#link ? this.#child?.pid : undefined;
  }

  async run(lane: Lane, sql: string, format: ResultFormat, timeout: number, party = ''): Promise<Buffer> {
    try {
      return await this.#turns[lane].run(party, () => this.#request(lane, sql, format, timeout));
    } catch (error) {
      throw asEventsError(error);
    }
  }

  /**
   * The block goes through a file that the engine reads, since its JavaScript binding takes text formats only
   * and parsing those costs more than the insert itself. The file needs no fsync; it is gone afterwards.
   */
  async insert(
    table: string,
    columns: readonly string[],
    payload: Uint8Array,
    timeout: number,
  ): Promise<void> {
    const file = join(this.#incoming, `${this.#nextFile++}.native`);
    try {
      await writeFile(file, payload);
      const sql = `INSERT INTO ${table} (${columns.join(', ')}) FROM INFILE ${stringLiteral(file)} FORMAT Native`;
      await this.#turns.write.run('', () => this.#request('write', sql, 'JSONCompactEachRow', timeout));
    } catch (error) {
      throw asInsertError(error);
    } finally {
      await rm(file, { force: true });
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#timer);
    await this.#starting;
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((done) => child.once('exit', () => done()));
      if (this.#link) sendFrame(this.#link, { op: 'close' });
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_PATIENCE);
      await ended;
      clearTimeout(timer);
    }
    this.#rejectAll(new Error('the event store is closed'));
    this.#status.set('stopped', '');
  }

  #request(lane: Lane, sql: string, format: ResultFormat, timeout: number): Promise<Buffer> {
    const link = this.#link;
    if (!link)
      return Promise.reject(
        new StorageError('VIGIE_EVENTS_UNAVAILABLE', `the event store is ${this.#status.report.state}`),
      );
    const id = this.#nextId++;
    return new Promise<Buffer>((resolve, reject) => {
      // It runs from now on. The engine cannot be interrupted from outside and has limits of its own: past this
      // time it hangs.
      const timer = setTimeout(() => {
        this.#options.onLog?.(`no answer within ${timeout} ms; killing the event store's process`);
        this.#child?.kill('SIGKILL');
      }, timeout);
      this.#pending.set(id, { resolve, reject, timer });
      sendFrame(link, { op: 'run', id, lane, sql, format });
    });
  }

  async #launchPatiently(): Promise<void> {
    const end = Date.now() + LOCK_PATIENCE;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#launch();
        return;
      } catch (error) {
        const locked = error instanceof StorageError && error.code === 'VIGIE_EVENTS_LOCKED';
        if (!locked || this.#closing || Date.now() > end) throw error;
        await new Promise((wake) => setTimeout(wake, restartDelay(attempt)));
      }
    }
  }

  async #launch(): Promise<void> {
    // Rows of an insert that was cut short: whoever sent them sends them again.
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true });
    const child = spawn(process.execPath, ['--max-old-space-size=128', this.#options.childPath], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      // No part of our environment is meant for the engine, and some of it is secret.
      env: { PATH: process.env['PATH'], TZ: 'UTC', MALLOC_ARENA_MAX: '2' },
      // A session of its own: Ctrl-C in our terminal is for us, who then close it in order.
      detached: true,
    });
    this.#child = child;
    const link = child.stdio[3] as Duplex;
    const tail: string[] = [];
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        this.#options.onLog?.(line);
        if (tail.push(line.slice(0, 500)) > 5) tail.shift();
      }
    });
    await new Promise<void>((ready, fail) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
      let refusal: string | undefined;
      const refuse = (error: Error) => {
        clearTimeout(timer);
        fail(error);
      };
      receiveFrames<Reply>(link, ({ header, payload }) => {
        if (header.op === 'ready') {
          clearTimeout(timer);
          this.#link = link;
          this.#status.set('running', `pid ${child.pid}`);
          ready();
        } else if (header.op === 'refused') {
          refusal = header.message;
          child.kill('SIGKILL');
        } else this.#settle(header, payload);
      });
      link.on('error', (error) => this.#options.onLog?.(`link to the event store: ${error.message}`));
      child.on('error', refuse);
      // 'close' comes after the last of standard error, where the engine says why it could not start.
      child.on('close', (code, signal) => {
        const said = tail.join(' | ');
        const reason = `the event store's process ended (${signal ?? `status ${code}`}) ${said}`;
        if (refusal === undefined) refuse(new StorageError('VIGIE_EVENTS_UNAVAILABLE', reason));
        else refuse(asEventsError(new Error(`${refusal} ${said}`)));
        this.#ended(child, reason);
      });
      sendFrame(link, {
        op: 'open',
        directory: this.#database,
        engine: engineArguments(this.#options.memoryLimit),
        readSetup: READ_SETUP,
      });
    });
  }

  #settle(reply: Exclude<Reply, { op: 'ready' | 'refused' }>, payload: Buffer): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#pending.delete(reply.id);
    clearTimeout(pending.timer);
    this.#served = true;
    if (reply.op === 'done') pending.resolve(payload);
    else pending.reject(new Error(reply.message));
  }

  #rejectAll(error: Error): void {
    const unavailable = new StorageError('VIGIE_EVENTS_UNAVAILABLE', error.message, error);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(unavailable);
    }
    this.#pending.clear();
  }

  #ended(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return;
    const wasRunning = this.#link !== undefined;
    this.#link = undefined;
    this.#child = undefined;
    this.#rejectAll(new Error(reason));
    if (this.#closing || !wasRunning) return;
    // One that has answered is worth a quick restart; one that dies before is given more and more time.
    this.#attempt = this.#served ? Math.min(this.#attempt + 1, 3) : this.#attempt + 1;
    if (Date.now() - this.#status.report.since > HEALTHY_AFTER) this.#attempt = 0;
    this.#served = false;
    this.#restartLater(reason);
  }

  #restartLater(reason: string): void {
    this.#status.set('restarting', reason);
    this.#timer = setTimeout(() => {
      this.#starting = this.#launchPatiently().catch((error: unknown) => {
        if (this.#closing) return;
        this.#attempt++;
        this.#restartLater(messageOf(error));
      });
    }, restartDelay(this.#attempt));
  }
}
