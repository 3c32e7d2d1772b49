import { type EventFields, isScalar } from '../values.ts';

/** A field's texts: one, several, or none. */
export type Texts = string | readonly string[] | undefined;

/**
 * The event under evaluation, seen through numbered slots (one an event field). Texts and their lower-case
 * forms are computed when first asked for and kept until the next event; moving to the next event is one
 * increment, because every cached entry carries the generation it belongs to.
 */
export class EventView {
  generation = 0;
  private fields: EventFields = {};
  private readonly names: string[] = [];
  private readonly slots = new Map<string, number>();
  private readonly texts: Texts[] = [];
  private readonly lowered: Texts[] = [];
  private textAge = new Int32Array(64);
  private lowerAge = new Int32Array(64);
  private everything: readonly string[] = [];
  private everythingAge = 0;

  /** Number of the slot of an event field. */
  slot(name: string): number {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    const slot = this.names.length;
    this.slots.set(name, slot);
    this.names.push(name);
    this.texts.push(undefined);
    this.lowered.push(undefined);
    if (slot >= this.textAge.length) {
      this.textAge = grow(this.textAge);
      this.lowerAge = grow(this.lowerAge);
    }
    return slot;
  }

  nameOf(slot: number): string {
    return this.names[slot]!;
  }

  start(fields: EventFields): void {
    this.fields = fields;
    // Ages wrap after two thousand million events: start again before they could repeat.
    if (++this.generation === 0x7fffffff) {
      this.generation = 1;
      this.textAge.fill(0);
      this.lowerAge.fill(0);
      this.everythingAge = 0;
    }
  }

  /** Texts of a slot as they are. */
  text(slot: number): Texts {
    if (this.textAge[slot] === this.generation) return this.texts[slot];
    this.textAge[slot] = this.generation;
    const texts = toTexts(this.fields[this.names[slot]!]);
    this.texts[slot] = texts;
    return texts;
  }

  /** Texts of a slot, lower-cased. */
  lower(slot: number): Texts {
    if (this.lowerAge[slot] === this.generation) return this.lowered[slot];
    this.lowerAge[slot] = this.generation;
    const texts = this.text(slot);
    const lowered =
      typeof texts === 'string' ? texts.toLowerCase() : texts?.map((text) => text.toLowerCase());
    this.lowered[slot] = lowered;
    return lowered;
  }

  /** Every text of the event, for keyword searches without configured fields. */
  all(): readonly string[] {
    if (this.everythingAge === this.generation) return this.everything;
    this.everythingAge = this.generation;
    const all: string[] = [];
    this.each(true, (text) => all.push(text));
    this.everything = all;
    return all;
  }

  /**
   * Hands over the texts of {@link all}, keeping none.
   *
   * @param numbers false: what is no text in the event is left out, and need not be written as one
   */
  each(numbers: boolean, take: (text: string) => void): void {
    const { fields } = this;
    for (const name in fields) {
      const value = fields[name];
      if (!numbers && typeof value === 'number') continue;
      const texts = toTexts(value);
      if (typeof texts === 'string') take(texts);
      else if (texts) for (const text of texts) take(text);
    }
  }
}

function toTexts(value: unknown): Texts {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter(isScalar).map(String);
  return texts.length === 0 ? undefined : texts;
}

function grow(ages: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(ages.length * 2);
  grown.set(ages);
  return grown;
}
