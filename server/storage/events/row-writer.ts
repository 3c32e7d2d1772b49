import type { EcsValue, Event } from '@vigie/contracts';
import { formatAddress, parseAddress } from './address.ts';
import { HOT_COLUMNS, ORIGINAL_FIELD } from './columns.ts';
import { clampMicros } from './sql.ts';
import { encodeValue, escapeText } from './values.ts';

/** Nibble of each hexadecimal digit's character code, lower case only; 255 elsewhere. */
const NIBBLE = new Uint8Array(128).fill(255);
for (let i = 0; i < 16; i++) NIBBLE['0123456789abcdef'.charCodeAt(i)] = i;

const HOT_INDEX = new Map<string, number>(HOT_COLUMNS.map(({ field }, index) => [field, index]));
const ORIGINAL_INDEX = HOT_COLUMNS.length;
HOT_INDEX.set(ORIGINAL_FIELD, ORIGINAL_INDEX);
const KINDS = HOT_COLUMNS.map(({ kind }) => kind);

/** Strings up to this length are written by our own loop, which beats the call into V8's encoder. */
const SHORT = 48;

/**
 * Writes events as ClickHouse's `RowBinary`, in the order of `ROW_COLUMNS`. One writer is reused for all
 * batches: its buffer grows to the largest batch seen and is overwritten by the next.
 */
export class RowWriter {
  #buffer = Buffer.allocUnsafe(1 << 20);
  #at = 0;
  readonly #hot: (EcsValue | undefined)[] = new Array(HOT_COLUMNS.length + 1).fill(undefined);
  readonly #keys: string[] = [];
  readonly #values: EcsValue[] = [];
  readonly #address = new Uint8Array(16);

  /**
   * The rows of one insert.
   *
   * @param retentionDays days that events of a tenant are kept after they were received
   * @returns a view of the writer's own buffer, valid until the next call
   * @throws RangeError for an id that is not 32 lower-case hexadecimal digits or a time that is not finite
   */
  write(events: readonly Event[], sequence: number, retentionDays: (tenant: string) => number): Buffer {
    this.#at = 0;
    for (const event of events) this.#row(event, sequence, retentionDays(event.tenant));
    return this.#buffer.subarray(0, this.#at);
  }

