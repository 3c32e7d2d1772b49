import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { peerAddress } from '../listen/address.ts';
import { kernelDrops } from '../listen/udp.ts';
import { type TestPorts, testPorts, until } from '../testing/ports.ts';
import { makeCertificates, type TestCertificates, temporaryFolder } from '../testing/senders.ts';
import type { SyslogLimits, SyslogOptions, SyslogTlsOptions } from './options.ts';
import { type SyslogCollector, startSyslog } from './server.ts';

let folder: ReturnType<typeof temporaryFolder>;
let certificates: TestCertificates;
let ports: TestPorts;
let collector: SyslogCollector;
const sockets: Socket[] = [];

beforeAll(async () => {
  folder = temporaryFolder('syslog');
  certificates = await makeCertificates(folder.path, 'sensor.example.org');
});
afterAll(() => folder.remove());
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await collector.close();
});

async function start(options: SyslogOptions): Promise<void> {
  ports = testPorts();
  collector = await startSyslog(options, ports);
}

function tcp(limits: Partial<SyslogLimits> = {}): Promise<void> {
  return start({ tcp: { port: 0 }, limits });
}

function tlsOptions(more: Partial<SyslogTlsOptions> = {}): SyslogTlsOptions {
  return {
    port: 0,
    key: readFileSync(certificates.server.key),
    cert: readFileSync(certificates.server.cert),
    ...more,
  };
}

function dial(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    sockets.push(socket);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Resets are what some of the tests provoke; they are seen through 'close'.
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

describe('lines', () => {
  test('a 10 MB line is survived, cut, and its length is told', async () => {
    await tcp();
    const socket = await dial(collector.addresses.tcp!);
    const long = `<13>${'ä'.repeat(5 * 1024 * 1024)}`;
    socket.write(`${long}\n<13>after\n${Buffer.byteLength(long)} ${long}<13>last\n`);
    await until(() => ports.logs.length === 4, 'four lines');
    expect(ports.logs.map((log) => [log.length, log.flags])).toEqual([
      [10 * 1024 * 1024 + 4, ['truncated']],
      [9, undefined],
      [10 * 1024 * 1024 + 4, ['truncated']],
      [8, undefined],
    ]);
    expect(ports.logs[0]!.text).toBe(long.slice(0, 4 + (256 * 1024 - 4) / 2));
    expect(ports.dropped.get('truncated')).toBe(2);
  });

  test('invalid UTF-8 and NUL are kept and marked', async () => {
    await tcp();
    const socket = await dial(collector.addresses.tcp!);
    socket.write(Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0xff, 0xfe, 0x61, 0x0a]));
    socket.write('<13>a\0b\n<13>é\n');
    await until(() => ports.logs.length === 3, 'three lines');
    expect(ports.logs.map((log) => [log.text, log.flags])).toEqual([
      ['<13>\ufffd\ufffda', ['invalid-utf8']],
      ['<13>a\0b', ['nul-bytes']],
      ['<13>é', undefined],
    ]);
  });

  test('a NUL-terminating sender is understood without waiting for its next message', async () => {
    await tcp();
    const socket = await dial(collector.addresses.tcp!);
    socket.write('<13>alone\0');
    await until(() => ports.logs.length === 1, 'the message');
    expect(ports.logs[0]!.text).toBe('<13>alone');
    expect(ports.logs[0]!.flags).toBeUndefined();
  });

  test('an unknown sender goes to quarantine until it is assigned, on the same connection', async () => {
    await tcp();
    const socket = await dial(collector.addresses.tcp!, '127.0.0.9');
    socket.write('<13>whose am I\n');
    await until(() => ports.quarantined.length === 1, 'the quarantine');
    expect(ports.quarantined[0]).toEqual({ address: '127.0.0.9', name: undefined, text: '<13>whose am I' });
    ports.sources.set('127.0.0.9', { tenant: 'globex', source: 'fw' });
    socket.write('<13>now yours\n');
    await until(() => ports.logs.length === 1, 'the line');
    expect(ports.logs[0]).toMatchObject({ tenant: 'globex', source: 'fw', peer: '127.0.0.9' });
  });

  test('addresses have one spelling', () => {
    expect(peerAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(peerAddress('::FFFF:c000:0201')).toBe('192.0.2.1');
    expect(peerAddress('FE80::1%eth0')).toBe('fe80::1');
    expect(peerAddress('2001:db8::1')).toBe('2001:db8::1');
    expect(peerAddress(undefined)).toBe('unknown');
  });

  test('garbage on the wire hurts nobody', async () => {
    await tcp({ silentTimeout: 500 });
    const noise = Buffer.alloc(300_000);
    for (let n = 0, seed = 7; n < noise.length; n++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      noise[n] = seed >> 16;
    }
    const bad = await dial(collector.addresses.tcp!);
    bad.write(noise);
    bad.write('99999999999999999999 <13>x\n5 <13>wrong count\n268435456 <13>never comes');
    const good = await dial(collector.addresses.tcp!);
    good.write('<13>good\n');
    await until(() => ports.logs.some((log) => log.text === '<13>good'), 'the good line');
    bad.end();
    await until(() => ports.logs.some((log) => log.length === 268435456), 'the cut frame');
    expect(ports.dropped.get('truncated')).toBeGreaterThan(0);
  });
});

