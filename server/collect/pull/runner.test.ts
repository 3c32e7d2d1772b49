import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PullBench } from './testing/bench.ts';
import { OktaStandIn } from './testing/okta-stand-in.ts';

const AT = { tenant: 'acme', source: 'cloud' };
const TOKEN = 'okta-token-for-tests';

let bench: PullBench;
let okta: OktaStandIn;

beforeAll(async () => {
  bench = await PullBench.open();
});
afterAll(() => bench?.close());
beforeEach(async () => {
  await bench.reset();
  okta = new OktaStandIn();
  bench.internet.at('example.okta.com', okta.answer);
});

const set = (at = AT) =>
  bench.set('okta-system-log', { domain: 'example.okta.com', lookBackHours: 2160 }, { token: TOKEN }, at);
const recent = () => Date.now() - 3_600_000;

describe('fetching', () => {
  test('pages are stored in order, each item once, and a second fetch asks for what is new only', async () => {
    okta.add(2500, recent());
    await set();
    const runner = bench.runner();
    const record = await bench.fetch(runner);
    expect(record).toMatchObject({ fetched: 2500, added: 2500, failures: 0, problem: null });
    expect(bench.sink.logs.map(({ text }) => JSON.parse(text).uuid)).toEqual(
      okta.log.map(({ uuid }) => uuid),
    );
    expect(bench.sink.logs[0]).toMatchObject({ ...AT, transport: 'pull', key: 'okta-system-log:0000-0' });
    okta.add(3, recent());
    const asked = bench.internet.asked.length;
    expect(await bench.fetch(runner)).toMatchObject({ fetched: 2503, added: 2503 });
    expect(bench.internet.asked.slice(asked)).toHaveLength(1);
  });

  test('an event that is written late, with an older time, is not missed', async () => {
    okta.add(5, recent());
    await set();
    const runner = bench.runner();
    await bench.fetch(runner);
    okta.log.push({ ...okta.log[0]!, uuid: 'late', published: new Date(recent() - 600_000).toISOString() });
    expect(await bench.fetch(runner)).toMatchObject({ added: 6 });
  });

  test('what is stored keeps the service’s own digits', async () => {
    bench.internet.at('example.okta.com', () => ({
      body: '[ {"uuid":"1", "published":"2026-03-01T10:00:00Z", "n":12345678901234567890} ]',
    }));
    await set();
    await bench.fetch(bench.runner());
    expect(bench.sink.logs[0]?.text).toContain('12345678901234567890');
  });
});

describe('durability', () => {
  test('a process that dies between store and checkpoint fetches again, and adds nothing twice', async () => {
    okta.add(1500, recent());
    await set();
    // The first process stores a page and gets no further: its checkpoint is never noted.
    const dying = bench.dyingRunner();
    await dying.start();
    while (bench.sink.logs.length < 1000) await new Promise((done) => setTimeout(done, 5));
    expect((await bench.record()).checkpoint).toBeUndefined();
    const record = await bench.fetch(bench.runner());
    expect(record).toMatchObject({ fetched: 1500, added: 500 });
    expect(bench.sink.logs).toHaveLength(1500);
    expect(new Set(bench.sink.logs.map(({ key }) => key)).size).toBe(1500);
  });

  test('the checkpoint does not move before the store has acknowledged', async () => {
    okta.add(10, recent());
    await set();
    let open: () => void = () => undefined;
    bench.sink.gate = new Promise<void>((done) => {
      open = done;
    });
    const runner = bench.runner();
    await runner.start();
    while (bench.internet.asked.length === 0) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setTimeout(done, 200));
    expect((await bench.record()).checkpoint).toBeUndefined();
    open();
    while ((await bench.record()).checkpoint === undefined) await new Promise((done) => setTimeout(done, 5));
    expect(bench.sink.logs).toHaveLength(10);
  });

  test('items without a time of their own have the same one after a crash, and are not taken twice later', async () => {
    const log = [
      { uuid: 'timeless', n: 1 },
      { uuid: 'future', published: '2099-01-01T00:00:00Z' },
    ];
    bench.internet.at('example.okta.com', () => ({ body: log }));
    await set();
    const dying = bench.dyingRunner();
    await dying.start();
    while (bench.sink.logs.length < 2) await new Promise((done) => setTimeout(done, 5));
    const first = bench.sink.logs.map(({ fallbackTime }) => fallbackTime);
    const kept = bench.sink;
    bench.sink = new (kept.constructor as new () => typeof kept)();
    await bench.fetch(bench.runner());
    expect(bench.sink.logs.map(({ fallbackTime }) => fallbackTime)).toEqual(first);
    const { strays } = await bench.record();
    expect(strays).toHaveLength(2);
    await bench.fetch(bench.runner());
    expect(bench.sink.logs).toHaveLength(2);
  });

  test('a connector that is changed meanwhile is not overwritten by the fetch under way', async () => {
    okta.add(10, recent());
    await set();
    let open: () => void = () => undefined;
    bench.sink.gate = new Promise<void>((done) => {
      open = done;
    });
    const runner = bench.runner();
    await runner.start();
    while (bench.internet.asked.length === 0) await new Promise((done) => setTimeout(done, 5));
    const before = await bench.record();
    await bench.store.pause(AT, true, bench.now());
    open();
    await new Promise((done) => setTimeout(done, 300));
    expect(await bench.record()).toMatchObject({
      checkpoint: undefined,
      paused: true,
      revision: before.revision + 1,
    });
  });
});

