import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../testing/ports.ts';
import { readEnvelope } from './envelope.ts';
import type { Identity } from './testing/authority.ts';
import { WefBench } from './testing/bench.ts';
import { packSldc } from './testing/sldc-encoder.ts';
import { type Offered, pathOf, type WindowsClientStandIn } from './testing/windows-client-stand-in.ts';
import { readXml, XmlError } from './xml.ts';

const MANAGER = '/wsman/SubscriptionManager/WEC';

let bench: WefBench;
let identity: Identity;
let machine: WindowsClientStandIn;
let offer: Offered;

beforeAll(async () => {
  bench = await WefBench.open();
  identity = await bench.harbour.issue({ name: 'pc-1.harbour.example.org' });
});
afterAll(() => bench?.remove());
beforeEach(async () => {
  await bench.start({ body: 64 * 1024, decoded: 256 * 1024 });
  machine = bench.client('pc-1.harbour.example.org', identity);
  offer = (await machine.enumerate())!;
});
afterEach(async () => {
  expect([bench.ports.logs, bench.store.bookmarks.size]).toEqual([[], 0]);
  // Whatever came, the next machine is served.
  const next = bench.client('pc-1.harbour.example.org', identity);
  expect(await next.enumerate()).toBeDefined();
  await bench.stop();
});

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const dropped = (): object => Object.fromEntries(bench.ports.dropped);

/** A connection that is written to by hand. */
async function byHand(): Promise<{
  write(text: string | Buffer): void;
  readonly closed: Promise<void>;
  answer(): string;
}> {
  const socket = connect({
    host: '127.0.0.1',
    port: bench.collector.port,
    servername: 'localhost',
    ca: bench.harbour.cert,
    ...identity,
  });
  let answer = '';
  socket.on('data', (part: Buffer) => {
    answer += part.toString('latin1');
  });
  // Resets are what is provoked here.
  socket.on('error', () => socket.destroy());
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  await new Promise<void>((done) => socket.once('secureConnect', () => done()));
  return { write: (text) => void socket.write(text), closed, answer: () => answer };
}

describe('XML', () => {
  const entity = '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
  const envelope = (inside: string): string =>
    `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">${inside}</s:Envelope>`;
  const cases: Readonly<Record<string, string>> = {
    'entities that multiply': `${entity}${envelope('&b;')}`,
    'an external entity': `<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>${envelope('&x;')}`,
    'an external document type': `<!DOCTYPE s SYSTEM "http://192.0.2.1/x.dtd">${envelope('')}`,
    'an unknown entity': envelope('&constructor;'),
    'an entity without an end': envelope('& &amp'),
    'a number that is no character': envelope('&#xD800;'),
    'deep nesting': envelope(`${'<a>'.repeat(500)}${'</a>'.repeat(500)}`),
    'tags that cross': envelope('<a><b></a></b>'),
    'an end without a beginning': '</a>',
    'a second root': `${envelope('')}<a/>`,
    'text outside': `${envelope('')}x`,
    'a prefix that nobody declared': envelope('<z:a/>'),
    'an attribute twice': envelope('<a b="1" b="2"/>'),
    'a thousand attributes': envelope(`<a ${Array.from({ length: 1000 }, (_, n) => `a${n}=""`).join(' ')}/>`),
    'no element': '   ',
    'no XML': 'GET / HTTP/1.1',
    'no SOAP': '<a/>',
    'no header': envelope('<s:Body/>'),
    'an empty message': envelope('<s:Header/><s:Body/>'),
  };
  test.each(Object.entries(cases))('%s: refused as a whole', async (_name, text) => {
    const answer = await machine.post(pathOf(offer), text);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/<s:Text xml:lang="en-US">The message can't be read: /);
    // Nothing of what was sent comes back.
    expect(answer.text).not.toContain('passwd');
    expect(dropped()).toEqual({ 'frame-invalid': 1 });
    expect(bench.collector.stats().invalid).toBe(1);
  });

  test('cut anywhere, a message is refused: half a delivery is none', () => {
    const whole = machine.envelope(
      'urn:x',
      '<w:AckRequested/>',
      '<w:Events><w:Event><![CDATA[<e/>]]></w:Event></w:Events>',
    );
    expect(readEnvelope(whole).acknowledge).toBe(true);
    for (let end = 0; end < whole.length; end++)
      expect(() => readEnvelope(whole.slice(0, end)), String(end)).toThrow(XmlError);
  });

  test('a million elements end early, and long names and hostile shapes cost no more than their length', () => {
    expect(() => readXml(`<a>${'<b/>'.repeat(1_000_000)}</a>`)).toThrow(/too many elements/);
    for (const part of ['<', '<a ', '<a b="', '<!--', '<![CDATA[', '&', '<a><', '</', '<a b=', '<?'])
      expect(() => readXml(`<r>${part.repeat(100_000)}`)).toThrow(XmlError);
    expect(() => readXml(`<${'x'.repeat(1_000_000)}/>`)).toThrow(/name/);
  });

  test('twenty thousand damaged messages are read or refused, and nothing else', () => {
    const whole = machine.envelope(
      'urn:x',
      '<w:AckRequested a="&#65;"/>',
      '<w:Events><w:Event><![CDATA[<e/>]]></w:Event></w:Events>',
    );
    let state = 11;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    for (let round = 0; round < 20_000; round++) {
      const at = next(whole.length);
      const damaged = `${whole.slice(0, at)}${'<>&"\'/!?[]=: x\0'[next(15)]}${whole.slice(at + next(4))}`;
      try {
        readEnvelope(damaged);
      } catch (error) {
        if (!(error instanceof XmlError)) throw error;
      }
    }
  });
});

