import { crc32 } from '../crc32.ts';
import { ARRAY_FLAG, TYPE } from '../values.ts';

/**
 * A small writer of event logs, for tests: builds valid files whose every value is known, to be read back
 * and to be damaged.
 */

/** Content of an element or attribute. */
export type Content =
  | string
  | XmlElement
  | { readonly slot: number; readonly type: number; readonly optional?: boolean }
  | { readonly cdata: string }
  | { readonly entity: string }
  | { readonly char: number }
  | { readonly instruction: readonly [target: string, data: string] };

export interface XmlElement {
  readonly name: string;
  readonly attributes?: readonly (readonly [string, Content])[];
  readonly content?: readonly Content[];
}

export interface TemplateSpec {
  /** First byte of its GUID; the rest is zero. */
  readonly id: number;
  readonly root: XmlElement;
}

export interface Value {
  readonly type: number;
  readonly bytes: readonly number[] | Body;
}

/** A record's body: a template with values, or elements without a template. */
export type Body =
  | { readonly template: TemplateSpec; readonly values: readonly Value[] }
  | { readonly element: XmlElement };

export interface RecordSpec {
  readonly id: number;
  /** Epoch milliseconds, whole. */
  readonly time: number;
  readonly body: Body;
}

const CHUNK = 65536;

/** Bytes of an integer, little-endian. */
export function int(value: number | bigint, size: number): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(size * 8, BigInt(value));
  for (let index = 0; index < size; index++) {
    out.push(Number(rest & 0xffn));
    rest >>= 8n;
  }
  return out;
}

/** Bytes of UTF-16LE text. */
export function utf16(text: string): number[] {
  const out: number[] = [];
  for (let index = 0; index < text.length; index++) out.push(...int(text.charCodeAt(index), 2));
  return out;
}

/** Bytes of a FILETIME. */
export function fileTime(epochMs: number, ticks = 0): number[] {
  return int((BigInt(epochMs) + 11644473600000n) * 10000n + BigInt(ticks), 8);
}

/** Bytes of a SID from its text. */
export function sid(text: string): number[] {
  const [, revision, authority, ...parts] = text.split('-').map(Number);
  return [
    revision!,
    parts.length,
    ...int(authority!, 6).reverse(),
    ...parts.flatMap((part) => int(part >>> 0, 4)),
  ];
}

/** Value makers by type. */
export const value = {
  none: (): Value => ({ type: TYPE.null, bytes: [] }),
  text: (text: string): Value => ({ type: TYPE.string, bytes: utf16(text) }),
  texts: (list: readonly string[]): Value => ({
    type: TYPE.string | ARRAY_FLAG,
    bytes: list.flatMap((text) => utf16(`${text}\0`)),
  }),
  raw: (type: number, bytes: readonly number[]): Value => ({ type, bytes }),
  u8: (number: number): Value => ({ type: TYPE.uint8, bytes: int(number, 1) }),
  u16: (number: number): Value => ({ type: TYPE.uint16, bytes: int(number, 2) }),
  u32: (number: number): Value => ({ type: TYPE.uint32, bytes: int(number, 4) }),
  u64: (number: number | bigint): Value => ({ type: TYPE.uint64, bytes: int(number, 8) }),
  hex64: (number: bigint): Value => ({ type: TYPE.hex64, bytes: int(number, 8) }),
  sid: (text: string): Value => ({ type: TYPE.sid, bytes: sid(text) }),
  time: (epochMs: number, ticks = 0): Value => ({ type: TYPE.fileTime, bytes: fileTime(epochMs, ticks) }),
  xml: (body: Body): Value => ({ type: TYPE.binXml, bytes: body }),
};

/** Writes one chunk; names and templates are given inline where first used and by offset afterwards. */
class ChunkWriter {
  readonly out: number[] = new Array<number>(512).fill(0);
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<TemplateSpec, number>();
  lastRecord = 512;

  record(spec: RecordSpec): void {
    const start = this.out.length;
    this.lastRecord = start;
    this.out.push(...int(0x2a2a, 4), ...int(0, 4), ...int(spec.id, 8), ...fileTime(spec.time));
    this.fragment(spec.body);
    this.out.push(0);
    while (this.out.length % 8 !== 4) this.out.push(0);
    const size = this.out.length - start + 4;
    this.out.push(...int(size, 4));
    this.#patch(start + 4, int(size, 4));
  }

