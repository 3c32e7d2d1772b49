import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../testing/ports.ts';
import { DEFAULT_SUBSCRIPTION } from './subscription.ts';
import { ABBEY, HARBOUR, WefBench } from './testing/bench.ts';
import {
  bookmarkOf,
  type LoggedEvent,
  type WindowsClientStandIn,
} from './testing/windows-client-stand-in.ts';

let bench: WefBench;
let machine: WindowsClientStandIn;

beforeAll(async () => {
  bench = await WefBench.open();
});
afterAll(() => bench?.remove());
beforeEach(async () => {
  await bench.start();
  machine = await bench.machine('pc-1.harbour.example.org');
});
afterEach(() => bench.stop());

const key = `harbour/windows/pc-1.harbour.example.org/pc-1.harbour.example.org`;
const offer = async () => (await machine.enumerate())!;
const texts = (events: readonly LoggedEvent[]): string[] => events.map(({ xml }) => xml);

describe('subscriptions', () => {
  test('a machine is told what to send, where, and with which certificate', async () => {
    const told = await offer();
    expect(told.address).toMatch(
      new RegExp(`^https://localhost:${bench.collector.port}/wsman/subscriptions/[0-9A-F-]{36}$`),
    );
    expect(told.thumbprint).toBe(bench.harbour.thumbprint);
    expect(told.identifier).toBe(told.version);
    expect(told.bookmark).toBeUndefined();
    expect(Object.fromEntries(told.options)).toEqual({
      SubscriptionName: 'Vigie windows',
      Compression: 'SLDC',
      CDATA: 'true',
      ContentFormat: 'Raw',
      IgnoreChannelError: 'true',
    });
    expect(told.whole).toContain('<w:Heartbeats>PT900.000S</w:Heartbeats>');
    expect(told.whole).toContain('<w:MaxTime>PT30.000S</w:MaxTime>');
    for (const { channel } of DEFAULT_SUBSCRIPTION.queries)
      expect(told.query).toContain(`<Select Path="${channel}">`);
    expect(bench.store.seen).toMatchObject([
      { ...HARBOUR, kind: 'asked', machine: machine.name, certificate: machine.name, address: '127.0.0.1' },
    ]);
  });

  test('a change is a new version under the same address; what was chosen is asked for, and escaped', async () => {
    const before = await offer();
    expect((await offer()).version).toBe(before.version);
    bench.store.subscriptions.set('harbour/windows', {
      ...DEFAULT_SUBSCRIPTION,
      queries: [{ channel: 'Security', xpath: '*[System[(EventID<4700) and Provider[@Name="a & b"]]]' }],
      format: 'rendered',
      readExisting: true,
    });
    const after = await offer();
    expect(after.version).not.toBe(before.version);
    expect(after.address).toBe(before.address);
    expect(after.query).toBe(
      '<QueryList><Query Id="0"><Select Path="Security">*[System[(EventID&lt;4700) and Provider[@Name=&quot;a &amp; b&quot;]]]</Select></Query></QueryList>',
    );
    expect(after.options.get('ContentFormat')).toBe('RenderedText');
    expect(after.options.get('ReadExistingEvents')).toBe('true');
    expect(after.bookmark).toBe('http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest');
  });

  test('switched off, there is none', async () => {
    bench.store.subscriptions.set('harbour/windows', { ...DEFAULT_SUBSCRIPTION, enabled: false });
    expect(await machine.enumerate()).toBeUndefined();
  });
});

