/** Typed access to the attributes of one map of a pipeline file, with the position of what is wrong. */
import { child, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from '../yaml.ts';
import { PipelineError } from './types.ts';

export class Attributes {
  readonly map: YamlMap;
  private readonly what: string;
  private readonly read = new Set<string>();

  /** @param what what the map is, for messages */
  constructor(node: YamlNode, what: string) {
    if (node.kind !== 'map') throw new PipelineError('pipeline_syntax', `${what} must be a map`, node);
    this.map = node;
    this.what = what;
  }

  entry(name: string): YamlEntry | undefined {
    this.read.add(name);
    const entry = child(this.map, name);
    return entry?.value.kind === 'scalar' && entry.value.value === null && entry.value.text === ''
      ? undefined
      : entry;
  }

  text(name: string): string | undefined {
    const entry = this.entry(name);
    return entry === undefined ? undefined : textOf(entry.value, name);
  }

  needText(name: string): string {
    return this.text(name) ?? this.missing(name);
  }

  flag(name: string): boolean {
    const entry = this.entry(name);
    if (entry === undefined) return false;
    if (entry.value.kind === 'scalar' && typeof entry.value.value === 'boolean') return entry.value.value;
    throw new PipelineError('pipeline_attribute', `${name} must be true or false`, entry.value);
  }

  number(name: string): number | undefined {
    const entry = this.entry(name);
    if (entry === undefined) return undefined;
    if (entry.value.kind === 'scalar' && typeof entry.value.value === 'number') return entry.value.value;
    throw new PipelineError('pipeline_attribute', `${name} must be a number`, entry.value);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new PipelineError(
      'pipeline_attribute',
      `${name} must be one of ${choices.join(', ')}`,
      this.entry(name)!.value,
    );
  }

  /** A scalar that must be there; null is one. */
  needScalar(name: string): YamlScalar {
    this.read.add(name);
    const entry = child(this.map, name) ?? this.missing(name);
    if (entry.value.kind !== 'scalar')
      throw new PipelineError('pipeline_attribute', `${name} must be a single value`, entry.value);
    return entry.value;
  }

  /** One text or a list of texts. */
  texts(name: string): readonly string[] | undefined {
    const entry = this.entry(name);
    return entry === undefined ? undefined : textsOf(entry.value, name);
  }

  needTexts(name: string): readonly string[] {
    return this.texts(name) ?? this.missing(name);
  }

  /** A map of text to one or several texts. */
  needMapping(name: string): Map<string, readonly string[]> {
    const entry = this.entry(name) ?? this.missing(name);
    if (entry.value.kind !== 'map')
      throw new PipelineError('pipeline_attribute', `${name} must be a map`, entry.value);
    return new Map(entry.value.entries.map(({ key, value }) => [key, textsOf(value, `${name}.${key}`)]));
  }

  missing(name: string): never {
    throw new PipelineError('pipeline_attribute', `${this.what} needs ${name}`, this.map);
  }

  /** Refuses attributes that nobody asked for: a misspelt one would silently change the meaning. */
  finish(): void {
    const unknown = this.map.entries.find(({ key }) => !this.read.has(key));
    if (unknown)
      throw new PipelineError(
        'pipeline_attribute',
        `${this.what} has no attribute ${JSON.stringify(unknown.key)}`,
        unknown.position,
      );
  }
}

function textOf(node: YamlNode, name: string): string {
  if (node.kind !== 'scalar' || node.value === null)
    throw new PipelineError('pipeline_attribute', `${name} must be text`, node);
  return typeof node.value === 'string' ? node.value : node.text;
}

function textsOf(node: YamlNode, name: string): readonly string[] {
  if (node.kind === 'scalar') return [textOf(node, name)];
  if (node.kind === 'map')
    throw new PipelineError('pipeline_attribute', `${name} must be text or a list`, node);
  if (node.items.length === 0) throw new PipelineError('pipeline_attribute', `${name} is empty`, node);
  return node.items.map((item) => textOf(item, name));
}
