import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const page = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');

interface Manifest {
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly license?: string;
  /** The form of packages from before 2015. */
  readonly licenses?: readonly { readonly type: string }[];
}

const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const root = read(ROOT);
const folders = [ROOT, ...(root.workspaces ?? []).map((name) => join(ROOT, name))];

/** Package → the folders that may hold it, nearest first. */
const used = new Map<string, string[]>();
for (const folder of folders) {
  const { dependencies, devDependencies } = read(folder);
  for (const name of Object.keys({ ...dependencies, ...devDependencies }))
    if (!name.startsWith('@vigie/')) used.set(name, [...(used.get(name) ?? []), folder, ROOT]);
}

/** Package → licence, as the page has them. */
const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, licence]) => [name!, licence!.trim()]),
);

describe('docs/dependencies.md', () => {
  it('has a line for every dependency, and none more', () => {
    expect([...rows.keys()].sort()).toEqual([...used.keys()].sort());
  });

  it.each([...used])('%s has the licence it says', (name, places) => {
    const folder = places.map((place) => join(place, 'node_modules', name)).find((path) => existsSync(path));
    const { license, licenses } = read(folder!);
    const licence = license ?? licenses?.[0]?.type ?? '';
    // "SEE LICENSE IN …" names the licence in brackets.
    expect(/\(([\w.-]+)\)$/.exec(licence)?.[1] ?? licence).toBe(rows.get(name));
  });
});
