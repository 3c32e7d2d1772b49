import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { EventView, QuarantineView, StatusView } from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LumberjackClient, windowOf } from '../../server/collect/testing/lumberjack-client.ts';
import { be, ip, set, template, version9 } from '../../server/collect/testing/netflow-packets.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let token: string;
const ports: Record<string, number> = {};

beforeAll(async () => {
  vigie = await Vigie.start({
    config: { lumberjack: { port: 0 }, gelf: { udpPort: 0, tcpPort: 0 }, netflow: { port: 0 } },
  });
  await vigie.freeLoopback();
  await vigie.addTenant('acme');
  token = await vigie.addSource('acme', 'in');
  await readPorts();
});
afterAll(() => vigie?.remove());

async function status(): Promise<StatusView> {
  return vigie.api.get<StatusView>('/api/status');
}

/** What the status page says of the listeners. */
async function readPorts(): Promise<void> {
  for (const { name, detail, state } of (await status()).components) {
    const found = [...detail.matchAll(/(UDP|TCP|port) (\d+)/g)];
    if (!['lumberjack', 'gelf', 'netflow'].includes(name)) continue;
    expect(state).toBe('running');
    for (const [, kind, port] of found) ports[`${name} ${kind}`] = Number(port);
  }
}

async function found(marker: string, count = 1): Promise<EventView[]> {
  return until(`${count} events of ${marker}`, async () => {
    const events = await vigie.events(marker);
    return events.length >= count && events;
  });
}

function send(bytes: Buffer, port: number): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.send(bytes, port, '127.0.0.1', (error) => {
      socket.close();
      if (error) reject(error);
      else resolve();
    });
  });
}

test('Beats: by token, acknowledged, searchable, and the token is nowhere', async () => {
  const client = await LumberjackClient.dial(ports['lumberjack port']!);
  client.send(
    windowOf([
      { message: 'lumber-1 hello', fields: { vigie_token: token } },
      { message: 'lumber-1 again', fields: { vigie_token: token } },
    ]),
  );
  await until('the acknowledgement', () => client.acks.includes(2));
  const events = await found('"lumber-1"', 2);
  expect(JSON.stringify(events)).not.toContain(token);
  client.socket.destroy();
});

test('an unknown Beat waits in quarantine unacknowledged; assigned, its events come once', async () => {
  const client = await LumberjackClient.dial(ports['lumberjack port']!);
  client.send(windowOf([{ message: 'lumber-2 a' }, { message: 'lumber-2 b' }]));
  const held = await until('the quarantine', async () => {
    const { items } = await vigie.api.get<{ items: QuarantineView[] }>('/api/quarantine');
    return items.find(({ transport }) => transport === 'lumberjack');
  });
  expect(client.acks.some((ack) => ack > 0)).toBe(false);
  await vigie.api.ok('POST', `/api/quarantine/${held.id}/assign`, { tenant: 'acme', source: 'in' });
  await until('the acknowledgement', () => client.acks.includes(2));
  expect(await found('"lumber-2"', 2)).toHaveLength(2);
  client.socket.destroy();
});

test('GELF and NetFlow of an assigned address', async () => {
  await vigie.api.ok('PATCH', '/api/sources/acme/in', { addresses: ['127.0.0.1'] });
  const gelf = (text: string): string =>
    JSON.stringify({ version: '1.1', host: 'app-1', short_message: text, _zone: 'b' });
  await send(Buffer.from(gelf('gelf-1 over UDP')), ports['gelf UDP']!);
  const socket = connect({ host: '127.0.0.1', port: ports['gelf TCP']! });
  socket.write(`${gelf('gelf-1 over TCP')}\0`);
  const logs = await found('"gelf-1"', 2);
  expect(logs[0]!.fields).toMatchObject({ 'host.name': 'app-1', 'labels.zone': 'b' });
  socket.destroy();

  const time = Math.floor(Date.now() / 1000);
  const fields = [
    [8, 4],
    [12, 4],
    [7, 2],
    [11, 2],
    [4, 1],
    [1, 4],
  ] as const;
  const record = Buffer.concat([
    ip('192.0.2.77'),
    ip('203.0.113.5'),
    be([50001, 2], [443, 2], [6, 1], [900, 4]),
  ]);
  await send(version9({ time }, set(0, template(256, fields)), set(256, record)), ports['netflow UDP']!);
  const [flow] = await found('source.ip:192.0.2.77');
  expect(flow!.fields).toMatchObject({
    'event.dataset': 'netflow.netflow',
    'destination.port': 443,
    'network.transport': 'tcp',
    'observer.ip': expect.anything(),
  });
});
