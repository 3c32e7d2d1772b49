import type { EcsValue, Event } from '@vigie/contracts';
import { formatAddress, parseAddress } from './address.ts';
import { Bytes, Dictionary, MapColumn } from './column-buffers.ts';
import { HOT_COLUMNS, isDictionary, ORIGINAL_FIELD, ROW_COLUMNS } from './columns.ts';
import { clampMicros } from './sql.ts';
import { encodeValue, escapeText } from './values.ts';

/** Nibble of each hexadecimal digit's character code, lower case only; 255 elsewhere. */
const NIBBLE = new Uint8Array(128).fill(255);
for (let i = 0; i < 16; i++) NIBBLE['0123456789abcdef'.charCodeAt(i)] = i;

const HOT_INDEX = new Map<string, number>(HOT_COLUMNS.map(({ field }, index) => [field, index]));
const ORIGINAL_INDEX = HOT_COLUMNS.length;
HOT_INDEX.set(ORIGINAL_FIELD, ORIGINAL_INDEX);

const MAP = 'Map(LowCardinality(String), String)';

/** One hot column of the block being written. */
interface HotWriter {
  /** Type as the Native format names it, without codec. */
  readonly type: string;
  /** Appends a row; false when the column cannot hold the value, which then has to be spilled. */
  add(value: EcsValue | undefined): boolean;
  clear(): void;
  write(out: Bytes): void;
}

class DictionaryWriter implements HotWriter {
  readonly type = 'LowCardinality(String)';
  readonly #column = new Dictionary();

  add(value: EcsValue | undefined): boolean {
    this.#column.add(
      value === undefined ? '' : typeof value === 'string' ? escapeText(value) : encodeValue(value),
    );
    return true;
  }

  clear(): void {
    this.#column.clear();
  }

  write(out: Bytes): void {
    this.#column.writePrefix(out);
    this.#column.writeData(out);
  }
}

class TextWriter implements HotWriter {
  readonly type = 'String';
  readonly #bytes = new Bytes();

