import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HttpClient } from './http-client.ts';
import { Redactor } from './secret.ts';
import { Internet } from './testing/internet-stand-in.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await Internet.open();
});
afterAll(() => internet.close());
beforeEach(() => internet.reset());

const HOST = 'api.example.org';
const client = (more: { ca?: string } = { ca: internet.ca }) =>
  new HttpClient({
    guard: internet.guard(),
    ...more,
    port: () => internet.port,
    limits: { headTimeout: 2_000, wholeTimeout: 4_000, maxBody: 100_000 },
    redactor: new Redactor(),
    now: Date.now,
    signal: new AbortController().signal,
  });
const url = new URL(`https://${HOST}/a`);

test('a certificate that nobody vouches for is refused, whatever the environment says', async () => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    await expect(client({}).send({ url })).rejects.toMatchObject({ code: 'VIGIE_PULL_TLS' });
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
  expect(internet.asked).toEqual([]);
});

test('a certificate of another name is refused', async () => {
  const other = new URL('https://wrong.example.org/');
  await expect(
    new HttpClient({
      guard: Object.assign(internet.guard(), {
        check: () => undefined,
        lookup: () => internet.guard().lookup(url),
      }),
      ca: internet.ca,
      port: () => internet.port,
      redactor: new Redactor(),
      now: Date.now,
      signal: new AbortController().signal,
    }).send({ url: other }),
  ).rejects.toMatchObject({ code: 'VIGIE_PULL_TLS' });
});

test('a small body that becomes a large one is cut off', async () => {
  const { createServer } = await import('node:http');
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const { AddressGuard } = await import('./address-guard.ts');
  const plain = new HttpClient({
    guard: new AddressGuard([`127.0.0.1:${port}`]),
    limits: { headTimeout: 2_000, wholeTimeout: 4_000, maxBody: 100_000 },
    redactor: new Redactor(),
    now: Date.now,
    signal: new AbortController().signal,
  });
  await expect(plain.send({ url: new URL(`http://127.0.0.1:${port}/`) })).rejects.toMatchObject({
    code: 'VIGIE_PULL_TOO_LARGE',
  });
  plain.close();
  server.close();
});

test('while a service’s pause lasts nothing is sent', async () => {
  internet.at(HOST, () => ({
    body: [],
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' },
  }));
  const http = client();
  await http.call({ url });
  await expect(http.call({ url })).rejects.toMatchObject({ code: 'VIGIE_PULL_THROTTLED' });
  expect(internet.asked).toHaveLength(1);
});

test('the service’s own words are told, short and without control characters', async () => {
  internet.at(HOST, () => ({
    status: 400,
    body: { error: { code: 'Bad', message: `no\u001b[31m ${'x'.repeat(5000)}` } },
  }));
  const failure = await client()
    .call({ url })
    .catch((error: Error) => error);
  expect(failure).toMatchObject({ code: 'VIGIE_PULL_REFUSED' });
  expect((failure as Error).message).toMatch(/HTTP 400, Bad: no \[31m x+$/);
  expect((failure as Error).message.length).toBeLessThan(600);
});
