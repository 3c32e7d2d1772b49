/**
 * Takes a syslog byte stream apart into frames (RFC 6587), whatever its chunks are.
 *
 * Each frame says by itself how it is framed:
 *
 * - *octet counting*: `MSG-LEN SP <PRI>…`. The digits alone would be ambiguous (a line may start with a
 *   year), so the first such frame of a stream must show a priority behind the space; later ones need not.
 * - *newline*: everything up to LF; a CR before it is taken off.
 * - *NUL*: everything up to NUL, when the first NUL of a stream that had no LF yet is followed by the start
 *   of another message, or by silence ({@link SyslogFramer.idle}). Any other NUL is data.
 *
 * A frame inside one chunk is handed over as a view without a copy; one split across chunks is copied once
 * into a growing buffer that never exceeds the limit. Bytes above the limit are counted and dropped.
 */
const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;
const SPACE = 0x20;
const LESS = 0x3c;
const GREATER = 0x3e;

/** Longest MSG-LEN believed, in bytes: above it the digits are taken for the text of a line. */
const MAX_OCTET_COUNT = 256 * 1024 * 1024;
/** `268435456 <191>`: what has to be seen before a frame's kind is certain. */
const MAX_LOOKAHEAD = 9 + 1 + 5;
/** Always granted, so that the start of a frame is never lost to a full budget. */
const SMALLEST_CARRY = 64;

/**
 * Receives one frame. `bytes` is only valid during the call.
 *
 * @param length bytes of the frame before any cut
 * @param truncated the frame was longer than the limit, or the stream ended inside a counted frame
 */
export type FrameHandler = (bytes: Buffer, length: number, truncated: boolean) => void;

/** Memory for split frames, shared by all connections of a collector. */
export interface CarryBudget {
  /** Bytes that may still be taken. */
  available: number;
}

type State = 'start' | 'line' | 'octets';

/** One stream's framer. Not re-entrant: a handler must not push into the framer that called it. */
export class SyslogFramer {
  /** Frames whose octet count did not lead to another frame. */
  invalid = 0;
  readonly #limit: number;
  readonly #budget: CarryBudget;
  #state: State = 'start';
  #terminator: 'unknown' | 'lf' | 'nul' = 'unknown';
  #counted = false;
  /** Bytes of the counted frame that are still to come. */
  #remaining = 0;
  /** Bytes of the frame so far, dropped ones included. */
  #length = 0;
  #carry: Buffer = Buffer.alloc(0);
  #carryLength = 0;
  /** The last byte of the unfinished line is NUL. */
  #lastNul = false;

  constructor(limit: number, budget: CarryBudget = { available: Number.POSITIVE_INFINITY }) {
    this.#limit = limit;
    this.#budget = budget;
  }

