import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import type { Identity } from '../api/index.ts';
import { AddressGuard } from '../collect/pull/address-guard.ts';
import { post, type WebhookGuard, WebhookSender } from '../respond/index.ts';
import { openTestState, type TestState } from '../storage/state/testing/test-state.ts';
import { Vault } from '../storage/state/vault.ts';
import { PostgresWebhookQueue, resealWebhooks } from '../storage/state/webhook-queue.ts';
import { WebhookStore } from '../storage/state/webhook-store.ts';
import { Webhooks } from './webhooks.ts';

let folder: string;
let state: TestState;
let vault: Vault;
let receiver: Server;
let port: number;
let heard: { headers: IncomingMessage['headers']; body: string; url: string }[];
/** What the receiver answers, in turn; the last one again and again. */
let answers: { status: number; headers?: Record<string, string> }[];

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const person: Identity = {
  kind: 'account',
  id: 'anna',
  name: 'Anna',
  email: 'anna@example.org',
  role: 'provider-administrator',
  permissions: new Set(),
  scope: 'all',
  mustChangePassword: false,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-webhooks-'));
  state = await openTestState({ maxConnections: 6 });
  vault = Vault.open(join(folder, 'secret.key'), undefined);
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    heard.push({ headers: request.headers, body, url: request.url ?? '' });
    const { status, headers } = answers.length > 1 ? answers.shift()! : answers[0]!;
    response.writeHead(status, headers).end('noted');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  port = (receiver.address() as { port: number }).port;
});
afterAll(async () => {
  receiver?.close();
  await state?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  heard = [];
  answers = [{ status: 204 }];
  await state.db.deleteFrom('tenant').execute();
  for (const id of ['acme', 'globex'])
    await sql`INSERT INTO tenant (id, name, language, time_zone, retention_days, created_at) VALUES (${id}, ${id}, 'en', 'UTC', 30, 0)`.execute(
      state.db,
    );
});

function setUp(guard: WebhookGuard, now: () => number = Date.now, timeout = 2_000) {
  const sender = new WebhookSender({
    queue: new PostgresWebhookQueue(state.db, vault, (id) => `https://vigie.example.org/incidents/${id}`),
    guards: () => guard,
    version: '0',
    now,
    log,
    timing: { retryFirst: 20, retryMax: 40, poll: 20, timeout },
  });
  const store = new WebhookStore(state.db, vault);
  const webhooks = new Webhooks({ store, guards: () => guard, wake: () => sender.wake(), now });
  return { sender, store, webhooks };
}

async function addIncident(tenant: string): Promise<number> {
  const { rows } = await sql<{
    id: number;
  }>`INSERT INTO incident (tenant, title, level, level_rank, first_at, last_at, created_at, entities, techniques, alert_count, detection_count)
    VALUES (${tenant}, 'Password spraying', 'high', 3, 1, 2, 3, '[]', '{T1110}', 1, 1) RETURNING id`.execute(
    state.db,
  );
  return rows[0]!.id;
}

const local = () => new AddressGuard([`127.0.0.1:${port}`]);
const hook = (tenant = 'acme') => ({
  tenant,
  name: 'Ticket system',
  url: `http://127.0.0.1:${port}/hook`,
  kinds: ['incident.opened' as const, 'incident.changed' as const, 'incident.closed' as const],
});

