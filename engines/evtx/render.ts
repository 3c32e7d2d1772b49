import type { Chunk } from './chunk.ts';
import { dataName, type ElementPart, type Fragment, type Instance, PART, type Part } from './template.ts';
import { ARRAY_FLAG, decodeValue, type EvtxValue, TYPE } from './values.ts';

/** JSON form of an element; see the package's README for the mapping. */
export type EvtxJson = string | number | boolean | null | EvtxJsonObject | EvtxJson[];
export type EvtxJsonObject = { [name: string]: EvtxJson };

/**
 * Elements and values one record may expand to. A template can use the same value many times and a value
 * can hold a template, so a hostile record could grow exponentially; a real one stays below two thousand.
 */
const MAX_STEPS = 10_000;
/** Characters one record may expand to; the record itself is at most 64 KiB. */
const MAX_CHARACTERS = 1_000_000;

/** Turns the parts of one record into values and JSON. */
export class Renderer {
  readonly #chunk: Chunk;
  #steps = 0;
  #characters = 0;

  constructor(chunk: Chunk) {
    this.#chunk = chunk;
  }

  /** Starts a new answer: the limits hold for each one. */
  begin(): this {
    this.#steps = 0;
    this.#characters = 0;
    return this;
  }

  /** Whether the answer was cut because the record expands beyond the limits. */
  get exhausted(): boolean {
    return this.#steps > MAX_STEPS || this.#characters > MAX_CHARACTERS;
  }

  /** The value of a slot; undefined where the event gives none or it is a fragment. */
  slot(index: number, instance: Instance | undefined): EvtxValue | undefined {
    const at = instance?.offsets[index];
    if (instance === undefined || at === undefined) return undefined;
    const { view, raw } = this.#chunk.bytes;
    const descriptor = instance.descriptors + index * 4;
    const type = raw[descriptor + 2]!;
    const size = view.getUint16(descriptor, true);
    if (type === TYPE.binXml) return undefined;
    if (type === TYPE.null) return null;
    if (size === 0) return type & ARRAY_FLAG ? [] : type === TYPE.string || type === TYPE.ansi ? '' : null;
    this.#characters += size;
    if (this.#characters > MAX_CHARACTERS) return undefined;
    return decodeValue(this.#chunk.bytes, type, at, size);
  }

  /**
   * The value of text content: typed where it is one slot, joined text otherwise.
   *
   * @returns undefined for no content or content that holds elements
   */
  scalar(content: Fragment, instance: Instance | undefined): EvtxValue | undefined {
    if (content.length === 1) {
      const only = content[0]!;
      if (only.kind === PART.text) return only.text;
      return only.kind === PART.slot ? this.slot(only.index, instance) : undefined;
    }
    if (content.length === 0) return undefined;
    // Slots without a value cost no characters, and a template may have thousands of them in one place.
    this.#steps += content.length >> 3;
    if (this.#steps > MAX_STEPS) return undefined;
    let text = '';
    for (const part of content) {
      if (part.kind === PART.text) text += part.text;
      else if (part.kind === PART.slot) text += textOf(this.slot(part.index, instance));
    }
    this.#characters += text.length;
    return text;
  }

  /** JSON of a fragment's elements, keyed by element name. */
  fragment(parts: Fragment, instance: Instance | undefined, out: EvtxJsonObject): void {
    for (const part of parts) this.#part(part, instance, out);
  }

  #part(part: Part, instance: Instance | undefined, out: EvtxJsonObject): void {
    if (++this.#steps > MAX_STEPS) return;
    switch (part.kind) {
      case PART.element:
        this.#element(part, instance, out);
        return;
      case PART.instance:
        this.fragment(part.instance.template.parts, part.instance, out);
        return;
      case PART.slot: {
        const nested = instance?.nested?.get(part.index);
        // What a value's own fragment holds has no slots of the template around it.
        if (nested) this.fragment(nested, undefined, out);
        return;
      }
      default:
        return;
    }
  }

  #element(element: ElementPart, instance: Instance | undefined, out: EvtxJsonObject): void {
    const name = dataName(element);
    if (name !== undefined) {
      const value = this.#body(element, instance, undefined);
      put(out, name, value === undefined ? null : value);
      return;
    }
    let attributes: EvtxJsonObject | undefined;
    for (const attribute of element.attributes) {
      const value = this.scalar(attribute.content, instance);
      if (value === null || value === undefined || value === '') continue;
      attributes ??= {};
      put(attributes, attribute.name, value);
    }
    const value = this.#body(element, instance, attributes);
    if (element.name === 'Data') putData(out, value ?? null);
    else put(out, element.name, value ?? null);
  }

  /** Content of an element: an object where it holds elements or attributes, else its value. */
  #body(
    element: ElementPart,
    instance: Instance | undefined,
    attributes: EvtxJsonObject | undefined,
  ): EvtxJson | undefined {
    const { content } = element;
    let children: EvtxJsonObject | undefined;
    for (const part of content) {
      if (part.kind === PART.text) continue;
      if (part.kind === PART.slot && !instance?.nested?.has(part.index)) continue;
      children ??= attributes ? { '#attributes': attributes } : {};
      this.#part(part, instance, children);
    }
    const value = children && content.length === 1 ? undefined : this.scalar(content, instance);
    if (!children) {
      if (!attributes) return value;
      const only: EvtxJsonObject = { '#attributes': attributes };
      if (value !== undefined && value !== null) only['#text'] = value;
      return only;
    }
    if (typeof value === 'string' && value.trim() !== '') children['#text'] = value;
    return children;
  }
}

/** A value as it stands in running text. */
export function textOf(value: EvtxValue | undefined): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(textOf).join(',') : String(value);
}

/** Elements of `System` that hold a number, whether a template or plain text gives it. */
const NUMBERS = ['EventID', 'Version', 'Level', 'Task', 'Opcode', 'EventRecordID'] as const;

/** Logs exported by some tools hold everything as text; their numbers become numbers as in any other log. */
export function numberSystem(out: EvtxJsonObject): void {
  const system = member(member(out, 'Event'), 'System');
  if (!system) return;
  for (const name of NUMBERS) {
    const value = system[name];
    if (typeof value === 'string') system[name] = numberOf(value);
    else if (name === 'EventID') {
      const inner = member(system, name);
      if (typeof inner?.['#text'] === 'string') inner['#text'] = numberOf(inner['#text']);
    }
  }
  const execution = member(member(system, 'Execution'), '#attributes');
  if (!execution) return;
  for (const name of Object.keys(execution)) {
    const value = execution[name];
    if (typeof value === 'string') execution[name] = numberOf(value);
  }
}

function member(object: EvtxJsonObject | undefined, name: string): EvtxJsonObject | undefined {
  const value = object?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function numberOf(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Sets a key as data; a repeated key becomes a list. */
function put(out: EvtxJsonObject, name: string, value: EvtxJson): void {
  if (!Object.hasOwn(out, name)) {
    if (name === '__proto__')
      Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true });
    else out[name] = value;
    return;
  }
  const seen = out[name]!;
  if (Array.isArray(seen)) seen.push(value);
  else out[name] = [seen, value];
}

/** Unnamed `Data` elements: always one list, in their order. */
function putData(out: EvtxJsonObject, value: EvtxJson): void {
  const seen = Object.hasOwn(out, 'Data') ? out['Data'] : undefined;
  const list: EvtxJson[] = Array.isArray(seen) ? seen : seen === undefined ? [] : [seen];
  if (Array.isArray(value)) for (const item of value) list.push(item);
  else list.push(value);
  out['Data'] = list;
}
