import { readFileSync } from 'node:fs';

/** The network an address is routed by. */
export interface AutonomousSystem {
  readonly number: number;
  readonly organization: string;
}

/** Look-ups in the packed ranges that `scripts/build-asn.mjs` writes from `@ip-location-db/asn`. */
export class AsnTable {
  readonly #v4: { start: Uint32Array; end: Uint32Array; number: Uint32Array; name: Uint32Array };
  readonly #v6: { start: BigUint64Array; end: BigUint64Array; number: Uint32Array; name: Uint32Array };
  readonly #names: readonly string[];

  /** @param file packed ranges */
  constructor(file: string) {
    const bytes = readFileSync(file);
    // A copy at offset 0 of its own buffer, so that the typed arrays are aligned.
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const [n4 = 0, n6 = 0] = new Uint32Array(buffer, 0, 4);
    let at = 16;
    const u64 = (n: number) => {
      const array = new BigUint64Array(buffer, at, n);
      at += n * 8;
      return array;
    };
    const u32 = (n: number) => {
      const array = new Uint32Array(buffer, at, n);
      at += n * 4;
      return array;
    };
    const start6 = u64(n6);
    const end6 = u64(n6);
    this.#v4 = { start: u32(n4), end: u32(n4), number: u32(n4), name: u32(n4) };
    this.#v6 = { start: start6, end: end6, number: u32(n6), name: u32(n6) };
    this.#names = new TextDecoder().decode(new Uint8Array(buffer, at)).split('\n');
  }

  /** The system that announces this IPv4 address (as an unsigned 32-bit number). */
  v4(address: number): AutonomousSystem | undefined {
    const { start, end, number, name } = this.#v4;
    const i = floor(start, address);
    return i >= 0 && address <= end[i]!
      ? { number: number[i]!, organization: this.#names[name[i]!] ?? '' }
      : undefined;
  }

  /** The system that announces this IPv6 address (its upper 64 bits). */
  v6(high: bigint): AutonomousSystem | undefined {
    const { start, end, number, name } = this.#v6;
    const i = floor(start, high);
    return i >= 0 && high <= end[i]!
      ? { number: number[i]!, organization: this.#names[name[i]!] ?? '' }
      : undefined;
  }
}

/** Index of the last element not above `value`, −1 when there is none. */
function floor<T extends number | bigint>(
  sorted: { readonly length: number; readonly [i: number]: T },
  value: T,
): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}