describe('delivery', () => {
  it('is signed so that another library verifies it; changes in a row are told once; only the own tenant’s', async () => {
    const { sender, webhooks } = setUp(local());
    const { secret } = await webhooks.add(person, hook());
    const id = await addIncident('acme');
    await addIncident('globex');
    for (const count of [2, 3, 4])
      await sql`UPDATE incident SET alert_count = ${count} WHERE id = ${id}`.execute(state.db);
    await sql`UPDATE incident SET notified_rank = 3 WHERE id = ${id}`.execute(state.db);
    await sql`UPDATE webhook_delivery SET not_before = 0`.execute(state.db);
    sender.start();
    await until('both', () => heard.length === 2);
    await sql`UPDATE incident SET status = 'closed' WHERE id = ${id}`.execute(state.db);
    await until('the third', () => heard.length === 3);
    await sender.stop();
    const told = heard.map(({ body, headers }) =>
      new Webhook(secret).verify(body, headers as Record<string, string>),
    );
    expect(told).toMatchObject([
      {
        type: 'incident.opened',
        data: {
          tenant: 'acme',
          incident: { id, alerts: 4, link: `https://vigie.example.org/incidents/${id}` },
        },
      },
      { type: 'incident.changed', data: { incident: { id } } },
      { type: 'incident.closed', data: { incident: { status: 'closed' } } },
    ]);
    expect(() =>
      new Webhook(secret).verify(`${heard[0]!.body} `, heard[0]!.headers as Record<string, string>),
    ).toThrow();
  });

  it('what fails is tried again with the same id and body, and with a new time', async () => {
    answers = [{ status: 500 }, { status: 429 }, { status: 200 }];
    const { sender, webhooks } = setUp(local());
    const { webhook } = await webhooks.add(person, hook());
    await addIncident('acme');
    sender.start();
    await until('the third attempt', () => heard.length === 3);
    await until(
      'it is noted',
      async () => (await webhooks.deliveries('all', webhook.id, { limit: 5 }))!.items[0]!.state === 'sent',
    );
    await sender.stop();
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
  });

  it('after three days it is given up, shown, and sent again when a person asks', async () => {
    answers = [{ status: 500 }];
    let now = Date.now();
    const { sender, webhooks } = setUp(local(), () => now);
    const { webhook } = await webhooks.add(person, hook());
    await addIncident('acme');
    now += 3 * 86_400_000 + 60_000;
    sender.start();
    const dead = await until('it is given up', async () => {
      const page = await webhooks.deliveries('all', webhook.id, { limit: 5 });
      return page!.items[0]?.state === 'dead' && page!.items[0];
    });
    expect(dead).toMatchObject({ status: 500, lastError: 'given up: the receiver answered 500: noted' });
    answers = [{ status: 200 }];
    expect(await webhooks.retry(['globex'], webhook.id, dead.id)).toBe(false);
    expect(await webhooks.retry('all', webhook.id, dead.id)).toBe(true);
    await until('it is sent', async () => (await webhooks.list('all'))[0]!.dead === 0 && heard.length >= 2);
    await sender.stop();
  });

  it('410 switches a webhook off; a redirect is not followed', async () => {
    answers = [{ status: 302, headers: { location: `http://127.0.0.1:${port}/elsewhere` } }, { status: 410 }];
    const { sender, webhooks } = setUp(local());
    await webhooks.add(person, hook());
    await addIncident('acme');
    sender.start();
    await until('it is off', async () => (await webhooks.list('all'))[0]!.enabled === false);
    await sender.stop();
    expect(heard.map(({ url }) => url)).toEqual(['/hook', '/hook']);
  });

  it('one that hangs holds up only itself', async () => {
    const hanging: Socket[] = [];
    const silent = createTcp((socket) => hanging.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port: dead } = silent.address() as { port: number };
    const guard = new AddressGuard([`127.0.0.1:${port}`, `127.0.0.1:${dead}`]);
    // It hangs for longer than the other is waited for.
    const { sender, webhooks } = setUp(guard, Date.now, 50_000);
    await webhooks.add(person, { ...hook(), url: `http://127.0.0.1:${dead}/` });
    await webhooks.add(person, hook());
    await addIncident('acme');
    sender.start();
    await until('the other', () => heard.length === 1);
    await addIncident('acme');
    await until('the other again', () => heard.length === 2);
    silent.close();
    for (const socket of hanging) socket.destroy();
    await sender.stop();
  });

  it('the secret is sealed, and opens under a new key', async () => {
    const { webhooks } = setUp(local());
    const { secret } = await webhooks.add(person, hook());
    const { rows } = await sql<{ row: string }>`SELECT to_json(w)::text AS row FROM webhook w`.execute(
      state.db,
    );
    expect(rows[0]!.row).not.toContain(secret.slice(6));
    expect(JSON.stringify(await webhooks.list('all'))).not.toContain(secret.slice(6));
    vault.addKey();
    const { resealed } = await state.db.transaction().execute((trx) => resealWebhooks(trx, vault));
    expect(resealed).toBe(1);
    vault.dropOldKeys();
    const queue = new PostgresWebhookQueue(state.db, vault, String);
    expect(await queue.secret('acme', (await webhooks.list('all'))[0]!.id)).toBe(secret);
  });
});

