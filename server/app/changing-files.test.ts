import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangingFiles } from './changing-files.ts';

let folder: string;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-files-'));
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** Each text is longer than the last: the clock of a file system may be coarse. */
function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text + ' '.repeat(++count));
  return path;
}

test('files are handed over together when one changes; refused ones are told once and tried again', () => {
  const files = new ChangingFiles({ cert: write('cert', 'c1'), key: write('key', 'k1'), crl: undefined });
  expect(String(files.read().cert).trim()).toBe('c1');
  const taken: string[] = [];
  const failed: unknown[] = [];
  let fits = true;
  const watching = files.watch(
    ({ cert, key, crl }) => {
      if (!fits) throw new Error('they do not fit');
      taken.push(`${String(cert).trim()} ${String(key).trim()} ${crl}`);
    },
    (error) => failed.push(error),
  );
  const look = (): void => void vi.advanceTimersByTime(30_000);
  look();
  expect([taken, failed]).toEqual([[], []]);
  // The certificate is renewed first, the key a moment later.
  fits = false;
  write('cert', 'c2');
  look();
  expect([taken, failed.length]).toEqual([[], 1]);
  fits = true;
  write('key', 'k2');
  look();
  expect([taken, failed.length]).toEqual([['c2 k2 undefined'], 1]);
  rmSync(join(folder, 'key'));
  look();
  look();
  expect([taken.length, failed.length]).toEqual([1, 2]);
  write('key', 'k3');
  look();
  expect(taken.at(-1)).toBe('c2 k3 undefined');
  watching.stop();
  write('key', 'k4');
  look();
  expect(taken).toHaveLength(2);
});
