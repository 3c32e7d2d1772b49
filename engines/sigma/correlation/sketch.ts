/** Counts different values in little memory, within a window that slides. */

/** Index bits: 4,096 registers, a standard error of 1.04 / √4096 = 1.6 %. */
const BITS = 12;
const REGISTERS = 1 << BITS;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
/** Slices of a window: what a window counts may begin earlier than it does by one slice. */
const SLICES = 16;

/** State of a {@link DistinctSketch}, as plain JSON. */
export interface SketchState {
  readonly seed: number;
  /** Slice number → registers, base64. */
  readonly slices: readonly (readonly [number, string])[];
}

/**
 * An estimate of how many different values came within a timespan: one HyperLogLog (Flajolet et al., 2007, with
 * linear counting for small numbers) for each slice of time. Values can't be taken out again, whole slices can.
 */
export class DistinctSketch {
  readonly #width: number;
  /** Without a secret in the hash, a sender could choose values that are all taken for one. */
  readonly #seed: number;
  readonly #slices = new Map<number, Uint8Array>();
  /** The largest of all slices, register by register, with Σ 2^-register and the number of empty ones. */
  #union = new Uint8Array(REGISTERS);
  #sum = REGISTERS;
  #zeros = REGISTERS;

  constructor(timespan: number, seed = Math.floor(Math.random() * 2 ** 32)) {
    this.#width = Math.max(1, timespan / SLICES);
    this.#seed = seed;
  }

  add(time: number, value: string): void {
    const number = Math.floor(time / this.#width);
    let slice = this.#slices.get(number);
    if (slice === undefined) {
      slice = new Uint8Array(REGISTERS);
      this.#slices.set(number, slice);
    }
    const [high, low] = hash(value, this.#seed);
    const register = high >>> (32 - BITS);
    // The rank of the first one among the bits that follow the index: 20 of the first half, then the second.
    const rest = (high << BITS) >>> 0;
    const rank = rest !== 0 ? Math.clz32(rest) + 1 : 32 - BITS + Math.clz32(low) + 1;
    if (rank > slice[register]!) slice[register] = rank;
    this.#raise(register, rank);
  }

  /** Forgets slices that ended before a time. */
  slide(oldest: number): void {
    let gone = false;
    for (const number of this.#slices.keys())
      if ((number + 1) * this.#width <= oldest) gone = this.#slices.delete(number);
    if (gone) this.#unite();
  }

  /** How many different values, roughly. */
  get estimate(): number {
    const raw = (ALPHA * REGISTERS * REGISTERS) / this.#sum;
    const estimate =
      raw <= 2.5 * REGISTERS && this.#zeros > 0 ? REGISTERS * Math.log(REGISTERS / this.#zeros) : raw;
    return Math.round(estimate);
  }

  state(): SketchState {
    return {
      seed: this.#seed,
      slices: [...this.#slices].map(([number, slice]) => [number, toBase64(slice)]),
    };
  }

  static restore(timespan: number, state: SketchState): DistinctSketch {
    const sketch = new DistinctSketch(timespan, state.seed);
    for (const [number, text] of state.slices) sketch.#slices.set(number, fromBase64(text));
    sketch.#unite();
    return sketch;
  }

  #raise(register: number, rank: number): void {
    const before = this.#union[register]!;
    if (rank <= before) return;
    this.#union[register] = rank;
    this.#sum += 2 ** -rank - 2 ** -before;
    if (before === 0) this.#zeros--;
  }

  #unite(): void {
    this.#union = new Uint8Array(REGISTERS);
    this.#sum = REGISTERS;
    this.#zeros = REGISTERS;
    for (const slice of this.#slices.values())
      for (let i = 0; i < REGISTERS; i++) if (slice[i]! > 0) this.#raise(i, slice[i]!);
  }
}

/** 64 bits of a text, as two halves: two FNV-1a streams of different multipliers, each finished as MurmurHash3 does. */
function hash(text: string, seed: number): [high: number, low: number] {
  let a = 0x811c9dc5 ^ seed;
  let b = 0x9e3779b9 ^ Math.imul(seed, 0x85ebca6b);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0xcc9e2d51);
    b ^= b >>> 15;
  }
  const high = finish(a ^ Math.imul(b, 0x1b873593));
  return [high, finish(b ^ high)];
}

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Without `Buffer`, since the engine also runs in browsers. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 1024) text += String.fromCharCode(...bytes.subarray(i, i + 1024));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  const bytes = atob(text);
  for (let i = 0; i < Math.min(REGISTERS, bytes.length); i++)
    registers[i] = Math.min(53, bytes.charCodeAt(i));
  return registers;
}
