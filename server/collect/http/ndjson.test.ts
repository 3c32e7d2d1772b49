import { connect } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bearer, type TestServer, testServer } from '../testing/http.ts';
import { until } from '../testing/ports.ts';

let server: TestServer;

beforeEach(async () => {
  server = await testServer({ admissionWait: 50, bodyIdleTimeout: 300 });
});
afterEach(async () => {
  await server.app.close();
});

async function post(
  body: string | Buffer,
  type: string | undefined,
  { path = '/api/ingest/src-1', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { ...bearer(type), ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

const TYPE = 'application/x-ndjson';

describe('POST /api/ingest/:source', () => {
  test('NDJSON items keep their text as sent, parsed once', async () => {
    const first = '{"a" : 1,  "b":"é", "__proto__":{"polluted":true}}';
    const answer = await post(`${first}\r\n\n{"c":2}`, TYPE);
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, rejected: [] } });
    expect(server.ports.logs).toHaveLength(2);
    expect(server.ports.logs[0]).toMatchObject({
      tenant: 'acme',
      source: 'src-1',
      transport: 'http',
      peer: '127.0.0.1',
      text: first,
      length: Buffer.byteLength(first),
    });
    const json = server.ports.logs[0]!.json!;
    expect(Object.keys(json)).toEqual(['a', 'b', '__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('bad items are named and the good ones kept', async () => {
    const answer = await post('{"a":1}\n{"broken\n[1]\n"text"\n{"b":2}\n', TYPE);
    expect(answer.status).toBe(207);
    expect(answer.body).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, error: 'malformed JSON' },
        { index: 2, error: 'not a JSON object' },
        { index: 3, error: 'not a JSON object' },
      ],
      rejectedTotal: 3,
    });
    expect(server.ports.logs.map((log) => log.text)).toEqual(['{"a":1}', '{"b":2}']);
    expect(server.ports.dropped.get('malformed-json')).toBe(3);
    expect((await post('{"broken', TYPE)).status).toBe(400);
  });

  test('JSON: one object, an array, objects in a row, a broken one among them', async () => {
    const type = 'application/json';
    expect((await post('{"a":{"b":"}"}}', type)).body['accepted']).toBe(1);
    expect((await post('[{"a":1} , {"b":"x]\\"},{"}]', type)).body['accepted']).toBe(2);
    expect((await post('{"c":1}{"d":2}\n{"e":3}', type)).body['accepted']).toBe(3);
    expect(await post('{"f":1} nonsense\n{"g":2}', type)).toMatchObject({
      status: 207,
      body: { accepted: 2 },
    });
    expect(await post('[{"h":1},{"i":', type)).toMatchObject({ status: 207, body: { accepted: 1 } });
    expect(server.ports.logs.map((log) => log.text)).toEqual([
      '{"a":{"b":"}"}}',
      '{"a":1}',
      '{"b":"x]\\"},{"}',
      '{"c":1}',
      '{"d":2}',
      '{"e":3}',
      '{"f":1}',
      '{"g":2}',
      '{"h":1}',
    ]);
  });

  test('lines of text, and a body of no declared type', async () => {
    await post('<13>one\n{"json":"stays text"}\n', 'text/plain');
    expect(server.ports.logs.map((log) => log.json)).toEqual([undefined, undefined]);
    await post('plain\n{"a":1}\n{broken\n', 'application/x-www-form-urlencoded');
    expect(server.ports.logs.slice(2).map((log) => [log.text, log.json])).toEqual([
      ['plain', undefined],
      ['{"a":1}', { a: 1 }],
      ['{broken', undefined],
    ]);
  });

  test('long lines are cut, invalid UTF-8 and NUL are marked', async () => {
    const long = Buffer.alloc(10 * 1024 * 1024, 'x');
    const body = Buffer.concat([
      long,
      Buffer.from('\n'),
      Buffer.from([0x61, 0xff, 0x62, 0x0a, 0x63, 0, 0x64]),
    ]);
    expect((await post(body, 'text/plain')).status).toBe(200);
    const [cut, invalid, nul] = server.ports.logs;
    expect(cut).toMatchObject({ length: long.length, flags: ['truncated'] });
    expect(cut!.text.length).toBe(256 * 1024);
    expect(invalid).toMatchObject({ text: 'a\ufffdb', flags: ['invalid-utf8'] });
    expect(nul).toMatchObject({ text: 'c\0d', flags: ['nul-bytes'] });
  });

  test('nesting beyond the limit is refused, whatever is in strings', async () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const wide = `{"a":[${'{"b":[1]},'.repeat(200)}{}],"s":"${'['.repeat(500)}"}`;
    const answer = await post(`${deep}\n${wide}\n`, TYPE);
    expect(answer.body).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0, error: 'nested deeper than 64 levels' }],
    });
  });

  test('gzip and deflate, both forms of it', async () => {
    for (const [encoding, body] of [
      ['gzip', gzipSync('{"a":1}\n')],
      ['gzip', Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('')])],
      ['deflate', deflateSync('{"a":1}\n')],
      ['deflate', deflateRawSync('{"a":1}\n')],
    ] as const) {
      const answer = await post(body, TYPE, { headers: { 'content-encoding': encoding } });
      expect(answer).toMatchObject({ status: 200, body: { accepted: 1 } });
    }
    expect((await post('x', TYPE, { headers: { 'content-encoding': 'br' } })).status).toBe(415);
  });

  test('half a gzip stream keeps the whole lines before the cut', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"r":"${Math.sin(n)}"}\n`);
    const whole = gzipSync(lines.join(''));
    const answer = await post(whole.subarray(0, whole.length >> 1), TYPE, {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(400);
    const accepted = answer.body['accepted'] as number;
    expect(accepted).toBeGreaterThan(5_000);
    expect(accepted).toBeLessThan(20_000);
    expect(server.ports.logs.map((log) => `${log.text}\n`)).toEqual(lines.slice(0, accepted));
    expect(answer.body['rejected']).toEqual([
      { index: accepted, error: 'the compressed body is damaged or cut here' },
    ]);
    const garbage = await post('not gzip at all', TYPE, { headers: { 'content-encoding': 'gzip' } });
    expect(garbage.status).toBe(400);
    expect(server.ports.dropped.get('decompression-failed')).toBe(2);
  });

  test('a zip bomb ends early, with 413', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const answer = await post(bomb, TYPE, { headers: { 'content-encoding': 'gzip' } });
    expect(answer.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(server.ports.dropped.get('too-large')).toBe(1);
  });

  test('a body above the limit gets 413, declared or not', async () => {
    await server.app.close();
    server = await testServer({ body: 100_000 });
    const body = Buffer.alloc(300_000, 'x');
    expect((await post(body, TYPE)).status).toBe(413);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(50_000, 'y'));
        controller.enqueue(Buffer.alloc(60_000, 'y'));
        controller.close();
      },
    });
    const response = await fetch(`${server.url}/api/ingest/src-1`, {
      method: 'POST',
      headers: bearer(TYPE),
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  test('wrong token, no token, token in the URL, token of another source', async () => {
    const wrong = await post('{}', TYPE, { headers: { authorization: 'Bearer nope' } });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toContain('Bearer');
    expect((await post('{}', TYPE, { headers: { authorization: '' } })).status).toBe(401);
    expect((await post('{}', TYPE, { path: '/api/ingest/src-2' })).status).toBe(404);
    const response = await fetch(`${server.url}/api/ingest/src-1?token=x`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(server.ports.logs).toEqual([]);
    expect(server.ports.dropped.get('unauthorized')).toBe(3);
  });

  test('import items carry their identity', async () => {
    const items = [
      { message: 'a line', key: 'k1' },
      { json: { x: { y: 1 } }, key: 'k2' },
      { message: 'cut', key: 'k3', length: 900, flags: ['truncated', 'nonsense'] },
      { message: 'no key' },
      { key: 'k4' },
    ];
    const answer = await post(items.map((item) => JSON.stringify(item)).join('\n'), TYPE, {
      path: '/api/ingest/src-1?mode=import',
    });
    expect(answer).toMatchObject({ status: 207, body: { accepted: 3, rejectedTotal: 2 } });
    expect(server.ports.logs).toMatchObject([
      { transport: 'import', text: 'a line', key: 'k1', length: 6 },
      { transport: 'import', text: '{"x":{"y":1}}', json: { x: { y: 1 } }, key: 'k2' },
      { transport: 'import', text: 'cut', key: 'k3', length: 900, flags: ['truncated'] },
    ]);
  });

  test('a store that refuses and a backlog mean 503 with Retry-After', async () => {
    server.ports.refuse = true;
    const refused = await post('{}', TYPE);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    server.ports.refuse = false;
    server.ports.backlogBytes = 1e9;
    expect((await post('{}', TYPE)).status).toBe(503);
    server.ports.backlogBytes = 0;
    expect((await post('{}', TYPE)).status).toBe(200);
  });

  test('an answer that could not be delivered is reported', async () => {
    let open: () => void = () => undefined;
    server.ports.gate = new Promise((resolve) => {
      open = resolve;
    });
    const socket = connect(server.port, '127.0.0.1');
    const authorization = bearer()['authorization'];
    socket.write(
      `POST /api/ingest/src-1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: ${TYPE}\r\nContent-Length: 7\r\n\r\n{"a":1}`,
    );
    await new Promise((done) => setTimeout(done, 150));
    socket.destroy();
    await new Promise((done) => setTimeout(done, 50));
    open();
    await until(() => server.ports.unacknowledged.length === 1, 'the report');
    expect(server.ports.unacknowledged).toEqual(server.ports.logs);
  });

  test('a sender that stops inside its body is let go', async () => {
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.write(
      `POST /api/ingest/src-1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer()['authorization']}\r\nContent-Length: 1000\r\n\r\n{"a":`,
    );
    await until(() => answer.startsWith('HTTP/1.1 408'), 'the refusal', 8_000);
    socket.destroy();
    expect(server.ports.logs).toEqual([]);
  });

  test('more items than allowed: the first ones are kept, the rest is not read', async () => {
    await server.app.close();
    server = await testServer({ items: 3 });
    for (const [type, body] of [
      [TYPE, '{"a":1}\n'.repeat(9)],
      ['application/json', `[${'{},'.repeat(8)}{}]`],
    ] as const) {
      const answer = await post(body, type);
      expect(answer).toMatchObject({ status: 207, body: { accepted: 3, rejectedTotal: 1 } });
    }
  });

  test('the server options bound the head of a request, and odd content types are read', async () => {
    expect(server.app.server.headersTimeout).toBe(20_000);
    expect(server.app.server.requestTimeout).toBe(120_000);
    expect((await post('a line', 'application/unheard-of')).status).toBe(200);
    expect((await post('a line', 'garbage')).status).toBe(415);
    expect((await post('a line', 'text/plain; charset=utf-8')).status).toBe(200);
  });

  test('other routes keep their own body parser and limit', async () => {
    const headers = { 'content-type': 'application/json' };
    const other = `${server.url}/api/other`;
    const parsed = await fetch(other, { method: 'POST', headers, body: '{"a":1}' });
    expect(await parsed.json()).toEqual({ parsed: { a: 1 } });
    const large = await fetch(other, { method: 'POST', headers, body: JSON.stringify('x'.repeat(2000)) });
    expect(large.status).toBe(413);
  });
});
