import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { safeFileName } from './file-names.ts';
import { isDisguised, typeOf } from './file-types.ts';
import { FileVault } from './file-vault.ts';

describe('names that attack', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\win.ini', 'win.ini'],
    ['/etc/shadow', 'shadow'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\u0000b\r\nSet-Cookie: x.txt', 'abSet-Cookie_ x.txt'],
    ['\u200b\ufeff.bashrc', 'bashrc'],
    ['..', 'file'],
    ['', 'file'],
    ['CON.txt', '_CON.txt'],
    ['report.exe. . ', 'report.exe'],
    ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
    ['half\ud800.txt', 'half.txt'],
    ['réseau é.txt', 'réseau é.txt'],
  ])('%j', (given, shown) => {
    expect(safeFileName(given)).toBe(shown);
  });

  test('a long name keeps its ending', () => {
    const name = safeFileName(`${'x'.repeat(500)}.exe`);
    expect(name).toHaveLength(120);
    expect(name).toMatch(/\.exe$/);
  });
});

test('types are told by content, not by name', () => {
  expect(typeOf(Buffer.from('%PDF-1.7'))).toBe('application/pdf');
  expect(typeOf(Buffer.from('MZ\x90\0'))).toBe('application/vnd.microsoft.portable-executable');
  expect(typeOf(Buffer.from('<svg onload=alert(1)>'))).toBe('text/plain');
  expect(typeOf(Buffer.from('<!doctype html><script>'))).toBe('text/plain');
  expect(typeOf(Buffer.from([0, 1, 2, 255]))).toBe('application/octet-stream');
  expect(isDisguised('report.pdf', 'application/vnd.microsoft.portable-executable')).toBe(true);
  expect(isDisguised('notes.txt', 'application/vnd.microsoft.portable-executable')).toBe(true);
  expect(isDisguised('photo.png', 'text/plain')).toBe(true);
  expect(isDisguised('letter.docx', 'application/zip')).toBe(false);
  expect(isDisguised('notes.txt', 'text/plain')).toBe(false);
});

describe('the vault', () => {
  let folder: string;
  let vault: FileVault;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-vault-'));
    vault = new FileVault(folder, 1000);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('keeps a file under a random name that nobody can run', async () => {
    const stored = await vault.store('acme', Readable.from([Buffer.from('hello '), Buffer.from('world')]));
    expect(stored).toMatchObject({
      size: 11,
      type: 'text/plain',
      sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
    });
    const { mode } = await stat(vault.path('acme', stored.file));
    expect(mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['acme']);
  });

  test('too large, empty or cut off: refused, and nothing is left', async () => {
    const large = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(100)));
    await expect(vault.store('acme', large)).rejects.toMatchObject({ statusCode: 413 });
    await expect(vault.store('acme', Readable.from([]))).rejects.toMatchObject({ statusCode: 400 });
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('hung up');
      })(),
    );
    await expect(vault.store('acme', cut)).rejects.toMatchObject({ code: 'VIGIE_COLLABORATION_FILE_CUT' });
    expect(await readdir(join(folder, 'acme'))).toEqual([]);
  });

  test('many slow uploads of one tenant: eight at a time, and those of others go on', async () => {
    const ends: (() => void)[] = [];
    const slow = () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('begun');
          await new Promise<void>((end) => ends.push(end));
        })(),
      );
    const waiting = Array.from({ length: 8 }, () => vault.store('acme', slow()));
    await expect(vault.store('acme', slow())).rejects.toMatchObject({ statusCode: 429 });
    await vault.store('globex', Readable.from([Buffer.from('theirs')]));
    while (ends.length < 8) await new Promise(setImmediate);
    for (const end of ends) end();
    expect(await Promise.all(waiting)).toHaveLength(8);
    await vault.store('acme', Readable.from([Buffer.from('now there is room')]));
  });

  test('path traversal: neither a tenant nor a name leads out of the folder', () => {
    const name = 'a'.repeat(32);
    for (const [tenant, file] of [
      ['..', name],
      ['acme/../globex', name],
      ['acme', '../secret'],
      ['acme', `${name}.part`],
      ['', name],
    ] as const)
      expect(() => vault.path(tenant, file)).toThrow(RangeError);
  });

  test('what no row names goes, unless it is new', async () => {
    const kept = await vault.store('acme', Readable.from([Buffer.from('kept')]));
    const orphan = await vault.store('acme', Readable.from([Buffer.from('orphan')]));
    const fresh = await vault.store('acme', Readable.from([Buffer.from('fresh')]));
    const old = new Date(Date.now() - 7_200_000);
    for (const { file } of [kept, orphan]) await utimes(vault.path('acme', file), old, old);
    expect(await vault.sweep(new Set([`acme/${kept.file}`]), Date.now())).toBe(1);
    expect((await readdir(join(folder, 'acme'))).sort()).toEqual([kept.file, fresh.file].sort());
  });
});
