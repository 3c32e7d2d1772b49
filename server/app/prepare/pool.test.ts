import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawLog } from '@vigie/contracts';
import { afterAll, afterEach, expect, it } from 'vitest';
import { PreparePool } from './pool.ts';

/**
 * A thread that does nothing but meet its end as a log tells it to: what the pool does about it is what is
 * tested. Its block holds the places of the logs it read, one byte each.
 */
const THREAD = `
import { parentPort } from 'node:worker_threads';
const hang = () => { for (;;); };
parentPort.on('message', (message) => {
  if (message.type !== 'prepare') return;
  const { job, offset, logs, skip, unread } = message;
  const texts = logs.flatMap((group) => group.texts);
  if (!unread && texts.includes('crash')) process.exit(1);
  if (!unread && texts.includes('hang')) hang();
  const kept = Uint8Array.from(texts, (text) => (skip.includes(text) ? 0 : 1));
  const places = texts.map((_, i) => (unread ? 200 : 0) + offset + i).filter((_, i) => kept[i] === 1);
  parentPort.postMessage({
    job, rows: places.length, block: Uint8Array.from(places).buffer, kept, keyed: [],
    matched: new Uint8Array(), size: places.length, clocks: [['a', offset]],
    counts: [], mapped: [], sightings: [], ruleFailures: [],
  });
});
parentPort.postMessage({ up: true });
`;

const folder = mkdtempSync(join(tmpdir(), 'vigie-pool-'));
const threadPath = join(folder, 'thread.mjs');
writeFileSync(threadPath, THREAD);
afterAll(() => rmSync(folder, { recursive: true }));

let pool: PreparePool;
let days = 30;
const errors: string[] = [];
async function open(threads: number): Promise<PreparePool> {
  errors.length = 0;
  pool = new PreparePool({
    threadPath,
    threads,
    thread: { installation: '', countryFile: '', asnFile: '' },
    hint: () => undefined,
    retentionDays: () => days,
    onCounts: () => undefined,
    onMapped: () => undefined,
    onSightings: () => undefined,
    onRuleFailure: () => undefined,
    log: { warn: () => undefined, error: (_, message) => errors.push(message) },
    patience: 1_000,
  });
  await pool.start();
  return pool;
}
afterEach(() => pool.close());

const log = (text: string): RawLog => ({
  tenant: 'a',
  source: 's',
  transport: 'syslog-tcp',
  receivedAt: 1,
  text,
  length: text.length,
});
const batch = (...texts: string[]) => texts.map(log);
const places = async (prepared: Awaited<ReturnType<PreparePool['prepare']>>, skip: string[] = []) => [
  ...(await prepared.block(new Set(skip))).bytes,
];

it('answers each batch with its own, over several threads', async () => {
  await open(3);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => pool.prepare(batch(...'x'.repeat(i + 1).split('')), i, new Set())),
  );
  expect(answers.map(({ sequence, rows }) => [sequence, rows])).toEqual(
    Array.from({ length: 20 }, (_, i) => [i, i + 1]),
  );
});

it('keeps a log that crashes its thread unread, in its place, and reads all others', async () => {
  await open(1);
  const bad = pool.prepare(batch('a', 'b', 'crash', 'd', 'e'), 1, new Set());
  const next = pool.prepare(batch('f', 'g'), 2, new Set());
  expect(await places(await bad)).toEqual([0, 1, 202, 3, 4]);
  expect((await bad).rows).toBe(5);
  expect(await places(await next)).toEqual([0, 1]);
  expect(errors).toContain('a log ends the thread that reads it; kept unread');
});

it('does the same with a log that hangs its thread', async () => {
  await open(2);
  const prepared = await pool.prepare(batch('a', 'hang', 'c'), 1, new Set());
  expect(await places(prepared)).toEqual([0, 201, 2]);
}, 30_000);

it('reads again without what is stored, and when the tenant keeps its events for another term', async () => {
  await open(1);
  const prepared = await pool.prepare(batch('a', 'b', 'c'), 1, new Set());
  expect(await places(prepared)).toEqual([0, 1, 2]);
  expect(await places(prepared, ['b'])).toEqual([0, 2]);
  days = 90;
  expect(await places(prepared, ['a'])).toEqual([1, 2]);
});

it('says why its threads cannot start', async () => {
  pool = new PreparePool({
    threadPath: join(folder, 'absent.mjs'),
    threads: 1,
    thread: { installation: '', countryFile: '', asnFile: '' },
    hint: () => undefined,
    retentionDays: () => 1,
    onCounts: () => undefined,
    onMapped: () => undefined,
    onSightings: () => undefined,
    onRuleFailure: () => undefined,
    log: { warn: () => undefined, error: () => undefined },
  });
  await expect(pool.start()).rejects.toThrow('absent.mjs');
});

it('refuses what is given after its end', async () => {
  await open(1);
  await pool.close();
  await expect(pool.prepare(batch('a'), 1, new Set())).rejects.toThrow('stopping');
});