  #patch(at: number, bytes: readonly number[]): void {
    for (const [index, byte] of bytes.entries()) this.out[at + index] = byte;
  }

  fragment(body: Body): void {
    this.out.push(0x0f, 1, 1, 0);
    if ('element' in body) this.#element(body.element, false);
    else this.#instance(body.template, body.values);
  }

  #instance(template: TemplateSpec, values: readonly Value[]): void {
    this.out.push(0x0c, 1, ...int(template.id, 4));
    const known = this.#templates.get(template);
    this.out.push(...int(known ?? this.out.length + 4, 4));
    if (known === undefined) {
      const start = this.out.length;
      this.#templates.set(template, start);
      this.out.push(...int(0, 4), template.id, ...new Array<number>(15).fill(0), ...int(0, 4));
      this.out.push(0x0f, 1, 1, 0);
      this.#element(template.root, true);
      this.out.push(0);
      this.#patch(start + 20, int(this.out.length - start - 24, 4));
    }
    this.out.push(...int(values.length, 4));
    const descriptors = this.out.length;
    for (const { type } of values) this.out.push(0, 0, type, 0);
    for (const [index, { bytes }] of values.entries()) {
      const start = this.out.length;
      if (Array.isArray(bytes)) this.out.push(...bytes);
      else {
        this.fragment(bytes as Body);
        this.out.push(0);
      }
      this.#patch(descriptors + index * 4, int(this.out.length - start, 2));
    }
  }

  #name(text: string): void {
    const known = this.#names.get(text);
    this.out.push(...int(known ?? this.out.length + 4, 4));
    if (known !== undefined) return;
    this.#names.set(text, this.out.length);
    this.out.push(...int(0, 4), ...int(0, 2), ...int(text.length, 2), ...utf16(text), 0, 0);
  }

  #element(element: XmlElement, dependencyId: boolean): void {
    const attributes = element.attributes ?? [];
    const content = element.content ?? [];
    this.out.push(attributes.length > 0 ? 0x41 : 0x01);
    if (dependencyId) this.out.push(0xff, 0xff);
    const size = this.out.length;
    this.out.push(...int(0, 4));
    this.#name(element.name);
    if (attributes.length > 0) {
      const list = this.out.length;
      this.out.push(...int(0, 4));
      for (const [index, [name, text]] of attributes.entries()) {
        this.out.push(index < attributes.length - 1 ? 0x46 : 0x06);
        this.#name(name);
        this.#content(text, dependencyId);
      }
      this.#patch(list, int(this.out.length - list - 4, 4));
    }
    if (content.length === 0) this.out.push(0x03);
    else {
      this.out.push(0x02);
      for (const item of content) this.#content(item, dependencyId);
      this.out.push(0x04);
    }
    this.#patch(size, int(this.out.length - size - 4, 4));
  }

  #content(item: Content, dependencyId: boolean): void {
    if (typeof item === 'string') this.out.push(0x05, TYPE.string, ...int(item.length, 2), ...utf16(item));
    else if ('slot' in item) this.out.push(item.optional ? 0x0e : 0x0d, ...int(item.slot, 2), item.type);
    else if ('cdata' in item) this.out.push(0x07, ...int(item.cdata.length, 2), ...utf16(item.cdata));
    else if ('char' in item) this.out.push(0x08, ...int(item.char, 2));
    else if ('entity' in item) {
      this.out.push(0x09);
      this.#name(item.entity);
    } else if ('instruction' in item) {
      const [target, data] = item.instruction;
      this.out.push(0x0a);
      this.#name(target);
      this.out.push(0x0b, ...int(data.length, 2), ...utf16(data));
    } else this.#element(item, dependencyId);
  }

  /** The finished chunk with its header and checksums. */
  finish(first: number, last: number): Uint8Array {
    if (this.out.length > CHUNK) throw new RangeError(`a chunk of ${this.out.length} bytes`);
    const bytes = new Uint8Array(CHUNK);
    bytes.set(this.out);
    bytes.set([0x45, 0x6c, 0x66, 0x43, 0x68, 0x6e, 0x6b, 0], 0);
    for (const at of [8, 24]) bytes.set(int(first, 8), at);
    for (const at of [16, 32]) bytes.set(int(last, 8), at);
    bytes.set(int(128, 4), 40);
    bytes.set(int(this.lastRecord, 4), 44);
    bytes.set(int(this.out.length, 4), 48);
    bytes.set(int(crc32(bytes, 512, this.out.length), 4), 52);
    bytes.set(int(crc32(bytes, 128, 512, crc32(bytes, 0, 120)), 4), 124);
    return bytes;
  }
}

/** Builds a file of one chunk for each list of records. */
export function writeEvtx(chunks: readonly (readonly RecordSpec[])[]): Uint8Array {
  const file = new Uint8Array(4096 + chunks.length * CHUNK);
  file.set([0x45, 0x6c, 0x66, 0x46, 0x69, 0x6c, 0x65, 0], 0);
  file.set(int(chunks.length - 1, 8), 16);
  file.set(int(chunks.flat().length + 1, 8), 24);
  file.set([...int(128, 4), ...int(1, 2), ...int(3, 2), ...int(4096, 2), ...int(chunks.length, 2)], 32);
  file.set(int(crc32(file, 0, 120), 4), 124);
  for (const [index, records] of chunks.entries()) {
    const writer = new ChunkWriter();
    for (const record of records) writer.record(record);
    file.set(writer.finish(records[0]?.id ?? 0, records.at(-1)?.id ?? 0), 4096 + index * CHUNK);
  }
  return file;
}
