import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { frame, LumberjackClient, u32, windowOf } from '../testing/lumberjack-client.ts';
import { type TestPorts, testPorts, until } from '../testing/ports.ts';
import { makeCertificates, type TestCertificates, temporaryFolder } from '../testing/senders.ts';
import type { LumberjackOptions } from './options.ts';
import { type LumberjackCollector, startLumberjack } from './server.ts';

let ports: TestPorts;
let collector: LumberjackCollector;
const clients: LumberjackClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await collector.close();
});

async function start(options: Partial<LumberjackOptions> = {}): Promise<void> {
  ports = testPorts();
  collector = await startLumberjack({ port: 0, ...options }, ports);
}

async function dial(localAddress?: string): Promise<LumberjackClient> {
  const client = await LumberjackClient.dial(collector.port, localAddress);
  clients.push(client);
  return client;
}

const messages = (): unknown[] => ports.logs.map((log) => log.json?.['message']);
/** Number acknowledged last, signs of life left out. */
const acknowledged = (client: LumberjackClient): number | undefined =>
  client.acks.filter((ack) => ack > 0).at(-1);
const events = (count: number, from = 0): unknown[] =>
  Array.from({ length: count }, (_, n) => ({ message: `event ${from + n}` }));
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

describe('windows', () => {
  test('events are stored as sent, then acknowledged', async () => {
    await start();
    const client = await dial();
    client.send(windowOf([{ message: 'é' }, { message: 'two', n: 1.0 }]));
    await until(() => acknowledged(client) === 2, 'the acknowledgement');
    expect(ports.logs).toMatchObject([
      {
        tenant: 'acme',
        source: 'src-1',
        transport: 'lumberjack',
        peer: '127.0.0.1',
        text: '{"message":"é"}',
      },
      { text: '{"message":"two","n":1}', json: { message: 'two', n: 1 } },
    ]);
  });

  test('a compressed window, byte by byte', async () => {
    await start();
    const client = await dial();
    const inner = Buffer.concat([frame.json(1, { message: 'a' }), frame.json(2, { message: 'b' })]);
    for (const byte of Buffer.concat([frame.window(2), frame.compressed(inner)]))
      client.send(Buffer.of(byte));
    await until(() => acknowledged(client) === 2, 'the acknowledgement');
    expect(messages()).toEqual(['a', 'b']);
  });

  test('windows one behind the other are acknowledged in order', async () => {
    await start();
    const client = await dial();
    for (let n = 0; n < 20; n++) client.send(windowOf(events(n + 1, n * 100)));
    await until(() => acknowledged(client) === 20, 'the last acknowledgement');
    expect(client.acks.filter((ack) => ack > 0)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(ports.logs).toHaveLength(210);
  });

  test('a large window is stored in parts, each acknowledged when it is durable', async () => {
    await start({ limits: { partEvents: 10 } });
    const client = await dial();
    client.send(windowOf(events(25)));
    await until(() => acknowledged(client) === 25, 'the last acknowledgement');
    expect(client.acks).toEqual([10, 20, 25]);
  });

  test('a window that is never filled is stored all the same', async () => {
    await start({ limits: { flushDelay: 20 } });
    const client = await dial();
    client.send(frame.window(10), frame.json(1, { message: 'alone' }));
    await until(() => acknowledged(client) === 1, 'the acknowledgement');
    client.send(frame.json(2, { message: 'later' }));
    await until(() => acknowledged(client) === 2, 'the second');
    expect(messages()).toEqual(['alone', 'later']);
  });

  test('version 1: pairs, answered in version 1', async () => {
    await start();
    const client = await dial();
    const answered = new Promise<Buffer>((resolve) => client.socket.once('data', resolve));
    client.send(
      frame.window(1, 1),
      frame.compressed(frame.pairs(41, { line: 'Mar  1 ok', file: '/var/log/x', host: 'web-1' }), 1),
    );
    expect((await answered).toString('latin1', 0, 2)).toBe('1A');
    expect(acknowledged(client)).toBe(41);
    expect(ports.logs[0]!.json).toEqual({ line: 'Mar  1 ok', file: '/var/log/x', host: 'web-1' });
  });

  test('what is no JSON, or too large, is kept as text, marked and counted', async () => {
    await start({ limits: { item: 1000, line: 100 } });
    const client = await dial();
    client.send(windowOf(['{"message": tru', { message: 'x'.repeat(5000) }, '[1]', { message: 'good' }]));
    await until(() => acknowledged(client) === 4, 'the acknowledgement');
    expect(ports.logs.map((log) => [log.text.slice(0, 20), log.length, log.flags])).toEqual([
      ['{"message": tru', 15, undefined],
      ['{"message":"xxxxxxxx', 5014, ['truncated']],
      ['[1]', 3, undefined],
      ['{"message":"good"}', 18, undefined],
    ]);
    expect(ports.logs[1]!.text).toHaveLength(100);
    expect([ports.dropped.get('malformed-json'), ports.dropped.get('truncated')]).toEqual([2, 1]);
  });
});

describe('acknowledgements', () => {
  test('none while the store is away, but signs of life; then each once', async () => {
    await start({ limits: { keepAlive: 10, retryDelay: 5 } });
    ports.refuse = true;
    const client = await dial();
    client.send(windowOf(events(3)));
    await until(() => client.acks.length >= 5, 'signs of life');
    expect(new Set(client.acks)).toEqual(new Set([0]));
    expect(ports.logs).toHaveLength(0);
    ports.refuse = false;
    await until(() => acknowledged(client) === 3, 'the acknowledgement');
    expect(messages()).toEqual(['event 0', 'event 1', 'event 2']);
  });

  test('a sender that left before it was answered: its logs are remembered', async () => {
    await start();
    let open = (): void => undefined;
    ports.gate = new Promise((done) => {
      open = done;
    });
    const client = await dial();
    client.send(windowOf(events(2)));
    await until(() => collector.stats().events === 2, 'the events');
    client.socket.destroy();
    await until(() => collector.stats().connections === 0, 'the end');
    open();
    await until(() => ports.unacknowledged.length === 2, 'what was not acknowledged');
    expect(client.acks).toEqual([]);
  });

  test('a window cut in the middle leaves nothing: its sender repeats it whole', async () => {
    await start();
    const client = await dial();
    client.send(windowOf(events(5)).subarray(0, 60));
    client.socket.end();
    await until(() => client.closed, 'the end');
    expect([ports.logs, client.acks]).toEqual([[], []]);
  });

  test('a sender is not read while much is under way, and loses nothing by it', async () => {
    await start({ limits: { partsInFlight: 2, keepAlive: 20 } });
    let open = (): void => undefined;
    ports.gate = new Promise((done) => {
      open = done;
    });
    const client = await dial();
    for (let n = 0; n < 10; n++) client.send(windowOf(events(1, n)));
    await until(() => client.acks.length > 3, 'signs of life');
    expect(collector.stats().events).toBe(2);
    open();
    await until(() => ports.logs.length === 10, 'all');
  });

  test('closing stores and acknowledges what is under way', async () => {
    await start();
    const client = await dial();
    client.send(frame.window(2), frame.json(1, { message: 'a' }));
    await until(() => collector.stats().events === 1, 'the event');
    await collector.close();
    await until(() => client.closed, 'the end');
    expect([messages(), acknowledged(client)]).toEqual([['a'], 1]);
  });
});

describe('whose events', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let certificates: TestCertificates;
  beforeAll(async () => {
    folder = temporaryFolder('lumberjack');
    certificates = await makeCertificates(folder.path, 'beats.example.org');
  });
  afterAll(() => folder.remove());

  test('a token in the event decides, and is stored nowhere', async () => {
    await start();
    ports.sources.set('vsrc_globex-0123456789abcdef', { tenant: 'globex', source: 'web' });
    const client = await dial();
    const token = 'vsrc_globex-0123456789abcdef';
    client.send(
      windowOf([
        { message: 'top', vigie_token: token },
        { message: 'below', fields: { vigie_token: token, zone: 'b' } },
        { message: 'alone', fields: { vigie_token: token } },
        { message: 'none' },
      ]),
    );
    await until(() => acknowledged(client) === 4, 'the acknowledgement');
    expect(ports.logs.map((log) => [log.tenant, log.text])).toEqual([
      ['globex', '{"message":"top"}'],
      ['globex', '{"message":"below","fields":{"zone":"b"}}'],
      ['globex', '{"message":"alone"}'],
      ['acme', '{"message":"none"}'],
    ]);
  });

  test('a damaged event with a token in it does not show it', async () => {
    await start();
    const client = await dial();
    client.send(windowOf(['{"vigie_token":"vsrc_0123456789abcdefXYZ", tru']));
    await until(() => acknowledged(client) === 1, 'the acknowledgement');
    expect(ports.logs[0]!.text).toBe('{"vigie_token":"vsrc_", tru');
  });

  test('a stranger is shown in quarantine, waits unacknowledged, and goes on when assigned', async () => {
    await start({ limits: { keepAlive: 20 } });
    const client = await dial('127.0.0.9');
    client.send(windowOf(events(3)));
    await until(() => ports.quarantined.length === 1 && client.acks.length > 1, 'the quarantine');
    expect(ports.quarantined[0]).toMatchObject({ address: '127.0.0.9', text: '{"message":"event 0"}' });
    expect([ports.logs.length, acknowledged(client)]).toEqual([0, undefined]);
    ports.sources.set('127.0.0.9', { tenant: 'globex', source: 'beats' });
    await until(() => acknowledged(client) === 3, 'the acknowledgement');
    expect(ports.logs.map((log) => log.tenant)).toEqual(['globex', 'globex', 'globex']);
  });

  test('a stranger whom nobody assigns is sent away unacknowledged', async () => {
    await start({ limits: { silentTimeout: 300 } });
    const client = await dial('127.0.0.9');
    client.send(windowOf(events(3)));
    await until(() => client.closed, 'the end');
    expect([ports.logs.length, acknowledged(client)]).toEqual([0, undefined]);
  });

  test('a wrong token is nobody, whatever the address', async () => {
    await start();
    const client = await dial();
    client.send(windowOf([{ message: 'x', vigie_token: 'guess' }]));
    await until(() => ports.quarantined.length === 1, 'the quarantine');
    expect(ports.quarantined[0]!.text).toBe('{"message":"x"}');
    expect(ports.dropped.get('unauthorized')).toBe(1);
    expect(ports.logs).toHaveLength(0);
  });

  test('a client certificate names the sender; none at all is refused', async () => {
    const tls = {
      key: readFileSync(certificates.server.key),
      cert: readFileSync(certificates.server.cert),
      ca: readFileSync(certificates.ca),
      clientCertificates: 'required' as const,
    };
    await start({ tls });
    ports.sources.delete('127.0.0.1');
    ports.sources.set('beats.example.org', { tenant: 'globex', source: 'beats' });
    const ca = readFileSync(certificates.ca);
    const client = await LumberjackClient.dialTls({
      port: collector.port,
      ca,
      key: readFileSync(certificates.client.key),
      cert: readFileSync(certificates.client.cert),
    });
    clients.push(client);
    client.send(windowOf(events(1)));
    await until(() => acknowledged(client) === 1, 'the acknowledgement');
    expect(ports.logs[0]).toMatchObject({ tenant: 'globex', source: 'beats' });
    const stranger = await LumberjackClient.dialTls({ port: collector.port, ca });
    clients.push(stranger);
    await until(() => stranger.closed, 'the refusal');
    expect(ports.dropped.get('handshake-failed')).toBe(1);
  });
});

