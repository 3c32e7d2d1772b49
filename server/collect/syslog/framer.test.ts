import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SyslogFramer } from './framer.ts';

interface Frame {
  readonly text: string;
  readonly length: number;
  readonly truncated: boolean;
}

function frames(chunks: readonly Buffer[], limit = 1000): Frame[] {
  const found: Frame[] = [];
  const framer = new SyslogFramer(limit);
  const emit = (bytes: Buffer, length: number, truncated: boolean): void => {
    found.push({ text: bytes.toString('latin1'), length, truncated });
  };
  for (const chunk of chunks) framer.push(chunk, emit);
  framer.end(emit);
  return found;
}

function texts(stream: string, limit?: number): string[] {
  return frames([Buffer.from(stream, 'latin1')], limit).map((frame) => frame.text);
}

function counted(message: string): string {
  return `${Buffer.byteLength(message, 'latin1')} ${message}`;
}

describe('syslog framing', () => {
  test('newline, with and without CR, and a last line without an end', () => {
    expect(texts('<13>one\n<13>two\r\n\n<13>three')).toEqual(['<13>one', '<13>two', '<13>three']);
  });

  test('octet counting, with newlines inside the message', () => {
    expect(texts(counted('<13>one\nmore') + counted('<14>two'))).toEqual(['<13>one\nmore', '<14>two']);
  });

  test('both in one stream, frame by frame', () => {
    expect(texts(`<13>plain\n${counted('<14>counted')}<15>plain again\n${counted('<16>end')}`)).toEqual([
      '<13>plain',
      '<14>counted',
      '<15>plain again',
      '<16>end',
    ]);
  });

  test('a line that starts with digits is a line', () => {
    expect(texts('2026-05-01 started\n404 <html> page\n7 <1234>x\n12\n')).toEqual([
      '2026-05-01 started',
      '404 <html> page',
      '7 <1234>x',
      '12',
    ]);
  });

  test('in a counted stream a message needs no priority', () => {
    expect(texts(`${counted('<13>first')}${counted('no priority')}`)).toEqual(['<13>first', 'no priority']);
  });

  test('NUL ends messages where the sender uses it so', () => {
    expect(texts('<13>one\0<14>two\0<15>three\0')).toEqual(['<13>one', '<14>two', '<15>three']);
    const found: string[] = [];
    const framer = new SyslogFramer(100);
    const emit = (bytes: Buffer): void => void found.push(bytes.toString());
    framer.push(Buffer.from('<13>only\0'), emit);
    expect(found).toEqual([]);
    framer.idle(emit);
    expect(found).toEqual(['<13>only']);
    framer.push(Buffer.from('<13>next\0'), emit);
    expect(found).toEqual(['<13>only', '<13>next']);
  });

  test('NUL inside lines is data', () => {
    expect(texts('<13>a\0b\n<13>c\0<14>d\n')).toEqual(['<13>a\0b', '<13>c\0<14>d']);
  });

  test('a line above the limit is cut, its length is told, and the next one is whole', () => {
    const stream = Buffer.from(`<13>${'x'.repeat(5000)}\n<13>next\n`);
    for (const size of [1, 7, 1024, stream.length]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
      expect(frames(chunks, 100)).toEqual([
        { text: `<13>${'x'.repeat(96)}`, length: 5004, truncated: true },
        { text: '<13>next', length: 8, truncated: false },
      ]);
    }
  });

  test('a counted frame that the stream cuts short is kept and marked', () => {
    expect(frames([Buffer.from('50 <13>short')])).toEqual([
      { text: '<13>short', length: 50, truncated: true },
    ]);
  });

  test('a wrong count is noticed and the bytes are kept', () => {
    const framer = new SyslogFramer(100);
    const found: string[] = [];
    framer.push(Buffer.from('5 <13>wrong\n<13>fine\n'), (bytes) => void found.push(bytes.toString()));
    expect(framer.invalid).toBe(1);
    expect(found).toEqual(['<13>w', 'rong', '<13>fine']);
  });

  test('split frames take memory from one budget and give it back', () => {
    const budget = { available: 2000 };
    const first = new SyslogFramer(100_000, budget);
    const second = new SyslogFramer(100_000, budget);
    const found: Frame[] = [];
    const emit = (bytes: Buffer, length: number, truncated: boolean): void => {
      found.push({ text: bytes.toString(), length, truncated });
    };
    first.push(Buffer.from(`<13>${'a'.repeat(1500)}`), emit);
    second.push(Buffer.from(`<13>${'b'.repeat(1500)}`), emit);
    second.push(Buffer.from('\n'), emit);
    expect(found[0]!.truncated).toBe(true);
    expect(found[0]!.length).toBe(1504);
    expect(found[0]!.text.length).toBeLessThan(600);
    first.end(emit);
    second.end(emit);
    expect(found[1]).toMatchObject({ length: 1504, truncated: false });
    expect(budget.available).toBe(2000);
  });

  test('random streams give the same frames however they are cut', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r\n', '\0', '<13>', '<', '>', '12 ', '7 <13>', '999999999999 ', '3', ' '),
      fc.string({ maxLength: 12 }).map((text) => `<34>${text}\n`),
      fc.string({ maxLength: 12 }).map((text) => counted(`<34>${Buffer.from(text).toString('latin1')}`)),
      fc.string({ maxLength: 12 }).map((text) => `<34>${text}\0`),
      fc.string({ minLength: 60, maxLength: 120 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
        (pieces, sizes) => {
          const stream = Buffer.from(pieces.join(''), 'latin1');
          const chunks: Buffer[] = [];
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const size = sizes[turn % sizes.length]!;
            chunks.push(Buffer.from(stream.subarray(at, at + size)));
            at += size;
          }
          expect(frames(chunks, 80)).toEqual(frames([stream], 80));
        },
      ),
      { numRuns: 4000 },
    );
  });

  test('well-formed streams come back exactly, however they are cut', () => {
    const message = fc.string({ maxLength: 40 }).map((text) => `<34>1 ${text.replace(/[\r\n\0]/g, '_')}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, fc.boolean()), { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (messages, size) => {
          const stream = Buffer.concat(
            messages.map(([text, octets]) =>
              octets ? Buffer.from(`${Buffer.byteLength(text)} ${text}`) : Buffer.from(`${text}\n`),
            ),
          );
          const found: string[] = [];
          const framer = new SyslogFramer(1000);
          for (let at = 0; at < stream.length; at += size)
            framer.push(stream.subarray(at, at + size), (bytes) => void found.push(bytes.toString()));
          framer.end((bytes) => void found.push(bytes.toString()));
          expect(found).toEqual(messages.map(([text]) => text));
          expect(framer.invalid).toBe(0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
