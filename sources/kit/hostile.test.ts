import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../registry.generated.ts';
import { createReader } from './reader.ts';
import type { RegisteredSource } from './registry.ts';
import { readSamples, SAMPLE_RECEIVED_AT } from './samples.ts';

const ROOT = join(import.meta.dirname, '..');
const reader = createReader({ registry: REGISTRY });
/** `GOLDEN_ONLY=linux,nginx.access` runs the sources whose id starts so. */
const ONLY = (process.env['GOLDEN_ONLY'] ?? '').split(',');
const isWanted = ({ definition }: RegisteredSource): boolean =>
  ONLY.some((prefix) => definition.id.startsWith(prefix));
const LENGTH = 50_000;
/**
 * Processor time, so that a busy machine does not count; a linear reader of 50,000 characters needs some
 * milliseconds, a quadratic one seconds.
 */
const LIMIT_MS = 500;
/** Every fill for the first logs of a source; a third of them, in turn, for the others. */
const IN_FULL = 3;

const FILL = [
  'a',
  ' ',
  '"',
  '[',
  '(',
  '=',
  '\\',
  'a=b ',
  'a="b" ',
  '[a "b"] ',
  ' ; A=b',
  ', client: ',
  'by x ',
  ': ',
  '&#1;',
  '<a>',
  '[COMMAND=',
  ' from ',
  '1.1.1.1 ',
  '|',
];

describe('a hostile line costs linear time', () => {
  for (const { definition } of REGISTRY.filter(isWanted)) {
    it(definition.id, () => {
      let number = 0;
      for (const sample of readSamples(ROOT, definition.id)) {
        for (const log of sample.logs.slice(0, 12)) {
          const middle = Math.floor(log.text.length / 2);
          const turn = number++;
          for (const [index, fill] of [...FILL, `${log.text} `].entries()) {
            if (turn >= IN_FULL && (index + turn) % 3 !== 0) continue;
            const long = fill.repeat(Math.ceil(LENGTH / fill.length));
            for (const text of [log.text + long, log.text.slice(0, middle) + long + log.text.slice(middle)]) {
              const start = process.cpuUsage();
              reader.read({ text, receivedAt: SAMPLE_RECEIVED_AT }, { sourceType: definition.id });
              const { user } = process.cpuUsage(start);
              expect(user / 1000, `${fill}: ${log.text.slice(0, 120)}`).toBeLessThan(LIMIT_MS);
            }
          }
        }
      }
    }, 120_000);
  }
});
