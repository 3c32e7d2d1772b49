import type { Bytes } from './bytes.ts';
import { Malformed } from './problems.ts';
import {
  type AttributePart,
  type ElementPart,
  type Fragment,
  type Instance,
  PART,
  type Part,
  type Template,
} from './template.ts';
import { decodeValue, fixedSize, TYPE } from './values.ts';

/** What binary XML refers to by offset within its chunk. */
export interface Surroundings {
  readonly bytes: Bytes;
  /** The name stored at an offset, and the offset after it. */
  name(at: number): { readonly value: string; readonly end: number };
  /** The template defined at an offset, and the offset after it. */
  template(at: number): { readonly value: Template; readonly end: number };
  /** Takes values that could not be read; the record they lie in stands without them. */
  readonly damaged: Malformed[];
}

/** Tokens of binary XML (MS-EVEN6 2.2.12); {@link MORE} may be set on those that have followers. */
const TOKEN = {
  endOfStream: 0x00,
  openElement: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  charRef: 0x08,
  entityRef: 0x09,
  piTarget: 0x0a,
  piData: 0x0b,
  template: 0x0c,
  slot: 0x0d,
  optionalSlot: 0x0e,
  fragmentHeader: 0x0f,
} as const;

const MORE = 0x40;
/** Elements nested deeper than this are refused; real events stay below ten. */
const MAX_ELEMENT_DEPTH = 64;
/** Fragments within values within fragments; real events have two. */
const MAX_FRAGMENT_DEPTH = 4;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a fragment that stands in a record or in a value.
 *
 * @param chunk the chunk it lies in
 * @param start offset of its first token
 * @param end offset it must not read past
 * @param depth number of values it lies in
 * @throws Malformed when the bytes are not binary XML
 */
export function parseFragment(chunk: Surroundings, start: number, end: number, depth = 0): Fragment {
  if (depth > MAX_FRAGMENT_DEPTH) throw new Malformed('fragments nested too deep', start);
  try {
    return new Parser(chunk, start, end, false, depth).fragment();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    // Elements outside templates have no dependency id in what Windows writes; other writers differ.
    try {
      return new Parser(chunk, start, end, true, depth).fragment();
    } catch (second) {
      if (!(second instanceof Malformed)) throw second;
      throw error;
    }
  }
}

/** Reads the binary XML of a template definition, whose elements carry a dependency id. */
export function parseDefinition(chunk: Surroundings, start: number, end: number): Fragment {
  return new Parser(chunk, start, end, true, 0).fragment();
}

class Parser {
  readonly #chunk: Surroundings;
  readonly #end: number;
  readonly #dependencyId: boolean;
  readonly #depth: number;
  #at: number;

  constructor(chunk: Surroundings, start: number, end: number, dependencyId: boolean, depth: number) {
    this.#chunk = chunk;
    this.#at = start;
    this.#end = end;
    this.#dependencyId = dependencyId;
    this.#depth = depth;
  }

  fragment(): Fragment {
    const parts: Part[] = [];
    while (this.#at < this.#end) {
      const token = this.#chunk.bytes.u8(this.#at);
      if (token === TOKEN.endOfStream) break;
      if (token === TOKEN.fragmentHeader) {
        this.#skip(4);
        continue;
      }
      this.#content(parts, 0);
    }
    return parts;
  }

  /** Moves on, never past the fragment's end. */
  #skip(count: number): void {
    if (this.#at + count > this.#end) throw new Malformed('a token reads past its fragment', this.#at);
    this.#at += count;
  }

  #peek(): number {
    if (this.#at >= this.#end) throw new Malformed('the fragment ends inside an element', this.#at);
    return this.#chunk.bytes.u8(this.#at);
  }

