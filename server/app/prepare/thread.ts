/** Entry of a preparing thread (`dist/prepare-thread.js`). */
import { parentPort, workerData } from 'node:worker_threads';
import { readShipped } from '../shipped.ts';
import type { FromThread, ThreadOptions, ToThread } from './protocol.ts';
import { PrepareWork } from './work.ts';

const port = parentPort!;
const options = workerData as ThreadOptions;
const work = new PrepareWork({ ...options, ...readShipped(options.installation) });

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'prepare': {
      const prepared = work.prepare(message);
      port.postMessage(prepared satisfies FromThread, [prepared.block, prepared.matched.buffer]);
      return;
    }
    case 'rules':
      work.setRules(message.files, message.disabled, message.adaptation);
      return;
    case 'enable':
      work.enable(message.rule, message.enabled);
      return;
    case 'mappings':
      work.mapped.set(message.mappings);
      return;
    case 'marks':
      work.marks.set(message.marks);
  }
});
port.postMessage({ up: true } satisfies FromThread);
