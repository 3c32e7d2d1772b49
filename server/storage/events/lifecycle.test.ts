import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ComponentReport } from '../component.ts';
import { eventOf, TestStores, until } from './test-store.ts';

const stores = new TestStores();
afterAll(() => stores.cleanUp());

const NOW = Date.now() - 3_600_000;
const ALL = { tenants: ['acme'], range: { from: 0, to: 4_102_444_800_000 } };

function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

/** How often it is killed while it inserts; `npm run kill-test` does it many times more. */
const KILLS = Number(process.env['VIGIE_STORE_KILLS'] ?? 8);

describe('the event store’s process', () => {
  it(
    `loses nothing and doubles nothing when killed ${KILLS} times while it inserts`,
    async () => {
      const states: ComponentReport[] = [];
      const store = await stores.open(undefined, { onState: (report) => states.push(report) });
      let killing = true;
      let kills = 0;
      const killer = (async () => {
        while (kills < KILLS) {
          await new Promise((wake) => setTimeout(wake, Math.random() * 150));
          const { pid } = store;
          if (pid === undefined) continue;
          process.kill(pid, 'SIGKILL');
          kills++;
          await until(() => store.pid !== pid && store.pid !== undefined, 30_000);
        }
        killing = false;
      })();
      // Receipt over several days: a batch becomes several parts, and a kill may come between them.
      const batch = (sequence: number) => ({
        sequence,
        events: Array.from({ length: 300 }, (_, index) =>
          eventOf(sequence * 1000 + index, NOW - (index % 5) * 86_400_000 - sequence, {
            'x.filler': `${sequence}-${index}-`.repeat(40),
          }),
        ),
      });
      let sequence = 0;
      let failures = 0;
      while (killing) {
        const next = batch(++sequence);
        for (;;)
          try {
            await store.insert(next);
            break;
          } catch (error) {
            expect(error).toMatchObject({ code: 'VIGIE_EVENTS_UNAVAILABLE', retryable: true });
            failures++;
            await new Promise((wake) => setTimeout(wake, 20));
          }
      }
      await killer;
      expect(kills).toBe(KILLS);
      expect(failures).toBeGreaterThan(0);
      expect(store.report.restarts).toBe(KILLS);
      expect(states.filter(({ state }) => state === 'restarting')).toHaveLength(KILLS);
      let replayed = 0;
      for await (const { sequence: found, events } of store.batchesAfter(0)) {
        expect(found).toBe(++replayed);
        const ids = events.map(({ id }) => id).sort();
        expect(ids).toEqual(
          batch(found)
            .events.map(({ id }) => id)
            .sort(),
        );
      }
      expect(replayed).toBe(sequence);
      expect(await store.status()).toMatchObject({ rows: sequence * 300 });
    },
    180_000 + KILLS * 10_000,
  );

  it('fails what was under way at once when it dies, and answers again by itself', async () => {
    const store = await stores.open();
    await store.insert({ sequence: 1, events: [eventOf(1, NOW)] });
    const pid = store.pid!;
    const search = store.search(ALL, { limit: 10 }).catch((error: unknown) => error);
    process.kill(pid, 'SIGKILL');
    const outcome = await search;
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'VIGIE_EVENTS_UNAVAILABLE' });
    await until(() => store.pid === undefined || store.pid !== pid);
    await until(() => store.report.state === 'running');
    expect((await store.search(ALL, { limit: 10 })).items).toHaveLength(1);
  });

  it('refuses a folder that another process holds, and names no state but failed', async () => {
    const directory = await stores.folder();
    const first = await stores.open(directory);
    const states: string[] = [];
    await expect(
      stores.open(directory, { onState: ({ state }) => states.push(state) }),
    ).rejects.toMatchObject({
      code: 'VIGIE_EVENTS_LOCKED',
    });
    expect(states.at(-1)).toBe('failed');
    await first.insert({ sequence: 1, events: [eventOf(1, NOW)] });
    expect(await first.lastSequence()).toBe(1);
  });

  it('ends with its parent, even when that one is killed', async () => {
    const directory = await stores.folder();
    const code = `
      import { openEventStore } from ${JSON.stringify(join(import.meta.dirname, 'store.ts'))};
      const store = await openEventStore({ directory: ${JSON.stringify(directory)}, childPath: ${JSON.stringify(await stores.childPath())} });
      console.log(store.pid);
      setInterval(() => undefined, 1000);`;
    const { buildSync } = await import('esbuild');
    const file = join(await stores.folder(), 'parent.mjs');
    buildSync({
      stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: file,
    });
    const parent = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((found, fail) => {
      parent.stdout.once('data', (text: Buffer) => found(Number(text.toString())));
      parent.once('exit', (status) => fail(new Error(`ended with ${status}`)));
    });
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !alive(pid));
    // And the folder is free again.
    const next = await stores.open(directory);
    expect(await next.lastSequence()).toBe(0);
  });

  it('refuses a folder written by a newer version', async () => {
    const directory = await stores.folder();
    const store = await stores.open(directory);
    await store.close();
    const script = `
      const { Session } = require('chdb');
      const session = new Session(process.argv[1]);
      session.query("INSERT INTO schema_version VALUES (9999, 'from the future', now())");
      process.exit(0);`;
    execFileSync(process.execPath, ['-e', script, join(directory, 'database')], { cwd: import.meta.dirname });
    await expect(stores.open(directory)).rejects.toMatchObject({ code: 'VIGIE_EVENTS_SCHEMA_NEWER' });
  });

  it('says when the disk is full, and goes on when there is room', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('mounting a small file system needs root');
    const directory = await stores.folder();
    const mounted = spawnMount(directory);
    if (!mounted) skip('mounting a file system is not allowed here');
    try {
      const store = await stores.open(directory);
      const noise = (sequence: number) => ({
        sequence,
        events: Array.from({ length: 200 }, (_, index) =>
          eventOf(sequence * 1000 + index, NOW + index, {
            'event.original': Array.from({ length: 4000 }, () =>
              String.fromCharCode(32 + Math.random() * 90),
            ).join(''),
          }),
        ),
      });
      let failure: unknown;
      let sequence = 0;
      for (; sequence < 100 && failure === undefined; sequence++)
        await store.insert(noise(sequence + 1)).catch((error: unknown) => {
          failure = error;
        });
      expect(failure).toMatchObject({ code: 'VIGIE_EVENTS_DISK_FULL', retryable: true });
      execFileSync('mount', ['-o', 'remount,size=256m', directory]);
      await store.insert(noise(sequence));
      await store.insert(noise(sequence));
      expect(await store.status()).toMatchObject({ rows: sequence * 200 });
      expect(await readdir(join(directory, 'incoming'))).toEqual([]);
      await store.close();
    } finally {
      execFileSync('umount', [directory]);
    }
  }, 120_000);

  it('leaves neither files nor processes behind when it closes', async () => {
    const directory = await stores.folder();
    const store = await stores.open(directory);
    await store.insert({ sequence: 1, events: [eventOf(1, NOW)] });
    const pid = store.pid!;
    await store.close();
    expect(alive(pid)).toBe(false);
    expect(store.report.state).toBe('stopped');
    expect(readdirSync(join(directory, 'incoming'))).toEqual([]);
    await expect(store.search(ALL, { limit: 1 })).rejects.toMatchObject({ code: 'VIGIE_EVENTS_UNAVAILABLE' });
  });
});

function spawnMount(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
