import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { unpackSldc } from './sldc.ts';
import { packSldc } from './testing/sldc-encoder.ts';

const LIMIT = 1024 * 1024;

/** Numbers that look random and are the same in each run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

describe('what is packed is unpacked', () => {
  test.each([1, 2] as const)('scheme %i', (scheme) => {
    const event = `<Event><Data Name="a">${'value '.repeat(400)}</Data></Event>`;
    for (const input of [
      Buffer.alloc(0),
      Buffer.from('x'),
      Buffer.from([0xff, 0xff, 0, 0xff]),
      Buffer.from(event, 'utf16le'),
      Buffer.alloc(5000, 0xff),
      randomBytes(5000),
      // Matches of each length, and a history that has gone round.
      Buffer.from(Array.from({ length: 300 }, (_, n) => 'ab'.repeat(n)).join('|')),
    ])
      expect(unpackSldc(packSldc(input, scheme), LIMIT)).toEqual(input);
  });

  test('by hand, bit by bit: literals, a copy that overlaps what it writes, a change of scheme', () => {
    const bits = [
      '111111111',
      '0101',
      // a b, then six bytes from place 0 of the history, which has two of them yet
      `0${(97).toString(2).padStart(8, '0')}`,
      `0${(98).toString(2).padStart(8, '0')}`,
      '1',
      '1010',
      '0000000000',
      '111111111',
      '0010',
      (99).toString(2).padStart(8, '0'),
      '111111111',
      '0100',
    ].join('');
    const bytes = (bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((one) =>
      Number.parseInt(one, 2),
    );
    expect(String(unpackSldc(Uint8Array.from(bytes), LIMIT))).toBe('ababababc');
  });
});

describe('what is hostile', () => {
  test('more than may come out stops at the limit', () => {
    const bomb = packSldc(Buffer.alloc(200_000));
    expect(bomb.length).toBeLessThan(5_000);
    expect(unpackSldc(bomb, 1000)).toBe('too-large');
    expect(unpackSldc(packSldc(Buffer.alloc(1000)), 1000)).toHaveLength(1000);
  });

  test('nothing, text, zeros, ones, no scheme, an unknown control symbol', () => {
    for (const input of ['', '<s:Envelope/>', '\0\0\0\0', '\xff\xff\xff\xff'])
      expect(unpackSldc(Buffer.from(input, 'latin1'), LIMIT)).toBe('damaged');
    expect(unpackSldc(Buffer.from([0xff, 0xc0, 0, 0]), LIMIT)).toBe('damaged');
  });

  test('cut anywhere, it is damaged', () => {
    const packed = packSldc(Buffer.from('<Event>one</Event><Event>two</Event>', 'utf16le'));
    // The last four bytes may be padding only.
    for (let end = 0; end < packed.length - 4; end++)
      expect(unpackSldc(packed.subarray(0, end), LIMIT)).toBe('damaged');
  });

  test('ten thousand damaged and random bodies end, within the limit', () => {
    const packed = packSldc(Buffer.from('<Event Name="x">value value value</Event>'.repeat(20), 'utf16le'));
    const random = numbers(7);
    const next = (below: number): number => random.next().value! % below;
    for (let round = 0; round < 10_000; round++) {
      const bytes =
        round % 2 === 0
          ? Buffer.from(packed)
          : Buffer.from(Array.from({ length: next(64) }, () => next(256)));
      for (let flips = next(8); flips > 0 && bytes.length > 0; flips--)
        bytes[next(bytes.length)]! ^= 1 << next(8);
      const out = unpackSldc(bytes, 4096);
      if (typeof out === 'string') expect(['damaged', 'too-large']).toContain(out);
      else expect(out.length).toBeLessThanOrEqual(4096);
    }
  });
});
