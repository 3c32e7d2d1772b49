import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Client } from '@elastic/elasticsearch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, testServer } from '../testing/http.ts';
import { TEST_TOKEN, until } from '../testing/ports.ts';
import { rewriteElasticUrl } from './elastic-root.ts';

let server: TestServer;

beforeEach(async () => {
  server = await testServer({ admissionWait: 20 });
});
afterEach(async () => {
  await server.app.close();
});

const API_KEY = Buffer.from(`shipper:${TEST_TOKEN}`).toString('base64');

interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly Record<string, { status: number; _id: string; error?: { type: string } }>[];
}

async function call(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `ApiKey ${API_KEY}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

describe('the Elasticsearch client', () => {
  for (const [name, path] of [
    ['below the prefix', '/elastic'],
    ['at the root', ''],
  ] as const) {
    test(`handshake and bulk helper, ${name}`, async () => {
      const client = new Client({ node: server.url + path, auth: { apiKey: API_KEY } });
      expect((await client.info()).version.number).toMatch(/^8\./);
      expect(await client.ping()).toBe(true);
      const documents = Array.from({ length: 2500 }, (_, n) => ({ '@timestamp': '2026-03-01T10:00:00Z', n }));
      const result = await client.helpers.bulk({
        datasource: documents,
        onDocument: () => ({ create: { _index: 'logs-app-default' } }),
        flushBytes: 50_000,
      });
      expect(result).toMatchObject({ total: 2500, successful: 2500, failed: 0 });
      const numbers = server.ports.logs.map((log) => log.json!['n'] as number);
      expect(numbers.sort((a, b) => a - b)).toEqual(documents.map(({ n }) => n));
      expect(server.ports.logs[0]).toMatchObject({
        transport: 'elasticsearch',
        tenant: 'acme',
        source: 'src-1',
      });
      await client.close();
      expect(server.ports.unacknowledged).toEqual([]);
    });
  }

  test('a single document, with basic authentication and compression', async () => {
    const client = new Client({
      node: `${server.url}/elastic`,
      auth: { username: 'anybody', password: TEST_TOKEN },
      compression: true,
    });
    const answer = await client.index({ index: 'logs', document: { message: 'hello' } });
    expect(answer.result).toBe('created');
    expect(server.ports.logs[0]!.json).toEqual({ message: 'hello' });
    await client.close();
  });

  test('waits and tries again while the store refuses', async () => {
    const client = new Client({ node: `${server.url}/elastic`, auth: { apiKey: API_KEY }, maxRetries: 5 });
    server.ports.refuse = true;
    server.ports.gate = new Promise((resolve) => setTimeout(resolve, 30));
    // The first attempt is refused, the next one finds a store that works.
    void server.ports.gate.then(() => {
      setImmediate(() => {
        server.ports.refuse = false;
      });
    });
    const answer = await client.bulk({ operations: [{ create: { _index: 'x' } }, { message: 'late' }] });
    expect(answer.errors).toBe(false);
    expect(server.ports.logs).toHaveLength(1);
    await client.close();
  });

  test('a wrong key is an authentication error', async () => {
    const client = new Client({ node: `${server.url}/elastic`, auth: { apiKey: 'bm90OnZhbGlk' } });
    await expect(client.info()).rejects.toMatchObject({ statusCode: 401 });
    await client.close();
  });
});

describe('_bulk', () => {
  test('each action has its own result', async () => {
    const body = [
      '{"create":{"_index":"a","_id":"id-1"}}',
      '{"message":"one"}',
      '{"index":{}}',
      '{"message": broken}',
      '{"update":{"_id":"id-1"}}',
      '{"doc":{}}',
      '{"delete":{"_id":"id-1"}}',
      '{"index":{"_index":"a"}}',
      '{"message":"two"}',
      'nonsense',
      '{"message":"lost with its action"}',
      '{"create":{}}',
      '{"message":"three"}',
      '',
    ].join('\n');
    const { status, body: answer } = await call('POST', '/elastic/fallback/_bulk', body);
    expect(status).toBe(200);
    const { errors, items } = answer as BulkAnswer;
    expect(errors).toBe(true);
    expect(
      items.map((item) => Object.entries(item).map(([name, { status }]) => `${name} ${status}`)[0]),
    ).toEqual([
      'create 201',
      'index 400',
      'update 400',
      'delete 400',
      'index 201',
      'index 400',
      'create 201',
    ]);
    expect(items[0]!['create']!._id).toBe('id-1');
    expect(items[4]!['index']!._id).toMatch(/^[\w-]{20}$/);
    expect(items[1]!['index']!.error!.type).toBe('document_parsing_exception');
    expect(server.ports.logs.map((log) => [log.text, log.key])).toEqual([
      ['{"message":"one"}', 'a/id-1'],
      ['{"message":"two"}', undefined],
      ['{"message":"three"}', undefined],
    ]);
  });

  test('answers as short as filter_path asks, gzip as Filebeat sends it', async () => {
    const body = gzipSync('{"create":{"_index":"filebeat-8"}}\n{"message":"x"}\n{"index":{}}\n{bad\n');
    const path = '/elastic/_bulk?filter_path=errors,items.*.error,items.*.status';
    const { body: answer } = await call('POST', path, body, { 'content-encoding': 'gzip' });
    expect(answer).toEqual({
      errors: true,
      items: [
        { create: { status: 201 } },
        {
          index: {
            status: 400,
            error: { type: 'document_parsing_exception', reason: 'failed to parse: malformed JSON' },
          },
        },
      ],
    });
  });

  test('nothing is stored of a request that is broken as a whole', async () => {
    const lines = gzipSync('{"create":{}}\n{"a":1}\n'.repeat(1000));
    for (const [body, headers] of [
      [lines.subarray(0, lines.length / 2), { 'content-encoding': 'gzip' }],
      [Buffer.from('no action\n{"a":1}\n'), {}],
      [Buffer.from(''), {}],
    ] as const) {
      const { status, body: answer } = await call('POST', '/elastic/_bulk', body, headers);
      expect(status).toBe(400);
      expect(answer).toMatchObject({ status: 400, error: { type: 'illegal_argument_exception' } });
    }
    expect(server.ports.logs).toEqual([]);
  });

  test('overload is 429, a refusing store 503, both with Retry-After', async () => {
    server.ports.backlogBytes = 1e9;
    const busy = await call('POST', '/_bulk', '{"create":{}}\n{}\n');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '2']);
    server.ports.backlogBytes = 0;
    server.ports.refuse = true;
    expect((await call('POST', '/_bulk', '{"create":{}}\n{}\n')).status).toBe(503);
  });
});

test('a sender that never reads its answer is let go, and its logs are reported', async () => {
  await server.app.close();
  server = await testServer({ answerTimeout: 300 });
  const body = '{"create":{}}\n{"a":1}\n'.repeat(150_000);
  const slow = connect(server.port, '127.0.0.1');
  slow.pause();
  slow.on('error', () => slow.destroy());
  slow.write(
    `POST /_bulk HTTP/1.1\r\nHost: x\r\nAuthorization: ApiKey ${API_KEY}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await until(() => server.ports.logs.length === 150_000, 'the logs');
  const other = await call('POST', '/_bulk', '{"create":{}}\n{"b":1}\n');
  expect(other.status).toBe(200);
  await until(() => server.ports.unacknowledged.length === 150_000, 'the report');
  slow.destroy();
});