  add(value: EcsValue | undefined): boolean {
    if (value === undefined) this.#bytes.byte(0);
    else writeValue(this.#bytes, value);
    return true;
  }

  clear(): void {
    this.#bytes.clear();
  }

  write(out: Bytes): void {
    out.append(this.#bytes.view());
  }
}

class LongWriter implements HotWriter {
  readonly type = 'Nullable(Int64)';
  readonly #nulls = new Bytes();
  readonly #values = new Bytes();

  add(value: EcsValue | undefined): boolean {
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0);
    this.#nulls.byte(fits ? 0 : 1);
    this.#values.int64(fits ? value : 0);
    return fits || value === undefined;
  }

  clear(): void {
    this.#nulls.clear();
    this.#values.clear();
  }

  write(out: Bytes): void {
    out.append(this.#nulls.view());
    out.append(this.#values.view());
  }
}

class AddressWriter implements HotWriter {
  readonly type = 'IPv6';
  readonly #bytes = new Bytes();

  add(value: EcsValue | undefined): boolean {
    const at = this.#bytes.take(16);
    const { buffer } = this.#bytes;
    // Only what formats back to the same text, and is not the mark of absence.
    if (
      typeof value === 'string' &&
      value !== '::' &&
      parseAddress(value, buffer, at) &&
      (!value.includes(':') || formatAddress(buffer, at) === value)
    )
      return true;
    buffer.fill(0, at, at + 16);
    return value === undefined;
  }

  clear(): void {
    this.#bytes.clear();
  }

  write(out: Bytes): void {
    out.append(this.#bytes.view());
  }
}

function writeValue(bytes: Bytes, value: EcsValue): void {
  if (typeof value !== 'string') bytes.text(encodeValue(value));
  else if (!bytes.plain(value)) bytes.text(escapeText(value));
}

/**
 * Writes events as one block of ClickHouse's `Native` format: column by column, as the engine keeps them, which
 * costs it half of what rows do. One writer is reused for all batches; its buffers grow to the largest.
 */
export class BlockWriter {
  readonly #tenant = new DictionaryWriter();
  readonly #source = new DictionaryWriter();
  readonly #id = new Bytes();
  readonly #time = new Bytes();
  readonly #received = new Bytes();
  readonly #sequence = new Bytes();
  readonly #expires = new Bytes();
  readonly #original = new Bytes();
  readonly #rest = new MapColumn();
  readonly #spill = new MapColumn();
  readonly #columns: readonly HotWriter[] = HOT_COLUMNS.map((column) =>
    column.kind === 'long'
      ? new LongWriter()
      : column.kind === 'ip'
        ? new AddressWriter()
        : isDictionary(column)
          ? new DictionaryWriter()
          : new TextWriter(),
  );
  readonly #hot: (EcsValue | undefined)[] = new Array(HOT_COLUMNS.length + 1).fill(undefined);
  readonly #out = new Bytes(1 << 20);
  #rows = 0;

  /**
   * The block of one insert; its columns are `ROW_COLUMNS`.
   *
   * @param retentionDays days that events of a tenant are kept after they were received
   * @returns a view of the writer's own buffer, valid until the next call
   * @throws RangeError for an id that is not 32 lower-case hexadecimal digits or a time that is not finite
   */
  write(events: readonly Event[], sequence: number, retentionDays: (tenant: string) => number): Buffer {
    this.begin();
    for (const event of events) this.add(event, sequence, retentionDays(event.tenant));
    return this.finish();
  }

  /** Begins a block; what was added to one that was not finished is forgotten. */
  begin(): void {
    this.#clear();
    this.#rows = 0;
  }

  /** Adds an event to the block; errors as {@link write}, after which the block has to be begun anew. */
  add(event: Event, sequence: number, retentionDays: number): void {
    this.#row(event, sequence, retentionDays);
    this.#rows++;
  }

  /** Rows added since the block was begun. */
  get rows(): number {
    return this.#rows;
  }

  /** @returns as {@link write} */
  finish(): Buffer {
    return this.#finish(this.#rows);
  }

  #clear(): void {
    for (const column of this.#columns) column.clear();
    for (const column of [this.#tenant, this.#source, this.#rest, this.#spill, this.#out]) column.clear();
    for (const column of [
      this.#id,
      this.#time,
      this.#received,
      this.#sequence,
      this.#expires,
      this.#original,
    ])
      column.clear();
  }

  #row(event: Event, sequence: number, retentionDays: number): void {
    const { fields } = event;
    const hot = this.#hot;
    hot.fill(undefined);
    const rest = this.#rest;
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (value === undefined) continue;
      const index = HOT_INDEX.get(key);
      if (index !== undefined) hot[index] = value;
      else {
        rest.key(key);
        writeValue(rest.values, value);
      }
    }
    rest.endRow();
    this.#tenant.add(event.tenant);
    this.#source.add(event.source);
    this.#writeId(event.id);
    this.#time.int64(clampMicros(Math.round(event.time * 1000)));
    this.#received.int64(Math.round(event.receivedAt));
    this.#sequence.int64(sequence);
    this.#expires.uint16(expiryDay(event.receivedAt, retentionDays));
    const columns = this.#columns;
    for (let index = 0; index < columns.length; index++)
      if (!columns[index]!.add(hot[index])) this.#spillValue(HOT_COLUMNS[index]!.field, hot[index]!);
    const original = hot[ORIGINAL_INDEX];
    if (typeof original === 'string') this.#original.text(original);
    else {
      this.#original.byte(0);
      if (original !== undefined) this.#spillValue(ORIGINAL_FIELD, original);
    }
    this.#spill.endRow();
  }

  #spillValue(field: string, value: EcsValue): void {
    this.#spill.key(field);
    writeValue(this.#spill.values, value);
  }

  #writeId(id: string): void {
    const at = this.#id.take(16);
    const { buffer } = this.#id;
    let bad = id.length ^ 32;
    for (let i = 0; i < 16; i++) {
      const first = id.charCodeAt(2 * i);
      const second = id.charCodeAt(2 * i + 1);
      // Codes beyond ASCII would be folded onto digits by the table's size.
      bad |= (first | second) & ~127;
      const high = NIBBLE[first & 127]!;
      const low = NIBBLE[second & 127]!;
      bad |= (high | low) & 0xf0;
      buffer[at + i] = (high << 4) | low;
    }
    if (bad !== 0) throw new RangeError(`not an event id: ${id.slice(0, 40)}`);
  }

  #finish(rows: number): Buffer {
    const out = this.#out;
    out.varint(ROW_COLUMNS.length);
    out.varint(rows);
    const column = (name: string, type: string) => {
      out.text(name);
      out.text(type);
    };
    const bytes = (name: string, type: string, content: Bytes) => {
      column(name, type);
      out.append(content.view());
    };
    column('tenant', this.#tenant.type);
    this.#tenant.write(out);
    column('source', this.#source.type);
    this.#source.write(out);
    bytes('id', 'FixedString(16)', this.#id);
    bytes('time', "DateTime64(6, 'UTC')", this.#time);
    bytes('received', "DateTime64(3, 'UTC')", this.#received);
    bytes('sequence', 'UInt64', this.#sequence);
    bytes('expires', 'Date', this.#expires);
    this.#columns.forEach((writer, index) => {
      column(HOT_COLUMNS[index]!.column, writer.type);
      writer.write(out);
    });
    bytes('original', 'String', this.#original);
    column('rest', MAP);
    this.#rest.write(out);
    column('spill', MAP);
    this.#spill.write(out);
    return out.view();
  }
}

/** Last day, counted from 1970-01-01 (UTC), on which an event may be seen; `Date` ends with day 65535. */
export function expiryDay(receivedAt: number, retentionDays: number): number {
  return Math.min(65_535, Math.max(0, Math.floor(receivedAt / 86_400_000) + retentionDays));
}
