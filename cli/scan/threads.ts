import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { SigmaRule } from '@vigie/sigma';
import { runThread } from './thread.ts';
import type { Found, FromThread, ThreadInput, ToThread, UnitReport } from './types.ts';

/** Takes the results of all threads, in no particular order. */
export interface Results {
  found(batch: readonly Found[]): void;
  unit(report: UnitReport): void;
}

export interface ThreadsOptions {
  /** Module that a thread starts with. */
  readonly worker: string;
  readonly jobs: number;
}

/** Batches a thread may send before it has to wait for them to be taken. */
const CREDIT = 16;
/** Megabytes for young objects: events die young, and a small space would be cleared all the time. */
const YOUNG = 64;
/** Milliseconds the main thread works before it lets messages and the progress bar through. */
const SLICE = 25;

/** Threads that start while rules are still being read. */
export class Threads {
  readonly #workers: Worker[] = [];
  /** The first failure of a thread, which may come before it is given work. */
  readonly #failed: Promise<never>;

  constructor({ worker, jobs }: ThreadsOptions) {
    // The main thread is one of them.
    for (let i = 1; i < jobs; i++)
      this.#workers.push(
        new Worker(worker, {
          workerData: { credit: CREDIT },
          resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
        }),
      );
    this.#failed = new Promise((_, reject) => {
      for (const own of this.#workers) {
        own.once('error', reject);
        own.once('exit', (code) => {
          if (code !== 0) reject(new Error(`a scanning thread ended with code ${code}`));
        });
      }
    });
    // Whoever runs a scan sees it; ending the threads before one must not.
    this.#failed.catch(() => undefined);
  }

  /**
   * Runs a scan on all threads.
   *
   * @returns errors of rules while matching: rule index → message
   * @throws Error of a thread that failed
   */
  async run(
    input: Omit<ThreadInput, 'thread' | 'threads' | 'counters'>,
    counters: SharedArrayBuffer,
    results: Results,
  ) {
    const threads = this.#workers.length + 1;
    const failures = new Map<number, string>();
    const rules = this.#workers.length > 0 ? JSON.stringify(input.rules.map(slim)) : '';
    const { rules: _rules, ...shared } = input;
    const others = this.#workers.map((worker, index) => {
      const message: ToThread = {
        kind: 'start',
        input: { ...shared, counters, thread: index + 1, threads },
        rules,
      };
      worker.postMessage(message);
      return this.#listen(worker, results, failures);
    });
    let since = performance.now();
    const own = runThread(
      { ...input, counters, thread: 0, threads },
      {
        found: (batch) => results.found(batch),
        unit: (report) => results.unit(report),
        async breathe() {
          if (performance.now() - since < SLICE) return;
          await turn();
          since = performance.now();
        },
      },
    );
    const [ownFailures] = await Promise.race([Promise.all([own, ...others]), this.#failed]);
    for (const [rule, message] of ownFailures) failures.set(rule, message);
    return failures;
  }

  /** Ends threads that are still running. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #listen(worker: Worker, results: Results, failures: Map<number, string>): Promise<void> {
    return new Promise((resolve) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'found') {
          results.found(message.batch);
          worker.postMessage({ kind: 'more', batches: 1 } satisfies ToThread);
        } else if (message.kind === 'unit') results.unit(message.report);
        else {
          for (const [rule, text] of message.failures) failures.set(rule, text);
          resolve();
        }
      });
    });
  }
}

/** A rule without what only people read. */
function slim(rule: SigmaRule): SigmaRule {
  const { kind, title, id, name, logsource, detection, file, line } = rule;
  return {
    kind,
    title,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    logsource,
    detection,
    ...(file === undefined ? {} : { file }),
    line,
    references: [],
    tags: [],
    fields: [],
    falsepositives: [],
    related: [],
    scope: [],
    custom: {},
  };
}