test('an answer that ends its connection counts as delivered', async () => {
  const headers = { connection: 'close' };
  expect((await call('POST', '/_bulk', '{"create":{}}\n{"a":1}\n', headers)).status).toBe(200);
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.write(
    `POST /_bulk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ApiKey ${API_KEY}\r\nContent-Length: 22\r\n\r\n{"create":{}}\n{"a":1}\n`,
  );
  await new Promise((resolve) => socket.once('close', resolve));
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(server.ports.logs).toHaveLength(2);
  expect(server.ports.unacknowledged).toEqual([]);
});

test('too many actions are refused as a whole', async () => {
  await server.app.close();
  server = await testServer({ items: 10 });
  expect((await call('POST', '/_bulk', '{"create":{}}\n{}\n'.repeat(11))).status).toBe(413);
  expect(server.ports.logs).toEqual([]);
  expect((await call('POST', '/_bulk', '{"create":{}}\n{}\n'.repeat(10))).status).toBe(200);
});

describe('handshakes', () => {
  test('the calls that shippers make are answered, and name the product', async () => {
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/'],
      ['HEAD', '/'],
      ['GET', '/_license'],
      ['GET', '/_license?human=false'],
      ['GET', '/_xpack'],
      ['GET', '/_cluster/health'],
      ['GET', '/_nodes/http'],
      ['GET', '/_ilm/policy/filebeat'],
      ['PUT', '/_ilm/policy/filebeat', '{"policy":{}}'],
      ['HEAD', '/_index_template/filebeat-8.19.0'],
      ['PUT', '/_index_template/filebeat-8.19.0', '{"index_patterns":["filebeat-*"]}'],
      ['GET', '/_template/winlogbeat-7.17.0'],
      ['PUT', '/_template/logstash', '{}'],
      ['PUT', '/_component_template/logs', '{}'],
      ['GET', '/_ingest/pipeline/filebeat-8.19.0-nginx'],
      ['PUT', '/_ingest/pipeline/filebeat-8.19.0-nginx', '{}'],
      ['GET', '/_data_stream/filebeat-8.19.0'],
      ['PUT', '/_data_stream/filebeat-8.19.0'],
      ['GET', '/_alias/filebeat'],
      ['GET', '/_cat/indices?format=json'],
      ['HEAD', '/logstash'],
      ['PUT', '/%3Clogstash-%7Bnow%2Fd%7D-000001%3E', '{"aliases":{}}'],
    ] as const) {
      const { status, headers } = await call(method, `/elastic${path}`, body);
      expect([method, path, status, headers.get('x-elastic-product')]).toEqual([
        method,
        path,
        200,
        'Elasticsearch',
      ]);
    }
    expect((await call('GET', '/elastic/_unknown')).status).toBe(404);
    const { body } = await call('GET', '/elastic/_template/__proto__');
    expect(Object.keys(body as object)).toEqual(['__proto__']);
  });

  test('without a token there is nothing to see', async () => {
    const { status, headers } = await call('GET', '/elastic/', undefined, { authorization: '' });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('ApiKey');
  });

  test('the root is Elasticsearch for shippers and the console for browsers', async () => {
    const shipper = await call('GET', '/');
    expect(shipper.body).toMatchObject({ tagline: 'You Know, for Search' });
    const browser = await fetch(`${server.url}/`, {
      headers: { accept: 'text/html,*/*', authorization: 'Basic x' },
    });
    expect(await browser.text()).toBe('<p>console</p>');
    expect(await (await fetch(`${server.url}/`)).text()).toBe('<p>console</p>');
    const rewrite = (url: string): string => rewriteElasticUrl({ url, method: 'POST', headers: {} });
    expect(rewrite('/_bulk?pipeline=x')).toBe('/elastic/_bulk?pipeline=x');
    expect(rewrite('/logs-x/_bulk')).toBe('/elastic/logs-x/_bulk');
    for (const path of ['/api/ingest/s', '/elastic/_bulk', '/incidents', '/_app.js', '/a/b/_bulk'])
      expect(rewrite(path)).toBe(path);
  });
});
