import { parseDefinition } from './binxml.ts';
import { Bytes } from './bytes.ts';
import { Malformed } from './problems.ts';
import type { Template } from './template.ts';

/** Every chunk of an event log takes this many bytes, its header included. */
export const CHUNK_SIZE = 65536;
/** Offset of the first record in a chunk. */
export const CHUNK_HEADER_SIZE = 512;
/** Offset, in a template definition, of its binary XML. */
const DEFINITION_HEADER = 24;

/** Something read at an offset, and the offset after it. */
interface Read<T> {
  readonly value: T;
  readonly end: number;
}

/** One chunk: the unit within which names and templates refer to each other by offset. */
export class Chunk {
  readonly bytes: Bytes;
  readonly #names = new Map<number, Read<string>>();
  readonly #templates = new Map<number, Read<Template>>();
  readonly #compiling = new Set<number>();
  /** Values that could not be read since the list was last emptied; the record they lie in stands without them. */
  readonly damaged: Malformed[] = [];

  /** @param raw the chunk's bytes; fewer than {@link CHUNK_SIZE} where the file was cut */
  constructor(raw: Uint8Array) {
    this.bytes = new Bytes(raw);
  }

  /** The name stored at an offset: next pointer (4), hash (2), length (2), UTF-16 text, NUL. */
  name(at: number): Read<string> {
    let found = this.#names.get(at);
    if (!found) {
      const units = this.bytes.u16(at + 6);
      found = { value: this.bytes.utf16(at + 8, units), end: at + 10 + units * 2 };
      this.#names.set(at, found);
    }
    return found;
  }

  /** The template defined at an offset: next pointer (4), GUID (16), size (4), binary XML. */
  template(at: number): Read<Template> {
    let found = this.#templates.get(at);
    if (found) return found;
    if (this.#compiling.has(at)) throw new Malformed('a template contains itself', at);
    const size = this.bytes.u32(at + 20);
    const start = at + DEFINITION_HEADER;
    this.bytes.need(start, size);
    this.#compiling.add(at);
    try {
      const parts = parseDefinition(this, start, start + size);
      found = { value: { parts }, end: start + size };
    } finally {
      this.#compiling.delete(at);
    }
    this.#templates.set(at, found);
    return found;
  }
}
