import { Worker } from 'node:worker_threads';
import type { Adaptation, RuleFile } from '../../detect/index.ts';
import { NO_ADAPTATION } from '../../detect/index.ts';
import type { RuleChecks } from '../rule-checks.ts';
import type { CheckJob, CheckThreadOptions, FromCheckThread, ToCheckThread } from './protocol.ts';

/** Times are milliseconds. */
export interface CheckThreadSettings {
  /** The bundled `thread.ts`. */
  readonly threadPath: string;
  readonly thread: CheckThreadOptions;
  readonly log: { warn(fields: object, message: string): void };
  /** Longest a text may take; default 10,000. */
  readonly limit?: number;
  /** Texts that may wait; default 16. */
  readonly waiting?: number;
}

/** A text that was not checked, as the API tells it. */
export class CheckRefused extends Error {
  readonly code: 'VIGIE_RULES_CHECK_TIMEOUT' | 'VIGIE_RULES_CHECK_BUSY' | 'VIGIE_RULES_CHECK_FAILED';
  readonly statusCode: 422 | 429 | 500;

  constructor(code: CheckRefused['code'], message: string) {
    super(message);
    this.name = 'CheckRefused';
    this.code = code;
    this.statusCode =
      code === 'VIGIE_RULES_CHECK_BUSY' ? 429 : code === 'VIGIE_RULES_CHECK_TIMEOUT' ? 422 : 500;
  }
}

interface Pending {
  readonly message: CheckJob;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** Loading the rules in force is none of the text's doing. */
const LOADING = 120_000;
/** A text that takes longer to parse and compile is not used in the server's own thread. */
const VETTED = 2_000;
const HEAP = { maxOldGenerationSizeMb: 1_024 };

/**
 * Checks rules in a thread of their own, one after the other. What takes too long is ended with its thread, which
 * costs the next one a load of the rules; nobody else waits for it. The thread begins with the first text.
 */
export class CheckThread implements RuleChecks {
  readonly #settings: CheckThreadSettings;
  readonly #queue: Pending[] = [];
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rules: Extract<ToCheckThread, { type: 'rules' }> = {
    type: 'rules',
    files: [],
    adaptation: NO_ADAPTATION,
  };
  #job = 0;
  #timedOut = 0;
  #busy = 0;
  #closed = false;

  constructor(settings: CheckThreadSettings) {
    this.#settings = settings;
  }

  /** Texts since the start that took too long, and that were turned away because too many waited. */
  get figures() {
    return { timedOut: this.#timedOut, busy: this.#busy };
  }

  /** Tells the rules in force; texts are checked beside these from now on. */
  setRules(files: readonly RuleFile[], adaptation: Adaptation): void {
    this.#rules = { type: 'rules', files, adaptation };
    this.#worker?.postMessage(this.#rules);
  }

  check: RuleChecks['check'] = (...args) => this.#run('check', args);
  explain: RuleChecks['explain'] = (...args) => this.#run('explain', args);
  title: RuleChecks['title'] = (...args) => this.#run('title', args);

  /** @throws {@link CheckRefused} also for a text that takes longer than is good for the server's own thread */
  vet: RuleChecks['vet'] = async (...args) => {
    const took = await this.#run<number>('vet', args);
    if (took > VETTED) throw this.#tooLong();
    return took;
  };

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#queue.splice(0)) reject(new Error('the server is stopping'));
    await this.#worker?.terminate();
  }

  #run<Result>(method: keyof RuleChecks, args: readonly unknown[]): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error('the server is stopping'));
    const { waiting = 16 } = this.#settings;
    if (this.#queue.length >= waiting) {
      this.#busy++;
      return Promise.reject(
        new CheckRefused('VIGIE_RULES_CHECK_BUSY', 'too many rules are being checked; try again in a moment'),
      );
    }
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ message: { type: 'job', job: ++this.#job, method, args }, resolve, reject });
      if (this.#queue.length === 1) this.#next();
    });
  }

  /** Gives the first of the queue to the thread. */
  #next(): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(first.message);
    this.#watch(LOADING);
  }

  #watch(limit: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timedOut++;
      this.#settings.log.warn({ limit }, 'checking the text of a rule took too long and was ended');
      this.#end(this.#tooLong());
    }, limit);
    this.#timer.unref();
  }

  #tooLong(): CheckRefused {
    return new CheckRefused(
      'VIGIE_RULES_CHECK_TIMEOUT',
      'this text takes too long to check, so it was given up; shorten it, or take out what repeats or nests',
    );
  }

  #start(): Worker {
    const { threadPath, thread } = this.#settings;
    const worker = new Worker(threadPath, { workerData: thread, resourceLimits: HEAP });
    worker.unref();
    worker.postMessage(this.#rules);
    worker.on('message', (message: FromCheckThread) => {
      const [first] = this.#queue;
      if (worker !== this.#worker || first?.message.job !== message.job) return;
      if ('begun' in message) return this.#watch(this.#settings.limit ?? 10_000);
      clearTimeout(this.#timer);
      this.#queue.shift();
      if ('error' in message) first.reject(new CheckRefused('VIGIE_RULES_CHECK_FAILED', message.error));
      else first.resolve(message.result as never);
      this.#next();
    });
    worker.on('error', (error) => {
      // Out of memory, most likely: the text's own fault, and its alone.
      if (worker === this.#worker)
        this.#settings.log.warn({ err: error }, 'the thread that checks rules has failed');
    });
    worker.on('exit', () => {
      if (worker === this.#worker && !this.#closed) this.#end(this.#tooLong());
    });
    return worker;
  }

  /** Ends the thread and the text at hand; the next one begins with a new thread. */
  #end(error: Error): void {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    void worker?.terminate();
    this.#queue.shift()?.reject(error);
    this.#next();
  }
}