describe('connections', () => {
  test('5,000 idle connections do not keep a sender out, and are closed in time', async () => {
    await tcp({ connections: 5200, connectionsPerAddress: 600, silentTimeout: 15_000 });
    const port = collector.addresses.tcp!;
    for (let group = 0; group < 50; group++) {
      await Promise.all(
        Array.from({ length: 100 }, () => dial(port, `127.0.1.${1 + Math.floor(group / 5)}`)),
      );
    }
    await until(() => collector.stats().connections === 5000, 'all to be accepted');
    const good = await dial(port);
    good.write('<13>still served\n');
    await until(() => ports.logs.length === 1, 'the line');
    await until(() => collector.stats().connections === 1, 'the idle ones to be closed', 40_000);
    good.write('<13>and later\n');
    await until(() => ports.logs.length === 2, 'the second line');
    expect(ports.dropped.get('idle-timeout')).toBe(5000);
  });

  test('a full house makes room by closing a silent connection, never a speaking one', async () => {
    await tcp({ connections: 3 });
    const port = collector.addresses.tcp!;
    const speaking = await dial(port);
    speaking.write('<13>one\n');
    await until(() => ports.logs.length === 1, 'the line');
    const silent = await dial(port);
    const closed = new Promise((resolve) => silent.once('close', resolve));
    await dial(port);
    await dial(port);
    await closed;
    speaking.write('<13>two\n');
    await until(() => ports.logs.length === 2, 'the second line');
    expect(collector.stats().connections).toBe(3);
    expect(ports.dropped.get('connection-limit')).toBe(1);
  });

  test('strangers who talk do not keep senders out either', async () => {
    await tcp({ connections: 2 });
    const port = collector.addresses.tcp!;
    const strangers = [await dial(port, '127.0.0.8'), await dial(port, '127.0.0.9')];
    for (const socket of strangers) socket.write('<13>let me in\n');
    await until(() => ports.quarantined.length === 2, 'the quarantine');
    const good = await dial(port);
    good.write('<13>good\n');
    await until(() => ports.logs.length === 1, 'the line');
    expect(collector.stats().connections).toBe(2);
  });

  test('one address gets no more than its share', async () => {
    await tcp({ connectionsPerAddress: 2 });
    const port = collector.addresses.tcp!;
    await dial(port);
    await dial(port);
    const third = await dial(port);
    await new Promise((resolve) => third.once('close', resolve));
    const other = await dial(port, '127.0.0.2');
    await pause(50);
    expect(other.destroyed).toBe(false);
    expect(collector.stats().refused).toBe(1);
  });

  test('a port in use is a coded failure', async () => {
    await tcp();
    const taken = collector.addresses.tcp!;
    await expect(startSyslog({ udp: { port: 0 }, tcp: { port: taken } }, ports)).rejects.toMatchObject({
      code: 'VIGIE_COLLECT_LISTEN',
    });
  });
});