describe('delivery', () => {
  test.each([
    ['UTF-16', {}],
    ['UTF-16, SLDC', { sldc: true }],
    ['UTF-8', { utf8: true }],
    ['without CDATA', { bare: true }],
  ])('%s: events are stored as they came, the bookmark kept, and acknowledged', async (_name, manner) => {
    const told = await offer();
    const events = machine.write(3, 'Security', 'Zoë 🏥');
    const answer = await machine.deliver(told, events, manner);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('wsman/1/wsman/Ack</a:Action>');
    expect(answer.text).toMatch(/<a:RelatesTo>uuid:[0-9A-F-]{36}<\/a:RelatesTo>/);
    expect(bench.ports.logs.map(({ text }) => text)).toEqual(texts(events));
    expect(bench.ports.logs[0]).toMatchObject({ ...HARBOUR, transport: 'wef', peer: '127.0.0.1' });
    expect((await offer()).bookmark).toBe(bookmarkOf(events));
    expect(bench.store.seen.find(({ kind }) => kind === 'events')).toMatchObject({
      events: 3,
      version: told.version,
    });
  });

  test('a delivery that comes twice is stored once', async () => {
    const told = await offer();
    const events = machine.write(5);
    await machine.deliver(told, events);
    await machine.deliver(told, events, { sldc: true });
    expect(bench.ports.logs).toHaveLength(10);
    expect(bench.stored()).toEqual(texts(events));
  });

  test('nothing is acknowledged, and no bookmark moves, before it is stored', async () => {
    const told = await offer();
    let open = (): void => undefined;
    bench.ports.gate = new Promise((done) => {
      open = done;
    });
    let answered = false;
    const answer = machine.deliver(told, machine.write(2)).then((value) => {
      answered = true;
      return value;
    });
    await new Promise((done) => setTimeout(done, 200));
    expect([answered, bench.store.bookmarks.size]).toEqual([false, 0]);
    open();
    expect((await answer).status).toBe(200);
    expect(bench.store.bookmarks.size).toBe(1);
  });

  test('a store that is full, and a database that is away: told to come again, and then it is there once', async () => {
    const told = await offer();
    const events = machine.write(2);
    bench.ports.refuse = true;
    const full = await machine.deliver(told, events);
    expect(full.status).toBe(503);
    expect(full.text).toContain('send them again');
    expect(full.headers['retry-after']).toBe('30');
    bench.ports.refuse = false;
    bench.store.away = true;
    expect((await machine.deliver(told, events)).status).toBe(503);
    expect(bench.store.bookmarks.size).toBe(0);
    bench.store.away = false;
    expect((await machine.deliver(told, events)).status).toBe(200);
    expect(bench.stored()).toEqual(texts(events));
    expect(bench.collector.stats().retries).toBe(2);
  });

  test('restarted in the middle of a delivery, nothing is lost and nothing there twice', async () => {
    machine.write(25);
    const told = await offer();
    expect((await machine.deliver(told, machine.log.slice(0, 10), { sldc: true })).status).toBe(200);
    // Stored, but never answered: the listener goes away first.
    let open = (): void => undefined;
    bench.ports.gate = new Promise((done) => {
      open = done;
    });
    const cut = machine.deliver(told, machine.log.slice(10, 20), { sldc: true }).catch(() => 'cut');
    await until(() => bench.collector.stats().events === 20, 'the delivery');
    bench.store.away = true;
    await bench.collector.close();
    open();
    expect(await cut).toBe('cut');
    await until(() => bench.ports.logs.length === 20, 'the store');
    bench.store.away = false;
    await bench.listen();
    const again = bench.client(machine.name, await bench.harbour.issue({ name: machine.name }));
    again.log.push(...machine.log);
    // A renewed certificate of the same name goes on where the old one ended.
    expect((await again.forward()).map(({ status }) => status)).toEqual([200, 200]);
    expect(bench.stored()).toEqual(texts(machine.log));
    expect(await again.forward()).toEqual([]);
  }, 60_000);

  test('signs of life, and the end of a subscription with its reason', async () => {
    const told = await offer();
    expect((await machine.heartbeat(told)).text).toContain('wsman/1/wsman/Ack</a:Action>');
    expect((await machine.end(told, 'Access is denied.')).status).toBe(200);
    expect((await machine.goodbye(told)).status).toBe(204);
    expect(bench.store.seen.map(({ kind, problem }) => [kind, problem])).toEqual([
      ['asked', undefined],
      ['heartbeat', undefined],
      ['ended', 'http://schemas.xmlsoap.org/ws/2004/08/eventing/SourceCancelling (5) Access is denied.'],
    ]);
  });

  test('an event above the limit is cut, marked and counted; half a surrogate pair stops nothing', async () => {
    await bench.stop();
    await bench.start({ line: 1000 });
    machine = await bench.machine('pc-1.harbour.example.org');
    const events = machine.write(1, 'Security', 'x'.repeat(5000));
    const odd = machine.write(1, 'Security', 'half \ud83c of a pair');
    expect((await machine.deliver(await offer(), [...events, ...odd])).status).toBe(200);
    expect(bench.ports.logs.map(({ text, flags }) => [text.length, flags])).toEqual([
      [1000, ['truncated']],
      [expect.any(Number), ['invalid-utf8']],
    ]);
    expect(bench.ports.logs[1]!.text).toContain('half \ufffd of a pair');
    expect(bench.ports.dropped.get('truncated')).toBe(1);
  });

  test('a bookmark is written anew: what a machine hides in it never comes back', async () => {
    const told = await offer();
    const bookmark =
      '<BookmarkList Direction="backward"><Bookmark Channel="a&amp;b" RecordId="7" IsCurrent="true"><evil/></Bookmark><x:y xmlns:x="z"/><!-- --></BookmarkList>';
    expect((await machine.deliver(told, machine.write(1), { bookmark })).status).toBe(200);
    expect(bench.store.bookmarks.get(key)).toBe(
      '<BookmarkList Direction="backward"><Bookmark Channel="a&amp;b" RecordId="7" IsCurrent="true"/></BookmarkList>',
    );
    for (const bad of ['<Other/>', `<BookmarkList>${'<Bookmark Channel="x"/>'.repeat(5000)}</BookmarkList>`])
      expect((await machine.deliver(told, machine.write(1), { bookmark: bad })).status).toBe(400);
    // Without one, the events count and the place stays.
    expect((await machine.deliver(told, machine.write(1), { bookmark: null })).status).toBe(200);
    expect(bench.store.bookmarks.get(key)).toContain('RecordId="7"');
  });
});

