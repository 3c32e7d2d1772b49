/** An element of a SOAP message. */
export interface XmlNode {
  /** Namespace; empty: none. */
  readonly uri: string;
  /** Name without prefix. */
  readonly name: string;
  /** By the name as written; namespace declarations are not among them. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** Own text and CDATA, references resolved. */
  readonly text: string;
  /** Where its content stands in the document. */
  readonly start: number;
  readonly end: number;
}

/** Why a document is refused; the message is for the log of the machine that sent it. */
export class XmlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XmlError';
  }
}

/** Bounds of a document: what honest senders need, some hundred times over. */
const LIMITS = { depth: 32, elements: 100_000, attributes: 64, name: 256 } as const;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
const NAME =
  /[A-Za-z_\u0080-\uffff][A-Za-z0-9_.\-\u0080-\uffff]*(?::[A-Za-z_\u0080-\uffff][A-Za-z0-9_.\-\u0080-\uffff]*)?/y;
const SPACE = /[ \t\r\n]*/y;

interface Open {
  readonly qualified: string;
  readonly node: {
    uri: string;
    name: string;
    attributes: Map<string, string>;
    children: XmlNode[];
    text: string;
    start: number;
    end: number;
  };
  readonly namespaces: ReadonlyMap<string, string>;
}

/**
 * Reads a whole document, strictly: it is acknowledged or refused as a whole, so what is cut, does not nest or names
 * an undeclared prefix is an error. A document type is refused, and with it every entity of its own; nothing outside
 * the text is ever looked at. Characters that XML forbids are let pass in text: Windows writes them into events.
 *
 * @returns the root
 * @throws {XmlError}
 */
export function readXml(text: string): XmlNode {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  readonly #stack: Open[] = [];
  #root: XmlNode | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): XmlNode {
    const text = this.#text;
    for (;;) {
      const next = text.indexOf('<', this.#at);
      this.#characters(next < 0 ? text.length : next);
      if (next < 0) break;
      if (text.startsWith('</', next)) this.#close();
      else if (text.startsWith('<!--', next)) this.#at = this.#after('-->', next + 4);
      else if (text.startsWith('<![CDATA[', next)) this.#cdata(next + 9);
      else if (text.startsWith('<?', next)) this.#at = this.#after('?>', next + 2);
      else if (text.startsWith('<!', next)) throw new XmlError('a document type is not allowed');
      else this.#open();
    }
    if (this.#root === undefined) throw new XmlError('there is no element');
    if (this.#stack.length > 0) throw new XmlError('the document ends inside an element');
    return this.#root;
  }

  #characters(end: number): void {
    if (end === this.#at) return;
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    const open = this.#stack.at(-1);
    if (open !== undefined) open.node.text += resolve(text);
    else if (text.trim() !== '') throw new XmlError('there is text outside the root');
  }

  #cdata(start: number): void {
    const end = this.#after(']]>', start) - 3;
    const open = this.#stack.at(-1);
    if (open === undefined) throw new XmlError('there is text outside the root');
    open.node.text += this.#text.slice(start, end);
    this.#at = end + 3;
  }

  #open(): void {
    if (this.#root !== undefined && this.#stack.length === 0) throw new XmlError('there is a second root');
    if (++this.#elements > LIMITS.elements) throw new XmlError('there are too many elements');
    if (this.#stack.length >= LIMITS.depth) throw new XmlError('it nests too deeply');
    this.#at++;
    const qualified = this.#name();
    const attributes = new Map<string, string>();
    let namespaces = this.#stack.at(-1)?.namespaces ?? new Map([['xml', 'xml']]);
    let empty = false;
    for (;;) {
      const spaced = this.#space();
      if (this.#take('/>')) {
        empty = true;
        break;
      }
      if (this.#take('>')) break;
      if (!spaced) throw new XmlError('a tag is malformed');
      const name = this.#name();
      const value = this.#value();
      if (name === 'xmlns' || name.startsWith('xmlns:'))
        namespaces = new Map([...namespaces, [name.slice(6), value]]);
      else if (attributes.has(name)) throw new XmlError('an attribute is there twice');
      else attributes.set(name, value);
      if (attributes.size + namespaces.size > LIMITS.attributes)
        throw new XmlError('there are too many attributes');
    }
    const colon = qualified.indexOf(':');
    const uri = namespaces.get(colon < 0 ? '' : qualified.slice(0, colon));
    if (colon >= 0 && uri === undefined) throw new XmlError('a prefix is not declared');
    const node: Open['node'] = {
      uri: uri ?? '',
      name: qualified.slice(colon + 1),
      attributes,
      children: [],
      text: '',
      start: this.#at,
      end: this.#at,
    };
    const parent = this.#stack.at(-1);
    if (parent === undefined) this.#root = node;
    else parent.node.children.push(node);
    if (!empty) this.#stack.push({ qualified, node, namespaces });
  }

  #close(): void {
    const end = this.#at;
    this.#at += 2;
    const qualified = this.#name();
    this.#space();
    const open = this.#stack.pop();
    if (!this.#take('>') || open?.qualified !== qualified) throw new XmlError('an end tag does not fit');
    open.node.end = end;
  }

  #name(): string {
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined || name.length > LIMITS.name) throw new XmlError('a name is malformed');
    this.#at += name.length;
    return name;
  }

  #value(): string {
    this.#space();
    if (!this.#take('=')) throw new XmlError('an attribute has no value');
    this.#space();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw new XmlError('an attribute is not quoted');
    const end = this.#after(quote, this.#at + 1) - 1;
    const value = this.#text.slice(this.#at + 1, end);
    if (value.includes('<')) throw new XmlError('an attribute is malformed');
    this.#at = end + 1;
    return resolve(value);
  }

  #space(): boolean {
    SPACE.lastIndex = this.#at;
    const { length } = SPACE.exec(this.#text)![0];
    this.#at += length;
    return length > 0;
  }

  #take(what: string): boolean {
    if (!this.#text.startsWith(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  /** Behind the next `what`. */
  #after(what: string, from: number): number {
    const found = this.#text.indexOf(what, from);
    if (found < 0) throw new XmlError('the document is cut');
    return found + what.length;
  }
}

/** Resolves the five named and the numeric references; any other is an error. */
function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,10})(;?)/g, (_, name: string, end: string) => {
    const found = end === '' ? undefined : (NAMED.get(name) ?? numeric(name));
    if (found === undefined) throw new XmlError('a reference is not known');
    return found;
  });
}

function numeric(name: string): string | undefined {
  const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : undefined;
}

/** The first child of that name. */
export function childOf(node: XmlNode | undefined, uri: string, name: string): XmlNode | undefined {
  return node?.children.find((child) => child.uri === uri && child.name === name);
}

/** Text as content of an element or of an attribute in double quotes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