describe('TLS', () => {
  test('a handshake that hangs ends in time and holds nobody up', async () => {
    await start({ tls: tlsOptions(), limits: { handshakeTimeout: 400 } });
    const port = collector.addresses.tls!;
    const hanging = await Promise.all(Array.from({ length: 50 }, () => dial(port)));
    for (const socket of hanging) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02]));
    const garbage = await dial(port);
    garbage.write('GET / HTTP/1.1\r\n\r\n');
    const good = connectTls({
      port,
      host: '127.0.0.1',
      ca: readFileSync(certificates.ca),
      servername: 'localhost',
    });
    sockets.push(good);
    good.write('<13>through\n');
    await until(() => ports.logs.length === 1, 'the line');
    await until(() => hanging.every((socket) => socket.destroyed), 'the hanging ones to be closed');
    expect(ports.dropped.get('handshake-failed')).toBe(51);
  });

  test('TLS 1.1 is refused', async () => {
    await start({ tls: tlsOptions() });
    const old = connectTls({
      port: collector.addresses.tls!,
      host: '127.0.0.1',
      ca: readFileSync(certificates.ca),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    sockets.push(old);
    await expect(new Promise((_resolve, reject) => old.once('error', reject))).rejects.toThrow();
    await until(() => ports.dropped.get('handshake-failed') === 1, 'the count');
  });

  test('optional client certificates: a verified name, else only the key', async () => {
    const ca = readFileSync(certificates.ca);
    await start({ tls: tlsOptions({ ca, clientCertificates: 'optional' }) });
    ports.sources.clear();
    ports.sources.set('sensor.example.org', { tenant: 'acme', source: 'by-name' });
    const port = collector.addresses.tls!;
    const client = {
      key: readFileSync(certificates.client.key),
      cert: readFileSync(certificates.client.cert),
    };
    const named = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ...client });
    sockets.push(named);
    named.write('<13>named\n');
    await until(() => ports.logs.length === 1, 'the named sender');
    expect(ports.logs[0]!.source).toBe('by-name');

    // The same name on a certificate that nobody vouches for names nobody.
    const forged = await makeForged();
    const impostor = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ...forged });
    sockets.push(impostor);
    impostor.write('<13>impostor\n');
    await until(() => ports.quarantined.length === 1, 'the impostor in quarantine');
    expect(ports.logs).toHaveLength(1);
    expect(ports.quarantined[0]!.name).toBeUndefined();
  });

  test('required client certificates', async () => {
    const ca = readFileSync(certificates.ca);
    await start({ tls: tlsOptions({ ca, clientCertificates: 'required' }) });
    const stranger = connectTls({
      port: collector.addresses.tls!,
      host: '127.0.0.1',
      servername: 'localhost',
      ca,
    });
    sockets.push(stranger);
    stranger.on('error', () => stranger.destroy());
    stranger.write('<13>no certificate\n');
    await new Promise((resolve) => stranger.once('close', resolve));
    expect(ports.logs).toEqual([]);
    expect(ports.quarantined).toEqual([]);
  });

  test('a key that is none is a coded failure', async () => {
    await tcp();
    await expect(startSyslog({ tls: tlsOptions({ key: 'no key' }) }, ports)).rejects.toMatchObject({
      code: 'VIGIE_COLLECT_TLS',
    });
  });

  async function makeForged(): Promise<{ key: Buffer; cert: Buffer }> {
    const other = temporaryFolder('forged');
    const made = await makeCertificates(other.path, 'sensor.example.org');
    const forged = { key: readFileSync(made.client.key), cert: readFileSync(made.client.cert) };
    other.remove();
    return forged;
  }
});

