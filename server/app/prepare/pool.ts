import { Worker } from 'node:worker_threads';
import type { RawLog } from '@vigie/contracts';
import type { MarkTable, Sighting } from '../../assets/index.ts';
import { type Adaptation, type MatchedBatch, NO_ADAPTATION, type RuleFile } from '../../detect/index.ts';
import type { PreparedBatch, Preparer, StorableBlock } from '../../ingest/index.ts';
import type { SourceCounts } from '../../normalize/index.ts';
import type { LiveMapping, MappingTally } from './mapped.ts';
import {
  type FromThread,
  type PackedLogs,
  type PreparedJob,
  packLogs,
  type RuleFailure,
  readMatched,
  type SourceHint,
  type ThreadOptions,
  type ToThread,
} from './protocol.ts';

export interface PreparePoolOptions {
  /** The bundled `thread.ts`. */
  readonly threadPath: string;
  readonly threads: number;
  readonly thread: ThreadOptions;
  readonly hint: (tenant: string, source: string) => SourceHint | undefined;
  readonly retentionDays: (tenant: string) => number;
  readonly onCounts: (counts: readonly SourceCounts[]) => void;
  /** What mappings did, by key. */
  readonly onMapped: (tallies: readonly MappingTally[]) => void;
  /** Machines and people that events name. */
  readonly onSightings: (sightings: readonly Sighting[]) => void;
  readonly onRuleFailure: (failure: RuleFailure) => void;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Milliseconds after which a job that was not answered has hung its thread; default one minute. */
  readonly patience?: number;
}

interface Job {
  readonly id: number;
  readonly sequence: number;
  readonly offset: number;
  readonly logs: readonly RawLog[];
  readonly skip: readonly string[];
  readonly unread: boolean;
  /** The logs have been read before, so their outcomes are counted. */
  readonly again: boolean;
  /** Threads that ended while they had it at hand. */
  ended: number;
  readonly resolve: (prepared: PreparedJob) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  worker: Worker;
  /** Failures to come up since it last did. */
  failures: number;
  up: boolean;
  /** Given to it and not answered, in order: the first is at hand. */
  jobs: Job[];
  timer: NodeJS.Timeout | undefined;
}

/** Jobs that a thread has: one at hand, and one so that it never waits for the next. */
const DEPTH = 2;
/** Deaths after which a job is taken to be their cause. */
const GUILTY = 2;
/** Events die young here, so a small nursery that fits the processor's cache serves best. */
const HEAP = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 48 };

/**
 * The threads that prepare batches. What reads hostile input runs in them: a log that crashes, fills or hangs
 * a thread costs that thread, which is started again, and after the second time the log is found by halving
 * its batch and kept unread. The server's own thread stays free for people and senders meanwhile.
 */
export class PreparePool implements Preparer<MatchedBatch> {
  readonly parallel: number;
  readonly #options: PreparePoolOptions;
  readonly #threads: Thread[] = [];
  readonly #waiting: Job[] = [];
  readonly #disabled = new Set<string>();
  #files: readonly RuleFile[] = [];
  #adaptation: Adaptation = NO_ADAPTATION;
  #mappings: readonly LiveMapping[] = [];
  #marks: MarkTable = new Map();
  #lastJob = 0;
  #closed = false;

  constructor(options: PreparePoolOptions) {
    this.#options = options;
    this.parallel = options.threads;
  }

