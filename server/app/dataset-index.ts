import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogsourceTest, resolveLogsource, type Taxonomy } from '@vigie/sigma';
import type { REGISTRY } from '@vigie/sources';

type Value = string | number | boolean;
type Fields = ReadonlyMap<string, readonly Value[]>;

/**
 * Which datasets hold events of which logsource: learnt from what the parsers make of their samples, which every
 * technology has for each kind of log that it claims to read. Of each document only the fields that tell
 * logsources apart are kept.
 */
export class DatasetIndex {
  readonly #taxonomy: Taxonomy;
  /** Dataset → different documents, reduced. */
  readonly #documents = new Map<string, Fields[]>();
  readonly #technologies = new Map<string, string>();
  readonly #ids: readonly string[];
  readonly #byLogsource = new Map<string, ReadonlySet<string>>();

  private constructor(registry: typeof REGISTRY, taxonomy: Taxonomy) {
    this.#taxonomy = taxonomy;
    this.#ids = registry.map(({ definition }) => definition.id).sort((a, b) => b.length - a.length);
  }

  /**
   * Reads the samples, one file at a time, so that nobody waits for all of them.
   *
   * @param sources folder with `<vendor>/<product>/samples/*.expected.json`
   */
  static async read(sources: string, registry: typeof REGISTRY, taxonomy: Taxonomy): Promise<DatasetIndex> {
    const index = new DatasetIndex(registry, taxonomy);
    const wanted = new Set(['event.dataset']);
    for (const { when } of taxonomy.logsources)
      for (const test of when) for (const field of Object.keys(test)) wanted.add(field);
    for (const id of index.#ids) {
      const [vendor = '', product = ''] = id.split('.');
      const folder = join(sources, vendor, product, 'samples');
      const seen = new Set<string>();
      for (const name of await readdir(folder))
        if (name.endsWith('.expected.json'))
          index.#take(id, JSON.parse(await readFile(join(folder, name), 'utf8')), wanted, seen);
    }
    return index;
  }

  #take(id: string, parsed: unknown, wanted: ReadonlySet<string>, seen: Set<string>): void {
    for (const document of [parsed].flat()) {
      const fields = reduce(document, wanted);
      const dataset = fields.get('event.dataset')?.[0];
      if (typeof dataset !== 'string') continue;
      const key = JSON.stringify([...fields]);
      if (seen.has(key)) continue;
      seen.add(key);
      this.#technologies.set(dataset, this.#technologies.get(dataset) ?? id);
      const list = this.#documents.get(dataset);
      if (list === undefined) this.#documents.set(dataset, [fields]);
      else list.push(fields);
    }
  }

  /** The technology that writes a dataset. */
  technologyOf(dataset: string): string | undefined {
    return (
      this.#technologies.get(dataset) ??
      this.#ids.find((id) => dataset === id || dataset.startsWith(`${id}.`))
    );
  }

  /** Datasets that hold events of a logsource; empty when none does. */
  datasetsOf(logsource: {
    readonly product?: string;
    readonly category?: string;
    readonly service?: string;
  }): ReadonlySet<string> {
    const key = [logsource.product ?? '', logsource.category ?? '', logsource.service ?? '']
      .join('\0')
      .toLowerCase();
    let found = this.#byLogsource.get(key);
    if (found === undefined) {
      const groups = resolveLogsource(this.#taxonomy, logsource);
      const datasets = new Set<string>();
      if (groups !== undefined)
        for (const [dataset, documents] of this.#documents)
          if (documents.some((fields) => groups.every((tests) => tests.some((test) => holds(test, fields)))))
            datasets.add(dataset);
      found = datasets;
      this.#byLogsource.set(key, found);
    }
    return found;
  }
}

/** Whether a document passes one alternative of a logsource; see `Taxonomy` of the Sigma engine. */
export function holds(test: LogsourceTest, fields: Fields): boolean {
  return Object.entries(test).every(([field, accepted]) => {
    const values = fields.get(field);
    return (
      values?.some((value) => [accepted].flat().some((pattern) => equals(String(pattern), String(value)))) ??
      false
    );
  });
}

/** Text against a pattern in which `*` is a run of characters; case does not count. Linear in the text per star. */
function equals(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const value = text.toLowerCase();
  if (parts.length === 1) return value === parts[0];
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= value.length - last.length;
}

function reduce(document: unknown, wanted: ReadonlySet<string>): Fields {
  const fields = new Map<string, readonly Value[]>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      if (wanted.has(path))
        fields.set(
          path,
          value.filter((one): one is Value => typeof one !== 'object'),
        );
    } else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`);
    else if (wanted.has(path)) fields.set(path, [value as Value]);
  };
  walk(document, '');
  return fields;
}
