/**
 * The same rows, straight into the event store: what the store alone can take. The pipeline's rate is held
 * against this one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@vigie/contracts';
import { createNormalizer } from '@vigie/server/normalize/index.ts';
import { openEventStore } from '@vigie/server/storage/events/store.ts';
import { REGISTRY } from '@vigie/sources';
// @ts-expect-error plain JavaScript, shared with the sender
import { line, random } from './lines.mjs';

const BATCH = 5000;
const [childPath = '', seconds = '20'] = process.argv.slice(2);

const draw = random(7) as () => number;
let next = 0;
const normalizer = createNormalizer({
  registry: REGISTRY,
  assignId: () => (next++).toString(16).padStart(32, '0'),
});
const batches: Event[][] = Array.from({ length: 8 }, () =>
  Array.from({ length: BATCH }, () => {
    const text = line(draw, Date.now()) as string;
    const raw = {
      tenant: 'main',
      source: 'local',
      transport: 'syslog-tcp',
      receivedAt: Date.now(),
      text,
      length: text.length,
    } as const;
    return normalizer.normalize(raw);
  }),
);

const directory = mkdtempSync(join(tmpdir(), 'vigie-straight-'));
const store = await openEventStore({ directory, childPath });
try {
  let sequence = 0;
  let rows = 0;
  // The first seconds warm the engine and are not counted.
  for (const phase of ['warm', 'counted'] as const) {
    const until = Date.now() + (phase === 'warm' ? 3000 : Number(seconds) * 1000);
    const from = performance.now();
    rows = 0;
    while (Date.now() < until) {
      sequence++;
      const events = batches[sequence % batches.length]!.map((event, i) => ({
        ...event,
        id: sequence.toString(16).padStart(16, '0') + i.toString(16).padStart(16, '0'),
      }));
      await store.insert({ sequence, events });
      rows += events.length;
    }
    if (phase === 'counted')
      process.stdout.write(
        `${JSON.stringify({ rowsPerSecond: Math.round((rows * 1000) / (performance.now() - from)) })}\n`,
      );
  }
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}
