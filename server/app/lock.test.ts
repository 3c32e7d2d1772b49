import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitPredecessor, DataFolderInUse, lockDataFolder, noteServer } from './lock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of a data folder', () => {
  it('is refused while its process lives, with its number', () => {
    const lock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(DataFolderInUse);
    expect(() => lockDataFolder(folder)).toThrow(String(process.pid));
    lock.release();
    lockDataFolder(folder).release();
  });

  it('closes the folder to other users of the machine, and leaves its group what it was given', () => {
    for (const [before, after] of [
      [0o755, 0o750],
      [0o777, 0o770],
      [0o700, 0o700],
    ] as const) {
      chmodSync(folder, before);
      lockDataFolder(folder).release();
      expect(statSync(folder).mode & 0o777).toBe(after);
    }
  });

  it('is taken over from a process that died, also when its number was given again', () => {
    writeFileSync(join(folder, 'vigie.lock'), '999999999 1\n');
    lockDataFolder(folder).release();
    writeFileSync(join(folder, 'vigie.lock'), `${process.pid} 1\n`);
    lockDataFolder(folder).release();
    writeFileSync(join(folder, 'vigie.lock'), 'nonsense');
    lockDataFolder(folder).release();
  });
});

describe('the server of a killed supervisor', () => {
  it('is waited for', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 700)']);
    await once(child, 'spawn');
    noteServer(folder, child.pid!);
    const waited: number[] = [];
    await awaitPredecessor(folder, (pid) => waited.push(pid));
    expect(waited).toEqual([child.pid]);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
  });

  it('is not waited for where there is none, nor for another program of its number', async () => {
    const waited: number[] = [];
    await awaitPredecessor(folder, (pid) => waited.push(pid));
    writeFileSync(join(folder, 'server.pid'), `${process.pid} 1\n`);
    await awaitPredecessor(folder, (pid) => waited.push(pid));
    expect(waited).toEqual([]);
  });
});
