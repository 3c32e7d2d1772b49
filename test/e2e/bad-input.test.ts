import { createSocket } from 'node:dgram';
import { gzipSync } from 'node:zlib';
import type { EventView, QuarantineView, SourceView } from '@vigie/contracts/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let acme: string;
let globex: string;

beforeAll(async () => {
  vigie = await Vigie.start();
  await vigie.freeLoopback();
  await vigie.addTenant('acme');
  await vigie.addTenant('globex');
  acme = await vigie.addSource('acme', 'in');
  globex = await vigie.addSource('globex', 'in');
});
afterAll(() => vigie?.remove());

interface IngestAnswer {
  readonly status: number;
  readonly body: {
    accepted?: number;
    rejected?: { index: number; error: string }[];
    rejectedTotal?: number;
    error?: { code: string; message: string };
    items?: { create: { status: number; error?: { type: string } } }[];
  };
}

async function ingest(
  body: string | Buffer,
  more: { token?: string; type?: string; encoding?: string; path?: string } = {},
): Promise<IngestAnswer> {
  const response = await fetch(vigie.run.url + (more.path ?? '/api/ingest/in'), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${more.token ?? acme}`,
      'content-type': more.type ?? 'text/plain',
      ...(more.encoding === undefined ? {} : { 'content-encoding': more.encoding }),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as IngestAnswer['body'] };
}

/** The only event that holds a marker, waited for. */
async function only(marker: string, tenants?: string[]): Promise<EventView> {
  const found = await until(`the event of ${marker}`, async () => {
    const events = await vigie.events(marker, tenants);
    return events.length > 0 && events;
  });
  expect(found).toHaveLength(1);
  return found[0]!;
}

async function source(tenant: string): Promise<SourceView> {
  return vigie.api.get<SourceView>(`/api/sources/${tenant}/in`);
}

/** Runs something while the syslog sender 127.0.0.1 belongs to acme. */
async function asAcme(work: () => Promise<void>): Promise<void> {
  await vigie.api.ok('PATCH', '/api/sources/acme/in', { addresses: ['127.0.0.1'] });
  try {
    await work();
  } finally {
    await vigie.api.ok('PATCH', '/api/sources/acme/in', { addresses: [] });
  }
}

describe('logs that are not as they should be', () => {
  test('a line that no parser knows is kept as it is, tagged and counted', async () => {
    const line = 'zzyzx-1001 ~~ %% no such format || 42';
    expect(await ingest(line)).toMatchObject({ status: 200, body: { accepted: 1 } });
    const event = await only('zzyzx-1001');
    expect(event.fields['event.original']).toBe(line);
    expect(event.fields['tags']).toContain('_parsefailure');
    // Figures of the day are up to five seconds old.
    await until('the count', async () => (await source('acme')).health.parseFailures24h === 1);
    const { items } = await vigie.api.get<{ items: { text: string }[] }>('/api/sources/acme/in/failures');
    expect(items.map(({ text }) => text)).toContain(line);
  });

  test('octets that are no UTF-8 and NUL bytes, by HTTP and by syslog', async () => {
    const odd = (marker: string) =>
      Buffer.concat([
        Buffer.from(`${marker} caf`),
        Buffer.from([0xe9, 0x20, 0x00, 0xff]),
        Buffer.from(' end'),
      ]);
    expect((await ingest(odd('oddbytes-http'))).status).toBe(200);
    await asAcme(() =>
      vigie.syslog(Buffer.concat([Buffer.from('<13>'), odd('oddbytes-tcp'), Buffer.from('\n')])),
    );
    for (const marker of ['oddbytes-http', 'oddbytes-tcp']) {
      const { fields } = await only(marker);
      expect(fields['tags']).toEqual(expect.arrayContaining(['_invalid_utf8', '_nul_bytes']));
      expect(fields['event.original']).toContain(`${marker} caf\uFFFD \0\uFFFD end`);
    }
  });

  test('a line of ten megabytes is cut at the limit and marked; its neighbours are whole', async () => {
    const long = `longline ${'x'.repeat(10 * 1024 * 1024)}`;
    expect((await ingest(`before-http\n${long}-http\nafter-http`)).body.accepted).toBe(3);
    await asAcme(() => vigie.syslog(`<13>before-tcp\n<13>${long}-tcp\n<13>after-tcp\n`));
    for (const marker of ['before-http', 'after-http', 'before-tcp', 'after-tcp']) await only(marker);
    const cut = await until('both long lines', async () => {
      const events = await vigie.events('longline');
      return events.length >= 2 && events;
    });
    expect(cut).toHaveLength(2);
    for (const { fields } of cut) {
      expect(String(fields['event.original']).length).toBeLessThanOrEqual(262_144);
      expect(String(fields['event.original']).length).toBeGreaterThan(262_000);
      expect(fields['tags']).toContain('_truncated');
    }
    expect((await source('acme')).health.drops['truncated']).toBe(2);
  });

  test.each([
    ['1970', '1970-01-01T00:00:10.000Z'],
    ['2099', '2099-07-01T12:00:00.000Z'],
  ])('a date in %s: the receive time is used, both are kept', async (year, date) => {
    const before = Date.now();
    await ingest(`<13>1 ${date} host-${year} app 1 - - absurd date ${year}x`);
    const event = await only(`${year}x`);
    expect(event.at).toBeGreaterThanOrEqual(before);
    expect(event.at).toBeLessThanOrEqual(Date.now());
    expect(event.fields['vigie.claimed_timestamp']).toBe(date);
    expect(event.fields['tags']).toContain('_timestamp_out_of_range');
    expect(event.fields['event.original']).toContain(date);
  });

  test('names that a JavaScript object must not have', async () => {
    const line =
      '{"message":"proto-1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    expect((await ingest(line, { type: 'application/x-ndjson' })).body.accepted).toBe(1);
    expect((await only('proto-1')).fields['event.original']).toBe(line);
    expect((await vigie.api.call('GET', '/api/status')).status).toBe(200);
  });
});

describe('requests that are not as they should be', () => {
  test('malformed items of a batch are named one by one, the good ones are kept', async () => {
    const body = '{"message":"goodone-1"}\n{"message": broken\n[1,2]\n{"message":"goodone-2"}\n';
    const { status, body: answer } = await ingest(body, { type: 'application/x-ndjson' });
    expect(status).toBe(207);
    expect(answer).toMatchObject({ accepted: 2, rejectedTotal: 2 });
    expect(answer.rejected?.map(({ index }) => index)).toEqual([1, 2]);
    await only('"goodone-1"');
    await only('"goodone-2"');

    const bulk = '{"create":{}}\n{"message":"goodone-3"}\n{"create":{}}\n{"message": broken\n';
    const answered = await ingest(bulk, { path: '/_bulk', type: 'application/x-ndjson' });
    expect(answered.status).toBe(200);
    expect(answered.body.items?.map(({ create }) => create.status)).toEqual([201, 400]);
    await only('"goodone-3"');
  });

  test('half a gzip stream: the whole lines before the cut are kept, and the sender is told', async () => {
    // Random text, so that the first half of the stream holds whole lines.
    const lines = Array.from({ length: 4000 }, (_, n) => `halfgzip-${n} ${Math.random()} ${Math.random()}`);
    const whole = gzipSync(lines.join('\n'));
    const half = await ingest(whole.subarray(0, whole.length / 2), { encoding: 'gzip' });
    expect(half.status).toBe(400);
    const kept = half.body.accepted ?? 0;
    expect(kept).toBeGreaterThan(100);
    expect(kept).toBeLessThan(lines.length);
    const stored = await until('the lines before the cut', async () => {
      const events = await vigie.events('halfgzip');
      return events.length >= kept && events;
    });
    expect(stored.map(({ fields }) => fields['event.original']).sort()).toEqual(lines.slice(0, kept).sort());
    expect((await ingest('not gzip at all', { encoding: 'gzip' })).status).toBe(400);
  });

  test('a wrong token, none, a token of another source, an unknown source', async () => {
    expect((await ingest('stranger-1', { token: 'vsrc_wrong' })).status).toBe(401);
    const none = await fetch(`${vigie.run.url}/api/ingest/in`, { method: 'POST', body: 'stranger-2' });
    expect(none.status).toBe(401);
    const unknown = await ingest('stranger-3', { path: '/api/ingest/nowhere' });
    expect(unknown.status).toBe(404);
    expect(unknown.body.error?.code).toBe('unknown-source');
    const hec = await ingest('{"event":"stranger-4"}', { path: '/services/collector', token: 'wrong' });
    expect(hec.status).toBe(403);
    // An API key is no source token.
    expect((await ingest('stranger-5', { token: vigie.run.key })).status).toBe(401);
    await vigie.settled();
    expect(await vigie.events('stranger')).toEqual([]);
  });

  test('the token decides the tenant, whatever the log claims', async () => {
    await ingest('{"message":"claim-1","vigie.tenant":"acme","tenant":"acme"}', {
      token: globex,
      type: 'application/x-ndjson',
    });
    expect((await only('claim-1')).tenant).toBe('globex');
  });
});

describe('an unknown syslog sender', () => {
  test('waits in quarantine until assigned, and then belongs to that tenant alone', async () => {
    await vigie.syslog('<13>lostlamb-1\n<13>lostlamb-2\n');
    const entry = await until('the quarantine', async () => {
      const { items } = await vigie.api.get<{ items: QuarantineView[] }>('/api/quarantine');
      return items.find(({ samples }) => samples.some((text) => text.includes('lostlamb')));
    });
    expect(entry).toMatchObject({ sender: '127.0.0.1', lines: 2, held: 2 });
    expect(await vigie.events('lostlamb')).toEqual([]);

    const assigned = await vigie.command('quarantine', 'assign', entry.id, 'globex', 'in', '--json');
    expect(JSON.parse(assigned.stdout)).toEqual({ replayed: 2 });
    // By UDP too, on the same port; the address is what counts.
    const socket = createSocket('udp4');
    await new Promise((sent) => socket.send('<13>lostlamb-3', vigie.run.syslogPort, '127.0.0.1', sent));
    socket.close();
    const found = await until('three events', async () => {
      const events = await vigie.events('lostlamb');
      return events.length >= 3 && events;
    });
    expect(found.map(({ tenant }) => tenant)).toEqual(['globex', 'globex', 'globex']);
    const { items } = await vigie.api.get<{ items: QuarantineView[] }>('/api/quarantine');
    expect(items).toEqual([]);
    expect(await vigie.events('lostlamb', undefined, await vigie.keyFor('client-reader', ['acme']))).toEqual(
      [],
    );
    expect(
      await vigie.events('lostlamb', undefined, await vigie.keyFor('client-reader', ['globex'])),
    ).toHaveLength(3);
    await vigie.api.ok('PATCH', '/api/sources/globex/in', { addresses: [] });
  });

  test('an address that belongs to one source is not given to a second', async () => {
    await vigie.api.ok('PATCH', '/api/sources/acme/in', { addresses: ['192.0.2.0/24'] });
    const second = await vigie.api.call('PATCH', '/api/sources/globex/in', { addresses: ['192.0.2.0/24'] });
    expect(second.status).toBe(409);
    // Whose lines are whose is the provider's to say, not a client's.
    const theirs = await vigie.keyFor('client-administrator', ['globex']);
    const claimed = await theirs.call('PATCH', '/api/sources/globex/in', { addresses: ['0.0.0.0/0'] });
    expect(claimed.status).toBe(403);
    await vigie.api.ok('PATCH', '/api/sources/acme/in', { addresses: [] });
  });
});
