import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../registry.generated.ts';
import { checkDocument } from './check-document.ts';
import { createReader, type Readable } from './reader.ts';
import type { RegisteredSource } from './registry.ts';
import { readSamples, SAMPLE_RECEIVED_AT } from './samples.ts';

const ROOT = join(import.meta.dirname, '..');
const reader = createReader({ registry: REGISTRY });
/** `GOLDEN_ONLY=linux,nginx.access` runs the sources whose id starts so. */
const ONLY = (process.env['GOLDEN_ONLY'] ?? '').split(',');
const isWanted = ({ definition }: RegisteredSource): boolean =>
  ONLY.some((prefix) => definition.id.startsWith(prefix));

/** Mulberry32: the same mutations in every run, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const HOSTILE = [
  '"',
  "'",
  '\\',
  '[',
  ']',
  '{',
  '<',
  '=',
  '|',
  ',',
  ':',
  '%',
  '\0',
  '\n',
  '\u2028',
  '\ud800',
  '--',
  '__proto__',
  '999999999999999999999',
  '-',
  '1e999',
  '::1',
  '٣',
];

/** Texts made of one log: cut, fields dropped, doubled, swapped, quoted, other encodings, hostile characters. */
function* mutateText(text: string, next: () => number): Generator<string> {
  const at = (): number => Math.floor(next() * text.length);
  for (let i = 0; i < 6; i++) yield text.slice(0, at());
  yield text.slice(at());
  const words = text.split(' ');
  const word = (): number => Math.floor(next() * words.length);
  for (let i = 0; i < 4; i++) yield words.filter((_, n) => n !== word()).join(' ');
  const one = word();
  yield words.flatMap((part, n) => (n === one ? [part, part, part] : [part])).join(' ');
  yield [...words].sort(() => next() - 0.5).join(' ');
  yield words.map((part) => (next() < 0.3 ? `"${part}"` : part)).join(' ');
  yield words.map((part) => part.replace(/\d+/g, (d) => (next() < 0.3 ? 'x' : d))).join(' ');
  yield words.map((part) => part.replace(/[a-z]+/gi, (d) => (next() < 0.2 ? '7' : d))).join(' ');
  yield `${text} ${text}`;
  yield `${text}\n${text}`;
  yield text.toUpperCase();
  yield Buffer.from(text, 'utf8').toString('latin1');
  yield Buffer.from(text, 'utf16le').toString('latin1');
  yield `\ufeff${text}`;
  for (const part of HOSTILE) {
    const here = at();
    yield text.slice(0, here) + part + text.slice(here);
  }
}

const ODD: readonly unknown[] = [
  null,
  '',
  'x',
  -1,
  1.5,
  1e21,
  true,
  [],
  [1, 'a', null],
  {},
  { a: { b: 1 } },
  '::1',
  '999.1.1.1',
  '2026-13-45T99:99:99Z',
];

/** Objects made of one log: members dropped, emptied, of another type, at any depth. */
function mutateObject(value: unknown, next: () => number, depth = 0): unknown {
  if (next() < (depth === 0 ? 0 : 0.08)) return ODD[Math.floor(next() * ODD.length)];
  if (Array.isArray(value)) return value.map((item) => mutateObject(item, next, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    if (next() > 0.05) out[key] = mutateObject(item, next, depth + 1);
  return out;
}

function check(log: Readable, sourceType: string): void {
  for (const hint of [undefined, { sourceType }]) {
    const { fields, outcome } = reader.read(log, hint);
    const shown = JSON.stringify(log).slice(0, 2_000);
    if (outcome === 'failed') expect.fail(`${String(fields['error.message'])}: ${shown}`);
    const faults = checkDocument(fields);
    if (faults.length > 0) expect(faults, shown).toEqual([]);
    if (fields['event.original'] !== log.text) expect(fields['event.original']).toBe(log.text);
  }
}

for (const { definition } of REGISTRY.filter(isWanted)) {
  describe(definition.id, () => {
    it('keeps every mutated sample, without a crash or a wrong type', () => {
      const next = random(20_260_301);
      let count = 0;
      for (const sample of readSamples(ROOT, definition.id)) {
        for (const log of sample.logs) {
          for (const text of mutateText(log.text, next)) {
            check({ text, receivedAt: SAMPLE_RECEIVED_AT }, definition.id);
            count++;
          }
          const { json } = log;
          for (let i = 0; json !== undefined && i < 30; i++) {
            const mutated = mutateObject(json, next) as typeof json;
            check(
              { text: JSON.stringify(mutated), json: mutated, receivedAt: SAMPLE_RECEIVED_AT },
              definition.id,
            );
            count++;
          }
        }
      }
      expect(count).toBeGreaterThan(0);
    });
  });
}
