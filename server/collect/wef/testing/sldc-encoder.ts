/**
 * Compresses as ECMA-321 describes, for tests: scheme 1 with copy pointers found greedily, or scheme 2 alone. Written
 * from the standard and not from the decoder, so that each checks the other.
 */
export function packSldc(input: Uint8Array, scheme: 1 | 2 = 1): Buffer {
  const bits = new BitWriter();
  bits.write(0x1ff, 9);
  bits.write(scheme === 1 ? 5 : 6, 4);
  const history = new Uint8Array(1024);
  let filled = 0;
  let place = 0;
  const remember = (byte: number): void => {
    history[place] = byte;
    place = (place + 1) % 1024;
    filled = Math.min(1024, filled + 1);
  };
  for (let at = 0; at < input.length; ) {
    if (scheme === 2) {
      bits.write(input[at]!, 8);
      if (input[at] === 0xff) bits.write(0, 1);
      at++;
      continue;
    }
    const match = longest(history, filled, place, input, at);
    if (match.length < 2) {
      bits.write(0, 1);
      bits.write(input[at]!, 8);
      remember(input[at++]!);
      continue;
    }
    bits.write(1, 1);
    count(bits, match.length);
    bits.write(match.from, 10);
    for (let n = 0; n < match.length; n++) remember(input[at++]!);
  }
  bits.write(0x1ff, 9);
  bits.write(4, 4);
  return bits.padded();
}

/** The longest string of the history, not reaching into what is yet to be written, that the input goes on with. */
function longest(
  history: Uint8Array,
  filled: number,
  place: number,
  input: Uint8Array,
  at: number,
): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  const oldest = filled < 1024 ? 0 : place;
  for (let start = 0; start < filled; start++) {
    let length = 0;
    while (
      length < 271 &&
      start + length < filled &&
      at + length < input.length &&
      history[(oldest + start + length) % 1024] === input[at + length]
    )
      length++;
    if (length > best.length) best = { from: (oldest + start) % 1024, length };
  }
  return best;
}

function count(bits: BitWriter, length: number): void {
  if (length < 4) bits.write(length - 2, 2);
  else if (length < 8) bits.write(0b1000 | (length - 4), 4);
  else if (length < 16) bits.write(0b110000 | (length - 8), 6);
  else if (length < 32) bits.write(0b11100000 | (length - 16), 8);
  else bits.write(0b111100000000 | (length - 32), 12);
}

class BitWriter {
  readonly #bytes: number[] = [];
  #byte = 0;
  #used = 0;

  write(value: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) {
      this.#byte = (this.#byte << 1) | ((value >>> bit) & 1);
      if (++this.#used < 8) continue;
      this.#bytes.push(this.#byte);
      this.#byte = 0;
      this.#used = 0;
    }
  }

  /** To a border of 32 bits, with zeros. */
  padded(): Buffer {
    while (this.#used !== 0 || this.#bytes.length % 4 !== 0) this.write(0, 1);
    return Buffer.from(this.#bytes);
  }
}
