import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import type { Plugin, Rolldown } from 'vite';
import { DATA, LATER } from './data.ts';

const HERE = import.meta.dirname;
const LANGUAGES = ['en', 'fr', 'it', 'nl', 'de'];
const FRAME = 'shell/shell.tsx';

type Chunk = Rolldown.OutputChunk;

/** The pages, as `src/pages.ts` loads them: path of the address and module. */
export function pagesIn(source: string): [path: string, module: string][] {
  return [...source.matchAll(/(?:\bpage\(|path: )\s*'(\/[^']*)'[\s\S]*?import\('\.\/([^']+)'\)/g)].map(
    ([, path, module]) => [path!, module!],
  );
}

/** A chunk and all that it imports, but for what is left out. */
function closure(chunk: Chunk, of: Rolldown.OutputBundle, into: Set<Chunk>): Set<Chunk> {
  if (into.has(chunk)) return into;
  into.add(chunk);
  for (const file of chunk.imports) {
    const next = of[file];
    if (next?.type === 'chunk') closure(next, of, into);
  }
  return into;
}

/** Which files each page needs beyond those that the document names itself. */
function constants(bundle: Rolldown.OutputBundle, pages: readonly [string, string][]) {
  const chunks = Object.values(bundle).filter((each) => each.type === 'chunk');
  const holding = (module: string) =>
    chunks.find(({ moduleIds }) =>
      moduleIds.some((id) => id.replaceAll('\\', '/').endsWith(`/console/src/${module}`)),
    );
  const entry = chunks.find(({ isEntry }) => isEntry);
  if (entry === undefined) throw new Error('the console has no entry');
  const named = closure(entry, bundle, new Set());
  const files: string[] = [];
  const catalogues: string[][] = [];
  const numberOf = (list: string[], name: string) => {
    const at = list.indexOf(name);
    return at < 0 ? list.push(name) - 1 : at;
  };
  const nameOf = (file: string) => file.replace(/^assets\//, '');
  /** Scripts of the texts that a chunk waits for, a list in the order of the languages for each catalogue. */
  const textsOf = (chunk: Chunk): string[][] => {
    const found = new Map<string, string[]>();
    for (const file of chunk.dynamicImports) {
      const texts = bundle[file];
      if (texts?.type !== 'chunk') continue;
      const id = (texts.facadeModuleId ?? '').replaceAll('\\', '/');
      const [, folder, language] = /^(.*\/[^/]*strings)\/([a-z]{2})\.ts$/.exec(id) ?? [];
      if (folder === undefined || !LANGUAGES.includes(language ?? '')) continue;
      // Texts that another page has in all languages are a chunk of their own, behind one of a line.
      for (const part of closure(texts, bundle, new Set()))
        if (!named.has(part)) {
          const key = part === texts ? folder : `${folder} behind`;
          const list = found.get(key) ?? LANGUAGES.map(() => '');
          list[LANGUAGES.indexOf(language!)] = nameOf(part.fileName);
          found.set(key, list);
        }
    }
    return [...found.values()];
  };
  const styles = (of: Iterable<Chunk>) =>
    new Set([...of].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  const known = styles(named);
  const rows = pages.map(([path, module]) => {
    const page = holding(module);
    const frame = holding(FRAME);
    if (page === undefined || frame === undefined) throw new Error(`no chunk holds ${module}`);
    const needed = closure(page, bundle, closure(frame, bundle, new Set(named)));
    for (const each of LATER[path] ?? []) {
      const later = holding(each);
      if (later === undefined) throw new Error(`no chunk holds ${each}`);
      closure(later, bundle, needed);
    }
    const fresh = [...needed].filter((chunk) => !named.has(chunk));
    const sheets = [...styles(fresh)].filter((file) => !known.has(file));
    return [
      path,
      DATA[path] ?? null,
      [...fresh.map(({ fileName }) => fileName), ...sheets].map((file) => numberOf(files, nameOf(file))),
      [
        ...new Set(
          [...needed].flatMap(textsOf).map((list) => {
            const at = catalogues.findIndex(([english]) => english === list[0]);
            return at < 0 ? catalogues.push(list) - 1 : at;
          }),
        ),
      ],
    ] as const;
  });
  return { PAGES: rows, FILES: files, CATALOGUES: catalogues, LANGUAGES };
}

/** `first.ts` as a script, with what the build knows; nothing to fetch where nothing was built. */
async function script(known: ReturnType<typeof constants>): Promise<string> {
  const { code } = await transform(readFileSync(join(HERE, 'first.ts'), 'utf8'), {
    loader: 'ts',
    format: 'iife',
    target: 'es2023',
    minify: true,
    define: Object.fromEntries(Object.entries(known).map(([name, value]) => [name, JSON.stringify(value)])),
  });
  return code;
}

/** Puts `first.ts` at the head of the document, filled with the names of each page's files. */
export function first(): Plugin {
  let serving = false;
  return {
    name: 'vigie-first',
    enforce: 'post',
    configResolved({ command }) {
      serving = command === 'serve';
    },
    async transformIndexHtml() {
      if (!serving) return [];
      const children = await script({ PAGES: [], FILES: [], CATALOGUES: [], LANGUAGES });
      return [{ tag: 'script', children, injectTo: 'head-prepend' }];
    },
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const html = bundle['index.html'];
        if (html?.type !== 'asset') return;
        const pages = pagesIn(readFileSync(join(HERE, '..', 'src', 'pages.ts'), 'utf8'));
        const code = await script(constants(bundle, pages));
        const fileName = `assets/first-${createHash('sha256').update(code).digest('base64url').slice(0, 8)}.js`;
        this.emitFile({ type: 'asset', fileName, source: code });
        const font = Object.keys(bundle).find((file) =>
          /hyperlegible-next-latin-wght-[^/]*\.woff2$/.test(file),
        );
        html.source = String(html.source).replace(
          '<title>',
          `<script src="/${fileName}"></script>\n    ${
            font === undefined
              ? ''
              : `<link rel="preload" href="/${font}" as="font" type="font/woff2" crossorigin />\n    `
          }<title>`,
        );
      },
    },
  };
}