describe('bodies', () => {
  test('too large, said so or not', async () => {
    const large = Buffer.alloc(100_000, 'x');
    expect((await machine.raw(pathOf(offer), large)).status).toBe(413);
    const hand = await byHand();
    hand.write(
      `POST ${pathOf(offer)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let n = 0; n < 20; n++) hand.write(`1000\r\n${'x'.repeat(4096)}\r\n`);
    await hand.closed;
    expect(hand.answer()).toMatch(/^HTTP\/1.1 413 /);
    expect(dropped()).toEqual({ 'too-large': 2 });
  });

  test('compressed beyond what may come out', async () => {
    const body = packSldc(Buffer.alloc(300_000, ' '));
    const answer = await machine.raw(pathOf(offer), body, { 'content-encoding': 'SLDC' });
    expect(answer.status).toBe(413);
    expect(dropped()).toEqual({ 'too-large': 1 });
  });

  test.each([
    ['garbage', Buffer.from('this is not compressed at all')],
    ['zeros', Buffer.alloc(1000)],
    ['cut', packSldc(utf16('<s:Envelope/>')).subarray(0, 12)],
  ])('compressed %s', async (_name, body) => {
    const answer = await machine.raw(pathOf(offer), body, { 'content-encoding': 'sldc' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('can not be decompressed');
    expect(dropped()).toEqual({ 'decompression-failed': 1 });
  });

  test('slow: a body, and a head, that come drop by drop are cut off', async () => {
    await bench.stop();
    await bench.start({ bodyIdleTimeout: 300, headTimeout: 500 });
    const body = await byHand();
    body.write(
      `POST ${pathOf(offer)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml\r\nContent-Length: 500\r\n\r\n<s:`,
    );
    await body.closed;
    const head = await byHand();
    head.write('POST /wsman/SubscriptionManager/WEC HTTP/1.1\r\n');
    const drip = setInterval(() => head.write('X-A: b\r\n'), 100);
    await head.closed;
    clearInterval(drip);
    expect(dropped()).toEqual({ 'idle-timeout': 2 });
    expect(head.answer()).toBe('');
  }, 60_000);

  test('many at once are held back before they fill the memory', async () => {
    await bench.stop();
    await bench.start({ inFlight: 1000 });
    machine = bench.client('pc-1.harbour.example.org', identity);
    await expect(machine.enumerate()).rejects.toThrow(/503/);
    await bench.stop();
    await bench.start();
    bench.ports.backlogBytes = 10 ** 9;
    machine = bench.client('pc-1.harbour.example.org', identity);
    await expect(machine.enumerate()).rejects.toThrow(/503/);
    bench.ports.backlogBytes = 0;
  });

  test('more events in one delivery than are taken', async () => {
    await bench.stop();
    await bench.start({ events: 3 });
    machine = bench.client('pc-1.harbour.example.org', identity);
    offer = (await machine.enumerate())!;
    expect((await machine.deliver(offer, machine.write(4))).status).toBe(413);
  });
});

describe('requests', () => {
  test.each([
    ['a type that is not SOAP', MANAGER, { 'content-type': 'text/xml' }, 415],
    ['what Kerberos wraps', MANAGER, { 'content-type': 'multipart/encrypted;boundary="x"' }, 415],
    ['another compression', MANAGER, { 'content-encoding': 'gzip' }, 415],
    [
      'a character set that nobody uses',
      MANAGER,
      { 'content-type': 'application/soap+xml;charset=koi8-r' },
      415,
    ],
    ['another address', '/wsman', {}, 404],
    ['the console', '/api/status', {}, 404],
    ['a host that is none', MANAGER, { host: 'a"><x' }, 400],
    ['a host with a path', MANAGER, { host: 'evil.example.org/x' }, 400],
  ])('%s', async (_name, path, headers, status) => {
    const answer = await machine.raw(path, Buffer.from('<a/>'), headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('<s:Fault>');
  });

  test('only POST; an empty one asks whether it may come in', async () => {
    expect((await machine.raw(MANAGER, Buffer.alloc(0), {}, 'GET')).status).toBe(400);
    const answer = await machine.raw(MANAGER, Buffer.alloc(0));
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('an action that is for somebody else, a subscription that is nobody’s', async () => {
    const other = machine.envelope('http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete', '', '');
    expect((await machine.post(MANAGER, other)).status).toBe(400);
    expect((await machine.post(pathOf(offer), other)).status).toBe(400);
    const nowhere = '/wsman/subscriptions/00000000-0000-8000-8000-000000000000';
    expect((await machine.deliver(offer, machine.write(1), { to: nowhere })).status).toBe(404);
  });

  test('no HTTP, and no TLS', async () => {
    const hand = await byHand();
    hand.write('\x01\x02\x03 nonsense\r\n\r\n');
    await hand.closed;
    expect(dropped()).toEqual({ 'frame-invalid': 1 });
    await until(() => bench.collector.stats().connections <= 1, 'the connection to be gone');
  });
});
