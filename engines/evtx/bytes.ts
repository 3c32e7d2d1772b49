import { Malformed } from './problems.ts';

/** The part of Node's `Buffer` that decodes UTF-16 natively; a `TextDecoder` takes its place elsewhere. */
interface NativeDecoder {
  from(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ): { toString(encoding: 'utf16le', start: number, end: number): string };
}

interface WellFormed {
  isWellFormed?(): boolean;
  toWellFormed?(): string;
}

const SHORT = 12;

/**
 * Little-endian reads with bounds over one chunk. A read outside throws {@link Malformed}, so no length
 * field of a file can make the reader touch or allocate what is not there.
 */
export class Bytes {
  readonly length: number;
  readonly raw: Uint8Array;
  readonly view: DataView;
  readonly #text: (start: number, end: number) => string;

  constructor(raw: Uint8Array) {
    this.raw = raw;
    this.length = raw.length;
    this.view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const native = (globalThis as { Buffer?: NativeDecoder }).Buffer;
    if (native) {
      const buffer = native.from(raw.buffer, raw.byteOffset, raw.byteLength);
      this.#text = (start, end) => buffer.toString('utf16le', start, end);
    } else {
      const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
      this.#text = (start, end) => decoder.decode(raw.subarray(start, end));
    }
  }

  /** @throws Malformed when `count` bytes from `at` are not all inside */
  need(at: number, count: number): void {
    if (at < 0 || count < 0 || at + count > this.length) throw new Malformed('reads past the end', at);
  }

  u8(at: number): number {
    this.need(at, 1);
    return this.raw[at]!;
  }

  u16(at: number): number {
    this.need(at, 2);
    return this.view.getUint16(at, true);
  }

  u32(at: number): number {
    this.need(at, 4);
    return this.view.getUint32(at, true);
  }

  /** An unsigned 64-bit integer as a number; above 2^53 the nearest one. */
  u64(at: number): number {
    this.need(at, 8);
    return this.view.getUint32(at + 4, true) * 4294967296 + this.view.getUint32(at, true);
  }

  /**
   * UTF-16LE text. Unpaired surrogates become U+FFFD: JSON and databases refuse them.
   *
   * @param at offset of the first code unit
   * @param units number of UTF-16 code units
   */
  utf16(at: number, units: number): string {
    if (units === 0) return '';
    this.need(at, units * 2);
    // A native call costs more than a short loop over ASCII.
    if (units <= SHORT) {
      let text = '';
      let index = at;
      const end = at + units * 2;
      for (; index < end; index += 2) {
        const low = this.raw[index]!;
        if (this.raw[index + 1] !== 0 || low > 126) break;
        text += ASCII[low];
      }
      if (index === end) return text;
    }
    const text = this.#text(at, at + units * 2);
    const checked = text as WellFormed;
    return checked.isWellFormed?.() === false ? checked.toWellFormed!() : text;
  }
}

const ASCII: readonly string[] = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code));
