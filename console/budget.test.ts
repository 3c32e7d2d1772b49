import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it, vi } from 'vitest';

/** Script that a page may load before it shows what it is for, bytes, not compressed. */
const BUDGET = 300_000;

const SIGN_IN = 'sign-in/sign-in.tsx';

/** The pages, as `pages.ts` loads them, and the one before all of them. */
function pages(): string[] {
  const text = readFileSync(join(import.meta.dirname, 'src', 'pages.ts'), 'utf8');
  const named = [...text.matchAll(/import\('\.\/([^']+)'\)/g)].map(([, path]) => path!);
  return [...new Set([...named, SIGN_IN])];
}

let sizes: ReadonlyMap<string, number>;
/** What each page loads, in English: names of files below `/assets/`. */
let scripts: ReadonlyMap<string, ReadonlySet<string>>;
/** The script that runs first. */
let first: string;
let document: string;
/** Scripts that wait for texts which need those scripts: neither would ever come. */
let waitingForThemselves: readonly string[];

beforeAll(async () => {
  // As it is shipped: elsewhere React brings what helps those who develop.
  vi.stubEnv('NODE_ENV', 'production');
  const configFile = join(import.meta.dirname, 'vite.config.ts');
  const built = (await build({
    configFile,
    logLevel: 'error',
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  vi.unstubAllEnvs();
  const chunks = built.output.filter((one) => one.type === 'chunk');
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const load = (chunk: Rolldown.OutputChunk, into: Set<Rolldown.OutputChunk>) => {
    if (into.has(chunk)) return into;
    into.add(chunk);
    for (const file of chunk.imports) load(byFile.get(file)!, into);
    return into;
  };
  const holding = (module: string) =>
    chunks.find(({ moduleIds }) =>
      moduleIds.some((id) => id.replaceAll('\\', '/').endsWith(`/console/src/${module}`)),
    )!;
  const entry = chunks.find(({ isEntry }) => isEntry)!;
  waitingForThemselves = chunks.flatMap((chunk) =>
    chunk.dynamicImports
      .map((file) => byFile.get(file)!)
      .filter(({ facadeModuleId }) => /strings[/\\][a-z]{2}\.ts$/.test(facadeModuleId ?? ''))
      .filter((texts) => load(texts, new Set()).has(chunk))
      .map(({ fileName }) => `${chunk.fileName} waits for ${fileName}`),
  );
  const assets = built.output.filter((one) => one.type === 'asset');
  first = String(assets.find(({ fileName }) => /first-[^/]*\.js$/.test(fileName))!.source);
  document = String(assets.find(({ fileName }) => fileName === 'index.html')!.source);
  const loaded = new Map<string, ReadonlySet<string>>();
  scripts = loaded;
  sizes = new Map(
    pages().map((page) => {
      const all = load(entry, new Set());
      // Who is not signed in sees no frame around the page.
      if (page !== SIGN_IN) load(holding('shell/shell.tsx'), all);
      load(holding(page), all);
      // Texts come in one language, as files of their own: the longest counts.
      const allIn = (language: string) => {
        const some = new Set(all);
        for (const { dynamicImports } of all)
          for (const file of dynamicImports)
            if (new RegExp(`strings[/\\\\]${language}\\.ts$`).test(byFile.get(file)?.facadeModuleId ?? ''))
              load(byFile.get(file)!, some);
        return some;
      };
      const sizeIn = (language: string) =>
        [...allIn(language)].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
      loaded.set(page, new Set([...allIn('en')].map(({ fileName }) => fileName)));
      return [page, Math.max(...['en', 'fr', 'it', 'nl', 'de'].map(sizeIn))];
    }),
  );
}, 120_000);

describe('script of a page at its first load', () => {
  it('waits for nothing that waits for it', () => {
    expect(waitingForThemselves).toEqual([]);
  });

  it('is within the budget', () => {
    expect(sizes.size).toBeGreaterThan(14);
    const over = [...sizes].filter(([, size]) => size > BUDGET);
    expect(over).toEqual([]);
  });
});

/** Runs the first script as a browser with an address and languages would; a stand-in for its document. */
function runFirst(
  address: string,
  languages: readonly string[],
  stored: Readonly<Record<string, string>> = {},
) {
  const links: { rel: string; href: string; as?: string }[] = [];
  const asked: string[] = [];
  const attributes = new Map<string, string>();
  const root = { lang: 'en', setAttribute: (name: string, value: string) => attributes.set(name, value) };
  const window = {} as { vigieEarly?: Map<string, unknown> };
  runInContext(
    first,
    createContext({
      window,
      document: {
        documentElement: root,
        createElement: () => ({}),
        head: { append: (link: (typeof links)[number]) => links.push(link) },
      },
      localStorage: { getItem: (key: string) => stored[key] ?? null },
      navigator: { languages },
      location: new URL(address, 'https://vigie.example.org'),
      matchMedia: () => ({ matches: false }),
      performance,
      URLSearchParams,
      Map,
      fetch: (path: string) => {
        asked.push(path);
        const session = { provider: true, tenants: [{ id: 'hospital' }, { id: 'harbour' }] };
        return Promise.resolve(new Response(JSON.stringify(session)));
      },
    }),
  );
  return { links, asked, attributes, root, early: window.vigieEarly };
}

describe('the script that runs first', () => {
  it('stands in the head, a file of its own, before all others', () => {
    const [src] = /<script[^>]*>/.exec(document) ?? [];
    expect(src).toMatch(/^<script src="\/assets\/first-[\w-]{8}\.js">$/);
  });

  it('begins to fetch every script of a page, and each once', () => {
    for (const [address, module] of [
      ['/', 'home/home.tsx'],
      ['/incidents', 'incidents/incidents.tsx'],
      ['/incidents/42', 'incident/incident.tsx'],
      ['/rules/new', 'rules/editor/edit.tsx'],
      ['/rules/ssh', 'rules/rule.tsx'],
    ] as const) {
      const hrefs = runFirst(address, ['en-GB']).links.map(({ href }) => href.replace(/^\//, ''));
      expect(hrefs).toEqual([...new Set(hrefs)]);
      const missing = [...scripts.get(module)!].filter(
        (file) => !hrefs.includes(file) && !document.includes(`/${file}`),
      );
      expect({ address, missing }).toEqual({ address, missing: [] });
    }
  });

  it('takes the language that the person has chosen, or the first that both speak', () => {
    expect(runFirst('/', ['pt', 'de-CH', 'fr']).root.lang).toBe('de');
    expect(runFirst('/', ['pt']).root.lang).toBe('en');
    const chosen = runFirst('/incidents', ['de'], { 'vigie.language': 'nl', 'vigie.color-scheme': 'dark' });
    expect(chosen.root.lang).toBe('nl');
    expect(chosen.attributes.get('data-color-scheme')).toBe('dark');
    // Texts come in that language, and in no other.
    const english = runFirst('/incidents', ['en']).links;
    expect(chosen.links).toHaveLength(english.length);
    expect(chosen.links).not.toEqual(english);
  });

  it('asks who looks, then for the data of the page', async () => {
    const expectAsked = (address: string, paths: readonly string[]) => {
      const { asked } = runFirst(address, ['en']);
      return vi.waitFor(() => expect(asked).toEqual(paths), { timeout: 30_000 });
    };
    await expectAsked('/incidents/42', ['/api/session', '/api/incidents/42']);
    await expectAsked('/incidents?tenant=harbour', [
      '/api/session',
      '/api/incidents?status=open&sort=urgency&tenant=harbour&limit=100',
    ]);
    await expectAsked('/rules', ['/api/session']);
    // What is no page of the console asks nothing.
    await expectAsked('/answer', []);
    await expectAsked('/incidents/42/more', []);
  });
});
