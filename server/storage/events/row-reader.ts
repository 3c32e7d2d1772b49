import type { EcsFields, EcsValue, Event } from '@vigie/contracts';
import { formatAddress, toHex } from './address.ts';
import { HOT_COLUMNS, ORIGINAL_FIELD } from './columns.ts';
import { decodeValue } from './values.ts';

/** An event with the sequence of the batch it came in. */
export interface StoredEvent {
  readonly sequence: number;
  /** Epoch microseconds, as stored. */
  readonly micros: number;
  readonly event: Event;
}

/** Reads rows of `RowBinary` whose columns are `ROW_COLUMNS`. */
export class RowReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next row, or undefined at the end. */
  next(): StoredEvent | undefined {
    if (this.#at >= this.#bytes.length) return undefined;
    const tenant = this.#text();
    const source = this.#text();
    const id = toHex(this.#bytes, this.#at);
    this.#at += 16;
    const micros = this.#int64();
    const receivedAt = this.#int64();
    const sequence = this.#int64();
    this.#at += 2;
    const fields: EcsFields = {};
    for (const { field, kind } of HOT_COLUMNS) {
      const value = kind === 'long' ? this.#long() : kind === 'ip' ? this.#ip() : this.#encoded();
      if (value !== undefined) fields[field] = value;
    }
    const original = this.#text();
    if (original !== '') fields[ORIGINAL_FIELD] = original;
    this.#map(fields);
    this.#map(fields);
    return { sequence, micros, event: { id, tenant, source, time: micros / 1000, receivedAt, fields } };
  }

  /** All rows that are left. */
  all(): StoredEvent[] {
    const rows: StoredEvent[] = [];
    for (let row = this.next(); row; row = this.next()) rows.push(row);
    return rows;
  }

  #map(fields: EcsFields): void {
    for (let left = this.#varint(); left > 0; left--) {
      const key = this.#text();
      const value = decodeValue(this.#text());
      // A log may name a field `__proto__`: define it as data, never as the prototype.
      if (key === '__proto__')
        Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
      else fields[key] = value;
    }
  }

  #encoded(): EcsValue | undefined {
    const text = this.#text();
    return text === '' ? undefined : decodeValue(text);
  }

  #long(): number | undefined {
    return this.#bytes[this.#at++] === 1 ? undefined : this.#int64();
  }

  #ip(): string | undefined {
    const at = this.#at;
    this.#at += 16;
    for (let i = at; i < at + 16; i++) if (this.#bytes[i] !== 0) return formatAddress(this.#bytes, at);
    return undefined;
  }

  #text(): string {
    const length = this.#varint();
    const from = this.#at;
    this.#at += length;
    return length === 0 ? '' : this.#bytes.toString('utf8', from, this.#at);
  }

  #int64(): number {
    const value = this.#bytes.readInt32LE(this.#at + 4) * 4294967296 + this.#bytes.readUInt32LE(this.#at);
    this.#at += 8;
    return value;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
