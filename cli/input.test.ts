import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLogs } from './input.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function textsOf(content: Uint8Array | string): Promise<string[]> {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const texts: string[] = [];
  for await (const log of readLogs(path, () => undefined)) texts.push(log.text);
  return texts;
}

/** UTF-16, big-endian. */
function bigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

const TEXT = '<34>Mar  2 10:11:12 h su: é\r\n<34>Mar  2 10:11:13 h su: last';
const LINES = ['<34>Mar  2 10:11:12 h su: é', '<34>Mar  2 10:11:13 h su: last'];

describe('the logs of a file', () => {
  it('are its lines, whatever ends them, the last without an end too', async () => {
    expect(await textsOf(TEXT)).toEqual(LINES);
    expect(await textsOf('')).toEqual([]);
    expect(await textsOf('\n\r\n\n')).toEqual([]);
    expect(await textsOf('a\n\nb')).toEqual(['a', 'b']);
  });

  it('are read in UTF-16 by its mark', async () => {
    expect(await textsOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(TEXT, 'utf16le')]))).toEqual(
      LINES,
    );
    expect(await textsOf(Buffer.concat([Buffer.from([0xfe, 0xff]), bigEndian(TEXT)]))).toEqual(LINES);
  });

  it('are read in UTF-16 without a mark', async () => {
    expect(await textsOf(Buffer.from(TEXT, 'utf16le'))).toEqual(LINES);
    expect(await textsOf(bigEndian(TEXT))).toEqual(LINES);
  });

  it('are left as UTF-8 where zeros only stand among the bytes', async () => {
    expect(await textsOf('a\0b\0\0\0\0\0\0\0\0\0\0\0\0\0\0')).toEqual(['a\0b\0\0\0\0\0\0\0\0\0\0\0\0\0\0']);
    expect(await textsOf('\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0')).toEqual(['\0'.repeat(16)]);
  });

  it('are without the mark of UTF-8', async () => {
    expect(await textsOf('\uFEFF{"a":1}')).toEqual(['{"a":1}']);
  });
});