describe('two hospitals', () => {
  test('each machine belongs to where its authority belongs, and goes on behind its own bookmark', async () => {
    // The same name on both sides, and the claim of the one to be the other, change nothing.
    const twin = await bench.machine(machine.name, bench.abbey);
    machine.write(3);
    twin.write(2);
    await machine.forward();
    await twin.forward();
    const of = (tenant: string): number => bench.ports.logs.filter((log) => log.tenant === tenant).length;
    expect([of('harbour'), of('abbey')]).toEqual([3, 2]);
    expect((await twin.enumerate())!.bookmark).toContain('RecordId="2"');
    expect((await offer()).bookmark).toContain('RecordId="3"');
    expect((await twin.enumerate())!.thumbprint).toBe(bench.abbey.thumbprint);
  });

  test('nobody delivers into another’s subscription', async () => {
    const twin = await bench.machine('pc-9.abbey.example.org', bench.abbey);
    const theirs = await offer();
    const answer = await twin.deliver(theirs, twin.write(1));
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('ask for subscriptions again');
    expect(bench.ports.logs).toEqual([]);
    expect([...bench.store.bookmarks]).toEqual([]);
  });

  test('machines that share a certificate have a bookmark each', async () => {
    const shared = await bench.harbour.issue({ name: 'all-machines' });
    const one = bench.client('pc-1', shared);
    const two = bench.client('pc-2', shared);
    one.write(4);
    two.write(1);
    await one.forward();
    await two.forward();
    expect((await one.enumerate())!.bookmark).toContain('RecordId="4"');
    expect((await two.enumerate())!.bookmark).toContain('RecordId="1"');
    bench.store.crowded = 'pc-3';
    const three = bench.client('pc-3', shared);
    await expect(three.enumerate()).rejects.toThrow(/give each machine its own/);
  });

  test('an authority that is nobody’s: no subscription, one entry in quarantine; assigned, its machines are known', async () => {
    bench.ports.sources.delete(bench.abbey.fingerprint);
    const stranger = await bench.machine('pc-9.abbey.example.org', bench.abbey);
    expect(await stranger.enumerate()).toBeUndefined();
    expect((await stranger.deliver(await offer(), stranger.write(2))).status).toBe(403);
    expect(bench.ports.quarantined).toMatchObject([
      {
        address: 'Abbey Hospital CA',
        name: bench.abbey.fingerprint,
        text: expect.stringContaining('pc-9.abbey.example.org (127.0.0.1) asks for subscriptions'),
      },
      { name: bench.abbey.fingerprint, text: expect.stringContaining('delivers events') },
    ]);
    expect(bench.ports.logs).toEqual([]);
    bench.ports.sources.set(bench.abbey.fingerprint, ABBEY);
    // On the connection that is open already.
    expect((await stranger.forward()).map(({ status }) => status)).toEqual([200]);
    expect(bench.ports.logs).toHaveLength(2);
  });
});

