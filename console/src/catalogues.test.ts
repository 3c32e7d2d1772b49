import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const LANGUAGES = ['fr', 'it', 'nl', 'de'] as const;

/** Longer texts that are the same in every language: examples, names, what is typed. */
const NAMES: ReadonlySet<string> = new Set([
  'user.name:m.janssens -event.outcome:success "Accepted password"',
  '<38>Mar  4 10:00:00 web1 sshd[100]: Failed password for root from 192.0.2.7 port 40000 ssh2',
  'event.dataset:linux.sshd root',
  './vigie rules import DIR',
  'IP Geolocation by DB-IP',
  'OpenID Connect',
  'Single sign-on',
  'Denial of service',
  'Assertion consumer (ACS)',
]);

/** Queries of the help on searching. */
const QUERY = /^syntax\.\d+\.0$/;

type Leaf = string | ((...given: unknown[]) => string);

/** Every text of a catalogue under its path: `columns.rule`, `syntax.3.1`. */
function leaves(value: unknown, path: string, into = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value === 'string' || typeof value === 'function') into.set(path, value as Leaf);
  else
    for (const [key, each] of Object.entries(value as object))
      leaves(each, path === '' ? key : `${path}.${key}`, into);
  return into;
}

/** Values that can be told from each other in a text, and that no language counts as one. */
const GIVEN = [71, 72, 73, 74];

/** A text as it is shown, with those values in it. */
function shown(leaf: Leaf): string {
  if (typeof leaf === 'string') return leaf;
  try {
    return leaf(...GIVEN);
  } catch {
    return leaf(...GIVEN.map((each) => [String(each)]));
  }
}

/** The values that a text shows, in no order: languages have their own. */
const values = (text: string) => GIVEN.filter((each) => text.includes(String(each)));

const folders = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => basename(file) === 'en.ts')
  .map((file) => dirname(file))
  .sort();

async function catalogue(folder: string, language: string): Promise<Map<string, Leaf>> {
  const module = (await import(join(import.meta.dirname, folder, `${language}.ts`))) as Record<
    string,
    unknown
  >;
  return leaves(module[language], '');
}

it('finds the catalogues', () => {
  expect(folders).toEqual(expect.arrayContaining(['events/strings', 'shell/strings', 'ui/strings']));
  expect(folders.length).toBeGreaterThan(20);
});

describe.each(folders)('the texts of %s', (folder) => {
  it.each(LANGUAGES)('say in %s what they say in English', async (language) => {
    const english = await catalogue(folder, 'en');
    const other = await catalogue(folder, language);
    // Sentences for codes: English keeps the server's own for most of them.
    const keys = (of: Map<string, Leaf>) => [...of.keys()].filter((key) => !key.startsWith('errors.'));
    expect(keys(other).sort()).toEqual(keys(english).sort());
    for (const [path, leaf] of english) {
      const text = shown(other.get(path)!);
      expect({ path, values: values(text) }).toEqual({ path, values: values(shown(leaf)) });
      expect(text, path).not.toMatch(/undefined|NaN|\[object/);
      expect(text.trim() === '', path).toBe(shown(leaf).trim() === '');
    }
  });

  it.each(LANGUAGES)('are in %s and not left in English', async (language) => {
    const english = await catalogue(folder, 'en');
    const other = await catalogue(folder, language);
    const left = [...english].filter(([path, leaf]) => {
      const text = shown(leaf);
      const letters = text.replaceAll(/\P{L}/gu, '').length;
      return letters > 14 && text === shown(other.get(path) ?? '') && !NAMES.has(text) && !QUERY.test(path);
    });
    expect(left.map(([path]) => path)).toEqual([]);
  });

  it('keep French marks with their words', async () => {
    const loose = [...(await catalogue(folder, 'fr'))]
      .map(([path, leaf]) => [path, shown(leaf)] as const)
      .filter(([path, text]) => !QUERY.test(path) && / [;:!?»](?=\s|$)|« /.test(text));
    expect(loose).toEqual([]);
  });
});
