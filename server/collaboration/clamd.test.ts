import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClamdScanner, parseClamdAddress, readAnswer } from './clamd.ts';
import { ClamdStandIn, EICAR } from './testing/clamd-stand-in.ts';
import { CLAMD, RealClamd } from './testing/real-clamd.ts';

let folder: string;
const file = async (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  await writeFile(path, content);
  return { path };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-scanned-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const DAEMONS = [
  ['a stand-in that speaks INSTREAM', true, () => ClamdStandIn.start(1024 * 1024)],
  ['clamd itself', CLAMD !== undefined, () => RealClamd.start(CLAMD!)],
] as const;

describe.each(DAEMONS.filter(([, there]) => there))('%s', (_name, _there, start) => {
  let daemon: Awaited<ReturnType<typeof start>>;
  let scanner: ClamdScanner;
  beforeAll(async () => {
    daemon = await start();
    scanner = new ClamdScanner(parseClamdAddress(daemon.address), 20_000);
  });
  afterAll(() => daemon?.remove());

  test('finds EICAR, lets others pass, and says what it does not take', async () => {
    expect(await scanner.scan(await file('eicar', EICAR))).toEqual({
      state: 'infected',
      detail: expect.stringMatching(/^Eicar-Test-Signature/),
    });
    expect(await scanner.scan(await file('note', 'all is well'))).toEqual({ state: 'clean', detail: '' });
    expect(await scanner.scan(await file('large', Buffer.alloc(900_000, 'x')))).toMatchObject({
      state: 'clean',
    });
    expect(await scanner.scan(await file('larger', Buffer.alloc(4_000_000, 'x')))).toMatchObject({
      state: 'unscanned',
    });
  });
});

test('a daemon that is away, silent or says nonsense has failed, and is asked again later', async () => {
  const away = new ClamdScanner({ path: join(folder, 'nobody.sock') });
  expect(await away.scan(await file('note', 'x'))).toMatchObject({ state: 'failed' });
  expect(readAnswer('Can’t allocate memory ERROR\0')).toMatchObject({ state: 'failed' });
  expect(readAnswer('')).toMatchObject({ state: 'failed' });
});

test('addresses', () => {
  expect(parseClamdAddress('[::1]:3310')).toEqual({ host: '::1', port: 3310 });
  expect(parseClamdAddress('scanner.example.org:3310')).toEqual({ host: 'scanner.example.org', port: 3310 });
  for (const wrong of ['scanner', 'scanner:0', 'scanner:99999', 'run/clamd.sock', 'a b:1'])
    expect(() => parseClamdAddress(wrong), wrong).toThrow(RangeError);
});
