import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestPorts, testPorts, until } from '../testing/ports.ts';
import {
  Daemon,
  findSender,
  makeCertificates,
  type TestCertificates,
  temporaryFolder,
} from '../testing/senders.ts';
import type { SyslogOptions } from './options.ts';
import { type SyslogCollector, startSyslog } from './server.ts';

const run = promisify(execFile);
const rsyslogd = findSender('rsyslogd');
const syslogNg = findSender('syslog-ng');
const logger = findSender('logger');

const LINES = Array.from({ length: 300 }, (_, n) => `event ${n} user=müller action=login`);

let folder: ReturnType<typeof temporaryFolder>;
let certificates: TestCertificates;
let ports: TestPorts;
let collector: SyslogCollector;

beforeAll(async () => {
  folder = temporaryFolder('senders');
  certificates = await makeCertificates(folder.path, 'relay.example.org');
});
afterAll(() => folder.remove());

async function collect(options: SyslogOptions): Promise<void> {
  ports = testPorts();
  collector = await startSyslog(options, ports);
}

function tls(clientCertificates: 'none' | 'required'): SyslogOptions {
  return {
    tls: {
      port: 0,
      key: readFileSync(certificates.server.key),
      cert: readFileSync(certificates.server.cert),
      ca: readFileSync(certificates.ca),
      clientCertificates,
    },
  };
}

/** Every line arrived once, in order where the transport keeps it. */
function expectLines(ordered: boolean): void {
  const found = ports.logs.map((log) => /event \d+ user=müller action=login$/.exec(log.text)?.[0]);
  if (!ordered) found.sort();
  expect(found).toEqual(ordered ? LINES : [...LINES].sort());
  expect(ports.logs.every((log) => log.text.startsWith('<'))).toBe(true);
  expect(ports.dropped.size).toBe(0);
}

/** Runs rsyslog on a file of lines until the collector has them all. */
async function withRsyslog(action: string, globals = ''): Promise<void> {
  const input = join(folder.path, 'input.log');
  const configuration = join(folder.path, 'rsyslog.conf');
  const work = temporaryFolder('rsyslog');
  writeFileSync(input, LINES.map((line) => `${line}\n`).join(''));
  writeFileSync(
    configuration,
    `global(workDirectory="${work.path}" maxMessageSize="64k")
${globals}
module(load="imfile" mode="inotify")
input(type="imfile" file="${input}" tag="app:" ruleset="out")
ruleset(name="out") { ${action} }
`,
  );
  const daemon = new Daemon(rsyslogd!, ['-n', '-f', configuration, '-i', join(work.path, 'pid')]);
  try {
    await until(() => ports.logs.length >= LINES.length, 'the lines of rsyslog', 15_000).catch(
      (error: unknown) => {
        throw new Error(`${error}\n${daemon.output}`);
      },
    );
  } finally {
    await daemon.stop();
    await collector.close();
    work.remove();
  }
}

describe.runIf(rsyslogd !== undefined)('rsyslog', () => {
  const target = (port: number, more: string): string =>
    `action(type="omfwd" target="127.0.0.1" port="${port}" template="RSYSLOG_SyslogProtocol23Format" ${more})`;

  test('plain TCP with newlines', async () => {
    await collect({ tcp: { port: 0 } });
    await withRsyslog(target(collector.addresses.tcp!, 'protocol="tcp"'));
    expectLines(true);
    expect(ports.logs[0]).toMatchObject({ transport: 'syslog-tcp', tenant: 'acme', peer: '127.0.0.1' });
  });

  test('TCP with octet counting', async () => {
    await collect({ tcp: { port: 0 } });
    await withRsyslog(target(collector.addresses.tcp!, 'protocol="tcp" tcp_framing="octet-counted"'));
    expectLines(true);
  });

  test('UDP', async () => {
    await collect({ udp: { port: 0 } });
    await withRsyslog(target(collector.addresses.udp!, 'protocol="udp"'));
    expectLines(true);
    expect(ports.logs[0]!.transport).toBe('syslog-udp');
  });

  test('TLS with a client certificate, known by its common name', async () => {
    await collect(tls('required'));
    ports.sources.clear();
    ports.sources.set('relay.example.org', { tenant: 'globex', source: 'relay' });
    await withRsyslog(
      target(
        collector.addresses.tls!,
        'protocol="tcp" tcp_framing="octet-counted" StreamDriver="gtls" StreamDriverMode="1" ' +
          'StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"',
      ),
      `global(defaultNetstreamDriverCAFile="${certificates.ca}"
  defaultNetstreamDriverCertFile="${certificates.client.cert}"
  defaultNetstreamDriverKeyFile="${certificates.client.key}")`,
    );
    expectLines(true);
    expect(ports.logs[0]).toMatchObject({ transport: 'syslog-tls', tenant: 'globex', source: 'relay' });
  });

  test('what the store refuses for a while is delivered after all, once and in order', async () => {
    await collect({ tcp: { port: 0 }, limits: { batchLines: 20, retryDelay: 20 } });
    ports.refuse = true;
    setTimeout(() => {
      ports.refuse = false;
    }, 1500);
    await withRsyslog(target(collector.addresses.tcp!, 'protocol="tcp"'));
    expectLines(true);
    expect(collector.stats().retries).toBeGreaterThan(0);
  });
});

