import { createSocket } from 'node:dgram';
import { REGISTRY } from '@vigie/sources';
import { createReader } from '@vigie/sources/kit/reader.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { be, ip, ipfix, set, template, version5, version9 } from '../testing/netflow-packets.ts';
import { type TestPorts, testPorts, until } from '../testing/ports.ts';
import { decode } from './decode.ts';
import { type NetflowCollector, type NetflowLimits, startNetflow } from './server.ts';
import { Templates } from './templates.ts';

const TIME = 1_772_360_102;
const EXPORTER = '192.0.2.1';
const limits = { templates: 50, templatesPerExporter: 5, fields: 20 };

/** Addresses, ports, protocol, bytes, packets. */
const FIELDS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [1, 4],
  [2, 4],
] as const;
const record = (bytes = 900): Buffer =>
  Buffer.concat([ip('192.0.2.10'), ip('203.0.113.5'), be([50001, 2], [443, 2], [6, 1], [bytes, 4], [9, 4])]);
const FLOW = {
  sourceIPv4Address: '192.0.2.10',
  destinationIPv4Address: '203.0.113.5',
  sourceTransportPort: 50001,
  destinationTransportPort: 443,
  protocolIdentifier: 6,
  octetDeltaCount: 900,
  packetDeltaCount: 9,
};

