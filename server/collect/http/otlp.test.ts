import { gzipSync } from 'node:zlib';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bearer, type TestServer, testServer } from '../testing/http.ts';
import { TEST_TOKEN } from '../testing/ports.ts';

let server: TestServer;

beforeEach(async () => {
  server = await testServer({ admissionWait: 20 });
});
afterEach(async () => {
  await server.app.close();
});

async function post(
  body: string | Buffer,
  type: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.url}/v1/logs`, {
    method: 'POST',
    headers: { ...bearer(type), ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
}

describe('OTLP/HTTP logs', () => {
  for (const [name, Exporter] of [
    ['JSON', JsonExporter],
    ['protobuf', ProtobufExporter],
  ] as const) {
    test(`the OpenTelemetry exporter, ${name}, compressed and after a refusal`, async () => {
      const exporter = new Exporter({
        url: `${server.url}/v1/logs`,
        headers: { authorization: `Bearer ${TEST_TOKEN}` },
        compression: 'gzip' as never,
      });
      const provider = new LoggerProvider({
        resource: resourceFromAttributes({ 'service.name': 'shop', 'host.name': 'web-1' }),
        processors: [new BatchLogRecordProcessor({ exporter })],
      });
      server.ports.refuse = true;
      setTimeout(() => {
        server.ports.refuse = false;
      }, 100);
      provider.getLogger('auth', '1.2.0').emit({
        timestamp: [1767225600, 123456789],
        severityNumber: SeverityNumber.WARN,
        severityText: 'WARN',
        body: 'login failed for müller',
        attributes: {
          'user.name': 'müller',
          attempts: 3,
          ratio: 0.5,
          locked: true,
          groups: ['staff', 'sales'],
          nested: { a: { b: 1 } },
        },
      });
      await provider.forceFlush();
      await provider.shutdown();
      expect(server.ports.logs).toHaveLength(1);
      const log = server.ports.logs[0]!;
      expect(log).toMatchObject({ transport: 'otlp', tenant: 'acme', source: 'src-1' });
      expect(JSON.parse(log.text)).toEqual(log.json);
      expect(log.length).toBe(Buffer.byteLength(log.text));
      expect(log.json).toMatchObject({
        timeUnixNano: '1767225600123456789',
        severityNumber: 13,
        severityText: 'WARN',
        body: 'login failed for müller',
        attributes: {
          'user.name': 'müller',
          attempts: 3,
          ratio: 0.5,
          locked: true,
          groups: ['staff', 'sales'],
          nested: { a: { b: 1 } },
        },
        resource: { attributes: { 'service.name': 'shop', 'host.name': 'web-1' } },
        scope: { name: 'auth', version: '1.2.0' },
      });
    });
  }

  test('ids, large integers, bytes and hostile names', async () => {
    const record = {
      timeUnixNano: '0',
      observedTimeUnixNano: 1767225600000000000,
      traceId: '0AF7651916CD43DD8448EB211C80319C',
      spanId: '0000000000000000',
      body: {
        kvlistValue: {
          values: [{ key: '__proto__', value: { arrayValue: { values: [{ intValue: '1' }, {}] } } }],
        },
      },
      attributes: [
        { key: 'big', value: { intValue: '9223372036854775807' } },
        { key: 'raw', value: { bytesValue: 'AAEC' } },
        { key: 'empty' },
        'nonsense',
      ],
    };
    const response = await post(
      JSON.stringify({
        resourceLogs: [{ scopeLogs: [{ logRecords: [record, 'bad', { body: 'untyped' }] }] }],
      }),
      'application/json',
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedLogRecords: '2', errorMessage: '2 log records are not valid' },
    });
    expect(server.ports.logs.map((log) => log.text)).toEqual([
      '{"observedTimeUnixNano":"1767225600000000000","body":{"__proto__":[1,null]},' +
        '"attributes":{"big":"9223372036854775807","raw":"AAEC"},"traceId":"0af7651916cd43dd8448eb211c80319c"}',
    ]);
  });

  test('refusals come in the encoding of the request', async () => {
    const protobuf = 'application/x-protobuf';
    const broken = await post(Buffer.from([0x0a, 0xff, 0xff]), protobuf);
    expect([broken.status, broken.headers.get('content-type')]).toEqual([400, protobuf]);
    expect(Buffer.from(await broken.arrayBuffer()).toString()).toContain('not an ExportLogsServiceRequest');
    const malformed = await post('{"resourceLogs":[', 'application/json');
    expect([malformed.status, await malformed.json()]).toEqual([400, { code: 3, message: 'malformed JSON' }]);
    const deep = `{"resourceLogs":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await post(deep, 'application/json')).status).toBe(400);
    const half = gzipSync('{"resourceLogs":[]}').subarray(0, 15);
    expect((await post(half, 'application/json', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('x', 'text/csv')).status).toBe(415);
    expect((await post('{}', 'application/json', { authorization: 'Bearer no' })).status).toBe(401);
    expect((await post('', protobuf)).status).toBe(200);
    server.ports.refuse = true;
    const one = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}';
    const refused = await post(one, 'application/json');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  });

  test('protobuf nested beyond reason is refused, not followed', async () => {
    // body { arrayValue { values { arrayValue { … } } } }, ten thousand levels deep.
    let value = Buffer.from([0x0a, 0x01, 0x78]);
    for (let level = 0; level < 10_000; level++) value = field(5, field(1, value));
    const request = field(1, field(2, field(2, field(5, value))));
    const response = await post(request, 'application/x-protobuf');
    expect(response.status).toBe(400);
  });
});

/** A length-delimited protobuf field. */
function field(id: number, content: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const head = [(id << 3) | 2];
  for (let left = content.length; ; left >>>= 7) {
    if (left < 0x80) {
      head.push(left);
      break;
    }
    head.push((left & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from(head), content]);
}
