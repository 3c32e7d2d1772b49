import { existsSync, readFileSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Config, ConfigSchema, configKeys } from './config-schema.ts';

/** A configuration that can't be used: what is wrong, where, and what was expected. */
export class ConfigError extends Error {
  readonly code = 'VIGIE_APP_CONFIG';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Where the values come from; later ones win: file, environment, flags. */
export interface ConfigInput {
  /** Path of `vigie.yml`; when `required` is unset, a file that is not there is the same as an empty one. */
  readonly file: string;
  readonly required?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Dotted key → value. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** Variables that are not configuration keys but are read elsewhere. */
const OTHER_VARIABLES = new Set([
  'VIGIE_ADMIN_PASSWORD',
  'VIGIE_ADMIN_EMAIL',
  'VIGIE_SECRET_KEY',
  'VIGIE_URL',
  'VIGIE_API_KEY',
  'VIGIE_CONFIG',
  'VIGIE_CORPUS',
  'VIGIE_SYSLOG_NG',
  'VIGIE_CHROMIUM',
  'VIGIE_CLAMD',
  'VIGIE_TEST_INSTALL',
  'VIGIE_RSYSLOGD',
  'VIGIE_LOGGER',
  'VIGIE_CURL',
  'VIGIE_MOTO',
]);

/**
 * Reads, merges and validates the configuration.
 *
 * @throws ConfigError with one line a problem: file and line (or the variable's or flag's name), key, what
 *   was expected, and for an unknown key the nearest known one
 */
export function loadConfig(input: ConfigInput): Config {
  const problems: string[] = [];
  const keys = configKeys();
  const known = new Map(keys.map((key) => [key.path, key]));
  const value: Record<string, unknown> = {};
  const origin = new Map<string, string>();

  let doc: Document | undefined;
  const lines = new LineCounter();
  if (existsSync(input.file)) {
    doc = parseDocument(readFileSync(input.file, 'utf8'), { lineCounter: lines, maxAliasCount: 10 } as never);
    for (const error of doc.errors)
      problems.push(`${input.file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`);
    const data: unknown = problems.length === 0 ? doc.toJS() : {};
    if (data !== null && typeof data === 'object' && !Array.isArray(data)) Object.assign(value, data);
    else if (data !== null)
      problems.push(
        `${input.file}:1: expected a map of settings, such as "http:" with "port: 8080" below it`,
      );
  } else if (input.required === true) problems.push(`${input.file}: no such file`);

  for (const [name, text] of Object.entries(input.env)) {
    if (!name.startsWith('VIGIE_') || text === undefined || OTHER_VARIABLES.has(name)) continue;
    const key = keys.find((candidate) => candidate.env === name);
    if (key === undefined) {
      problems.push(
        `${name}: unknown variable; did you mean ${nearest(
          name,
          keys.map((k) => k.env),
        )}?`,
      );
      continue;
    }
    setPath(value, key.path, coerce(text, key.default));
    origin.set(key.path, name);
  }
  for (const [path, flag] of Object.entries(input.flags ?? {})) {
    if (flag === undefined) continue;
    setPath(value, path, flag);
    origin.set(path, `--${path.replaceAll('.', '-')}`);
  }

  if (problems.length > 0) throw new ConfigError(problems);
  const result = ConfigSchema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      for (const name of issue.keys) {
        const full = [...path, name];
        const near = nearest(full.join('.'), [
          ...known.keys(),
          ...new Set([...known.keys()].map((k) => k.split('.')[0]!)),
        ]);
        problems.push(`${place(full)}: unknown key "${full.join('.')}"; did you mean "${near}"?`);
      }
    } else {
      const key = known.get(path.join('.'));
      const hint = key === undefined ? '' : ` (${key.description})`;
      problems.push(`${place(path)}: ${path.join('.')}: ${issue.message}${hint}`);
    }
  }
  throw new ConfigError(problems);

  function place(path: readonly string[]): string {
    const named = origin.get(path.join('.'));
    if (named !== undefined) return named;
    for (let depth = path.length; depth > 0; depth--) {
      const at = keyOffset(doc, path.slice(0, depth));
      if (at !== undefined) return `${input.file}:${lines.linePos(at).line}`;
    }
    return input.file;
  }
}

function keyOffset(doc: Document | undefined, path: readonly string[]): number | undefined {
  let node: unknown = doc?.contents;
  let offset: number | undefined;
  for (const name of path) {
    const items: unknown = (node as { items?: unknown } | null | undefined)?.items;
    if (!Array.isArray(items)) return undefined;
    const pair = items.find((item: { key?: { value?: unknown } }) => String(item.key?.value) === name);
    if (pair === undefined) return undefined;
    offset = (pair.key as { range?: number[] }).range?.[0];
    node = pair.value;
  }
  return offset;
}

function nearest(name: string, candidates: readonly string[]): string {
  let best = candidates[0] ?? '';
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

function coerce(text: string, fallback: unknown): unknown {
  if (Array.isArray(fallback))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (typeof fallback === 'boolean')
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (typeof fallback === 'number' || /^\d{1,15}$/.test(text)) {
    const number = Number(text);
    // A key without default that is text in the schema (a password of digits) must stay text.
    return typeof fallback === 'number' && Number.isFinite(number) ? number : text;
  }
  return text;
}

function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  let node = target;
  for (const name of names.slice(0, -1)) {
    const next = node[name];
    if (typeof next === 'object' && next !== null && !Array.isArray(next))
      node = next as Record<string, unknown>;
    else {
      const child: Record<string, unknown> = {};
      node[name] = child;
      node = child;
    }
  }
  node[names.at(-1)!] = value;
}
