/**
 * The Markdown of procedures, read into a tree that a renderer turns into elements. There is no way from the text
 * to markup: what is not known here (HTML above all) is text. Every function is linear in the text's length.
 */

export type Inline =
  | { readonly kind: 'text' | 'strong' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: 'paragraph'; readonly items: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] };

const BULLET = /^[-*] +/;
const NUMBER = /^\d{1,3}[.)] +/;

/** Paragraphs and lists; lines that follow one another belong together. */
export function parseMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let list: { ordered: boolean; items: string[] } | undefined;
  const flush = () => {
    if (lines.length > 0) blocks.push({ kind: 'paragraph', items: parseInline(lines.join(' ')) });
    if (list !== undefined)
      blocks.push({ kind: 'list', ordered: list.ordered, items: list.items.map(parseInline) });
    lines = [];
    list = undefined;
  };
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const bullet = BULLET.exec(line) ?? NUMBER.exec(line);
    if (line === '') flush();
    else if (bullet !== null) {
      const ordered = /^\d/.test(line);
      if (lines.length > 0 || list?.ordered !== ordered) flush();
      list ??= { ordered, items: [] };
      list.items.push(line.slice(bullet[0].length));
    } else if (list !== undefined) list.items[list.items.length - 1] += ` ${line}`;
    else lines.push(line);
  }
  flush();
  return blocks;
}

/** `**strong**`, `` `code` `` and `[text](https://…)`; everything else is text. */
export function parseInline(text: string): readonly Inline[] {
  const found: Inline[] = [];
  // Where a closing mark is missing once, it is missing for every later opening too: none is looked for again.
  const missing = new Set<string>();
  let plain = '';
  let at = 0;
  const push = (inline: Inline) => {
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
    found.push(inline);
  };
  const until = (mark: string, from: number) => {
    if (missing.has(mark)) return -1;
    const end = text.indexOf(mark, from);
    if (end < 0) missing.add(mark);
    return end;
  };
  while (at < text.length) {
    const c = text[at]!;
    const mark = c === '`' ? '`' : c === '*' && text[at + 1] === '*' ? '**' : undefined;
    if (mark !== undefined) {
      const end = until(mark, at + mark.length);
      if (end > at + mark.length) {
        push({ kind: mark === '`' ? 'code' : 'strong', text: text.slice(at + mark.length, end) });
        at = end + mark.length;
        continue;
      }
    }
    const link = c === '[' ? linkAt(text, at) : undefined;
    if (link !== undefined) {
      push({ kind: 'link', text: link.text, href: link.href });
      at = link.end;
      continue;
    }
    plain += c;
    at++;
  }
  if (plain !== '') found.push({ kind: 'text', text: plain });
  return found;
}

const MAX_LINK = 2_000;

function linkAt(text: string, at: number): { text: string; href: string; end: number } | undefined {
  const part = /^\[([^[\]]{1,300})\]\(([^\s()<>]{1,1500})\)/.exec(text.slice(at, at + MAX_LINK));
  if (part === null) return undefined;
  const href = safeHref(part[2]!);
  return href === undefined ? undefined : { text: part[1]!, href, end: at + part[0].length };
}

/** An address that may be followed: absolute, http or https, without a name or password in it. */
export function safeHref(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const allowed =
    (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '';
  return allowed ? url.href : undefined;
}

/** What a text must not hold: where, and why. Offsets are of the text; the first 20 are told. */
export function markdownProblems(text: string): { readonly at: number; readonly message: string }[] {
  const problems: { at: number; message: string }[] = [];
  const bare = text.replace(/`[^`\n]{0,500}`/g, (code) => ' '.repeat(code.length));
  for (const { index } of bare.matchAll(/<[a-z!/?]/gi))
    problems.push({ at: index, message: 'HTML is not read; it would be shown as text' });
  for (const { 1: target, index } of bare.matchAll(/\]\(([^)\n]{0,1500})\)?/g))
    if (safeHref(target!) === undefined)
      problems.push({ at: index, message: 'a link must be a whole http or https address' });
  return problems.sort((a, b) => a.at - b.at).slice(0, 20);
}