describe('hostile senders', () => {
  const bomb = (size: number): Buffer => {
    const head = Buffer.concat([Buffer.from('2J'), u32(1), u32(size)]);
    return Buffer.concat([head, Buffer.alloc(size, 0x20)]);
  };
  const hostile: readonly (readonly [string, readonly Buffer[], string])[] = [
    ['another protocol', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')], 'frame-invalid'],
    ['an unknown frame', [frame.window(1), Buffer.from('2X0000')], 'frame-invalid'],
    ['an event outside a window', [frame.json(1, { message: 'x' })], 'frame-invalid'],
    ['a window of four thousand million', [frame.window(0xffffffff)], 'too-large'],
    [
      'an event of four gigabytes',
      [frame.window(1), Buffer.from('2J'), u32(1), u32(0xffffffff)],
      'too-large',
    ],
    ['pairs without end', [frame.window(1, 1), Buffer.from('1D'), u32(1), u32(0xffffffff)], 'too-large'],
    [
      'a compressed frame of four gigabytes',
      [frame.window(1), Buffer.from('2C'), u32(0xffffffff)],
      'too-large',
    ],
    [
      'a compressed frame in another',
      [frame.window(1), frame.compressed(frame.compressed(frame.json(1, {})))],
      'frame-invalid',
    ],
    [
      'what is not compressed',
      [frame.window(1), Buffer.from('2C'), u32(8), Buffer.from('nonsense')],
      'decompression-failed',
    ],
    [
      'a compressed frame with something behind it',
      (() => {
        const bytes = Buffer.concat([deflateSync(frame.json(1, { message: 'x' })), Buffer.from('more')]);
        return [frame.window(2), Buffer.from('2C'), u32(bytes.length), bytes];
      })(),
      'decompression-failed',
    ],
    ['a bomb', [frame.window(1), frame.compressed(bomb(40 * 1024 * 1024))], 'decompression-failed'],
  ];
  test.each(hostile)('%s closes the connection with a counted reason', async (_name, frames, reason) => {
    await start();
    const client = await dial();
    client.send(...frames);
    await until(() => client.closed, 'the end');
    expect([...ports.dropped]).toEqual([[reason, 1]]);
    expect(collector.stats()).toMatchObject({ invalid: 1 });
    expect([ports.logs.length, acknowledged(client)]).toEqual([0, undefined]);
    // Others are served as before.
    const good = await dial();
    good.send(windowOf(events(1)));
    await until(() => acknowledged(good) === 1, 'the good one');
  });

  test('noise', async () => {
    await start();
    for (let seed = 1; seed <= 30; seed++) {
      const noise = Buffer.alloc(5000);
      for (let n = 0, value = seed; n < noise.length; n++) {
        value = (value * 1103515245 + 12345) % 2147483648;
        noise[n] = value >> 16;
      }
      const client = await dial();
      client.send(...(seed % 2 === 0 ? [frame.window(3), frame.json(1, { message: 'x' })] : []), noise);
      await until(() => client.closed, 'the end');
    }
    expect(collector.stats()).toMatchObject({ invalid: 30, connections: 0 });
  });

  test('a frame that drips in is given up', async () => {
    await start({ limits: { frameTimeout: 500 } });
    const client = await dial();
    const bytes = windowOf(events(1));
    for (let n = 0; n < bytes.length && !client.closed; n++) {
      client.send(bytes.subarray(n, n + 1));
      await pause(100);
    }
    expect(client.closed).toBe(true);
    expect([...ports.dropped]).toEqual([['idle-timeout', 1]]);
    expect(ports.logs).toHaveLength(0);
  });

  test('a silent connection is closed, and a full house makes room for who speaks', async () => {
    await start({ limits: { connections: 3, silentTimeout: 60_000 } });
    const silent = [await dial(), await dial(), await dial()];
    const good = await dial();
    good.send(windowOf(events(1)));
    await until(() => acknowledged(good) === 1, 'the good one');
    await until(() => silent[0]!.closed, 'the oldest silent one');
    expect(ports.dropped.get('connection-limit')).toBe(1);
    await collector.close();
    await start({ limits: { silentTimeout: 50 } });
    const quiet = await dial();
    await until(() => quiet.closed, 'the silent one');
    expect(ports.dropped.get('idle-timeout')).toBe(1);
  });
});
