import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../registry.generated.ts';
import { createReader, type Readable } from './reader.ts';
import { readSamples } from './samples.ts';
import { differences, otherDay, swapsFor, swapText } from './swap.ts';

const ROOT = join(import.meta.dirname, '..');
const reader = createReader({ registry: REGISTRY });
/** `GOLDEN_ONLY=linux,nginx.access` runs the sources whose id starts so. */
const ONLY = (process.env['GOLDEN_ONLY'] ?? '').split(',');

/** Mulberry32: the same swaps in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const ROUNDS = 3;

function withText(log: Readable, text: string): Readable {
  return { ...log, text, ...(log.json === undefined ? {} : { json: JSON.parse(text) }) };
}

describe('other addresses, accounts, machines, ports and days in the same places', () => {
  for (const { definition } of REGISTRY) {
    const { id } = definition;
    if (!ONLY.some((prefix) => id.startsWith(prefix))) continue;
    it(`${id} reads them in the same fields`, () => {
      const next = random(20_260_302);
      const faults: string[] = [];
      for (const sample of readSamples(ROOT, id))
        for (const log of sample.logs) {
          const before = reader.read(log);
          for (let round = 0; round < ROUNDS; round++) {
            const swaps = swapsFor(log.text, before.fields, next, log.json !== undefined);
            const text = swapText(log.text, swaps);
            for (const fault of differences(before, reader.read(withText(log, text)), swaps))
              faults.push(`${sample.name}: ${fault}\n    ${text.slice(0, 300)}`);
          }
          const moved = otherDay(log.text);
          if (moved === undefined) continue;
          const after = reader.read(withText(log, moved));
          for (const fault of differences(before, after, []))
            faults.push(`${sample.name}: other day: ${fault}\n    ${moved.slice(0, 300)}`);
          const time = String(before.fields['@timestamp']);
          // Where another column, a header or a count of seconds says the time, that one decides.
          const decided = /2026|\bMar\b|\b17[67]\d{7}/.test(moved) || before.time === log.receivedAt;
          if (!decided && String(after.fields['@timestamp']) === time)
            faults.push(`${sample.name}: other day: the time is still ${time}\n    ${moved.slice(0, 300)}`);
        }
      expect([...new Set(faults)].slice(0, 8).join('\n')).toBe('');
    });
  }
});