describe('failures', () => {
  test.each([
    ['a 500', { status: 500, body: { errorSummary: 'oops' } }, 'VIGIE_PULL_UNAVAILABLE'],
    [
      'a 503 with a page of HTML',
      { status: 503, body: '<html>maintenance</html>' },
      'VIGIE_PULL_UNAVAILABLE',
    ],
    ['no answer in time', 'hang', 'VIGIE_PULL_TIMEOUT'],
    ['a connection that breaks', 'hang-up', 'VIGIE_PULL_UNAVAILABLE'],
    ['a body that is cut', 'cut-body', 'VIGIE_PULL_UNAVAILABLE'],
    ['JSON that is cut', 'cut-json', 'VIGIE_PULL_BAD_ANSWER'],
    ['gzip that is cut', 'cut-gzip', 'VIGIE_PULL_BAD_ANSWER'],
    ['a 429 without Retry-After', { status: 429, body: {} }, 'VIGIE_PULL_THROTTLED'],
  ] as const)('%s: tried again later, and nothing is lost', async (_, fault, code) => {
    okta.add(7, recent());
    await set();
    bench.internet.fail('example.okta.com', fault);
    const runner = bench.runner();
    const failed = await bench.fetch(runner);
    expect(failed).toMatchObject({ failures: 1, problem: { code }, fetched: 0 });
    expect(failed.nextAt).toBeGreaterThan(bench.now());
    expect(await bench.fetch(runner)).toMatchObject({ failures: 0, problem: null, added: 7 });
  });

  test('Retry-After and the end of a rate limit are waited for, by the service’s clock', async () => {
    okta.add(1, recent());
    await set();
    const runner = bench.runner();
    bench.internet.fail('example.okta.com', { status: 429, headers: { 'retry-after': '120' } });
    const first = await bench.fetch(runner);
    expect(first.nextAt - bench.now()).toBeGreaterThan(110_000);
    // A clock that is an hour behind ours, and an instant by it.
    const theirs = Date.now() - 3_600_000;
    bench.internet.fail('example.okta.com', {
      status: 429,
      headers: {
        date: new Date(theirs).toUTCString(),
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': String(Math.ceil(theirs / 1000) + 240),
      },
    });
    const second = await bench.fetch(runner);
    expect(second.nextAt - bench.now()).toBeGreaterThan(230_000);
    expect(second.nextAt - bench.now()).toBeLessThan(260_000);
  });

  test('a wrong token waits for a person, and the token is nowhere to be read', async () => {
    okta.add(1, recent());
    await set();
    okta.token = 'another';
    const record = await bench.fetch(bench.runner());
    expect(record).toMatchObject({ failures: 1, problem: { code: 'VIGIE_PULL_UNAUTHORISED' } });
    expect(record.problem?.advice).toMatch(/new credential/);
    // The stand-in repeats in its answer what it was sent, as some services do.
    expect(record.problem?.message).toContain('Invalid token provided');
    expect(`${JSON.stringify(record)} ${bench.said.join()}`).not.toContain(TOKEN);
    expect(record.nextAt - bench.now()).toBeGreaterThan(20 * 60_000);
  });

  test('a cursor that is not known any more is made up for, without doubles', async () => {
    okta.add(20, recent());
    await set();
    const runner = bench.runner();
    await bench.fetch(runner);
    okta.forgets = 1000;
    okta.add(5, recent());
    expect(await bench.fetch(runner)).toMatchObject({ failures: 0, added: 25 });
  });

  test('a page that names itself as the next is not fetched for ever', async () => {
    okta.add(2, recent());
    bench.internet.at('example.okta.com', ({ url }) => ({
      headers: { link: '<https://example.okta.com/api/v1/logs?after=1>; rel="next"' },
      body: Array.from({ length: 1000 }, (_, n) => ({
        uuid: `${n}${url.search}`,
        published: '2026-03-01T10:00:00Z',
      })),
    }));
    await set();
    const record = await bench.fetch(bench.runner());
    expect(record.problem?.code).toBe('VIGIE_PULL_BAD_ANSWER');
    expect(bench.internet.asked.length).toBeLessThan(4);
  });

  test('a next page at another host gets neither a request nor the credential', async () => {
    bench.internet.at('elsewhere.example.org', () => ({ body: [] }));
    bench.internet.at('example.okta.com', () => ({
      headers: { link: '<https://elsewhere.example.org/api/v1/logs>; rel="next"' },
      body: [{ uuid: '1', published: '2026-03-01T10:00:00Z' }],
    }));
    await set();
    expect((await bench.fetch(bench.runner())).problem?.code).toBe('VIGIE_PULL_BAD_ANSWER');
    expect(bench.internet.asked.filter(({ host }) => host !== 'example.okta.com')).toEqual([]);
  });

  test('a redirect is told, not followed', async () => {
    bench.internet.at('elsewhere.example.org', () => ({ body: [] }));
    bench.internet.fail('example.okta.com', {
      status: 302,
      headers: { location: 'https://elsewhere.example.org/login?token=abc' },
    });
    await set();
    const { problem } = await bench.fetch(bench.runner());
    expect(problem).toMatchObject({ code: 'VIGIE_PULL_REDIRECT' });
    expect(problem?.message).toContain('https://elsewhere.example.org');
    expect(problem?.message).not.toContain('abc');
    expect(bench.internet.asked).toHaveLength(1);
  });

  test('secrets that can’t be decrypted are said to be so', async () => {
    await set();
    await bench.state.db.updateTable('connector').set({ secrets: 'v1.00000000.AA.AA.AA' }).execute();
    expect((await bench.fetch(bench.runner())).problem).toMatchObject({ code: 'VIGIE_PULL_SECRET' });
  });
});

