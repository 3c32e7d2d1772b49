import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { goLumberSender, runGoLumber } from '../testing/go-lumber.ts';
import { type TestPorts, testPorts } from '../testing/ports.ts';
import { makeCertificates, type TestCertificates, temporaryFolder } from '../testing/senders.ts';
import { type LumberjackCollector, startLumberjack } from './server.ts';

const program = goLumberSender();
let folder: ReturnType<typeof temporaryFolder>;
let certificates: TestCertificates;
let ports: TestPorts;
let collector: LumberjackCollector;

beforeAll(async () => {
  folder = temporaryFolder('go-lumber');
  certificates = await makeCertificates(folder.path, 'beats.example.org');
});
afterAll(() => folder.remove());
afterEach(() => collector.close());

/** All of them, once each, in the order in which they were sent. */
function expectAll(count: number): void {
  expect(ports.logs.map((log) => log.json?.['message'])).toEqual(
    Array.from({ length: count }, (_, n) => `event ${n}`),
  );
}

describe.skipIf(program === undefined)('go-lumber, the client of Beats', () => {
  test.each([
    ['one window at a time', 0, 0],
    ['compressed', 0, 3],
    ['several windows under way, compressed', 4, 3],
  ])('%s', async (_name, pipeline, compression) => {
    ports = testPorts();
    collector = await startLumberjack({ port: 0, limits: { partEvents: 300 } }, ports);
    const sent = await runGoLumber(program!, [
      `127.0.0.1:${collector.port}`,
      5000,
      1024,
      pipeline,
      compression,
    ]);
    expect(sent).toBe(5000);
    expectAll(5000);
  });

  test('TLS with a client certificate', async () => {
    ports = testPorts();
    ports.sources.delete('127.0.0.1');
    ports.sources.set('beats.example.org', { tenant: 'globex', source: 'beats' });
    collector = await startLumberjack(
      {
        port: 0,
        tls: {
          key: readFileSync(certificates.server.key),
          cert: readFileSync(certificates.server.cert),
          ca: readFileSync(certificates.ca),
          clientCertificates: 'required',
        },
      },
      ports,
    );
    const { ca, client } = certificates;
    const address = `127.0.0.1:${collector.port}`;
    expect(await runGoLumber(program!, [address, 500, 100, 2, 3, ca, client.cert, client.key])).toBe(500);
    expectAll(500);
  });

  test('waits through signs of life while the store is away', async () => {
    ports = testPorts();
    ports.refuse = true;
    collector = await startLumberjack({ port: 0, limits: { keepAlive: 50, retryDelay: 20 } }, ports);
    const sent = runGoLumber(program!, [`127.0.0.1:${collector.port}`, 3000, 1000, 0, 3]);
    await new Promise((done) => setTimeout(done, 1000));
    expect(ports.logs).toHaveLength(0);
    ports.refuse = false;
    expect(await sent).toBe(3000);
    expectAll(3000);
  });
});
