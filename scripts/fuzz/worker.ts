/** One thread that runs inputs; see watchdog.ts. Shared memory says which input it is at. */
import { parentPort, workerData } from 'node:worker_threads';
import { Random } from './random.ts';
import { readSeeds } from './seeds.ts';
import { targetOf } from './targets.ts';

/** What a thread is asked to do: a range of a run's inputs, or one given input. */
export interface WorkerTask {
  readonly root: string;
  readonly corpus: string | undefined;
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly input: string | undefined;
  /** Number of the input being run, and how many have been begun. */
  readonly progress: SharedArrayBuffer;
  /** Epoch milliseconds after which no further input is begun. */
  readonly until: number;
}

/** How a thread ended. */
export type WorkerReport =
  | { readonly kind: 'done'; readonly ran: number; readonly outcomes: Readonly<Record<string, number>> }
  | {
      readonly kind: 'thrown';
      readonly at: number;
      readonly error: string;
      readonly ran: number;
      readonly outcomes: Readonly<Record<string, number>>;
    };

const task = workerData as WorkerTask;
const target = targetOf(
  task.target,
  task.input === undefined ? readSeeds(task.root, task.corpus) : { rules: [], logs: [] },
);
const progress = new Int32Array(task.progress);
const outcomes: Record<string, number> = {};
let ran = 0;
const report = (message: WorkerReport) => parentPort!.postMessage(message);

function main(): void {
  for (let at = task.from; at < task.to; at++) {
    if ((at & 63) === 0 && Date.now() > task.until) break;
    Atomics.store(progress, 0, at);
    Atomics.add(progress, 1, 1);
    try {
      const input = task.input ?? target.make(new Random(task.seed, task.target, at));
      const outcome = target.run(input);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      ran++;
    } catch (error) {
      const text = error instanceof Error ? `${error.stack ?? error.message}` : String(error);
      report({ kind: 'thrown', at, error: text, ran, outcomes });
      return;
    }
  }
  report({ kind: 'done', ran, outcomes });
}

main();
