/** Runs inputs in threads, and notices those that throw, hang or take all memory. */
import { Worker } from 'node:worker_threads';
import type { WorkerReport, WorkerTask } from './worker.ts';

/** Of a thread's own heap, MB. */
const MEMORY = 1024;

export interface Finding {
  readonly kind: 'thrown' | 'hang' | 'died';
  readonly at: number;
  readonly error: string;
}

export interface Stretch {
  readonly ran: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** The number of the next input. */
  readonly next: number;
  readonly finding?: Finding;
}

/**
 * Runs inputs from `from` on until one is a finding, time is up or all are done.
 *
 * A hang is measured in this process's processor time, since the machine may have other things to do.
 *
 * @param hang processor time after which an input counts as hanging, milliseconds
 */
export function runStretch(
  script: string,
  task: Omit<WorkerTask, 'progress'>,
  hang: number,
): Promise<Stretch> {
  const shared = new SharedArrayBuffer(8);
  const progress = new Int32Array(shared);
  progress[0] = task.from;
  return new Promise((resolve) => {
    const worker = new Worker(script, {
      workerData: { ...task, progress: shared } satisfies WorkerTask,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
      execArgv: ['--enable-source-maps'],
    });
    let begun = -1;
    let since = cpu();
    const timer = setInterval(() => {
      const now = Atomics.load(progress, 1);
      if (now !== begun) {
        begun = now;
        since = cpu();
      } else if (now > 0 && cpu() - since > hang) end({ kind: 'hang', error: `no end after ${hang} ms` });
    }, hang / 8);
    let ended = false;
    const finish = (stretch: Stretch) => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      void worker.terminate().then(() => resolve(stretch));
    };
    const end = (finding: Omit<Finding, 'at'>) => {
      const at = Atomics.load(progress, 0);
      finish({ ran: at - task.from, outcomes: {}, next: at + 1, finding: { ...finding, at } });
    };
    worker.on('message', (report: WorkerReport) => {
      const { ran, outcomes } = report;
      if (report.kind === 'done') finish({ ran, outcomes, next: task.from + ran });
      else
        finish({
          ran,
          outcomes,
          next: report.at + 1,
          finding: { kind: 'thrown', at: report.at, error: report.error },
        });
    });
    worker.on('error', (error) => end({ kind: 'died', error: String(error) }));
    worker.on('exit', (code) => end({ kind: 'died', error: `the thread ended with ${code}` }));
  });
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Makes an input smaller as long as it fails in the same way (Zeller and Hildebrandt, "Simplifying and
 * isolating failure-inducing input", 2002), within a number of trials.
 */
export async function minimise(
  input: string,
  fails: (input: string) => Promise<boolean>,
  trials = 120,
): Promise<string> {
  let best = input;
  let left = trials;
  for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length && left > 0; ) {
      const shorter = best.slice(0, at) + best.slice(at + size);
      left--;
      if (await fails(shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}
