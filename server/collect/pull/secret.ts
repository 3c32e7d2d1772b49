import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/**
 * A secret in memory. Printing it, logging it or writing it as JSON shows that there is one, not which: its
 * value is had by asking for it only.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value, for the place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Shorter values are part of ordinary words: taking them out would garble every message. */
const SHORTEST = 4;

/** Takes secrets out of texts that others wrote: a service may repeat in its answer what it was sent. */
export class Redactor {
  readonly #needles = new Set<string>();

  /** Adds a value, in the forms in which it travels. */
  add(value: string): void {
    for (const form of [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
      JSON.stringify(value).slice(1, -1),
    ])
      if (form.length >= SHORTEST) this.#needles.add(form);
  }

  clean(text: string): string {
    let clean = text;
    for (const needle of this.#needles) clean = clean.replaceAll(needle, HIDDEN);
    return clean;
  }
}
