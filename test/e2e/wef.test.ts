/** Windows Event Forwarding of the whole program: two hospitals, from the machine's certificate to the ECS document. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView, QuarantineView, WefMachineView, WefView } from '@vigie/contracts/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestAuthority } from '../../server/collect/wef/testing/authority.ts';
import { WindowsClientStandIn } from '../../server/collect/wef/testing/windows-client-stand-in.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

/** A server that was killed may take its time on a busy machine. */
const PATIENCE = 120_000;
const WEF = '/api/sources/harbour/windows/wef';

let folder: string;
let harbour: TestAuthority;
let abbey: TestAuthority;
let vigie: Vigie;
let port: number;
const machines: WindowsClientStandIn[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-wef-'));
  [harbour, abbey] = await Promise.all([
    TestAuthority.create(folder, 'Harbour Hospital CA'),
    TestAuthority.create(folder, 'Abbey Hospital CA'),
  ]);
  const server = await harbour.issue({ name: 'localhost', dns: ['localhost'], usage: 'serverAuth' });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  // Kept over restarts of the server, as the policy of the machines names it.
  port = await freePort();
  vigie = await Vigie.start({
    config: {
      wef: {
        port,
        cert: file('wef.pem', server.cert),
        key: file('wef.key', server.key),
        ca: file('authorities.pem', harbour.cert + abbey.cert),
        crl: file('revoked.pem', (await harbour.revoke()) + (await abbey.revoke())),
      },
    },
  });
  for (const tenant of ['harbour', 'abbey']) {
    await vigie.addTenant(tenant);
    await vigie.addSource(tenant, 'windows');
  }
  await vigie.api.ok('PATCH', '/api/sources/harbour/windows', { addresses: [harbour.fingerprint] });
});
afterAll(async () => {
  for (const machine of machines) machine.close();
  await vigie?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return free;
}

async function machine(name: string, authority = harbour): Promise<WindowsClientStandIn> {
  const made = new WindowsClientStandIn(name, port, await authority.issue({ name }), harbour.cert);
  machines.push(made);
  return made;
}

async function found(query: string, count: number): Promise<EventView[]> {
  return until(`${count} events of ${query}`, async () => {
    const events = await vigie.events(query);
    return events.length >= count && events;
  });
}

test('a machine’s events become ECS documents of its hospital', async () => {
  const pc = await machine('pc-1.harbour.example.org');
  pc.write(2, 'Security', 'nurse-1');
  expect((await pc.forward()).map(({ status }) => status)).toEqual([200]);
  const events = await found('user.name:nurse-1', 2);
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({ tenant: 'harbour', source: 'windows' });
  expect(events[0]!.fields).toMatchObject({
    'event.dataset': 'microsoft.windows-security',
    'event.code': '4624',
    'host.name': 'pc-1.harbour.example.org',
    'source.ip': '192.0.2.7',
    'winlog.channel': 'Security',
  });
  // Asked again, it has nothing to add.
  expect(await pc.forward()).toEqual([]);
});

test('an authority that nobody named waits in quarantine; assigned, its machines deliver', async () => {
  const pc = await machine('pc-1.abbey.example.org', abbey);
  pc.write(3, 'Security', 'brother-1');
  expect(await pc.forward()).toEqual([]);
  const held = await until('the quarantine', async () => {
    const { items } = await vigie.api.get<{ items: QuarantineView[] }>('/api/quarantine');
    return items.find(({ transport }) => transport === 'wef');
  });
  expect(held.sender).toBe(`${abbey.fingerprint} (Abbey Hospital CA)`);
  await vigie.api.ok('POST', `/api/quarantine/${held.id}/assign`, { tenant: 'abbey', source: 'windows' });
  expect((await pc.forward()).map(({ status }) => status)).toEqual([200]);
  const events = await found('user.name:brother-1', 3);
  expect(new Set(events.map(({ tenant }) => tenant))).toEqual(new Set(['abbey']));
});

test('killed in the middle of deliveries, nothing is lost and nothing there twice', async () => {
  const pc = await machine('pc-2.harbour.example.org');
  pc.write(400, 'Security', 'kill-1');
  let acknowledged = 0;
  for (let round = 0; round < 4; round++) {
    const killing = new Promise((done) => setTimeout(done, 150 + round * 120)).then(() =>
      vigie.kill(round % 2 === 0 ? 'server' : 'PostgreSQL'),
    );
    await until(
      'the machine to be cut, or done',
      async () => {
        try {
          const answers = await pc.forward(20);
          acknowledged += answers.filter(({ status }) => status === 200).length;
          return answers.every(({ status }) => status === 200);
        } catch {
          // Cut: it asks again, and goes on behind the bookmark that it is given.
          return false;
        }
      },
      PATIENCE,
    );
    await killing;
    await until(
      'everything to run again',
      async () => {
        try {
          return (await vigie.status()).components.every(({ state }) => state === 'running');
        } catch {
          return false;
        }
      },
      PATIENCE,
    );
    pc.write(100, 'Security', 'kill-1');
  }
  await until(
    'the rest',
    async () => {
      try {
        return (await pc.forward(50)).every(({ status }) => status === 200);
      } catch {
        return false;
      }
    },
    PATIENCE,
  );
  // A batch that was acknowledged comes once more, as after a machine's own crash.
  const offer = (await pc.enumerate())!;
  expect((await pc.deliver(offer, pc.log.slice(0, 50), { sldc: true })).status).toBe(200);
  await vigie.settled();
  const events = await found('user.name:kill-1', 800);
  expect(acknowledged).toBeGreaterThan(0);
  const records = events.map(({ fields }) => Number(fields['winlog.record_id'])).sort((a, b) => a - b);
  expect(records).toEqual(pc.log.map(({ record }) => record));
}, 900_000);

test('what is asked for is set in the API, checked, and reaches the machine as a new version', async () => {
  const pc = await machine('pc-3.harbour.example.org');
  const before = (await pc.enumerate())!;
  const view = await vigie.api.get<WefView>(WEF);
  expect(view).toMatchObject({ isDefault: true, port, machines: 3 });
  expect(view.authorities).toEqual([
    {
      name: 'Harbour Hospital CA',
      thumbprint: harbour.thumbprint,
      fingerprint: harbour.fingerprint,
      assigned: true,
    },
    {
      name: 'Abbey Hospital CA',
      thumbprint: abbey.thumbprint,
      fingerprint: abbey.fingerprint,
      assigned: false,
    },
  ]);
  const { isDefault: _, port: __, authorities: ___, machines: ____, ailing: _____, ...setup } = view;
  for (const xpath of [
    '*[System[(EventID=1]]',
    'EventID=1',
    `*[System[${'EventID=1 or '.repeat(30)}EventID=2]]`,
  ])
    expect(
      await vigie.api.call('PUT', WEF, { ...setup, queries: [{ channel: 'Security', xpath }] }),
    ).toMatchObject({ status: 400 });
  const queries = [{ channel: 'Microsoft-Windows-Sysmon/Operational', xpath: '*' }];
  expect(await vigie.api.ok('PUT', WEF, { ...setup, queries })).toMatchObject({ isDefault: false, queries });
  const after = (await pc.enumerate())!;
  expect(after.version).not.toBe(before.version);
  expect(after.query).toContain('Sysmon');
  expect(after.query).not.toContain('Security');
  expect(await vigie.api.ok('DELETE', WEF)).toMatchObject({ isDefault: true });
  expect((await pc.enumerate())!.version).toBe(before.version);
});

test('a revocation list that is changed shuts a machine out, without a restart', async () => {
  const lost = await harbour.issue({ name: 'lost.harbour.example.org' });
  const thief = new WindowsClientStandIn('lost.harbour.example.org', port, lost, harbour.cert);
  machines.push(thief);
  expect(await thief.enumerate()).toBeDefined();
  writeFileSync(join(folder, 'revoked.pem'), (await harbour.revoke(lost)) + (await abbey.revoke()));
  await until(
    'the machine to be outside',
    () =>
      thief.enumerate().then(
        () => false,
        () => true,
      ),
    PATIENCE,
  );
  expect(await machines[0]!.enumerate()).toBeDefined();
  // Damaged, it changes nothing, and the status page says so.
  writeFileSync(join(folder, 'revoked.pem'), 'nonsense');
  await until(
    'the status to tell',
    async () => {
      const { components } = await vigie.status();
      return components.find(({ name }) => name === 'wef')?.detail.includes('can’t be used');
    },
    PATIENCE,
  );
  await expect(thief.enumerate()).rejects.toThrow();
  expect(await machines[0]!.enumerate()).toBeDefined();
}, 600_000);

test('people see the machines, each tenant its own; a forgotten one begins anew', async () => {
  const pc = machines[0]!;
  const offer = (await pc.enumerate())!;
  await pc.end(offer, 'The channel can not be read.');
  const list = async () =>
    (await vigie.api.get<{ items: WefMachineView[] }>(`${WEF}/machines`)).items.find(
      ({ name }) => name === pc.name,
    );
  const first = (await list())!;
  expect(first).toMatchObject({
    certificate: pc.name,
    state: 'ended',
    current: true,
    events: 2,
    problem: expect.stringContaining('The channel can not be read.'),
  });
  await pc.heartbeat(offer);
  expect(await list()).toMatchObject({ state: 'ok', problem: null });
  const client = await vigie.keyFor('client-reader', ['abbey']);
  expect((await client.call('GET', WEF)).status).toBe(404);
  const own = await client.ok<WefView>('GET', '/api/sources/abbey/windows/wef');
  expect(own.authorities.map(({ name }) => name)).toEqual(['Abbey Hospital CA']);
  expect(own.machines).toBe(1);
  expect((await client.call('PUT', '/api/sources/abbey/windows/wef', {})).status).toBe(403);
  await vigie.api.ok('DELETE', `${WEF}/machines/${first.id}`);
  expect((await pc.enumerate())!.bookmark).toBeUndefined();
});