  #row(event: Event, sequence: number, retentionDays: number): void {
    const { fields } = event;
    const hot = this.#hot;
    hot.fill(undefined);
    let rest = 0;
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (value === undefined) continue;
      const index = HOT_INDEX.get(key);
      if (index !== undefined) hot[index] = value;
      else {
        this.#keys[rest] = key;
        this.#values[rest++] = value;
      }
    }
    this.#text(event.tenant);
    this.#text(event.source);
    this.#id(event.id);
    this.#int64(clampMicros(Math.round(event.time * 1000)));
    this.#int64(Math.round(event.receivedAt));
    this.#int64(sequence);
    this.#day(expiryDay(event.receivedAt, retentionDays));
    let spilled = 0;
    for (let index = 0; index < KINDS.length; index++) if (!this.#hotValue(index, hot[index])) spilled++;
    const original = hot[ORIGINAL_INDEX];
    if (typeof original === 'string') this.#text(original);
    else {
      this.#text('');
      if (original !== undefined) spilled++;
    }
    this.#varint(rest);
    for (let i = 0; i < rest; i++) {
      this.#text(this.#keys[i]!);
      this.#value(this.#values[i]!);
    }
    this.#varint(spilled);
    if (spilled > 0) this.#spill();
  }

  /** Writes a hot column; false when it cannot hold the value, which then has to be spilled. */
  #hotValue(index: number, value: EcsValue | undefined): boolean {
    const kind = KINDS[index];
    if (kind === 'long') return this.#long(value);
    if (kind === 'ip') return this.#ip(value);
    if (value === undefined) this.#text('');
    else this.#value(value);
    return true;
  }

  #long(value: EcsValue | undefined): boolean {
    if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.#room(9);
      this.#buffer[this.#at++] = 0;
      this.#int64(value);
      return true;
    }
    this.#room(1);
    this.#buffer[this.#at++] = 1;
    return value === undefined;
  }

  #ip(value: EcsValue | undefined): boolean {
    this.#room(16);
    const at = this.#at;
    this.#at += 16;
    if (this.#isColumnAddress(value)) {
      this.#buffer.set(this.#address, at);
      return true;
    }
    this.#buffer.fill(0, at, at + 16);
    return value === undefined;
  }

  /** Parses into `#address`; only what formats back to the same text, and is not the mark of absence. */
  #isColumnAddress(value: EcsValue | undefined): boolean {
    if (typeof value !== 'string' || !parseAddress(value, this.#address)) return false;
    return !value.includes(':') || (value !== '::' && formatAddress(this.#address) === value);
  }

  #spill(): void {
    const hot = this.#hot;
    for (let index = 0; index <= ORIGINAL_INDEX; index++) {
      const value = hot[index];
      if (value === undefined) continue;
      const kind = index === ORIGINAL_INDEX ? 'original' : KINDS[index];
      const kept =
        kind === 'text' ||
        (kind === 'original' && typeof value === 'string') ||
        (kind === 'long' &&
          typeof value === 'number' &&
          Number.isSafeInteger(value) &&
          !Object.is(value, -0)) ||
        (kind === 'ip' && this.#isColumnAddress(value));
      if (kept) continue;
      this.#text(index === ORIGINAL_INDEX ? ORIGINAL_FIELD : HOT_COLUMNS[index]!.field);
      this.#value(value);
    }
  }

  #value(value: EcsValue): void {
    if (typeof value !== 'string') this.#longText(encodeValue(value));
    else if (value.length > SHORT || !this.#short(value)) this.#longText(escapeText(value));
  }

  #text(text: string): void {
    if (text.length > SHORT || !this.#short(text, 0)) this.#longText(text);
  }

  /** Writes a short string of plain characters (ASCII from `lowest` on); false, and nothing written, for others. */
  #short(text: string, lowest = 4): boolean {
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

  #longText(text: string): void {
    this.#room(text.length * 3 + 5);
    const guess = varintLength(text.length);
    const start = this.#at;
    const written = this.#buffer.write(text, start + guess, 'utf8');
    const needed = varintLength(written);
    if (needed !== guess) this.#buffer.copyWithin(start + needed, start + guess, start + guess + written);
    this.#varint(written);
    this.#at = start + needed + written;
  }

  #id(id: string): void {
    this.#room(16);
    const buffer = this.#buffer;
    let bad = id.length ^ 32;
    for (let i = 0; i < 16; i++) {
      const high = NIBBLE[id.charCodeAt(2 * i) & 127]!;
      const low = NIBBLE[id.charCodeAt(2 * i + 1) & 127]!;
      bad |= (high | low) & 0xf0;
      buffer[this.#at + i] = (high << 4) | low;
    }
    if (bad !== 0 || !/^[0-9a-f]+$/.test(id)) throw new RangeError(`not an event id: ${id.slice(0, 40)}`);
    this.#at += 16;
  }

  #int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`not an integer that can be stored: ${value}`);
    this.#room(8);
    const high = Math.floor(value / 4294967296);
    this.#buffer.writeInt32LE((value - high * 4294967296) | 0, this.#at);
    this.#buffer.writeInt32LE(high, this.#at + 4);
    this.#at += 8;
  }

  #day(day: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeUInt16LE(day, this.#at);
  }

  #varint(value: number): void {
    this.#room(5);
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

/** Last day, counted from 1970-01-01 (UTC), on which an event may be seen; `Date` ends with day 65535. */
export function expiryDay(receivedAt: number, retentionDays: number): number {
  return Math.min(65_535, Math.max(0, Math.floor(receivedAt / 86_400_000) + retentionDays));
}

function varintLength(value: number): number {
  return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
}
