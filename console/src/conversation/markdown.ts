/**
 * The Markdown that people may use in comments: paragraphs, lists, quotations, code, bold and italic, and `INC-12`.
 * It is read into a tree of our own kinds, never into markup, so there is nothing that could be let through by
 * mistake. HTML is text. So are addresses: what people paste here is often an attacker's, and one click is enough.
 *
 * Every pattern is linear in its text, and nesting is cut at a depth.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'incident'; readonly id: number }
  | { readonly kind: 'mention'; readonly name: string }
  | { readonly kind: 'strong' | 'em'; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: 'p' | 'quote'; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: 'ul' | 'ol'; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string };

const MOST_DEPTH = 4;
const ITEM = /^ {0,3}(?:([-*])|(\d{1,3})[.)]) +(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const FENCE = /^ {0,3}```/;

/** Reads a comment. @param names people who were mentioned; `@` before one of these names is a mention */
export function readMarkdown(text: string, names: readonly string[] = []): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  const inline = (line: string) => readInline(line, names, 0);
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (line.trim() === '') {
      at++;
    } else if (FENCE.test(line)) {
      const code: string[] = [];
      for (at++; at < lines.length && !FENCE.test(lines[at]!); at++) code.push(lines[at]!);
      at++;
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (QUOTE.test(line)) {
      const quoted: Inline[][] = [];
      for (; at < lines.length && QUOTE.test(lines[at]!); at++)
        quoted.push(inline(QUOTE.exec(lines[at]!)?.[1] ?? ''));
      blocks.push({ kind: 'quote', lines: quoted });
    } else if (ITEM.test(line)) {
      const kind = ITEM.exec(line)?.[1] === undefined ? 'ol' : 'ul';
      const items: Inline[][] = [];
      for (; at < lines.length; at++) {
        const item = ITEM.exec(lines[at]!);
        if (item === null || (item[1] === undefined ? 'ol' : 'ul') !== kind) break;
        items.push(inline(item[3] ?? ''));
      }
      blocks.push({ kind, items });
    } else {
      const paragraph: Inline[][] = [];
      for (; at < lines.length; at++) {
        const next = lines[at]!;
        if (next.trim() === '' || FENCE.test(next) || QUOTE.test(next) || ITEM.test(next)) break;
        paragraph.push(inline(next));
      }
      blocks.push({ kind: 'p', lines: paragraph });
    }
  }
  return blocks;
}

function readInline(text: string, names: readonly string[], depth: number): Inline[] {
  const parts: Inline[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
  };
  const add = (part: Inline) => {
    flush();
    parts.push(part);
  };
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    const before = text[at - 1] ?? ' ';
    if (character === '\\' && /[\\`*_@]/.test(text[at + 1] ?? '')) {
      plain += text[at + 1];
      at += 2;
      continue;
    }
    if (character === '`') {
      const end = text.indexOf('`', at + 1);
      if (end > at + 1) {
        add({ kind: 'code', text: text.slice(at + 1, end) });
        at = end + 1;
        continue;
      }
    }
    if ((character === '*' || character === '_') && depth < MOST_DEPTH && !/\w/.test(before)) {
      const mark = text.startsWith(character.repeat(2), at) ? character.repeat(2) : character;
      const end = closing(text, mark, at + mark.length);
      if (end !== undefined) {
        const inner = readInline(text.slice(at + mark.length, end), names, depth + 1);
        add({ kind: mark.length === 2 ? 'strong' : 'em', parts: inner });
        at = end + mark.length;
        continue;
      }
    }
    if (character === '@' && !/\w/.test(before)) {
      const name = names.find((each) => text.startsWith(each, at + 1));
      if (name !== undefined) {
        add({ kind: 'mention', name });
        at += name.length + 1;
        continue;
      }
    }
    if (character === 'I' && !/\w/.test(before)) {
      const number = /^INC-(\d{1,9})(?!\w)/.exec(text.slice(at, at + 16))?.[1];
      if (number !== undefined) {
        add({ kind: 'incident', id: Number(number) });
        at += number.length + 4;
        continue;
      }
    }
    plain += character;
    at++;
  }
  flush();
  return parts;
}

/** Where a mark ends what it began: not after white space, and not in the middle of a word. */
function closing(text: string, mark: string, from: number): number | undefined {
  if (/\s/.test(text[from] ?? ' ')) return undefined;
  // A line without a closing mark is looked through once for each mark in it; lines are short enough for that.
  for (let end = text.indexOf(mark, from); end > 0 && end - from < 2000; end = text.indexOf(mark, end + 1)) {
    if (end === from || /\s/.test(text[end - 1]!)) continue;
    if (/\w/.test(text[end + mark.length] ?? ' ')) continue;
    return end;
  }
  return undefined;
}
