import type { EcsFields, Event, EventBatch } from '@vigie/contracts';
import { afterAll, describe, expect, it } from 'vitest';
import { eventOf, idOf, TestStores } from './test-store.ts';

const stores = new TestStores();
afterAll(() => stores.cleanUp());

const DAY = 86_400_000;
const NOW = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
const ALL = { from: 0, to: 4_102_444_800_000 };

async function collect(batches: AsyncIterable<EventBatch>): Promise<EventBatch[]> {
  const all: EventBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

describe('the event store', () => {
  it('gives every value back exactly as it was', async () => {
    const store = await stores.open();
    const fields: EcsFields[] = [
      { 'host.name': 'srv-1', 'user.name': 'Zoë', 'event.category': ['network', 'session'], tags: ['one'] },
      { 'host.name': ['a', 'b'], 'event.category': 'network', 'event.code': 4624, tags: [] },
      { 'source.ip': '192.0.2.1', 'destination.ip': '2001:db8::1', 'source.port': 0 },
      { 'source.ip': '::', 'destination.ip': '2001:DB8::0001', 'source.port': '443' },
      { 'source.ip': ['192.0.2.1', '198.51.100.7'], 'destination.ip': 'not an address', 'source.port': 1.5 },
      { 'source.ip': '::ffff:192.0.2.1', 'destination.ip': '010.0.0.1', 'destination.port': [1, 2] },
      { 'source.port': Number.MAX_SAFE_INTEGER, 'destination.port': -1, 'http.response.status_code': -0 },
      { 'x.number': 1e300, 'x.false': false, 'x.true': true, 'x.text': 'true', 'x.digits': '12' },
      {
        'x.list': [1, '1', true, 'true', '', 'a\x01b\x02c\x03d'],
        'x.control': '\x01A\x02\x03',
        'x.empty': [],
      },
      {
        'x.nul': 'a\u0000b',
        'x.quote': "'); DROP TABLE event; --",
        'x.new\nline': 'tab\t\\',
        'x.emoji': '🦊é',
      },
      { 'process.command_line': 'x'.repeat(100_000), 'file.path': 'é'.repeat(60), 'url.original': '\x02' },
      { 'event.original': 'ÿ\x00\x01\x02\x03 "quoted"\n\tend' },
      { 'event.original': ['two', 'lines'] },
    ];
    const events: Event[] = fields.map((extra, index) => eventOf(index, NOW + index + 0.125, extra));
    const dangerous = JSON.parse('{"__proto__": "polluted", "constructor": "x"}') as Record<string, string>;
    const proto = eventOf(90, NOW + 90);
    for (const key of Object.keys(dangerous))
      Object.defineProperty(proto.fields, key, {
        value: dangerous[key],
        enumerable: true,
        writable: true,
        configurable: true,
      });
    events.push(proto);
    await store.insert({ sequence: 1, events });
    for (const event of events) expect(await store.get('acme', event.id)).toEqual(event);
    const read = (await store.get('acme', proto.id))!;
    expect(Object.getOwnPropertyDescriptor(read.fields, '__proto__')?.value).toBe('polluted');
    expect(Object.getPrototypeOf(read.fields)).toBe(Object.prototype);
  });

  it('keeps microseconds and events of all times in one insert', async () => {
    const store = await stores.open();
    const events = [0, 1, 86_399_999.999, 1_700_000_000_123.456, NOW + 0.001, 4_099_680_000_000].map(
      (time, index) => ({ ...eventOf(index, time), receivedAt: NOW }),
    );
    // More months than the engine lets one insert touch, if they were partitions.
    for (let month = 0; month < 200; month++)
      events.push({ ...eventOf(1000 + month, 1_000_000_000_000 + month * 31 * DAY), receivedAt: NOW });
    await store.insert({ sequence: 1, events });
    const { items } = await store.search({ tenants: ['acme'], range: ALL }, { limit: 1000 });
    expect(items).toHaveLength(events.length);
    expect(items.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort((a, b) => b - a));
  });

  it('stores a batch once, however often and however incomplete it was stored before', async () => {
    const store = await stores.open();
    const events = Array.from({ length: 50 }, (_, index) => eventOf(index, NOW + index));
    await store.insert({ sequence: 7, events: events.slice(10, 30) });
    await store.insert({ sequence: 7, events });
    await store.insert({ sequence: 7, events });
    expect(await store.status()).toMatchObject({ rows: 50 });
    // The same id of another tenant is another event.
    await store.insert({ sequence: 7, events: [eventOf(10, NOW, {}, 'other')] });
    expect(await store.status()).toMatchObject({ rows: 51 });
  });

  it('pages newest first, stable while events arrive', async () => {
    const store = await stores.open();
    // Many events at the same time: the id decides; the same id in two tenants: the tenant does.
    const events = Array.from({ length: 60 }, (_, index) =>
      eventOf(index >> 1, NOW + Math.floor(index / 20), {}, index % 2 ? 'acme' : 'globex'),
    );
    await store.insert({ sequence: 1, events });
    const query = { tenants: ['acme', 'globex'], range: ALL };
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; ; page++) {
      const { items, next } = await store.search(query, { limit: 7, cursor });
      seen.push(...items.map((event) => `${event.id}@${event.tenant}`));
      await store.insert({ sequence: 2 + page, events: [eventOf(1000 + page, NOW + DAY + page)] });
      if (!next) break;
      cursor = next;
    }
    const wanted = [...events]
      .sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : a.id > b.id ? -1 : a.tenant < b.tenant ? 1 : -1))
      .map((event) => `${event.id}@${event.tenant}`);
    expect(seen).toEqual(wanted);
    await expect(store.search(query, { limit: 5, cursor: 'bm90IGEgY3Vyc29y' })).rejects.toMatchObject({
      code: 'VIGIE_EVENTS_QUERY_INVALID',
    });
  });

  it('counts in equal slices of the range', async () => {
    const store = await stores.open();
    const times = [0, 9.999, 10, 10.001, 55, 99.999, 100, 101];
    await store.insert({ sequence: 1, events: times.map((time, index) => eventOf(index, NOW + time)) });
    const query = { tenants: ['acme'], range: { from: NOW, to: NOW + 100 } };
    expect(await store.histogram(query, 10)).toEqual([2, 2, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(await store.histogram(query, 1)).toEqual([6]);
    expect(await store.histogram({ ...query, tenants: [] }, 3)).toEqual([0, 0, 0]);
    expect(await store.histogram({ ...query, range: ALL }, 4)).toEqual(
      [0, 8, 0, 0].map((n, i) => (i === 1 ? 8 : n)),
    );
  });

  it('tells which ids exist and replays batches in order', async () => {
    const store = await stores.open();
    expect(await store.lastSequence()).toBe(0);
    expect(await collect(store.batchesAfter(0))).toEqual([]);
    const batches = [3, 4, 9].map((sequence) => ({
      sequence,
      events: [0, 1, 2].map((index) => eventOf(sequence * 10 + index, NOW + index * 1000 - sequence)),
    }));
    for (const batch of batches) await store.insert(batch);
    expect(await store.lastSequence()).toBe(9);
    expect(await collect(store.batchesAfter(0))).toEqual(batches);
    expect(await collect(store.batchesAfter(3))).toEqual(batches.slice(1));
    expect(await collect(store.batchesAfter(9))).toEqual([]);
    const range = { from: NOW - DAY, to: NOW + DAY };
    expect(await store.existing('acme', [idOf(30), idOf(31), idOf(999)], range)).toEqual(
      new Set([idOf(30), idOf(31)]),
    );
    expect(await store.existing('other', [idOf(30)], range)).toEqual(new Set());
    expect(await store.existing('acme', [], range)).toEqual(new Set());
  });

  it('counts by source exactly, whatever the start', async () => {
    const store = await stores.open();
    const at = [0, 1_800_000, 3_600_000, 5_000_000, 9_000_000];
    const events = at.map((offset, index) =>
      eventOf(index, NOW + offset, index % 2 ? { tags: ['_parsefailure', 'x'] } : {}),
    );
    await store.insert({ sequence: 1, events });
    for (const from of [
      0,
      NOW,
      NOW + 1,
      NOW + 1_800_000,
      NOW + 1_800_001,
      NOW + 3_600_000,
      NOW + 4e6,
      NOW + 1e7,
    ]) {
      const within = events.filter(({ receivedAt }) => receivedAt >= from);
      expect(await store.sourceStats(from)).toEqual(
        within.length === 0
          ? []
          : [
              {
                tenant: 'acme',
                source: 'syslog',
                dataset: 'linux.sshd',
                events: within.length,
                parseFailures: within.filter(({ fields }) => fields['tags']).length,
                lastReceivedAt: Math.max(...within.map(({ receivedAt }) => receivedAt)),
              },
            ],
      );
    }
  });

  it('forgets a tenant’s events after its own term, those stored already too', async () => {
    const store = await stores.open();
    const old = eventOf(1, NOW - 20 * DAY);
    const foreign = eventOf(2, NOW - 20 * DAY, {}, 'globex');
    await store.insert({ sequence: 1, events: [old, foreign, eventOf(3, NOW)] });
    const query = { tenants: ['acme', 'globex'], range: ALL };
    expect((await store.search(query, { limit: 10 })).items).toHaveLength(3);
    await store.setRetention('acme', 7);
    expect((await store.search(query, { limit: 10 })).items.map(({ id }) => id)).toEqual([idOf(3), idOf(2)]);
    expect(await store.get('acme', old.id)).toBeUndefined();
    await store.insert({ sequence: 2, events: [eventOf(4, NOW - 20 * DAY)] });
    expect(await store.get('acme', idOf(4))).toBeUndefined();
  });

  it('erases a tenant and nothing else, and keeps its schema over a restart', async () => {
    const directory = await stores.folder();
    const store = await stores.open(directory);
    await store.insert({ sequence: 1, events: [eventOf(1, NOW), eventOf(2, NOW, {}, 'globex')] });
    await store.setRetention('globex', 30);
    await store.eraseTenant('acme');
    expect(await store.status()).toMatchObject({ rows: 1 });
    await store.close();
    const again = await stores.open(directory);
    expect((await again.search({ tenants: ['acme', 'globex'], range: ALL }, { limit: 9 })).items).toEqual([
      eventOf(2, NOW, {}, 'globex'),
    ]);
    expect(await again.lastSequence()).toBe(1);
  });
});
