// Runs before anything is painted and before any other script: decides scheme and language, so that nothing flashes,
// and begins to fetch what the page of this address needs. Without it one would wait for the other: the session for the
// first script, the frame for the session, the page for the frame, its texts for the page, and the data for all of them.
// A file of its own, because the content security policy allows no inline script. The build fills in the constants.

/** A page: its path, what it asks for first (or nothing), and which of the files and catalogues it needs. */
type Page = readonly [
  path: string,
  data: string | null,
  files: readonly number[],
  catalogues: readonly number[],
];
declare const PAGES: readonly Page[];
/** Names of scripts and style sheets below `/assets/`. */
declare const FILES: readonly string[];
/** Scripts of texts, in the order of the languages. */
declare const CATALOGUES: readonly (readonly string[])[];
declare const LANGUAGES: readonly string[];

/** Answers that are on their way, by path; `call` of `api/client.ts` takes each once. */
interface Early {
  readonly answer: Promise<Response>;
  /** When it was asked for, by `performance.now()`. */
  readonly at: number;
}
declare global {
  interface Window {
    vigieEarly?: Map<string, Early>;
  }
}

/** What of the session matters here. */
interface Session {
  readonly provider: boolean;
  readonly tenants: readonly { readonly id: string }[];
}

const root = document.documentElement;
const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Storage is blocked.
  }
};

const scheme = stored('vigie.color-scheme') ?? 'auto';
const dark = scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
root.setAttribute('data-color-scheme', dark ? 'dark' : 'light');

// The person's choice, or the first of the browser's languages that the console speaks.
const language =
  [stored('vigie.language') ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())].find(
    (each) => LANGUAGES.includes(each),
  ) ?? 'en';
root.lang = language;

const early = new Map<string, Early>();
const ask = (path: string): Promise<Response> => {
  const answer = fetch(path, {
    credentials: 'same-origin',
    headers: { accept: 'application/json', 'accept-language': language },
  });
  // Whoever takes the answer is told; nobody may.
  answer.catch(() => undefined);
  early.set(path, { answer, at: performance.now() });
  return answer;
};

/** The parts of an address that a path names, or undefined when they don't fit. */
const partsOf = (path: string): Readonly<Record<string, string>> | undefined => {
  const wanted = path.split('/');
  const given = location.pathname.split('/');
  if (wanted.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [at, name] of wanted.entries()) {
    const part = given[at] ?? '';
    if (name.startsWith(':') && part !== '') parts[name] = part;
    else if (name !== part) return undefined;
  }
  return parts;
};

/** Asks for the page's data as soon as it is known who looks. */
const askFor = async (data: string, parts: Readonly<Record<string, string>>): Promise<void> => {
  const answer = await ask('/api/session');
  if (!answer.ok) return;
  const { provider, tenants } = (await answer.clone().json()) as Session;
  const params = new URLSearchParams(location.search);
  const own = provider || tenants.length !== 1 ? undefined : tenants[0];
  const tenant = own?.id ?? params.get('tenant');
  params.delete('tenant');
  if (params.size > 0) return;
  ask(
    data
      .replace('{scope}', tenant === null ? '' : `&tenant=${encodeURIComponent(tenant)}`)
      .replace(/:[a-z]+/g, (name) => parts[name] ?? name),
  );
};

const page = PAGES.find(([path]) => partsOf(path) !== undefined);
if (page !== undefined) {
  window.vigieEarly = early;
  const [path, data, files, catalogues] = page;
  if (data === null) ask('/api/session');
  else askFor(data, partsOf(path) ?? {}).catch(() => undefined);
  const at = LANGUAGES.indexOf(language);
  for (const name of [
    ...files.map((each) => FILES[each]),
    ...catalogues.map((each) => CATALOGUES[each]?.[at]),
  ]) {
    if (name === undefined) continue;
    const link = document.createElement('link');
    const style = name.endsWith('.css');
    link.rel = style ? 'preload' : 'modulepreload';
    if (style) link.as = 'style';
    // As the loader of the build asks for them; otherwise they would be fetched twice.
    link.crossOrigin = '';
    link.href = `/assets/${name}`;
    document.head.append(link);
  }
}

export {};
