import { isIP } from 'node:net';
import type { QueryNode } from '@vigie/contracts';

/** Nesting and length that no person needs; more is an attack on the parser. */
const MAX_DEPTH = 50;
const MAX_TERMS = 500;

type Token =
  | { readonly kind: 'open' | 'close' | 'or' | 'and' | 'not'; readonly at: number }
  | {
      readonly kind: 'term';
      readonly at: number;
      readonly field?: string;
      readonly value: string;
      readonly quoted: boolean;
    };

/**
 * Reads the search text of people into a query tree.
 *
 * Terms stand side by side (and); `or`, `not`, a leading `-`, and parentheses combine them. A term is
 * `field:value`, `field:"a b"`, `field:val*`, `field:>=500`, `field:10..20`, `source.ip:10.0.0.0/8`,
 * `field:*` (exists), `field:(a or b)`, or a bare word or quoted phrase, which is looked for in the original log.
 *
 * @returns undefined for an empty text, which matches everything
 * @throws SyntaxError with a sentence for the person and the position
 */
export function parseQuery(text: string): QueryNode | undefined {
  const tokens = tokenize(text);
  if (tokens.length === 0) return undefined;
  const parser = new Parser(tokens, text.length);
  return parser.parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  parse(): QueryNode {
    const node = this.#or(undefined);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined)
      throw fault(rest.at, rest.kind === 'close' ? 'this parenthesis was never opened' : 'not expected here');
    return node;
  }

  #or(field: string | undefined): QueryNode {
    const items = [this.#and(field)];
    while (this.#tokens[this.#at]?.kind === 'or') {
      this.#at++;
      items.push(this.#and(field));
    }
    return items.length === 1 ? items[0]! : { op: 'or', items };
  }

  #and(field: string | undefined): QueryNode {
    const items: QueryNode[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.kind === 'close' || token.kind === 'or') break;
      if (token.kind === 'and') {
        if (items.length === 0) throw fault(token.at, '"and" needs a term before it');
        this.#at++;
        if (!this.#startsTerm()) throw fault(token.at, '"and" needs a term after it');
        continue;
      }
      items.push(this.#unary(field));
    }
    if (items.length === 0) throw fault(this.#tokens[this.#at]?.at ?? this.#end, 'a term is missing here');
    return items.length === 1 ? items[0]! : { op: 'and', items };
  }

  #startsTerm(): boolean {
    const kind = this.#tokens[this.#at]?.kind;
    return kind === 'term' || kind === 'not' || kind === 'open';
  }

  #unary(field: string | undefined): QueryNode {
    const token = this.#tokens[this.#at++]!;
    if (++this.#depth > MAX_DEPTH) throw fault(token.at, 'nested too deeply');
    try {
      if (token.kind === 'not') {
        if (!this.#startsTerm()) throw fault(token.at, '"not" needs a term after it');
        return { op: 'not', item: this.#unary(field) };
      }
      if (token.kind === 'open') return this.#group(token.at, field);
      if (token.kind !== 'term') throw fault(token.at, 'not expected here');
      if (token.field !== undefined && token.value === '' && !token.quoted) {
        const next = this.#tokens[this.#at];
        if (next?.kind !== 'open') throw fault(token.at, `a value is missing after "${token.field}:"`);
        this.#at++;
        return this.#group(next.at, token.field);
      }
      return leaf(token.field ?? field, token.value, token.quoted, token.at);
    } finally {
      this.#depth--;
    }
  }

  #group(openedAt: number, field: string | undefined): QueryNode {
    const inner = this.#or(field);
    if (this.#tokens[this.#at]?.kind !== 'close') throw fault(openedAt, 'this parenthesis is never closed');
    this.#at++;
    return inner;
  }
}

function leaf(field: string | undefined, value: string, quoted: boolean, at: number): QueryNode {
  if (field === undefined) return { op: 'text', value };
  if (quoted) return { op: 'eq', field, value };
  if (value === '*') return { op: 'exists', field };
  const compared = /^(>=|<=|>|<)(-?\d+(?:\.\d+)?)$/.exec(value);
  if (compared !== null) {
    const bound = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' }[compared[1]!]!;
    return { op: 'range', field, [bound]: Number(compared[2]) };
  }
  if (/^[<>]/.test(value)) throw fault(at, `"${value}" is no number to compare with`);
  const between = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/.exec(value);
  if (between !== null) return { op: 'range', field, gte: Number(between[1]), lte: Number(between[2]) };
  const network = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(value);
  if (network !== null && isIP(network[1]!) !== 0) {
    if (Number(network[2]) > (isIP(network[1]!) === 6 ? 128 : 32))
      throw fault(at, `"${value}" is no network`);
    return { op: 'cidr', field, network: value };
  }
  return /[*?]/.test(value) ? { op: 'wildcard', field, pattern: value } : { op: 'eq', field, value };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i]!;
    if (/\s/.test(c)) {
      i++;
      continue;
    }
    if (tokens.length > MAX_TERMS) throw fault(i, 'too many terms');
    if (c === '(' || c === ')') {
      tokens.push({ kind: c === '(' ? 'open' : 'close', at: i++ });
      continue;
    }
    if (c === '-' && i + 1 < text.length && !/\s/.test(text[i + 1]!)) {
      tokens.push({ kind: 'not', at: i++ });
      continue;
    }
    const start = i;
    if (c === '"') {
      const [value, end] = quoted(text, i);
      tokens.push({ kind: 'term', at: start, value, quoted: true });
      i = end;
      continue;
    }
    const word = /^[^\s()":]+/.exec(text.slice(i, i + 4096))?.[0] ?? '';
    const colon = text[i + word.length] === ':';
    if (colon && /^[@\w][\w@.\-[\]]*$/.test(word)) {
      i += word.length + 1;
      if (text[i] === '"') {
        const [value, end] = quoted(text, i);
        tokens.push({ kind: 'term', at: start, field: word, value, quoted: true });
        i = end;
      } else {
        const value = /^[^\s()"]*/.exec(text.slice(i, i + 4096))![0];
        tokens.push({ kind: 'term', at: start, field: word, value, quoted: false });
        i += value.length;
      }
      continue;
    }
    const bare = /^[^\s()"]+/.exec(text.slice(i, i + 4096))![0];
    i += bare.length;
    const lower = bare.toLowerCase();
    if (lower === 'or' || lower === 'and' || lower === 'not') tokens.push({ kind: lower, at: start });
    else tokens.push({ kind: 'term', at: start, value: bare, quoted: false });
  }
  return tokens;
}

/** A quoted value from its opening quote; `\"` and `\\` are the only escapes, so paths need no care. */
function quoted(text: string, start: number): [string, number] {
  let value = '';
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') return [value, i + 1];
    if (c === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) value += text[++i];
    else value += c;
  }
  throw fault(start, 'this quote is never closed');
}

function fault(at: number, message: string): SyntaxError {
  return new SyntaxError(`search text, position ${at + 1}: ${message}`);
}
