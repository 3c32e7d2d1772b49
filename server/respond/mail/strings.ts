import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '@vigie/contracts/api';
import { parse } from 'yaml';
import { RespondError } from '../errors.ts';

/** The texts of one language, by dotted key. */
export class Strings {
  readonly #texts: ReadonlyMap<string, string | readonly string[]>;
  readonly #language: Language;

  constructor(language: Language, texts: ReadonlyMap<string, string | readonly string[]>) {
    this.#language = language;
    this.#texts = texts;
  }

  get keys(): string[] {
    return [...this.#texts.keys()];
  }

  /** Text of a key with `{name}` filled in. @throws RespondError when there is no such key or argument */
  text(key: string, values: Readonly<Record<string, string>> = {}): string {
    const text = this.#texts.get(key);
    if (typeof text !== 'string') throw this.#missing(key);
    return text.replace(/\{([a-z]+)\}/g, (_whole, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw this.#missing(`${key} {${name}}`);
      return value;
    });
  }

  /** Text of a key, or the fallback where there is none. */
  textOr(key: string, fallback: string): string {
    const text = this.#texts.get(key);
    return typeof text === 'string' ? text : fallback;
  }

  list(key: string): readonly string[] {
    const list = this.#texts.get(key);
    if (list === undefined || typeof list === 'string') throw this.#missing(key);
    return list;
  }

  #missing(what: string): RespondError {
    return new RespondError('VIGIE_RESPOND_TEMPLATE', `no text ${what} in language ${this.#language}`);
  }
}

/** Reads `strings/<language>.yml`. @throws RespondError when the file cannot be read or is no tree of texts */
export async function loadStrings(directory: string, language: Language): Promise<Strings> {
  const path = join(directory, 'strings', `${language}.yml`);
  try {
    const texts = new Map<string, string | readonly string[]>();
    collect(parse(await readFile(path, 'utf8')), '', texts);
    return new Strings(language, texts);
  } catch (cause) {
    throw new RespondError('VIGIE_RESPOND_TEMPLATE', `cannot read ${path}`, cause);
  }
}

function collect(value: unknown, key: string, out: Map<string, string | readonly string[]>): void {
  if (typeof value === 'string') out.set(key, value);
  else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) out.set(key, value);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [name, item] of Object.entries(value))
      collect(item, key === '' ? name : `${key}.${name}`, out);
  else throw new TypeError(`${key} is neither a text nor a list of texts`);
}
