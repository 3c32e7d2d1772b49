import { parseDefinition, type Surroundings } from './binxml.ts';
import { Bytes } from './bytes.ts';
import { Malformed } from './problems.ts';
import type { Template } from './template.ts';

/** Every chunk of an event log takes this many bytes, its header included. */
export const CHUNK_SIZE = 65536;
/** Offset of the first record in a chunk. */
export const CHUNK_HEADER_SIZE = 512;
/** Offset, in a template definition, of its binary XML. */
const DEFINITION_HEADER = 24;

/** Names of elements and attributes are short; a longer one is no name. */
const MAX_NAME = 1024;
/**
 * Bytes of template definitions one chunk may hold. Real ones lie beside each other and so stay below the
 * chunk's size; definitions that overlap could make a small file cost minutes.
 */
const MAX_DEFINITION_BYTES = 8 * CHUNK_SIZE;

/** Templates within templates; real events have none, and each level takes stack. */
const MAX_TEMPLATE_DEPTH = 4;

/** Something read at an offset, and the offset after it. */
interface Read<T> {
  readonly value: T;
  readonly end: number;
}

/** One chunk: the unit within which names and templates refer to each other by offset. */
export class Chunk implements Surroundings {
  readonly bytes: Bytes;
  readonly #names = new Map<number, Read<string>>();
  /** By offset; a definition that cannot be read is kept as its fault, not read again for each record. */
  readonly #templates = new Map<number, Read<Template> | Malformed>();
  #definitionBytes = 0;
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
      if (units > MAX_NAME) throw new Malformed('a name is too long', at);
      found = { value: this.bytes.utf16(at + 8, units), end: at + 10 + units * 2 };
      this.#names.set(at, found);
    }
    return found;
  }

  /** The template defined at an offset: next pointer (4), GUID (16), size (4), binary XML. */
  template(at: number): Read<Template> {
    let found = this.#templates.get(at);
    if (found === undefined) {
      found = this.#define(at);
      this.#templates.set(at, found);
    }
    if (found instanceof Malformed) throw found;
    return found;
  }

  #define(at: number): Read<Template> | Malformed {
    if (this.#compiling.has(at)) return new Malformed('a template contains itself', at);
    if (this.#compiling.size >= MAX_TEMPLATE_DEPTH) throw new Malformed('templates nested too deep', at);
    this.#compiling.add(at);
    try {
      const size = this.bytes.u32(at + 20);
      const start = at + DEFINITION_HEADER;
      this.bytes.need(start, size);
      this.#definitionBytes += size;
      if (this.#definitionBytes > MAX_DEFINITION_BYTES)
        throw new Malformed('too many template definitions', at);
      return { value: { parts: parseDefinition(this, start, start + size) }, end: start + size };
    } catch (error) {
      if (error instanceof Malformed) return error;
      throw error;
    } finally {
      this.#compiling.delete(at);
    }
  }
}
