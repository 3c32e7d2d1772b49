/** Entry point of a scanning thread; started by threads.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { runThread } from './thread.ts';
import type { FromThread, ThreadInput, ToThread } from './types.ts';

const port = parentPort!;
const { credit } = workerData as { credit: number };
let open = credit;
let wake: (() => void) | undefined;

const post = (message: FromThread): void => port.postMessage(message);

async function run(input: ThreadInput): Promise<void> {
  const failures = await runThread(input, {
    found(batch) {
      open--;
      post({ kind: 'found', batch });
    },
    unit: (report) => post({ kind: 'unit', report }),
    async breathe() {
      // Whoever finds faster than the main thread can take waits for it.
      while (open <= 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  });
  post({ kind: 'end', failures: [...failures] });
  port.close();
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'start') {
    run({ ...message.input, rules: JSON.parse(message.rules) as ThreadInput['rules'] }).catch(
      (error: unknown) => {
        // Reported as the thread's own error.
        queueMicrotask(() => {
          throw error;
        });
      },
    );
  } else {
    open += message.batches;
    wake?.();
    wake = undefined;
  }
});
