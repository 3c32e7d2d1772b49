import type { EcsValue } from '@vigie/contracts';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatAddress, isMapped, parseAddress, parseNetwork } from './address.ts';
import { eventOf, TestStores } from './test-store.ts';
import { decodeValue, encodeValue } from './values.ts';

const stores = new TestStores();
afterAll(() => stores.cleanUp());

describe('an encoded value', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\x01', '\x02', '\x03', 'A', 'B', 'C', 'a') }),
    fc.double({ noNaN: false }),
    fc.boolean(),
  );
  it('decodes to what it was', () => {
    fc.assert(
      fc.property(fc.oneof(scalar, fc.array(scalar)), (value) => {
        expect(decodeValue(encodeValue(value as EcsValue))).toStrictEqual(value);
      }),
    );
  });
});

describe('an address', () => {
  const bytesOf = (text: string) => {
    const bytes = new Uint8Array(16);
    return parseAddress(text, bytes) ? bytes : undefined;
  };

  it('is read in any spelling and written in one', () => {
    const spellings = {
      '192.0.2.1': '192.0.2.1',
      '::ffff:192.0.2.1': '192.0.2.1',
      '::FFFF:c000:0201': '192.0.2.1',
      '2001:DB8:0:0:0:0:0:1': '2001:db8::1',
      '2001:db8::': '2001:db8::',
      '::': '::',
      '::1': '::1',
      '1:0:0:2:0:0:0:3': '1:0:0:2::3',
      '1:2:3:4:5:6:7:8': '1:2:3:4:5:6:7:8',
      '64:ff9b::192.0.2.33': '64:ff9b::c000:221',
      // One group of zeros is not shortened (RFC 5952, 4.2.2).
      '1:2:3:0:5:6:7:8': '1:2:3:0:5:6:7:8',
    };
    for (const [spelling, canonical] of Object.entries(spellings)) {
      const bytes = bytesOf(spelling);
      expect([spelling, bytes && formatAddress(bytes)]).toEqual([spelling, canonical]);
    }
  });

  it('is refused when it is none', () => {
    for (const text of [
      '',
      '192.0.2',
      '192.0.2.256',
      '192.0.2.01',
      '192.0.2.1.',
      '1.2.3.4.5',
      ':',
      ':::',
      '1::2::3',
      '12345::',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '192.0.2.1::',
      'fe80::1%eth0',
      'x'.repeat(100_000),
      ':'.repeat(100_000),
    ])
      expect([text.slice(0, 30), bytesOf(text)]).toEqual([text.slice(0, 30), undefined]);
  });

  it('round-trips for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat({ max: 15 }), (bytes, zeros) => {
        bytes.fill(0, 0, zeros);
        expect(bytesOf(formatAddress(bytes))).toEqual(bytes);
      }),
    );
  });

  it('belongs to networks of its own family', () => {
    expect(parseNetwork('10.0.0.0/33')).toBeUndefined();
    expect(parseNetwork('10.0.0.0/')).toBeUndefined();
    expect(parseNetwork('::/129')).toBeUndefined();
    const { first, last, mapped } = parseNetwork('192.0.2.77/24')!;
    expect([formatAddress(first), formatAddress(last), mapped]).toEqual(['192.0.2.0', '192.0.2.255', true]);
    expect(isMapped(parseNetwork('::/0')!.last)).toBe(false);
  });
});

describe('a block', () => {
  it('holds more distinct values than a narrow index can count', async () => {
    const store = await stores.open();
    const time = Date.now() - 3_600_000;
    const sizes = [1, 256, 257, 65_536, 65_537];
    for (const [batch, size] of sizes.entries()) {
      const events = Array.from({ length: size }, (_, index) =>
        eventOf(batch * 1_000_000 + index, time + batch, {
          'user.name': `user-${index}`,
          [`x.${index % 300}`]: index,
        }),
      );
      await store.insert({ sequence: batch + 1, events });
      for (const event of [events[0]!, events.at(-1)!, events[size >> 1]!])
        expect(await store.get('acme', event.id, event.time)).toEqual(event);
      const { items } = await store.search(
        {
          tenants: ['acme'],
          range: { from: time + batch, to: time + batch + 1 },
          where: { op: 'eq', field: 'user.name', value: `user-${size - 1}` },
        },
        { limit: 10 },
      );
      expect(items.map(({ id }) => id)).toEqual([events.at(-1)!.id]);
    }
    expect(await store.status()).toMatchObject({ rows: sizes.reduce((sum, size) => sum + size) });
  }, 60_000);

  it('refuses an id that is none, before anything is stored', async () => {
    const store = await stores.open();
    const good = eventOf(1, Date.now());
    for (const id of ['', 'x'.repeat(32), 'A'.repeat(32), '0'.repeat(33), 'ｆ'.repeat(32)])
      await expect(store.insert({ sequence: 1, events: [good, { ...good, id }] })).rejects.toThrow(
        RangeError,
      );
    expect(await store.status()).toMatchObject({ rows: 0 });
    await store.insert({ sequence: 1, events: [good] });
    expect(await store.status()).toMatchObject({ rows: 1 });
  });
});