describe('certificates', () => {
  test.each([
    ['none', undefined],
    ['of an authority that nobody trusts', 'foreign'],
  ] as const)('%s: refused before anything is said', async (_name, which) => {
    const identity = which === undefined ? {} : await bench.foreign.issue({ name: machine.name });
    const stranger = bench.client(machine.name, identity);
    await expect(stranger.enumerate()).rejects.toThrow(/alert|socket hang up|ECONNRESET|EPIPE/);
    await until(() => bench.ports.dropped.get('handshake-failed') === 1, 'the count');
    expect([bench.store.seen, bench.ports.quarantined]).toEqual([[], []]);
  });

  test.each([
    ['expired', { days: -1 }],
    ['made for servers only', { usage: 'serverAuth' }],
  ] as const)('%s: refused', async (_name, wanted) => {
    const stranger = bench.client(machine.name, await bench.harbour.issue({ name: machine.name, ...wanted }));
    await expect(stranger.enumerate()).rejects.toThrow(/alert|socket hang up|ECONNRESET|EPIPE/);
    await until(() => bench.ports.dropped.get('handshake-failed') === 1, 'the count');
  });

  test('with the DNS name alone, as Active Directory issues it', async () => {
    const identity = await bench.harbour.issue({ dns: ['PC-7.harbour.example.org'] });
    const seven = bench.client('pc-7.harbour.example.org', identity);
    expect(await seven.enumerate()).toBeDefined();
    expect(bench.store.seen.at(-1)).toMatchObject({ certificate: 'pc-7.harbour.example.org' });
  });

  test('with no name at all: refused with a reason', async () => {
    const nobody = bench.client('x', await bench.harbour.issue({}));
    await expect(nobody.enumerate()).rejects.toThrow(/neither a common name nor a DNS name/);
  });

  test('below an issuing authority that the machine sends along, also when it comes again', async () => {
    const issuing = await bench.harbour.subordinate('Harbour Issuing CA');
    const identity = await issuing.issue({ name: 'pc-8.harbour.example.org' });
    for (let round = 0; round < 2; round++) {
      const eight = bench.client('pc-8.harbour.example.org', identity);
      expect((await eight.enumerate())!.thumbprint).toBe(bench.harbour.thumbprint);
      eight.close();
    }
    // Of the two above it, the nearer one goes before.
    bench.ports.sources.set(issuing.fingerprint, { tenant: 'harbour', source: 'wards' });
    const eight = bench.client('pc-8.harbour.example.org', identity);
    expect((await eight.enumerate())!.options.get('SubscriptionName')).toBe('Vigie wards');
  });
});

describe('renewal', () => {
  const tls = () => ({ ...bench.server, ca: [bench.harbour.cert, bench.abbey.cert] });

  test('a machine that is revoked is out, also on the connection that it has open; others stay', async () => {
    const lost = await bench.harbour.issue({ name: 'lost.harbour.example.org' });
    const thief = bench.client('lost.harbour.example.org', lost);
    expect(await thief.enumerate()).toBeDefined();
    const crl = (await bench.harbour.revoke(lost)) + (await bench.abbey.revoke());
    bench.collector.renew({ ...tls(), crl });
    await expect(thief.enumerate()).rejects.toThrow(/alert|socket hang up|ECONNRESET|EPIPE/);
    expect(await machine.enumerate()).toBeDefined();
    expect(await (await bench.machine('pc-8.abbey.example.org', bench.abbey)).enumerate()).toBeDefined();
    // Where there are lists, an authority without one vouches for nobody.
    bench.collector.renew({ ...tls(), crl: await bench.harbour.revoke() });
    const other = await bench.machine('pc-9.abbey.example.org', bench.abbey);
    await expect(other.enumerate()).rejects.toThrow(/alert|socket hang up|ECONNRESET|EPIPE/);
  });

  test('another certificate is shown from the next connection on; what can’t be used changes nothing', async () => {
    const renewed = await bench.harbour.issue({ name: 'localhost', dns: ['localhost'], usage: 'serverAuth' });
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(
          { host: '127.0.0.1', port: bench.collector.port, servername: 'localhost', ca: bench.harbour.cert },
          () => {
            resolve(socket.getPeerX509Certificate()!.fingerprint256);
            socket.destroy();
          },
        );
        socket.once('error', reject);
      });
    const before = await shown();
    for (const bad of [{ key: renewed.key }, { cert: 'nonsense' }, { ca: ['nonsense'] }, { crl: 'nonsense' }])
      expect(() => bench.collector.renew({ ...tls(), ...bad })).toThrow(/can't be used/);
    expect(await shown()).toBe(before);
    expect(await machine.enumerate()).toBeDefined();
    bench.collector.renew({ ...renewed, ca: bench.harbour.cert });
    expect(await shown()).not.toBe(before);
    expect(await machine.enumerate()).toBeDefined();
    expect(bench.collector.authorities.map(({ name }) => name)).toEqual(['Harbour Hospital CA']);
    const other = await bench.machine('pc-9.abbey.example.org', bench.abbey);
    await expect(other.enumerate()).rejects.toThrow(/alert|socket hang up|ECONNRESET|EPIPE/);
  });
});