describe.runIf(syslogNg !== undefined)('syslog-ng', () => {
  async function withSyslogNg(destination: string): Promise<void> {
    const work = temporaryFolder('syslog-ng');
    const input = join(work.path, 'input.log');
    const configuration = join(work.path, 'syslog-ng.conf');
    writeFileSync(input, LINES.map((line) => `${line}\n`).join(''));
    writeFileSync(
      configuration,
      `@version: 3.38
options { stats-freq(0); };
source in { file("${input}" flags(no-parse) program-override("app")); };
destination out { ${destination} };
log { source(in); destination(out); };
`,
    );
    const files = ['persist', 'pid', 'ctl'].map((name) => join(work.path, name));
    const daemon = new Daemon(syslogNg!, [
      '-F',
      '--no-caps',
      '-f',
      configuration,
      '-R',
      files[0]!,
      '-p',
      files[1]!,
      '-c',
      files[2]!,
    ]);
    try {
      await until(() => ports.logs.length >= LINES.length, 'the lines of syslog-ng', 15_000).catch(
        (error: unknown) => {
          throw new Error(`${error}\n${daemon.output}`);
        },
      );
    } finally {
      await daemon.stop();
      await collector.close();
      work.remove();
    }
  }

  test('RFC 3164 over TCP', async () => {
    await collect({ tcp: { port: 0 } });
    await withSyslogNg(`network("127.0.0.1" port(${collector.addresses.tcp}) transport("tcp"));`);
    expectLines(true);
  });

  test('RFC 5424, octet counted, over TCP', async () => {
    await collect({ tcp: { port: 0 } });
    await withSyslogNg(`syslog("127.0.0.1" port(${collector.addresses.tcp}) transport("tcp"));`);
    expectLines(true);
  });

  test('RFC 5425 over TLS', async () => {
    await collect(tls('none'));
    await withSyslogNg(
      `syslog("127.0.0.1" port(${collector.addresses.tls}) transport("tls") tls(ca-file("${certificates.ca}") peer-verify(required-trusted)));`,
    );
    expectLines(true);
    expect(ports.logs[0]!.transport).toBe('syslog-tls');
  });
});

describe.runIf(logger !== undefined)('logger', () => {
  for (const [name, kind, args] of [
    ['UDP, RFC 5424', 'udp', ['--udp', '--rfc5424']],
    ['UDP, RFC 3164', 'udp', ['--udp', '--rfc3164']],
    ['TCP, newline', 'tcp', ['--tcp', '--rfc5424']],
    ['TCP, octet counted', 'tcp', ['--tcp', '--octet-count', '--rfc3164']],
  ] as const) {
    test(name, async () => {
      await collect({ udp: { port: 0 }, tcp: { port: 0 } });
      await run(logger!, [
        '--server',
        '127.0.0.1',
        '--port',
        String(collector.addresses[kind]),
        ...args,
        '--tag',
        'cron',
        'hello from logger',
      ]);
      await until(() => ports.logs.length === 1, 'the line of logger');
      await collector.close();
      expect(ports.logs[0]!.text).toMatch(/^<13>.*cron.*hello from logger$/);
    });
  }
});
