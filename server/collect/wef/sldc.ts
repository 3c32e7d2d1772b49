/** Bytes that copy pointers can reach back. */
const HISTORY = 1024;

/** Control symbols: nine ones and these four bits. */
const CONTROL = {
  flush: 0x0,
  scheme1: 0x1,
  scheme2: 0x2,
  fileMark: 0x3,
  endOfRecord: 0x4,
  reset1: 0x5,
  reset2: 0x6,
  endMarker: 0xf,
} as const;

/** Match counts by the number of ones that precede them: bits that follow, and the smallest count. */
const COUNTS = [
  { bits: 1, least: 2 },
  { bits: 2, least: 4 },
  { bits: 3, least: 8 },
  { bits: 4, least: 16 },
  { bits: 8, least: 32 },
] as const;
/** Values of the longest count from here on are no counts: they would begin like a control symbol. */
const COUNTS_END = 0xf0;

/** What became of a compressed body. */
export type Unpacked = Buffer | 'damaged' | 'too-large';

/**
 * Decompresses one record of SLDC, as Windows sends it with `Content-Encoding: SLDC` (ECMA-321, ISO/IEC 22091). What
 * follows the end of the record is padding and is not read. Costs time linear in input and output; the output is
 * bounded while it grows.
 *
 * @param limit bytes of the output, at most
 */
export function unpackSldc(input: Uint8Array, limit: number): Unpacked {
  const bits = new BitReader(input);
  const output = new Output(limit);
  let scheme: 1 | 2 | undefined;
  for (;;) {
    if (bits.peek(9) === 0x1ff) {
      bits.skip(9);
      switch (bits.read(4)) {
        case CONTROL.endOfRecord:
          return bits.overrun ? 'damaged' : output.bytes();
        case CONTROL.scheme1:
          scheme = 1;
          break;
        case CONTROL.scheme2:
          scheme = 2;
          break;
        case CONTROL.reset1:
          scheme = 1;
          output.reset();
          break;
        case CONTROL.reset2:
          scheme = 2;
          output.reset();
          break;
        case CONTROL.flush:
        case CONTROL.fileMark:
        case CONTROL.endMarker:
          break;
        default:
          return 'damaged';
      }
    } else if (scheme === 1) {
      if (bits.read(1) === 0) output.literal(bits.read(8));
      else {
        let ones = 0;
        while (ones < 4 && bits.read(1) === 1) ones++;
        const { bits: width, least } = COUNTS[ones]!;
        const value = bits.read(width);
        if (ones === 4 && value >= COUNTS_END) return 'damaged';
        output.copy(bits.read(10), least + value);
      }
    } else if (scheme === 2) {
      const byte = bits.read(8);
      // A zero tells this byte from a control symbol.
      if (byte === 0xff) bits.skip(1);
      output.literal(byte);
    } else return 'damaged';
    if (bits.overrun) return 'damaged';
    if (output.full) return 'too-large';
  }
}

/** Bits, the highest of each byte first. Beyond the end there are zeros, and `overrun`. */
class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length * 8;
  }

  get overrun(): boolean {
    return this.#at > this.#end;
  }

  /** @param count up to 16 */
  peek(count: number): number {
    const byte = this.#at >>> 3;
    const window =
      ((this.#bytes[byte] ?? 0) << 16) | ((this.#bytes[byte + 1] ?? 0) << 8) | (this.#bytes[byte + 2] ?? 0);
    return (window >>> (24 - (this.#at & 7) - count)) & ((1 << count) - 1);
  }

  read(count: number): number {
    const value = this.peek(count);
    this.#at += count;
    return value;
  }

  skip(count: number): void {
    this.#at += count;
  }
}

/** What was decoded, and the ring of its last bytes. */
class Output {
  full = false;
  readonly #limit: number;
  #bytes: Buffer;
  #length = 0;
  readonly #history = new Uint8Array(HISTORY);
  #place = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#bytes = Buffer.allocUnsafe(Math.min(limit, 64 * 1024));
  }

  literal(byte: number): void {
    if (this.#length === this.#bytes.length && !this.#grow()) return;
    this.#bytes[this.#length++] = byte;
    this.#history[this.#place] = byte;
    this.#place = (this.#place + 1) % HISTORY;
  }

  /** @param from place in the ring, not a distance; what is copied may be part of what is being written */
  copy(from: number, count: number): void {
    for (let n = 0; n < count; n++) this.literal(this.#history[(from + n) % HISTORY]!);
  }

  reset(): void {
    this.#history.fill(0);
    this.#place = 0;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(): boolean {
    if (this.#length === this.#limit) {
      this.full = true;
      return false;
    }
    const larger = Buffer.allocUnsafe(Math.min(this.#limit, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    return true;
  }
}