describe('decoding', () => {
  test('version 5: times from the start of the exporter, also across the end of its counter', () => {
    const templates = new Templates(limits);
    const flow = {
      from: '192.0.2.10',
      to: '203.0.113.5',
      fromPort: 50001,
      toPort: 443,
      bytes: 900,
      packets: 9,
    };
    const plain = decode(
      version5({ time: TIME, upTime: 100_000 }, { ...flow, first: 90_000, last: 99_000 }, 0x4064),
      EXPORTER,
      templates,
    );
    expect(plain).toMatchObject({ invalid: false, missed: 0 });
    expect(plain.flows[0]).toMatchObject({
      ...FLOW,
      exporter: EXPORTER,
      flowStartMilliseconds: TIME * 1000 - 10_000,
      flowEndMilliseconds: TIME * 1000 - 1_000,
      samplingInterval: 100,
      tcpControlBits: 0x1b,
      bgpSourceAsNumber: 64500,
    });
    const wrapped = decode(
      version5({ time: TIME, upTime: 1_000, sequence: 1 }, { ...flow, first: 2 ** 32 - 5_000, last: 500 }),
      EXPORTER,
      templates,
    );
    expect(wrapped.flows[0]).toMatchObject({
      flowStartMilliseconds: TIME * 1000 - 6_000,
      flowEndMilliseconds: TIME * 1000 - 500,
    });
  });

  test('version 9: template and data in one datagram, or apart; by domain', () => {
    const templates = new Templates(limits);
    const one = version9(
      { time: TIME, domain: 1 },
      set(0, template(256, FIELDS)),
      set(256, record(), record(5)),
    );
    expect(decode(one, EXPORTER, templates).flows).toMatchObject([FLOW, { octetDeltaCount: 5 }]);
    const data = (domain: number): Buffer =>
      version9({ time: TIME, domain, sequence: 1 }, set(256, record()));
    expect(decode(data(1), EXPORTER, templates).flows).toHaveLength(1);
    expect(decode(data(2), EXPORTER, templates)).toMatchObject({
      flows: [],
      withoutTemplate: 1,
      invalid: false,
    });
    expect(decode(data(1), '192.0.2.2', templates)).toMatchObject({ flows: [], withoutTemplate: 1 });
  });

  test('version 9: sampling that options announce is noted on every flow', () => {
    const templates = new Templates(limits);
    const options = Buffer.concat([
      be([257, 2], [4, 2], [8, 2]),
      be([1, 2], [4, 2], [34, 2], [4, 2], [35, 2], [1, 2]),
    ]);
    const padded = set(257, be([0, 4], [1000, 4], [2, 1]), Buffer.alloc(3));
    decode(version9({ time: TIME }, set(1, options), padded), EXPORTER, templates);
    const flows = decode(
      version9({ time: TIME }, set(0, template(256, FIELDS)), set(256, record())),
      EXPORTER,
      templates,
    );
    expect(flows.flows[0]).toMatchObject({ samplingInterval: 1000 });
  });

  test('IPFIX: variable lengths, vendors’ elements, the other direction, times, withdrawal', () => {
    const templates = new Templates(limits);
    const definition = Buffer.concat([
      be([300, 2], [7, 2]),
      be([27, 2], [16, 2], [28, 2], [16, 2]),
      be([96, 2], [0xffff, 2]),
      be([0x8001, 2], [8, 2], [29305, 4]),
      be([0x8005, 2], [0xffff, 2], [64999, 4]),
      be([152, 2], [8, 2]),
      be([156, 2], [8, 2]),
    ]);
    const v6 = (last: number): Buffer =>
      Buffer.concat([
        Buffer.from('20010db8000000000000000000000000', 'hex').subarray(0, 15),
        Buffer.of(last),
      ]);
    const data = Buffer.concat([
      v6(1),
      v6(2),
      Buffer.of(4),
      Buffer.from('http'),
      be([77, 8]),
      Buffer.of(255, 0, 8),
      Buffer.from('deadbeefdeadbeef', 'hex'),
      be([TIME * 1000 + 7, 8]),
      be([TIME + 2_208_988_800, 4], [2 ** 31, 4]),
    ]);
    const read = decode(ipfix({ time: TIME }, set(2, definition), set(300, data)), EXPORTER, templates);
    expect(read).toMatchObject({ invalid: false, withoutTemplate: 0 });
    expect(read.flows[0]).toMatchObject({
      sourceIPv6Address: '2001:0db8:0000:0000:0000:0000:0000:0001',
      applicationName: 'http',
      reverseOctetDeltaCount: 77,
      enterprise64999element5: 'deadbeefdeadbeef',
      flowStartMilliseconds: TIME * 1000 + 7,
      flowStartNanoseconds: TIME * 1000 + 500,
    });
    decode(ipfix({ time: TIME }, set(2, be([300, 2], [0, 2]))), EXPORTER, templates);
    expect(decode(ipfix({ time: TIME }, set(300, data)), EXPORTER, templates)).toMatchObject({
      withoutTemplate: 1,
    });
  });

  test('gaps in the numbers are told, a new beginning and overtaking are not', () => {
    const templates = new Templates(limits);
    const at = (sequence: number): number =>
      decode(version9({ time: TIME, sequence }, set(0, template(256, FIELDS))), EXPORTER, templates).missed;
    expect([at(10), at(11), at(15), at(14), at(15), at(3_000_000_000), at(3_000_000_001)]).toEqual([
      0, 0, 3, 0, 0, 0, 0,
    ]);
  });

  test('flows are read as ECS, with exporter and sampling', () => {
    const reader = createReader({ registry: REGISTRY });
    const templates = new Templates(limits);
    const [flow] = decode(
      version5(
        { time: TIME, upTime: 100_000 },
        {
          from: '192.0.2.10',
          to: '203.0.113.5',
          fromPort: 50001,
          toPort: 443,
          bytes: 900,
          packets: 9,
          first: 90_000,
          last: 99_000,
        },
        0x4064,
      ),
      EXPORTER,
      templates,
    ).flows;
    const { fields, outcome } = reader.read({
      text: JSON.stringify(flow),
      json: flow!,
      receivedAt: TIME * 1000 + 500,
    });
    expect(outcome).toBe('parsed');
    expect(fields).toMatchObject({
      'event.dataset': 'netflow.netflow',
      'source.ip': '192.0.2.10',
      'source.port': 50001,
      'destination.ip': '203.0.113.5',
      'destination.port': 443,
      'network.transport': 'tcp',
      'network.bytes': 900,
      'event.start': new Date(TIME * 1000 - 10_000).toISOString(),
      'event.end': new Date(TIME * 1000 - 1_000).toISOString(),
      'event.duration': 9_000_000_000,
      'observer.ip': [EXPORTER],
      'observer.ingress.interface.id': '3',
      'netflow.samplingInterval': 100,
    });
  });
});