describe('back-pressure', () => {
  test('a sender faster than the store is slowed down, and loses nothing', async () => {
    await tcp({ pending: 200_000, batchLines: 100 });
    let open: () => void = () => undefined;
    ports.gate = new Promise((resolve) => {
      open = resolve;
    });
    const socket = await dial(collector.addresses.tcp!);
    const total = 100_000;
    let written = 0;
    let drained = 0;
    const write = (): void => {
      while (written < total) {
        if (!socket.write(`<13>line ${String(written++).padStart(90, '0')}\n`)) break;
      }
    };
    socket.on('drain', () => {
      drained = written;
      write();
    });
    write();
    await until(() => collector.stats().paused, 'the pause');
    await pause(300);
    expect(collector.stats().pendingBytes).toBeLessThan(1_000_000);
    expect(drained).toBeLessThan(total);
    const other = await dial(collector.addresses.tcp!);
    other.write('<13>other\n');
    open();
    ports.gate = undefined;
    await until(() => ports.logs.length === total + 1, 'all lines', 20_000);
    const numbers = ports.logs
      .filter((log) => log.text !== '<13>other')
      .map((log) => Number(log.text.slice(9)));
    expect(numbers.every((number, index) => number === index)).toBe(true);
  });

  test('the backlog of the store holds sockets back', async () => {
    await tcp({ backlog: 1000 });
    const socket = await dial(collector.addresses.tcp!);
    ports.backlogBytes = 5000;
    socket.write('<13>first\n');
    await until(() => collector.stats().paused, 'the pause');
    socket.write('<13>second\n');
    await pause(100);
    expect(ports.logs.map((log) => log.text)).toEqual(['<13>first']);
    ports.backlogBytes = 0;
    await until(() => ports.logs.length === 2, 'the second line');
  });

  test('a store that refuses gets every line later, in order', async () => {
    await tcp({ batchLines: 10, retryDelay: 10 });
    ports.refuse = true;
    const socket = await dial(collector.addresses.tcp!);
    for (let n = 0; n < 95; n++) socket.write(`<13>${n}\n`);
    await until(() => collector.stats().retries >= 3, 'retries');
    ports.refuse = false;
    await until(() => ports.logs.length === 95, 'all lines');
    expect(ports.logs.map((log) => log.text)).toEqual(Array.from({ length: 95 }, (_, n) => `<13>${n}`));
    expect(collector.stats()).toMatchObject({ pendingLines: 0, pendingBytes: 0 });
  });

  test('UDP beyond its queue is dropped and counted', async () => {
    await start({ udp: { port: 0 }, limits: { pending: 1000, udpQueue: 1000, drainTimeout: 100 } });
    ports.gate = new Promise(() => undefined);
    const client = createSocket('udp4');
    for (let n = 0; n < 60; n++) {
      await new Promise((done) =>
        client.send(`<13>${'x'.repeat(96)}`, collector.addresses.udp!, '127.0.0.1', done),
      );
    }
    await until(() => collector.stats().udpDropped + collector.stats().pendingLines === 60, 'all datagrams');
    client.close();
    expect(collector.stats()).toMatchObject({ pendingLines: 20, udpDropped: 40 });
    expect(ports.dropped.get('udp-overflow')).toBe(40);
    ports.gate = undefined;
  });

  test("the kernel's own drops are read from its table", () => {
    const table = [
      '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
      '  100: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4001 2 0 17',
      '  101: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4002 2 0 5',
    ].join('\n');
    expect(kernelDrops(table, 5514)).toBe(17);
    expect(kernelDrops(table, 514)).toBe(0);
  });
});

describe('closing', () => {
  test('what is under way is stored first', async () => {
    await tcp({ batchDelay: 5000 });
    const socket = await dial(collector.addresses.tcp!);
    socket.write('<13>whole\n<13>without an end');
    await pause(50);
    expect(await collector.close()).toEqual({ undelivered: 0 });
    expect(ports.logs.map((log) => log.text)).toEqual(['<13>whole', '<13>without an end']);
    const again = createServer();
    await new Promise<void>((resolve) => again.listen(collector.addresses.tcp, '127.0.0.1', resolve));
    again.close();
  });

  test('what can not be stored in time is told', async () => {
    await tcp({ drainTimeout: 300 });
    ports.refuse = true;
    const socket = await dial(collector.addresses.tcp!);
    socket.write('<13>one\n<13>two\n');
    await until(() => collector.stats().pendingLines === 2, 'the lines');
    expect(await collector.close()).toEqual({ undelivered: 2 });
  });
});