  /** Whether a frame has begun and is not complete. */
  get pending(): boolean {
    return this.#length > 0 || this.#state !== 'start';
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Buffer, emit: FrameHandler): void {
    let data = chunk;
    if (this.#state === 'start' && this.#carryLength > 0) {
      // Only an undecided frame start of a few bytes is ever joined with a chunk.
      data = Buffer.concat([this.#carry.subarray(0, this.#carryLength), chunk]);
      this.#clear();
    }
    let at = 0;
    while (at < data.length) {
      if (this.#state === 'octets') at = this.#octets(data, at, emit);
      else if (this.#state === 'line') at = this.#line(data, at, emit);
      else {
        const next = this.#begin(data, at);
        if (next < 0) {
          this.#keep(data, ~next, data.length);
          return;
        }
        at = next;
      }
    }
  }

  /**
   * Tells the framer that nothing came for a while: a frame that ends in NUL is then complete, because a
   * NUL-terminating sender has nothing after it to tell.
   */
  idle(emit: FrameHandler): void {
    if (this.#state !== 'line' || this.#terminator !== 'unknown' || !this.#lastNul) return;
    this.#terminator = 'nul';
    this.#dropLast();
    this.#finish(emit, false);
  }

  /** The stream ended: what is left is a last frame. */
  end(emit: FrameHandler): void {
    if (this.#state === 'octets') {
      this.#length += this.#remaining;
      this.#remaining = 0;
      this.#finish(emit, true);
    } else if (this.#carryLength > 0) this.#finish(emit, false);
    this.release();
  }

  /** Gives the memory back, without emitting. */
  release(): void {
    this.#clear();
    this.#state = 'start';
    this.#remaining = 0;
    this.#shrink();
  }

  /** Decides the framing at `at`. Returns where the frame's content starts, or `~position` when undecided. */
  #begin(data: Buffer, at: number): number {
    let start = at;
    while (start < data.length) {
      const byte = data[start]!;
      if (byte === LF || byte === CR || (byte === NUL && this.#terminator === 'nul')) start++;
      else break;
    }
    if (start === data.length) return start;
    const first = data[start]!;
    if (first < 0x31 || first > 0x39) {
      if (this.#counted && first !== LESS) this.invalid++;
      this.#state = 'line';
      return start;
    }
    let count = 0;
    let position = start;
    for (; position < data.length; position++) {
      const byte = data[position]!;
      if (byte < 0x30 || byte > 0x39) break;
      count = count * 10 + (byte - 0x30);
      if (count > MAX_OCTET_COUNT) {
        this.#state = 'line';
        return start;
      }
    }
    if (position === data.length) return this.#undecided(data, start);
    if (data[position] === SPACE) {
      const content = position + 1;
      const verdict = this.#counted ? 1 : priorityAt(data, content);
      if (verdict === 0) return this.#undecided(data, start);
      if (verdict === 1) {
        this.#counted = true;
        this.#state = 'octets';
        this.#remaining = count;
        return content;
      }
    }
    this.#state = 'line';
    return start;
  }

  #undecided(data: Buffer, start: number): number {
    if (data.length - start < MAX_LOOKAHEAD) return ~start;
    this.#state = 'line';
    return start;
  }

  #octets(data: Buffer, at: number, emit: FrameHandler): number {
    const end = Math.min(data.length, at + this.#remaining);
    if (this.#carryLength === 0 && this.#length === 0 && end - at === this.#remaining) {
      const length = this.#remaining;
      this.#remaining = 0;
      this.#state = 'start';
      this.#emit(data.subarray(at, Math.min(end, at + this.#limit)), length, length > this.#limit, emit);
      return end;
    }
    this.#remaining -= end - at;
    this.#keep(data, at, end);
    if (this.#remaining === 0) this.#finish(emit, false);
    return end;
  }

  #line(data: Buffer, at: number, emit: FrameHandler): number {
    if (this.#terminator === 'unknown' && this.#lastNul && startsMessage(data[at]!)) {
      // The NUL at the end of the bytes before was the terminator.
      this.#terminator = 'nul';
      this.#dropLast();
      this.#finish(emit, false);
      return at;
    }
    const end = this.#terminatorAt(data, at);
    if (end < 0) {
      this.#keep(data, at, data.length);
      this.#lastNul = data[data.length - 1] === NUL;
      return data.length;
    }
    if (this.#length === 0) {
      this.#state = 'start';
      const length = end - at;
      this.#emit(data.subarray(at, Math.min(end, at + this.#limit)), length, length > this.#limit, emit);
    } else {
      this.#keep(data, at, end);
      this.#finish(emit, false);
    }
    return end + 1;
  }

  /** Position of the byte that ends the line, or -1. Learns the stream's terminator. */
  #terminatorAt(data: Buffer, at: number): number {
    if (this.#terminator === 'nul') return data.indexOf(NUL, at);
    const lf = data.indexOf(LF, at);
    if (this.#terminator === 'lf') return lf;
    const stop = lf < 0 ? data.length : lf;
    for (let nul = data.indexOf(NUL, at); nul >= 0 && nul < stop; nul = data.indexOf(NUL, nul + 1)) {
      const next = data[nul + 1];
      if (next !== undefined && startsMessage(next)) {
        this.#terminator = 'nul';
        return nul;
      }
    }
    if (lf >= 0) this.#terminator = 'lf';
    return lf;
  }

  #dropLast(): void {
    if (this.#carryLength === this.#length) this.#carryLength--;
    this.#length--;
  }

  #keep(data: Buffer, from: number, to: number): void {
    const size = to - from;
    this.#length += size;
    const room = Math.min(size, this.#limit - this.#carryLength);
    if (room <= 0) return;
    const needed = this.#carryLength + room;
    if (needed > this.#carry.length) this.#grow(needed);
    const taken = Math.min(room, this.#carry.length - this.#carryLength);
    data.copy(this.#carry, this.#carryLength, from, from + taken);
    this.#carryLength += taken;
  }

  #grow(needed: number): void {
    const wanted = Math.min(this.#limit, Math.max(needed, this.#carry.length * 2, 512));
    const spare = Math.max(this.#budget.available, SMALLEST_CARRY - this.#carry.length);
    const more = Math.min(wanted - this.#carry.length, spare);
    // Out of shared memory: this frame is cut here instead of taking memory from the others.
    if (more <= 0) return;
    this.#budget.available -= more;
    const grown = Buffer.allocUnsafeSlow(this.#carry.length + more);
    this.#carry.copy(grown, 0, 0, this.#carryLength);
    this.#carry = grown;
  }

  #finish(emit: FrameHandler, ended: boolean): void {
    const bytes = this.#carry.subarray(0, this.#carryLength);
    const length = this.#length;
    const truncated = ended || length > this.#carryLength;
    this.#state = 'start';
    this.#clear();
    this.#emit(bytes, length, truncated, emit);
    if (this.#carry.length > 16 * 1024) this.#shrink();
  }

  #emit(bytes: Buffer, length: number, truncated: boolean, emit: FrameHandler): void {
    let start = 0;
    let end = bytes.length;
    if (!truncated) {
      // Some senders end a counted frame with a newline of its own, or a line with CR LF.
      if (end > 0 && bytes[end - 1] === LF) end--;
      if (end > 0 && bytes[end - 1] === CR) end--;
    }
    // `…LF NUL <PRI>`: the NUL belongs to the terminator of the line before.
    if (bytes[0] === NUL && bytes[1] === LESS) start = 1;
    if (end <= start) return;
    const cut = bytes.length - (end - start);
    emit(cut === 0 ? bytes : bytes.subarray(start, end), length - cut, truncated);
  }

  #clear(): void {
    this.#carryLength = 0;
    this.#lastNul = false;
    this.#length = 0;
  }

  #shrink(): void {
    this.#budget.available += this.#carry.length;
    this.#carry = Buffer.alloc(0);
  }
}

/** 1: `<PRI>` at the position; 0: may become one; -1: something else. */
function priorityAt(data: Buffer, at: number): -1 | 0 | 1 {
  if (at >= data.length) return 0;
  if (data[at] !== LESS) return -1;
  for (let digits = 0; digits <= 3; digits++) {
    const byte = data[at + 1 + digits];
    if (byte === undefined) return 0;
    if (byte === GREATER) return digits > 0 ? 1 : -1;
    if (byte < 0x30 || byte > 0x39) return -1;
  }
  return -1;
}

function startsMessage(byte: number): boolean {
  return byte === LESS;
}
