import { type Element, elementOf } from './elements.ts';

/** One field of a template. `length` is absent where each record says it. */
export interface TemplateField extends Element {
  readonly length: number | undefined;
}

/** How the records of a data set are laid out. */
export interface Template {
  readonly fields: readonly TemplateField[];
  /** The records tell of the exporter, not of flows. */
  readonly options: boolean;
  /** Bytes of the shortest record; at least 1. */
  readonly minimum: number;
}

/** Sampling in force at an exporter's domain. */
export interface Sampling {
  /** One packet of so many was looked at. */
  readonly interval: number;
}

/** Bounds of {@link Templates}. */
export interface TemplateLimits {
  /** Of all exporters. */
  readonly templates: number;
  /** Of one exporter. */
  readonly templatesPerExporter: number;
  /** Fields of one template. */
  readonly fields: number;
}

interface Exporter {
  readonly templates: Map<string, Template>;
  readonly sampling: Map<string, Sampling>;
  readonly sequences: Map<string, number>;
}

/** Sampling and sequence numbers kept of one exporter: it has so many domains at most. */
const MAX_DOMAINS = 256;

/**
 * What exporters have said of themselves, by exporter, version and domain: numbers of templates are unique there
 * only. Bounded: the exporter that was silent longest makes room.
 */
export class Templates {
  readonly #limits: TemplateLimits;
  /** The longest silent first. */
  readonly #exporters = new Map<string, Exporter>();
  #count = 0;

  constructor(limits: TemplateLimits) {
    this.#limits = limits;
  }

  /** Templates held. */
  get size(): number {
    return this.#count;
  }

  get(exporter: string, domain: string, id: number): Template | undefined {
    return this.#exporter(exporter)?.templates.get(`${domain} ${id}`);
  }

  /** @returns whether the template can be used; one without bytes, or of too many fields, is refused */
  set(exporter: string, domain: string, id: number, template: Template): boolean {
    if (template.minimum < 1 || template.fields.length > this.#limits.fields) return false;
    const known = this.#touch(exporter);
    const key = `${domain} ${id}`;
    if (!known.templates.has(key)) {
      if (known.templates.size >= this.#limits.templatesPerExporter) this.#dropFirst(known);
      this.#count++;
    }
    known.templates.set(key, template);
    this.#makeRoom(exporter);
    return true;
  }

  /** An exporter takes a template back. */
  withdraw(exporter: string, domain: string, id: number): void {
    if (this.#exporters.get(exporter)?.templates.delete(`${domain} ${id}`) === true) this.#count--;
  }

  /** @param sampler id of one sampler, or empty for the domain */
  setSampling(exporter: string, domain: string, sampler: string, sampling: Sampling): void {
    remember(this.#touch(exporter).sampling, `${domain} ${sampler}`, sampling);
    this.#makeRoom(exporter);
  }

  sampling(exporter: string, domain: string, sampler: string): Sampling | undefined {
    const known = this.#exporters.get(exporter)?.sampling;
    return known?.get(`${domain} ${sampler}`) ?? (sampler === '' ? undefined : known?.get(`${domain} `));
  }

  /**
   * Notes the number that a packet has.
   *
   * @param next the number that the next one must have, if none is lost
   * @returns how many were lost before this one; 0 where the exporter began anew or packets overtook each other
   */
  sequence(exporter: string, domain: string, number: number, next: number): number {
    const { sequences } = this.#touch(exporter);
    const expected = sequences.get(domain);
    remember(sequences, domain, next >>> 0);
    this.#makeRoom(exporter);
    if (expected === undefined) return 0;
    const gap = (number - expected) >>> 0;
    return gap < MAX_GAP ? gap : 0;
  }

  #exporter(exporter: string): Exporter | undefined {
    return this.#exporters.get(exporter);
  }

  #touch(exporter: string): Exporter {
    const known = this.#exporters.get(exporter) ?? {
      templates: new Map(),
      sampling: new Map(),
      sequences: new Map(),
    };
    this.#exporters.delete(exporter);
    this.#exporters.set(exporter, known);
    return known;
  }

  #dropFirst(known: Exporter): void {
    const first = known.templates.keys().next().value;
    if (first !== undefined && known.templates.delete(first)) this.#count--;
  }

  #makeRoom(except: string): void {
    for (const [name, { templates }] of this.#exporters) {
      if (this.#count <= this.#limits.templates && this.#exporters.size <= this.#limits.templates) return;
      if (name === except) continue;
      this.#exporters.delete(name);
      this.#count -= templates.size;
    }
  }
}

/** A larger jump is an exporter that began anew. */
const MAX_GAP = 100_000;

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key) && map.size >= MAX_DOMAINS) map.delete(map.keys().next().value!);
  map.set(key, value);
}

/** Lays a template out. @param length 65535 says that each record tells it */
export function templateField(id: number, enterprise: number, length: number, prefix = ''): TemplateField {
  const { name, type } = elementOf(id, enterprise);
  return { name: prefix + name, type, length: length === 0xffff ? undefined : length };
}

export function layOut(fields: readonly TemplateField[], options: boolean): Template {
  return { fields, options, minimum: fields.reduce((sum, { length }) => sum + (length ?? 1), 0) };
}
