import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import type { Api } from '../api.ts';
import { consoleRoutes } from './console.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-console-'));
const SCRIPT = `export const words = ${JSON.stringify('watch '.repeat(2000))};`;
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Vigie</title>');
writeFileSync(join(folder, 'assets', 'index-1a.js'), SCRIPT);
writeFileSync(join(folder, 'assets', 'dot.png'), Buffer.from([137, 80, 78, 71]));
writeFileSync(join(folder, '..', 'vigie-console-secret'), 'secret');
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(join(folder, '..', 'vigie-console-secret'));
});

const app = fastify();
consoleRoutes(app as unknown as Api, folder);
const get = (url: string, encoding?: string) =>
  app.inject({ url, headers: encoding === undefined ? {} : { 'accept-encoding': encoding } });

describe('files of the console', () => {
  it('are compressed as the browser likes best', async () => {
    const brotli = await get('/assets/index-1a.js', 'gzip, deflate, br, zstd');
    expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(brotli.rawPayload.length).toBeLessThan(SCRIPT.length / 10);
    expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(SCRIPT);
    const zipped = await get('/assets/index-1a.js', 'gzip, br;q=0');
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(SCRIPT);
    const plain = await get('/assets/index-1a.js');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body).toBe(SCRIPT);
  });

  it('that are compressed already stay as they are', async () => {
    const image = await get('/assets/dot.png', 'br');
    expect(image.headers['content-encoding']).toBeUndefined();
    expect(image.headers['content-type']).toBe('image/png');
  });

  it('are the page wherever its router decides, with the policy that lets nothing else run', async () => {
    const page = await get('/incidents/7', 'br');
    expect(brotliDecompressSync(page.rawPayload).toString()).toContain('<title>Vigie');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('outside of the folder are not served, however they are asked for', async () => {
    for (const url of [
      '/../vigie-console-secret',
      '/%2e%2e/vigie-console-secret',
      '/assets/..%2f..%2fvigie-console-secret',
      '/assets/%00',
      '/%E0%A4%A',
    ])
      expect((await get(url)).body).not.toContain('secret');
  });
});
