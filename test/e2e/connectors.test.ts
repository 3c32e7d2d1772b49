/** Connectors of the whole program: fetched into the store once each, through kills, with secrets that stay inside. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ConnectorTest, ConnectorView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descendants } from '../support/program.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

const SECRET = 'hush-poller-secret-4711';
const PATH = '/api/sources/acme/cloud/connector';
const PAGE = 50;

/** A stand-in for an API with pages by cursor; each answer takes a while, as a service's does. */
class PagesStandIn {
  items: object[] = [];
  asked = 0;
  token = SECRET;
  slow = 0;
  readonly #server: Server = createServer((request, response) => {
    this.asked++;
    const url = new URL(request.url ?? '/', 'http://stand-in.example.org');
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `unknown token ${request.headers.authorization}` }));
      return;
    }
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const list = this.items.slice(from, from + PAGE);
    setTimeout(() => response.end(JSON.stringify({ list, next: String(from + list.length) })), this.slow);
  });

  async open(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  add(count: number): void {
    for (let i = 0; i < count; i++)
      this.items.push({ id: `item-${this.items.length}`, kind: 'pulled', at: new Date().toISOString() });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let pages: PagesStandIn;
let vigie: Vigie;

beforeAll(async () => {
  pages = await new PagesStandIn().open();
  vigie = await Vigie.start({ config: { pull: { allowHosts: [pages.host] }, log: { level: 'debug' } } });
  await vigie.addTenant('acme');
  await vigie.addSource('acme', 'cloud');
});
afterAll(async () => {
  await vigie?.remove();
  pages?.close();
});

const setup = (more: object = {}) => ({
  type: 'http-poller',
  settings: {
    url: `http://${pages.host}/log`,
    items: 'list',
    id: 'id',
    time: 'at',
    ask: 'cursor',
    paging: 'next-cursor',
    next: 'next',
    ...more,
  },
  secrets: { token: SECRET },
  everySeconds: 10,
});
const view = () => vigie.api.get<ConnectorView>(PATH);
const ids = async () =>
  (await vigie.events('item-')).map(({ fields }) => /item-\d+/.exec(String(fields['event.original']))?.[0]);

describe('a connector', () => {
  test('is tested, set up, fetches, and says how it is', async () => {
    pages.add(120);
    const tested = await vigie.api.ok<ConnectorTest>('POST', `${PATH}/test`, setup());
    expect(tested).toMatchObject({ ok: true });
    const made = await vigie.api.ok<ConnectorView>('PUT', PATH, setup());
    expect(made.secrets).toContainEqual({ name: 'token', set: true });
    // The last page counts before the fetch has ended.
    await until('the end of the fetch', async () => {
      const { added, state } = await view();
      return added === 120 && state === 'ok';
    });
    expect(await view()).toMatchObject({ problem: null, fetched: 120 });
    await until('the items in the store', async () => (await ids()).length === 120);
  });

  test('fetches on through kills of the server: every item is there, and once', async () => {
    pages.slow = 15;
    for (let round = 0; round < 3; round++) {
      pages.add(1000);
      const before = pages.asked;
      await vigie.api.ok('PATCH', PATH, { fetch: true });
      await until('pages under way', () => pages.asked > before + 4 + round * 3);
      await vigie.kill('server');
      await until(
        'the server again',
        async () => (await vigie.status().catch(() => undefined)) !== undefined,
        60_000,
      );
    }
    await until('everything', async () => (await ids()).length >= 3120, 90_000);
    await vigie.api.ok('PATCH', PATH, { fetch: true });
    await vigie.settled();
    const found = await ids();
    expect(found).toHaveLength(3120);
    expect(new Set(found).size).toBe(3120);
  });

  test('a revoked token is seen by a person, and a new one mends it', async () => {
    pages.token = `${SECRET}-new`;
    pages.add(5);
    await vigie.api.ok('PATCH', PATH, { fetch: true });
    await until('the problem', async () => (await view()).state === 'broken');
    const { problem } = await view();
    expect(problem).toMatchObject({ code: 'VIGIE_PULL_UNAUTHORISED' });
    expect(problem?.advice).not.toBe('');
    const { warnings } = await vigie.status();
    expect(warnings.map(({ code }) => code)).toContain('VIGIE_PULL_UNAUTHORISED');
    await vigie.api.ok('PUT', PATH, { ...setup(), secrets: { token: `${SECRET}-new` } });
    await until('the rest', async () => (await view()).state === 'ok');
    await until('the rest in the store', async () => (await ids()).length === 3125);
  });

  test('its address can’t be changed without entering the secret again', async () => {
    const moved = { ...setup({ url: 'https://thief.example.org/log' }), secrets: {} };
    const answer = await vigie.api.call('PUT', PATH, moved);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('entered again');
    expect((await vigie.api.call('POST', `${PATH}/test`, moved)).status).toBe(400);
  });

  test('an address beside Vigie is not reached', async () => {
    const { port } = new URL(vigie.run.url);
    for (const url of [
      `http://127.0.0.1:${port}/api/health`,
      'https://169.254.169.254/latest/',
      'https://localhost/',
    ]) {
      const tested = await vigie.api.ok<ConnectorTest>('POST', `${PATH}/test`, setup({ url }));
      expect(tested).toMatchObject({ ok: false });
      expect(tested.message).toContain('VIGIE_PULL_ADDRESS');
    }
  });

  test('the command line: types, add from a file, show, pause, resume, rotate, remove', async () => {
    await vigie.addSource('acme', 'second');
    const file = join(vigie.data, '..', 'poller.secret');
    writeFileSync(file, `${pages.token}\n`, { mode: 0o600 });
    const cli = async (...args: string[]) => {
      const { code, stdout, stderr } = await vigie.command(...args);
      return `${code} ${stdout} ${stderr}`;
    };
    expect(await cli('connector', 'types')).toContain('okta-system-log');
    expect(await cli('connector', 'types', 'aws-s3-sqs')).toContain('sqs:ReceiveMessage');
    const { settings } = setup();
    const flags = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    expect(
      await cli(
        'connector',
        'add',
        'acme',
        'second',
        'http-poller',
        ...flags,
        '--secret-file',
        `token=${file}`,
        '--test',
      ),
    ).toContain('is fetched');
    expect(await cli('connector', 'show', 'acme', 'second')).toMatch(/token\s+\(set\)/);
    expect(await cli('connector', 'pause', 'acme', 'second')).toContain('paused');
    expect(await cli('connector', 'list')).toContain('paused');
    await cli('connector', 'resume', 'acme', 'second');
    expect(await cli('secrets', 'rotate')).toContain('2 connectors');
    expect(await cli('connector', 'test', 'acme', 'second')).toContain('answers');
    expect(
      await cli('connector', 'add', 'acme', 'second', 'http-poller', '--set', `token=${SECRET}`),
    ).toMatch(/^2 .*is a secret/);
    expect(await cli('connector', 'remove', 'acme', 'second')).toContain('not fetched');
  });

  test('the secret is in no answer, log, file, or argument of a process', async () => {
    for (const path of [PATH, '/api/connectors', '/api/connectors/types', '/api/sources', '/api/status'])
      expect(JSON.stringify(await vigie.api.get(path))).not.toContain(SECRET);
    expect(vigie.output).not.toContain(SECRET);
    const processes = await descendants(vigie.supervisor);
    for (const { command } of processes) expect(command).not.toContain(SECRET);
    // The files of one that has ended: nothing of a batch is half written, and what the end writes is there.
    await vigie.stop();
    const found: string[] = [];
    const search = (folder: string) => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const file = join(folder, entry.name);
        if (entry.isDirectory()) search(file);
        else if (entry.isFile() && readFileSync(file).includes(SECRET)) found.push(file);
      }
    };
    search(vigie.data);
    expect(found).toEqual([]);
    expect(statSync(join(vigie.data, 'secret.key')).mode & 0o777).toBe(0o600);
  });
});
