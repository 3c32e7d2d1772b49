/** Growing buffers in which a block's columns are gathered; each is reused from block to block. */

/** Strings up to this length are written by our own loop, which beats the call into V8's encoder. */
const SHORT = 48;

/** Bytes, appended to. Texts are written as ClickHouse does: length as varint, then UTF-8. */
export class Bytes {
  #buffer: Buffer;
  #at = 0;

  constructor(capacity = 4096) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#at;
  }

  clear(): void {
    this.#at = 0;
  }

  /** A view of what was written, valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  byte(value: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = value;
  }

  /** Makes room for `count` bytes and returns where to write them in {@link buffer}. */
  take(count: number): number {
    this.#room(count);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  /** The memory that {@link take} points into; replaced whenever it grows. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  append(bytes: Uint8Array): void {
    const at = this.take(bytes.length);
    this.#buffer.set(bytes, at);
  }

  varint(value: number): void {
    this.#room(5);
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  uint16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeUInt16LE(value, this.#at);
  }

  /** A safe integer as 8 bytes, little-endian. @throws RangeError for any other number */
  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not an integer that can be stored: ${value}`);
    this.#room(8);
    const high = Math.floor(value / 4294967296);
    this.#buffer.writeInt32LE((value - high * 4294967296) | 0, this.#at);
    this.#buffer.writeInt32LE(high, this.#at + 4);
    this.#at += 8;
  }

  /** A text; lone surrogates become U+FFFD. */
  text(text: string): void {
    if (text.length > SHORT || !this.#short(text, 0)) this.#long(text);
  }

  /**
   * Writes a short text of ASCII characters from U+0004 on, which need no escaping as a value.
   *
   * @returns false, and nothing written, for any other text
   */
  plain(text: string): boolean {
    return text.length <= SHORT && this.#short(text, 4);
  }

  #short(text: string, lowest: number): boolean {
    const length = text.length;
    this.#room(length + 1);
    const buffer = this.#buffer;
    let at = this.#at;
    buffer[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127 || code < lowest) return false;
      buffer[at++] = code;
    }
    this.#at = at;
    return true;
  }

  #long(text: string): void {
    this.#room(text.length * 3 + 5);
    const guess = varintLength(text.length);
    const start = this.#at;
    const written = this.#buffer.write(text, start + guess, 'utf8');
    const needed = varintLength(written);
    if (needed !== guess) this.#buffer.copyWithin(start + needed, start + guess, start + guess + written);
    this.varint(written);
    this.#at = start + needed + written;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

function varintLength(value: number): number {
  return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
}

/**
 * A `LowCardinality(String)` column: the distinct texts once, and for each row the place of its text.
 *
 * In the Native format: a version, then the width of the indexes with the flags "own keys" and "new
 * dictionary", the keys, the indexes.
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/DataTypes/Serializations/SerializationLowCardinality.cpp
 */
export class Dictionary {
  readonly #places = new Map<string, number>();
  readonly #keys = new Bytes();
  #indexes = new Uint32Array(1024);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  clear(): void {
    this.#places.clear();
    this.#keys.clear();
    this.#rows = 0;
  }

  /** Appends a row. */
  add(text: string): void {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(text, place);
      this.#keys.text(text);
    }
    if (this.#rows === this.#indexes.length) {
      const larger = new Uint32Array(this.#rows * 2);
      larger.set(this.#indexes);
      this.#indexes = larger;
    }
    this.#indexes[this.#rows++] = place;
  }

  /** The version that comes first; in a map, before the map's offsets. */
  writePrefix(out: Bytes): void {
    out.int64(1);
  }

  /** Keys and indexes; nothing for a column without rows. */
  writeData(out: Bytes): void {
    if (this.#rows === 0) return;
    const size = this.#places.size;
    const width = size <= 0x100 ? 0 : size <= 0x10000 ? 1 : 2;
    out.int64(0x600 | width);
    out.int64(size);
    out.append(this.#keys.view());
    out.int64(this.#rows);
    const bytes = 1 << width;
    const at = out.take(this.#rows * bytes);
    const { buffer } = out;
    const indexes = this.#indexes;
    if (width === 0) for (let row = 0; row < this.#rows; row++) buffer[at + row] = indexes[row]!;
    else if (width === 1)
      for (let row = 0; row < this.#rows; row++) buffer.writeUInt16LE(indexes[row]!, at + 2 * row);
    else for (let row = 0; row < this.#rows; row++) buffer.writeUInt32LE(indexes[row]!, at + 4 * row);
  }
}

/** A `Map(LowCardinality(String), String)` column: the end of each row's entries, all keys, all values. */
export class MapColumn {
  readonly #ends = new Bytes();
  readonly #keys = new Dictionary();
  readonly values = new Bytes();

  clear(): void {
    this.#ends.clear();
    this.#keys.clear();
    this.values.clear();
  }

  /** Appends a key to the row; its value goes to {@link values}. */
  key(name: string): void {
    this.#keys.add(name);
  }

  endRow(): void {
    this.#ends.int64(this.#keys.rows);
  }

  write(out: Bytes): void {
    this.#keys.writePrefix(out);
    out.append(this.#ends.view());
    this.#keys.writeData(out);
    out.append(this.values.view());
  }
}