describe('sharing', () => {
  test('no more fetches at once than allowed, and every tenant gets its turn', async () => {
    let now = 0;
    let most = 0;
    const order: string[] = [];
    bench.internet.at('example.okta.com', async () => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 20));
      now--;
      return { body: [] };
    });
    for (let i = 0; i < 6; i++) await set({ tenant: 'acme', source: `a${i}` });
    for (const tenant of ['globex', 'initech']) await set({ tenant, source: 'only' });
    const runner = bench.runner({
      concurrency: 2,
      store: bench.storeBut({
        secrets: (key: { tenant: string; source: string }) => {
          order.push(key.tenant);
          return bench.store.secrets(key);
        },
      }),
    });
    await runner.start();
    while (order.length < 8) await new Promise((done) => setTimeout(done, 5));
    expect(most).toBeLessThanOrEqual(2);
    // Six connectors of one tenant do not come before the one of another.
    expect(new Set(order.slice(0, 3))).toEqual(new Set(['acme', 'globex', 'initech']));
  });

  test('a fetch that goes on and on lets the others go first, and goes on where it was', async () => {
    okta.add(5000, recent());
    await set();
    const runner = bench.runner({ turn: 0 });
    await runner.start();
    while ((await bench.record()).fetched < 5000) await new Promise((done) => setTimeout(done, 10));
    expect(bench.sink.logs).toHaveLength(5000);
  });

  test('while ingestion is behind, nothing is taken in', async () => {
    okta.add(5, recent());
    await set();
    bench.sink.bytes = 100 * 1024 * 1024;
    const runner = bench.runner();
    await runner.start();
    while (bench.internet.asked.length === 0) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setTimeout(done, 300));
    expect(bench.sink.logs).toHaveLength(0);
    bench.sink.bytes = 0;
    while (bench.sink.logs.length < 5) await new Promise((done) => setTimeout(done, 10));
  });

  test('a source that is switched off is not fetched', async () => {
    okta.add(5, recent());
    await set();
    await bench.state.db.updateTable('source').set({ enabled: false }).execute();
    const runner = bench.runner();
    await runner.start();
    await new Promise((done) => setTimeout(done, 300));
    expect(bench.internet.asked).toEqual([]);
  });
});
