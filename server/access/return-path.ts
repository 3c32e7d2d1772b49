/**
 * Where a person is brought after signing in: a page of ours, whatever was asked for. Browsers read `\` as `/` and
 * drop tabs and line ends inside an address, so such ones are refused before they are parsed.
 */
export function returnPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > 2000 || !/^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(asked))
    return '/';
  const base = 'https://here.invalid';
  let url: URL;
  try {
    url = new URL(asked, base);
  } catch {
    // No address at all: the first page will do.
    return '/';
  }
  if (url.origin !== base || url.pathname.startsWith('//') || url.pathname.startsWith('/api/')) return '/';
  return url.pathname + url.search + url.hash;
}
