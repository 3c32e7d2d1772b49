/** An XML element. Names keep their prefix; `text` joins the element's own text and CDATA. */
export interface XmlElement {
  readonly name: string;
  /** Without prototype: attribute names are data. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Building {
  name: string;
  attributes: Record<string, string>;
  children: Building[];
  text: string;
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 20_000;
const MAX_ENTITY = 10;

/**
 * Reads one XML document as logs carry it: elements, attributes, text, CDATA, comments, processing
 * instructions, the five named entities and numeric ones. There are no external or custom entities; a
 * document with a DTD is refused, as is one deeper than 64 or larger than 20,000 elements.
 *
 * @returns the root element; a document cut off at its end gives what was read; `undefined` where it is
 *   not XML or is refused
 */
export function parseXml(text: string): XmlElement | undefined {
  let root: Building | undefined;
  const stack: Building[] = [];
  let count = 0;
  let i = text.indexOf('<');
  if (i < 0) return undefined;
  while (i >= 0 && i < text.length) {
    const next = text.charCodeAt(i + 1);
    if (next === 33) {
      const skipped = readDeclaration(text, i, stack[stack.length - 1]);
      if (skipped === 'refused') return undefined;
      i = skipped;
    } else if (next === 63) {
      const end = text.indexOf('?>', i + 2);
      if (end < 0) break;
      i = end + 2;
    } else if (next === 47) {
      const end = text.indexOf('>', i + 2);
      stack.pop();
      if (end < 0 || stack.length === 0) break;
      i = end + 1;
    } else {
      if (++count > MAX_ELEMENTS || stack.length >= MAX_DEPTH) return undefined;
      const element: Building = { name: '', attributes: Object.create(null), children: [], text: '' };
      const tag = readTag(text, i + 1, element);
      if (element.name === '') return root;
      const parent = stack[stack.length - 1];
      if (parent === undefined) root = element;
      else parent.children.push(element);
      if (tag.end < 0) break;
      if (!tag.closed) stack.push(element);
      else if (stack.length === 0) break;
      i = tag.end;
    }
    const start = i;
    i = text.indexOf('<', start);
    const open = stack[stack.length - 1];
    const end = i < 0 ? text.length : i;
    if (open !== undefined && end > start) open.text += decodeXml(text.slice(start, end));
  }
  if (root !== undefined) trim(root);
  return root;
}

/** Comments are skipped, CDATA becomes text, a DTD is refused. */
function readDeclaration(text: string, at: number, open: Building | undefined): number | 'refused' {
  if (text.startsWith('<!--', at)) {
    const end = text.indexOf('-->', at + 4);
    return end < 0 ? text.length : end + 3;
  }
  if (text.startsWith('<![CDATA[', at)) {
    const end = text.indexOf(']]>', at + 9);
    const stop = end < 0 ? text.length : end;
    if (open !== undefined) open.text += text.slice(at + 9, stop);
    return end < 0 ? stop : stop + 3;
  }
  return 'refused';
}

function readTag(text: string, at: number, element: Building): { end: number; closed: boolean } {
  let i = at;
  while (i < text.length && !isTagEnd(text.charCodeAt(i))) i++;
  element.name = text.slice(at, i);
  for (;;) {
    while (text.charCodeAt(i) <= 32) i++;
    const code = text.charCodeAt(i);
    if (Number.isNaN(code)) return { end: -1, closed: false };
    if (code === 62) return { end: i + 1, closed: false };
    if (code === 47) {
      i++;
      if (text.charCodeAt(i) === 62) return { end: i + 1, closed: true };
      continue;
    }
    const start = i;
    while (i < text.length && text.charCodeAt(i) !== 61 && !isTagEnd(text.charCodeAt(i))) i++;
    const name = text.slice(start, i);
    while (text.charCodeAt(i) <= 32) i++;
    if (text.charCodeAt(i) !== 61) {
      // Not an attribute: step over one character at least, so that the loop always ends.
      if (i === start) i++;
      continue;
    }
    i++;
    while (text.charCodeAt(i) <= 32) i++;
    const quote = text[i];
    if (quote !== '"' && quote !== "'") continue;
    const end = text.indexOf(quote, i + 1);
    if (end < 0) return { end: -1, closed: false };
    element.attributes[name] = decodeXml(text.slice(i + 1, end));
    i = end + 1;
  }
}

function isTagEnd(code: number): boolean {
  return code <= 32 || code === 62 || code === 47;
}

function trim(element: Building): void {
  if (element.children.length > 0) {
    element.text = element.text.trim();
    for (const child of element.children) trim(child);
  }
}

/** Replaces the five named and the numeric character references; anything else stays as written. */
export function decodeXml(text: string): string {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let out = '';
  let last = 0;
  while (at >= 0) {
    const semicolon = text.indexOf(';', at);
    if (semicolon < 0) break;
    if (semicolon - at <= MAX_ENTITY) {
      const decoded = decodeEntity(text.slice(at + 1, semicolon));
      if (decoded !== undefined) {
        out += text.slice(last, at) + decoded;
        last = semicolon + 1;
      }
    }
    at = text.indexOf('&', at + 1);
  }
  return out + text.slice(last);
}

function decodeEntity(name: string): string | undefined {
  switch (name) {
    case 'lt':
      return '<';
    case 'gt':
      return '>';
    case 'amp':
      return '&';
    case 'quot':
      return '"';
    case 'apos':
      return "'";
    default: {
      if (name.charCodeAt(0) !== 35) return undefined;
      const hex = name.charCodeAt(1) === 120 || name.charCodeAt(1) === 88;
      const digits = name.slice(hex ? 2 : 1);
      if (!(hex ? /^[0-9a-f]+$/i : /^\d+$/).test(digits)) return undefined;
      const code = Number.parseInt(digits, hex ? 16 : 10);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : undefined;
    }
  }
}
