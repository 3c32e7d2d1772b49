import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  sizes = new Map(
    pages().map((page) => {
      const all = load(entry, new Set());
      // Who is not signed in sees no frame around the page.
      if (page !== SIGN_IN) load(holding('shell/shell.tsx'), all);
      load(holding(page), all);
      // Texts come in one language, as files of their own: the longest counts.
      const sizeIn = (language: string) => {
        const some = new Set(all);
        for (const { dynamicImports } of all)
          for (const file of dynamicImports)
            if (new RegExp(`strings[/\\\\]${language}\\.ts$`).test(byFile.get(file)?.facadeModuleId ?? ''))
              load(byFile.get(file)!, some);
        return [...some].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
      };
      return [page, Math.max(...['en', 'fr', 'it', 'nl', 'de'].map(sizeIn))];
    }),
  );
}, 120_000);

describe('script of a page at its first load', () => {
  it('is within the budget', () => {
    expect(sizes.size).toBeGreaterThan(14);
    const over = [...sizes].filter(([, size]) => size > BUDGET);
    expect(over).toEqual([]);
  });
});
