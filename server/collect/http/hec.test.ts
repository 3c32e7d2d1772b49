import { gzipSync } from 'node:zlib';
import splunk from 'splunk-logging';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, testServer } from '../testing/http.ts';
import { TEST_TOKEN, until } from '../testing/ports.ts';

let server: TestServer;

beforeEach(async () => {
  server = await testServer({ admissionWait: 20 });
});
afterEach(async () => {
  await server.app.close();
});

async function post(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(`${server.url}/services/collector${path}`, {
    method: 'POST',
    headers: { authorization: `Splunk ${TEST_TOKEN}`, ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

describe('Splunk HTTP Event Collector', () => {
  test('the Splunk logging library, one by one and batched', async () => {
    const logger = new splunk.Logger({
      token: TEST_TOKEN,
      url: server.url,
      maxBatchCount: 3,
      batchInterval: 0,
    });
    const failures: unknown[] = [];
    logger.error = (error: unknown) => void failures.push(error);
    for (let n = 0; n < 6; n++) {
      logger.send({ message: { action: 'login', n }, metadata: { host: 'web-1', sourcetype: 'app:json' } });
    }
    await until(() => server.ports.logs.length === 6, 'the events');
    expect(failures).toEqual([]);
    expect(server.ports.logs[0]).toMatchObject({
      transport: 'splunk-hec',
      json: { host: 'web-1', sourcetype: 'app:json', event: { message: { action: 'login', n: 0 } } },
    });
  });

  test('envelopes with nothing between them keep their text', async () => {
    const envelopes = [
      '{"event":"a }{ line","time":1767225600.123,"host":"fw"}',
      '{"event":{"k":[1,{"x":"\\"}"}]}, "fields":{"zone":"dmz"}}',
      '{"event":0}',
    ];
    const { status, body } = await post('/event/1.0', envelopes.join(''));
    expect([status, body]).toEqual([200, { text: 'Success', code: 0 }]);
    expect(server.ports.logs.map((log) => log.text)).toEqual(envelopes);
  });

  test('the first bad envelope is named, the good ones are stored', async () => {
    const cases = [
      ['{"event":"1"}{"host":"x"}{"event":"2"}', 'Event field is required', 12, 1, 2],
      ['{"event":""}{"event":"2"}', 'Event field cannot be blank', 13, 0, 1],
      ['{"event":"1"}\n{"event": tru}\n{"event":"3"}', 'Invalid data format', 6, 1, 2],
      ['{"event":"1"}{"event":"cut', 'Invalid data format', 6, 1, 1],
      ['nonsense', 'Invalid data format', 6, 0, 0],
    ] as const;
    for (const [body, text, code, number, stored] of cases) {
      server.ports.logs.length = 0;
      const answer = await post('', body);
      expect([answer.status, answer.body]).toEqual([400, { text, code, 'invalid-event-number': number }]);
      expect(server.ports.logs).toHaveLength(stored);
    }
  });

  test('half a gzip stream keeps the events before the cut', async () => {
    const whole = gzipSync(
      Array.from({ length: 20_000 }, (_, n) => JSON.stringify({ event: Math.sin(n) })).join(''),
    );
    const { status, body } = await post('/event', whole.subarray(0, whole.length >> 1), {
      'content-encoding': 'gzip',
    });
    expect(status).toBe(400);
    const number = (body as { 'invalid-event-number': number })['invalid-event-number'];
    expect(number).toBeGreaterThan(1000);
    expect(server.ports.logs).toHaveLength(number);
  });

  test('raw lines, with the metadata of the query', async () => {
    expect((await post('/raw?channel=c-1', 'one\ntwo\r\n')).body).toEqual({
      text: 'Success',
      code: 0,
      ackId: 0,
    });
    await post('/raw/1.0?host=fw-1&sourcetype=cisco%3Aasa', '<13>three');
    expect(server.ports.logs.map((log) => [log.text, log.json])).toEqual([
      ['one', undefined],
      ['two', undefined],
      [
        '{"event":"<13>three","host":"fw-1","sourcetype":"cisco:asa"}',
        { event: '<13>three', host: 'fw-1', sourcetype: 'cisco:asa' },
      ],
    ]);
  });

  test('tokens, empty bodies, a busy server', async () => {
    const bare = async (authorization: string | undefined, query = ''): Promise<unknown[]> => {
      const response = await fetch(`${server.url}/services/collector${query}`, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization },
        body: '{"event":1}',
      });
      return [response.status, await response.json()];
    };
    expect(await bare(undefined)).toEqual([401, { text: 'Token is required', code: 2 }]);
    expect(await bare('nonsense')).toEqual([401, { text: 'Invalid authorization', code: 3 }]);
    expect(await bare('Splunk nope')).toEqual([403, { text: 'Invalid token', code: 4 }]);
    expect(await bare(undefined, '?token=x')).toEqual([
      400,
      { text: 'Query string authorization is not enabled', code: 16 },
    ]);
    const empty = await post('/event', '');
    expect([empty.status, empty.body]).toEqual([400, { text: 'No data', code: 5 }]);
    server.ports.refuse = true;
    const busy = await post('/event', '{"event":1}');
    expect([busy.status, busy.body]).toEqual([503, { text: 'Server is busy', code: 9 }]);
    expect(busy.headers.get('retry-after')).toBe('2');
  });

  test('health and acknowledgement', async () => {
    const health = await fetch(`${server.url}/services/collector/health/1.0`);
    expect([health.status, await health.json()]).toEqual([200, { text: 'HEC is healthy', code: 17 }]);
    server.ports.backlogBytes = 1e9;
    expect((await fetch(`${server.url}/services/collector/health`)).status).toBe(503);
    server.ports.backlogBytes = 0;
    const channel = { 'x-splunk-request-channel': '7b2c51b0-0000-4000-8000-000000000000' };
    const first = (await post('/event', '{"event":1}', channel)).body as { ackId: number };
    const answer = await post('/ack', JSON.stringify({ acks: [first.ackId] }), channel);
    expect(answer.body).toEqual({ acks: { [first.ackId]: true } });
    expect((await post('/ack', '{"acks":[0]}')).body).toEqual({ text: 'Data channel is missing', code: 10 });
  });
});