describe('hostile datagrams', () => {
  const whole = version9({ time: TIME }, set(0, template(256, FIELDS)), set(256, record(), record()));
  test('every cut and every changed byte is survived', () => {
    for (let length = 0; length < whole.length; length++)
      decode(whole.subarray(0, length), EXPORTER, new Templates(limits));
    for (let at = 0; at < whole.length; at++)
      for (const value of [0, 1, 0x7f, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = value;
        decode(changed, EXPORTER, new Templates(limits));
      }
    for (const version of [5, 9, 10])
      for (let seed = 1; seed < 300; seed++) {
        const noise = Buffer.alloc(seed * 3);
        for (let n = 0, value = seed; n < noise.length; n++) {
          value = (value * 1103515245 + 12345) % 2147483648;
          noise[n] = value >> 16;
        }
        if (noise.length > 4) noise.writeUInt16BE(version, 0);
        decode(noise, EXPORTER, new Templates(limits));
      }
  });

  test('templates without bytes, of too many fields, and records without end', () => {
    const templates = new Templates(limits);
    const empty = version9(
      { time: TIME },
      set(
        0,
        template(256, [
          [8, 0],
          [12, 0],
        ]),
      ),
      set(256, Buffer.alloc(100)),
    );
    expect(decode(empty, EXPORTER, templates)).toMatchObject({ flows: [], invalid: true });
    const wide = version9(
      { time: TIME },
      set(
        0,
        template(
          256,
          Array.from({ length: 21 }, () => [8, 4] as const),
        ),
      ),
    );
    expect(decode(wide, EXPORTER, templates)).toMatchObject({ invalid: true });
    const tiny = version9({ time: TIME }, set(0, template(256, [[4, 1]])), set(256, Buffer.alloc(60_000)));
    expect(decode(tiny, EXPORTER, templates).flows).toHaveLength(2000);
  });

  test('templates are bounded, by exporter and over all; who speaks keeps his', () => {
    const templates = new Templates(limits);
    const define = (exporter: string, id: number): void =>
      void decode(version9({ time: TIME }, set(0, template(id, FIELDS))), exporter, templates);
    for (let id = 256; id < 400; id++) define(EXPORTER, id);
    expect(templates.size).toBe(5);
    for (let n = 0; n < 500; n++) {
      define(`198.51.100.${n}`, 256);
      define(EXPORTER, 399);
    }
    expect(templates.size).toBeLessThanOrEqual(50);
    expect(templates.get(EXPORTER, '9 0', 399)).toBeDefined();
  });
});

describe('the listener', () => {
  let ports: TestPorts;
  let collector: NetflowCollector;
  const udp = createSocket('udp4');
  afterEach(() => collector.close());
  const start = async (more: Partial<NetflowLimits> = {}): Promise<void> => {
    ports = testPorts();
    collector = await startNetflow({ port: 0, limits: more }, ports);
  };
  const send = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      udp.send(bytes, collector.port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  const flows = (count: number, sequence = 0): Buffer =>
    version9(
      { time: TIME, sequence },
      set(0, template(256, FIELDS)),
      set(256, ...Array.from({ length: count }, () => record())),
    );

  test('a flow is a log; what can’t be read and what is missing is counted', async () => {
    await start();
    await send(flows(3));
    await send(Buffer.from('not a flow, and long enough'));
    await send(version9({ time: TIME, sequence: 4 }, set(999, Buffer.alloc(8))));
    await until(() => ports.logs.length === 3 && ports.dropped.size === 3, 'the flows and the counts');
    expect(ports.logs[0]).toMatchObject({
      transport: 'netflow',
      peer: '127.0.0.1',
      source: 'src-1',
      json: FLOW,
    });
    expect(JSON.parse(ports.logs[0]!.text)).toEqual(ports.logs[0]!.json);
    expect(Object.fromEntries(ports.dropped)).toEqual({
      'frame-invalid': 1,
      'no-template': 1,
      'sequence-gap': 3,
    });
    expect(collector.stats()).toMatchObject({ events: 3, invalid: 1, lost: 3 });
  });

  test('unknown exporters go to quarantine', async () => {
    await start();
    ports.sources.delete('127.0.0.1');
    await send(flows(2));
    await until(() => ports.quarantined.length === 2, 'the quarantine');
    expect(ports.quarantined[0]!.text).toContain('"sourceIPv4Address":"192.0.2.10"');
  });

  test('while the store is away flows wait, and datagrams above the queue are counted', async () => {
    await start({ pending: 1000, udpQueue: 2000, retryDelay: 5 });
    ports.refuse = true;
    for (let n = 0; n < 20; n++) await send(flows(2, n));
    await until(() => collector.stats().lost + collector.stats().events / 2 >= 20, 'all datagrams');
    const { events, lost } = collector.stats();
    expect([ports.dropped.get('udp-overflow'), ports.logs.length]).toEqual([lost, 0]);
    ports.refuse = false;
    await until(() => ports.logs.length === events, 'those that waited');
  });
});
