import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { bearer, type TestServer, testServer } from '../testing/http.ts';
import { type TestPorts, testPorts, until } from '../testing/ports.ts';
import { Reassembly } from './chunks.ts';
import { NulFramer } from './framer.ts';
import type { GelfLimits } from './options.ts';
import { type GelfCollector, startGelf } from './server.ts';

let ports: TestPorts;
let collector: GelfCollector;
const sockets: Socket[] = [];
const udp = createSocket('udp4');

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await collector.close();
});

async function start(limits: Partial<GelfLimits> = {}): Promise<void> {
  ports = testPorts();
  collector = await startGelf({ udp: { port: 0 }, tcp: { port: 0 }, limits }, ports);
}

function datagram(bytes: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    udp.send(bytes, collector.addresses.udp!, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
  });
}

async function dial(localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: collector.addresses.tcp!, localAddress });
  sockets.push(socket);
  socket.on('error', () => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

const message = (text: string): string =>
  JSON.stringify({
    version: '1.1',
    host: 'app-1',
    short_message: text,
    timestamp: 1772360102.5,
    level: 6,
    _zone: 'b',
  });

function chunks(bytes: Buffer, size: number, id = randomBytes(8)): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, n) =>
    Buffer.concat([Buffer.of(0x1e, 0x0f), id, Buffer.of(n, count), bytes.subarray(n * size, (n + 1) * size)]),
  );
}

const texts = (): string[] => ports.logs.map((log) => log.text);

describe('UDP', () => {
  test('plain, gzip, zlib', async () => {
    await start();
    await datagram(message('plain'));
    await datagram(gzipSync(message('gzip')));
    await datagram(deflateSync(message('zlib')));
    await until(() => ports.logs.length === 3, 'three messages');
    expect(texts()).toEqual([message('plain'), message('gzip'), message('zlib')]);
    expect(ports.logs[0]).toMatchObject({
      tenant: 'acme',
      transport: 'gelf-udp',
      peer: '127.0.0.1',
      json: { short_message: 'plain', _zone: 'b' },
    });
  });

  test('chunks in any order, repeated, compressed as a whole, two messages mixed', async () => {
    await start();
    const one = chunks(gzipSync(message(randomBytes(3000).toString('hex'))), 500);
    const two = chunks(Buffer.from(message('y'.repeat(2000))), 500);
    expect(one.length).toBeGreaterThan(4);
    for (let n = one.length - 1; n >= 0; n--) {
      await datagram(one[n]!);
      await datagram(one[n]!);
      if (two[n] !== undefined) await datagram(two[n]!);
    }
    await until(() => ports.logs.length === 2, 'both');
    expect(new Set(texts().map((text) => text.length))).toEqual(
      new Set([message('y'.repeat(2000)).length, message('z'.repeat(6000)).length]),
    );
  });

  test('a message that lacks a chunk is given up and counted', async () => {
    await start({ chunkTimeout: 20 });
    for (const chunk of chunks(Buffer.from(message('x'.repeat(900))), 500).slice(1)) await datagram(chunk);
    await until(() => ports.dropped.get('incomplete') === 1, 'the count');
    expect(ports.logs).toHaveLength(0);
  });

  test('what is no JSON is kept as text and counted', async () => {
    await start();
    await datagram('{"short_message": "cut');
    await until(() => ports.logs.length === 1, 'the text');
    expect(ports.logs[0]).toMatchObject({ text: '{"short_message": "cut' });
    expect(ports.logs[0]!.json).toBeUndefined();
    expect(ports.dropped.get('malformed-json')).toBe(1);
  });

  test('a bomb and damaged data are counted, and hurt nobody', async () => {
    await start();
    await datagram(gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20)));
    await datagram(Buffer.concat([gzipSync('x').subarray(0, 12), Buffer.from('damage')]));
    await datagram(Buffer.of(0x1e, 0x0f, 1, 2, 3));
    await datagram(Buffer.of(0x1e, 0x0f, 1, 2, 3, 4, 5, 6, 7, 8, 200, 0, 1));
    await datagram(Buffer.of(0x1e, 0x0f, 1, 2, 3, 4, 5, 6, 7, 8, 5, 2, 1));
    await datagram(message('good'));
    await until(() => ports.logs.length === 1, 'the good one');
    expect(Object.fromEntries(ports.dropped)).toEqual({ 'decompression-failed': 2, 'frame-invalid': 3 });
  });

  test('an unknown sender goes to quarantine', async () => {
    await start();
    ports.sources.delete('127.0.0.1');
    await datagram(gzipSync(message('whose')));
    for (const chunk of chunks(Buffer.from(message('w'.repeat(900))), 500)) await datagram(chunk);
    await until(() => ports.quarantined.length === 2, 'the quarantine');
    expect(ports.quarantined[0]!.text).toBe(message('whose'));
    expect(ports.logs).toHaveLength(0);
  });

  test('while the store is away messages wait, and above the queue they are counted as lost', async () => {
    await start({ pending: 1000, udpQueue: 2000, retryDelay: 5 });
    ports.refuse = true;
    for (let n = 0; n < 40; n++) await datagram(message(`${n}`));
    await until(() => collector.stats().lost + collector.stats().events === 40, 'all of them');
    const { events, lost } = collector.stats();
    expect(lost).toBeGreaterThan(0);
    expect(ports.dropped.get('udp-overflow')).toBe(lost);
    expect(ports.logs).toHaveLength(0);
    ports.refuse = false;
    await until(() => ports.logs.length === events, 'those that waited');
  });
});