  /** Reads one token of content into `out`. */
  #content(out: Part[], depth: number): void {
    const { bytes } = this.#chunk;
    const at = this.#at;
    switch (this.#peek() & ~MORE) {
      case TOKEN.openElement:
        out.push(this.#element(depth));
        return;
      case TOKEN.template:
        out.push({ kind: PART.instance, instance: this.#instance() });
        return;
      case TOKEN.slot:
      case TOKEN.optionalSlot:
        this.#skip(4);
        out.push({ kind: PART.slot, index: bytes.u16(at + 1) });
        return;
      case TOKEN.value:
        addText(out, this.#literal());
        return;
      case TOKEN.cdata:
        addText(out, this.#lengthPrefixed(1));
        return;
      case TOKEN.charRef: {
        this.#skip(3);
        addText(out, String.fromCharCode(bytes.u16(at + 1)));
        return;
      }
      case TOKEN.entityRef: {
        this.#skip(1);
        const name = this.#name();
        addText(out, ENTITIES[name] ?? `&${name};`);
        return;
      }
      // Processing instructions carry nothing an event says: they are read over.
      case TOKEN.piTarget:
        this.#skip(1);
        this.#name();
        return;
      case TOKEN.piData:
        this.#lengthPrefixed(1);
        return;
      default:
        throw new Malformed(`unknown token 0x${bytes.u8(at).toString(16)}`, at);
    }
  }

  #element(depth: number): ElementPart {
    if (depth >= MAX_ELEMENT_DEPTH) throw new Malformed('elements nested too deep', this.#at);
    const hasAttributes = (this.#peek() & MORE) !== 0;
    this.#skip(this.#dependencyId ? 7 : 5);
    const name = this.#name();
    const attributes: AttributePart[] = [];
    if (hasAttributes) {
      this.#skip(4);
      while ((this.#peek() & ~MORE) === TOKEN.attribute) {
        this.#skip(1);
        const attribute = this.#name();
        attributes.push({ name: attribute, content: this.#attributeContent(depth) });
      }
    }
    const content: Part[] = [];
    const close = this.#peek();
    this.#skip(1);
    if (close === TOKEN.closeEmpty) return { kind: PART.element, name, attributes, content };
    if (close !== TOKEN.closeStart) throw new Malformed('a start tag is not closed', this.#at - 1);
    while (this.#peek() !== TOKEN.endElement) this.#content(content, depth + 1);
    this.#skip(1);
    return { kind: PART.element, name, attributes, content };
  }

  #attributeContent(depth: number): Part[] {
    const content: Part[] = [];
    for (;;) {
      const token = this.#peek() & ~MORE;
      if (
        token !== TOKEN.value &&
        token !== TOKEN.slot &&
        token !== TOKEN.optionalSlot &&
        token !== TOKEN.charRef &&
        token !== TOKEN.entityRef
      )
        return content;
      this.#content(content, depth);
    }
  }

  /** A name by reference; it stands inline where the reference points at the place just after itself. */
  #name(): string {
    const at = this.#at;
    this.#skip(4);
    const offset = this.#chunk.bytes.u32(at);
    const { value, end } = this.#chunk.name(offset);
    if (offset === this.#at) this.#skip(end - offset);
    return value;
  }

  #lengthPrefixed(header: number): string {
    const at = this.#at + header;
    this.#skip(header + 2);
    const units = this.#chunk.bytes.u16(at);
    this.#skip(units * 2);
    return this.#chunk.bytes.utf16(at + 2, units);
  }

  #literal(): string {
    const at = this.#at;
    this.#skip(2);
    const type = this.#chunk.bytes.u8(at + 1);
    if (type === TYPE.string) {
      this.#at = at;
      return this.#lengthPrefixed(2);
    }
    if (type === TYPE.null) return '';
    const size = fixedSize(type);
    if (size === undefined) throw new Malformed(`a literal of type 0x${type.toString(16)}`, at);
    this.#skip(size);
    return String(decodeValue(this.#chunk.bytes, type, at + 2, size));
  }

  /**
   * A template instance: unknown (1), template id (4), definition offset (4), the definition itself where
   * it is used first, number of values (4), their descriptors, their bytes.
   */
  #instance(): Instance {
    const { bytes } = this.#chunk;
    const at = this.#at;
    this.#skip(10);
    const definition = bytes.u32(at + 6);
    const { value: template, end } = this.#chunk.template(definition);
    if (definition === this.#at) this.#skip(end - definition);
    const descriptors = this.#at + 4;
    this.#skip(4);
    const count = bytes.u32(descriptors - 4);
    this.#skip(count * 4);
    const { view, raw } = bytes;
    const offsets: number[] = [];
    let nested: Map<number, Fragment> | undefined;
    let position = this.#at;
    for (let index = 0, descriptor = descriptors; index < count; index++, descriptor += 4) {
      const size = view.getUint16(descriptor, true);
      if (position + size > this.#end) throw new Malformed('a value reads past its fragment', descriptor);
      offsets.push(position);
      if (raw[descriptor + 2] === TYPE.binXml && size > 0) {
        nested ??= new Map();
        nested.set(index, this.#valueFragment(position, position + size));
      }
      position += size;
    }
    this.#at = position;
    return { template, descriptors, offsets, nested };
  }

  /** A fragment that is a value; a damaged one is noted and read as empty, so the rest of its event stays. */
  #valueFragment(start: number, end: number): Fragment {
    try {
      return parseFragment(this.#chunk, start, end, this.#depth + 1);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#chunk.damaged.push(error);
      return [];
    }
  }
}

/** Appends literal text, joined to literal text before it. */
function addText(out: Part[], text: string): void {
  const last = out.at(-1);
  if (last?.kind === PART.text) out[out.length - 1] = { kind: PART.text, text: last.text + text };
  else out.push({ kind: PART.text, text });
}