describe('server-side request forgery', () => {
  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.1.1/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'http://example.org/',
    'https://user:password@example.org/',
  ])('%s is refused when it is entered', async (url) => {
    const { webhooks } = setUp(new AddressGuard([]));
    await expect(webhooks.add(person, { ...hook(), url })).rejects.toMatchObject({
      code: 'VIGIE_WEBHOOK_ADDRESS',
    });
  });

  /** A port that counts what comes in. */
  async function trap() {
    let octets = 0;
    const server = createTcp((socket) =>
      socket.on('data', (part) => (octets += part.length)).on('error', () => undefined),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      port: (server.address() as { port: number }).port,
      octets: () => octets,
      close: () => server.close(),
    };
  }

  it('a name that leads inside is refused when it is called, also among good addresses (DNS rebinding)', async () => {
    const inside = await trap();
    let looks = 0;
    const guard = new AddressGuard([], async () => {
      looks++;
      return [
        { address: '198.41.0.4', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ];
    });
    const call = post({ guard, timeout: 2_000 }, `https://rebind.example.org:${inside.port}/`, {}, '{}');
    // It does not say which: names inside are not to be looked up by whoever sets up a webhook.
    await expect(call).rejects.toThrow(/^rebind\.example\.org has an address that is not a public address$/);
    expect(looks).toBe(1);
    expect(inside.octets()).toBe(0);
    inside.close();
  });

  it('what a connection has really reached is looked at before anything is sent', async () => {
    const inside = await trap();
    const real = new AddressGuard([]);
    // A resolver that answers the check with one address and the connection with another.
    const guard: WebhookGuard = {
      check: () => undefined,
      lookup: () => (_host, options, callback) =>
        options.all === true
          ? callback(null, [{ address: '127.0.0.1', family: 4 }])
          : callback(null, '127.0.0.1', 4),
      accepts: (url, address) => real.accepts(url, address),
    };
    const call = post(
      { guard, timeout: 2_000 },
      `http://rebind.example.org:${inside.port}/`,
      {},
      '{"secret":1}',
    );
    await expect(call).rejects.toThrow(/led to an address that may not be called/);
    expect(inside.octets()).toBe(0);
    inside.close();
  });
});

it('what belongs to another tenant is not there (IDOR)', async () => {
  const { webhooks } = setUp(local());
  const { webhook } = await webhooks.add(person, hook('globex'));
  const own = ['acme'];
  expect(await webhooks.list(own)).toEqual([]);
  expect(await webhooks.update(own, webhook.id, { enabled: false })).toBeUndefined();
  expect(await webhooks.renewSecret(own, webhook.id)).toBeUndefined();
  expect(await webhooks.ping(own, webhook.id)).toBe(false);
  expect(await webhooks.deliveries(own, webhook.id, { limit: 5 })).toBeUndefined();
  expect(await webhooks.remove(own, webhook.id)).toBe(false);
  await expect(webhooks.add({ ...person, scope: own }, hook('globex'))).rejects.toThrow(/row-level security/);
  expect((await webhooks.list('all'))[0]).toMatchObject({ enabled: true });
});