describe('reassembly', () => {
  const chunk = (id: number, n: number, count: number, size: number): Buffer => {
    const head = Buffer.alloc(12);
    head[0] = 0x1e;
    head[1] = 0x0f;
    head.writeUInt32BE(id, 2);
    head[10] = n;
    head[11] = count;
    return Buffer.concat([head, Buffer.alloc(size, 0x61)]);
  };

  test('is bounded in bytes and in messages; the oldest makes room', () => {
    const lost: string[] = [];
    const reassembly = new Reassembly(
      { bytes: 10_000, messages: 5, timeout: 1000 },
      (s) => void lost.push(s),
    );
    for (let id = 0; id < 100; id++) reassembly.take('192.0.2.1', chunk(id, 0, 2, 1), 0);
    expect(lost).toHaveLength(95);
    for (let id = 200; id < 300; id++) {
      reassembly.take('192.0.2.2', chunk(id, 0, 2, 4000), 0);
      expect(reassembly.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(reassembly.take('192.0.2.2', chunk(299, 1, 2, 4000), 0)).toHaveLength(8000);
    reassembly.expire(2000);
    expect(reassembly.bytes).toBe(0);
  });

  test('one sender cannot finish the message of another', () => {
    const reassembly = new Reassembly({ bytes: 10_000, messages: 5, timeout: 1000 }, () => undefined);
    reassembly.take('192.0.2.1', chunk(1, 0, 2, 10), 0);
    expect(reassembly.take('192.0.2.2', chunk(1, 1, 2, 10), 0)).toBeUndefined();
    expect(reassembly.take('192.0.2.1', chunk(1, 1, 3, 10), 0)).toBe('invalid');
    expect(reassembly.take('192.0.2.1', chunk(1, 1, 2, 10), 0)).toHaveLength(20);
  });
});

describe('TCP', () => {
  test('messages end in NUL, wherever packets are cut; a last one may lack it', async () => {
    await start();
    const socket = await dial();
    const bytes = Buffer.from(`${message('é')}\0${message('two')}\0\0${message('last')}`);
    for (const byte of bytes.subarray(0, 300)) socket.write(Buffer.of(byte));
    socket.end(bytes.subarray(300));
    await until(() => ports.logs.length === 3, 'three messages');
    expect(texts()).toEqual([message('é'), message('two'), message('last')]);
    expect(ports.logs[0]!.transport).toBe('gelf-tcp');
  });

  test('an endless message is cut, marked, and does not hold memory', async () => {
    await start({ item: 2000, line: 500, carry: 5000 });
    const socket = await dial();
    socket.write(`${'x'.repeat(300_000)}\0${message('after')}\0`);
    await until(() => ports.logs.length === 2, 'both');
    expect(ports.logs[0]).toMatchObject({ length: 300_000, flags: ['truncated'] });
    expect(ports.logs[0]!.text).toHaveLength(500);
    expect(ports.logs[1]!.text).toBe(message('after'));
    expect(ports.dropped.get('truncated')).toBe(1);
  });

  test('what no memory is left for is cut and never joined with what came later', () => {
    const budget = { available: 10 };
    const framer = new NulFramer(100, budget);
    const seen: [string, number][] = [];
    const emit = (bytes: Buffer, length: number): void => void seen.push([bytes.toString(), length]);
    framer.push(Buffer.from('0123456789'), emit);
    budget.available = 0;
    framer.push(Buffer.from('lost'), emit);
    budget.available = 5;
    framer.push(Buffer.from('later\0'), emit);
    expect(seen).toEqual([['0123456789', 19]]);
    expect(budget.available).toBe(15);
  });

  test('a full store holds senders back, and nothing is lost', async () => {
    await start({ pending: 2000, retryDelay: 5 });
    ports.refuse = true;
    const socket = await dial();
    for (let n = 0; n < 200; n++) socket.write(`${message(`${n}`)}\0`);
    await until(() => collector.stats().retries > 2, 'retries');
    ports.refuse = false;
    await until(() => ports.logs.length === 200, 'all of them');
    expect(texts()).toEqual(Array.from({ length: 200 }, (_, n) => message(`${n}`)));
  });

  test('silent connections are closed, too many are refused', async () => {
    await start({ silentTimeout: 60, connectionsPerAddress: 2 });
    const open = [await dial(), await dial()];
    const third = await dial();
    await until(() => third.destroyed, 'the third');
    expect(ports.dropped.get('connection-limit')).toBe(1);
    await until(() => open.every((socket) => socket.destroyed || socket.readableEnded), 'the silent ones');
    expect(ports.dropped.get('idle-timeout')).toBe(2);
  });
});

describe('HTTP', () => {
  let server: TestServer;
  afterEach(() => server.app.close());
  const post = (body: string | Buffer, headers: Record<string, string> = bearer()): Promise<Response> =>
    fetch(`${server.url}/gelf`, {
      method: 'POST',
      body: new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body),
      headers,
    });

  test('one message, several, compressed: 202 when they are stored', async () => {
    await start();
    server = await testServer();
    expect((await post(message('one'))).status).toBe(202);
    expect((await post(`${message('two')}\n${message('three')}`)).status).toBe(202);
    expect((await post(gzipSync(message('four')), { ...bearer(), 'content-encoding': 'gzip' })).status).toBe(
      202,
    );
    expect(server.ports.logs.map((log) => log.json?.['short_message'])).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
    expect(server.ports.logs[0]!.transport).toBe('gelf-http');
  });

  test('no token, a bad body, a store that is away', async () => {
    await start();
    server = await testServer();
    expect((await post(message('x'), {})).status).toBe(401);
    expect((await post('')).status).toBe(400);
    expect((await post(`${message('good')} {"short_message": tru}`)).status).toBe(400);
    expect(server.ports.logs).toHaveLength(1);
    server.ports.refuse = true;
    const refused = await post(message('y'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(server.ports.logs).toHaveLength(1);
  });
});