  /**
   * Starts the threads.
   *
   * @throws the error with which a thread ended before it was up
   */
  async start(): Promise<void> {
    const starts = Array.from({ length: this.#options.threads }, () => {
      const thread: Thread = { worker: this.#worker(), failures: 0, up: false, jobs: [], timer: undefined };
      this.#threads.push(thread);
      return new Promise<void>((resolve, reject) => {
        thread.worker.once('message', () => resolve());
        thread.worker.once('error', reject);
        this.#attach(thread);
      });
    });
    await Promise.all(starts);
  }

  /** Exchanges the rules; batches given from now on are held against these. */
  setRules(files: readonly RuleFile[], disabled: Iterable<string>, adaptation: Adaptation): void {
    this.#files = files;
    this.#adaptation = adaptation;
    this.#disabled.clear();
    for (const rule of disabled) this.#disabled.add(rule);
    this.#tell({ type: 'rules', files, disabled: [...this.#disabled], adaptation });
  }

  enable(rule: string, enabled: boolean): void {
    if (enabled) this.#disabled.delete(rule);
    else this.#disabled.add(rule);
    this.#tell({ type: 'enable', rule, enabled });
  }

  /** Exchanges the mappings; batches given from now on are read with these. */
  setMappings(mappings: readonly LiveMapping[]): void {
    this.#mappings = mappings;
    this.#tell({ type: 'mappings', mappings });
  }

  /** Exchanges what is known of assets; batches given from now on are enriched with it. */
  setMarks(marks: MarkTable): void {
    this.#marks = marks;
    this.#tell({ type: 'marks', marks });
  }

  async prepare(
    logs: readonly RawLog[],
    sequence: number,
    skip: ReadonlySet<string>,
  ): Promise<PreparedBatch<MatchedBatch>> {
    const first = await this.#read({ logs, sequence, offset: 0, skip: [...skip], again: skip.size > 0 });
    const days = this.#days(logs);
    let block: StorableBlock = { rows: first.rows, bytes: new Uint8Array(first.block) };
    return {
      sequence,
      rows: first.rows,
      ...(first.kept === undefined ? {} : { kept: first.kept }),
      keyed: first.keyed,
      matched: {
        sequence,
        size: first.size,
        clocks: first.clocks,
        matched: { [Symbol.iterator]: () => readMatched(first.matched) },
      },
      block: async (stored) => {
        // What is stored already was matched with the first reading, and a term that has changed since is
        // part of the rows.
        if (stored.size > 0 || this.#days(logs) !== days) {
          const missing = [...skip, ...stored];
          const again = await this.#read({ logs, sequence, offset: 0, skip: missing, again: true });
          block = { rows: again.rows, bytes: new Uint8Array(again.block) };
        }
        return block;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const gone = new Error('the server is stopping');
    for (const thread of this.#threads) {
      clearTimeout(thread.timer);
      for (const job of thread.jobs.splice(0)) job.reject(gone);
    }
    for (const job of this.#waiting.splice(0)) job.reject(gone);
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #days(logs: readonly RawLog[]): string {
    const tenants = new Set<string>();
    let last = '';
    for (const { tenant } of logs) {
      if (tenant !== last) tenants.add(tenant);
      last = tenant;
    }
    return [...tenants].map((tenant) => this.#options.retentionDays(tenant)).join();
  }

  #read(
    job: Pick<Job, 'logs' | 'sequence' | 'offset' | 'skip' | 'again'> & { readonly unread?: boolean },
  ): Promise<PreparedJob> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error('the server is stopping'));
      this.#waiting.push({ unread: false, ...job, id: ++this.#lastJob, ended: 0, resolve, reject });
      this.#assign();
    });
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#threads.reduce((best, one) => (one.jobs.length < best.jobs.length ? one : best));
      if (thread.jobs.length >= DEPTH) return;
      this.#give(thread, this.#waiting.shift()!);
    }
  }

  #give(thread: Thread, job: Job): void {
    thread.jobs.push(job);
    if (thread.jobs.length === 1) this.#watch(thread);
    const { hint, retentionDays } = this.#options;
    const logs: PackedLogs[] = packLogs(job.logs, hint, retentionDays);
    const { id, sequence, offset, skip, unread } = job;
    this.#post(thread, { type: 'prepare', job: id, sequence, offset, logs, skip, unread });
  }

  #post(thread: Thread, message: ToThread): void {
    thread.worker.postMessage(message);
  }

  #tell(message: ToThread): void {
    for (const thread of this.#threads) this.#post(thread, message);
  }

  /** Ends a thread that does not answer. */
  #watch(thread: Thread): void {
    clearTimeout(thread.timer);
    const [job] = thread.jobs;
    if (job === undefined) return;
    thread.timer = setTimeout(() => {
      this.#options.log.error({ sequence: job.sequence, logs: job.logs.length }, 'a batch hangs its thread');
      void thread.worker.terminate();
    }, this.#options.patience ?? 60_000);
    thread.timer.unref();
  }

  #worker(): Worker {
    const { threadPath, thread: workerData } = this.#options;
    return new Worker(threadPath, { workerData, resourceLimits: HEAP });
  }

  #attach(thread: Thread): void {
    const { worker } = thread;
    worker.on('message', (message: FromThread) => {
      if ('up' in message) {
        thread.up = true;
        thread.failures = 0;
      } else this.#take(thread, message);
    });
    worker.on('error', (error) => {
      if (!this.#closed) this.#options.log.error({ err: error }, 'a preparing thread has failed');
    });
    worker.on('exit', () => {
      if (!this.#closed && thread.worker === worker) this.#replace(thread);
    });
    this.#post(thread, { type: 'marks', marks: this.#marks });
    this.#post(thread, { type: 'mappings', mappings: this.#mappings });
    this.#post(thread, {
      type: 'rules',
      files: this.#files,
      disabled: [...this.#disabled],
      adaptation: this.#adaptation,
    });
  }

  /** Puts a new thread in the place of one that ended. */
  #replace(thread: Thread): void {
    clearTimeout(thread.timer);
    const jobs = thread.jobs.splice(0);
    if (thread.up && jobs[0] !== undefined) jobs[0].ended++;
    // One that can't come up is tried again at growing distance.
    const wait = thread.up ? 0 : Math.min(30_000, 250 * 2 ** thread.failures++);
    thread.up = false;
    setTimeout(() => {
      if (this.#closed) return;
      thread.worker = this.#worker();
      this.#attach(thread);
      for (const job of jobs)
        if (job.ended >= GUILTY) void this.#isolate(job);
        else this.#give(thread, job);
      this.#assign();
    }, wait);
  }

  /** Reads a batch that ends threads in halves, down to the log that does it, which is kept unread. */
  async #isolate(job: Job): Promise<void> {
    const { logs, sequence, offset, skip, again } = job;
    try {
      if (logs.length === 1) {
        const { tenant, source, length } = logs[0]!;
        this.#options.log.error(
          { tenant, source, length },
          'a log ends the thread that reads it; kept unread',
        );
        job.resolve(await this.#read({ logs, sequence, offset, skip, again, unread: true }));
        return;
      }
      const half = logs.length >> 1;
      const part = (from: number, to: number) =>
        this.#read({ logs: logs.slice(from, to), sequence, offset: offset + from, skip, again });
      const parts = [await part(0, half), await part(half, logs.length)] as const;
      job.resolve(join(parts, [half, logs.length - half]));
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #take(thread: Thread, prepared: PreparedJob): void {
    const job = thread.jobs.shift();
    this.#watch(thread);
    if (job === undefined || job.id !== prepared.job)
      throw new Error(`answer to another job: ${prepared.job}`);
    if (!job.again) {
      this.#options.onCounts(prepared.counts);
      if (prepared.mapped.length > 0) this.#options.onMapped(prepared.mapped);
      if (prepared.sightings.length > 0) this.#options.onSightings(prepared.sightings);
    }
    for (const failure of prepared.ruleFailures) this.#options.onRuleFailure(failure);
    job.resolve(prepared);
    this.#assign();
  }
}

/** Joins the halves of a batch; a stream of the store's blocks may hold several. */
function join(
  [a, b]: readonly [PreparedJob, PreparedJob],
  [logsOfA, logsOfB]: readonly [number, number],
): PreparedJob {
  const kept = new Uint8Array(logsOfA + logsOfB).fill(1);
  if (a.kept !== undefined) kept.set(a.kept);
  if (b.kept !== undefined) kept.set(b.kept, logsOfA);
  const clocks = new Map(a.clocks);
  for (const [tenant, time] of b.clocks) clocks.set(tenant, Math.max(time, clocks.get(tenant) ?? time));
  return {
    job: a.job,
    rows: a.rows + b.rows,
    block: joinBytes(new Uint8Array(a.block), new Uint8Array(b.block)).buffer,
    ...(a.kept === undefined && b.kept === undefined ? {} : { kept }),
    keyed: [...a.keyed, ...b.keyed],
    matched: joinBytes(a.matched, b.matched),
    size: a.size + b.size,
    clocks: [...clocks],
    counts: [],
    mapped: [],
    sightings: [],
    ruleFailures: [],
  };
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
