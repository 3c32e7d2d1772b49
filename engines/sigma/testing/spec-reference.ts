/**
 * What the Sigma specification v2.1 says of rules, written from its text and nothing else: it takes a rule as
 * the plain data that YAML gives, and shares no code with the engine. It is slow and has no regard for hostile
 * input; it is there for the engine's tests to be compared with.
 *
 * Sources: sigma-rules-specification.md and sigma-appendix-modifiers.md of SigmaHQ/sigma-specification, 2.1.0.
 */

export type SpecValue = string | number | boolean | null;
export type SpecItem = SpecValue | readonly SpecValue[];
export type SpecMap = { readonly [key: string]: SpecItem };
export type SpecSelection = SpecMap | readonly (SpecMap | string | number)[] | string;
export interface SpecDetection {
  readonly selections: { readonly [name: string]: SpecSelection };
  readonly condition: string | readonly string[];
}
type Scalar = string | number | boolean;
export type SpecEvent = { readonly [field: string]: Scalar | readonly Scalar[] };
export type SpecPlaceholders = { readonly [name: string]: readonly string[] };

/** Whether a rule's detection holds for an event. */
export function specMatches(
  rule: SpecDetection,
  event: SpecEvent,
  placeholders: SpecPlaceholders = {},
): boolean {
  const conditions = typeof rule.condition === 'string' ? [rule.condition] : rule.condition;
  const names = Object.keys(rule.selections);
  const holds = (name: string) => selectionHolds(rule.selections[name]!, event, placeholders);
  return conditions.some((text) => conditionHolds(text, names, holds));
}

// "A list … elements … linked with OR; a map … linked with AND"
function selectionHolds(selection: SpecSelection, event: SpecEvent, known: SpecPlaceholders): boolean {
  if (typeof selection === 'string') return keywordHolds(selection, [], event, known);
  if (Array.isArray(selection)) {
    return (selection as readonly (SpecMap | string | number)[]).some((entry) =>
      typeof entry === 'object' ? selectionHolds(entry, event, known) : keywordHolds(entry, [], event, known),
    );
  }
  return Object.entries(selection as SpecMap).every(([key, value]) => itemHolds(key, value, event, known));
}

function textsOf(value: Scalar | readonly Scalar[] | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((own) => `${own as Scalar}`);
}

function fieldTexts(event: SpecEvent, field: string): string[] {
  return Object.hasOwn(event, field) ? textsOf(event[field]) : [];
}

function keywordHolds(
  value: SpecValue,
  modifiers: readonly string[],
  event: SpecEvent,
  known: SpecPlaceholders,
): boolean {
  const anywhere = modifiers.some((name) => ['contains', 'startswith', 'endswith', 're'].includes(name));
  const all = Object.keys(event).flatMap((field) => fieldTexts(event, field));
  const own = anywhere ? modifiers : [...modifiers, 'contains'];
  // A number among keywords is looked for as text.
  const text = typeof value === 'number' ? `${value}` : value;
  return all.some((candidate) => valueHolds(text, own, candidate, known));
}

function itemHolds(key: string, written: SpecItem, event: SpecEvent, known: SpecPlaceholders): boolean {
  const [field = '', ...modifiers] = key.split('|');
  const values = (Array.isArray(written) ? written : [written]) as readonly SpecValue[];
  const texts = fieldTexts(event, field);
  const one = (value: SpecValue): boolean => {
    if (field === '') return keywordHolds(value, modifiers, event, known);
    // "exists: … only verifies the presence of a field, not its value"
    if (modifiers.includes('exists')) return texts.length > 0 === value;
    if (value === null) return texts.length === 0;
    if (modifiers.includes('fieldref'))
      return texts.some((text) =>
        fieldTexts(event, `${value}`).some((other) => compared(text, other, modifiers)),
      );
    return texts.some((text) => valueHolds(value, modifiers, text, known));
  };
  // "all: … lists of values are normally linked with OR … changes this to AND"; "neq: the field is different".
  const joined = modifiers.includes('all') ? values.every(one) : values.some(one);
  return joined !== modifiers.includes('neq');
}

function compared(text: string, other: string, modifiers: readonly string[]): boolean {
  const fold = (own: string) => (modifiers.includes('cased') ? own : own.toLowerCase());
  const [left, right] = [fold(text), fold(other)];
  const at = left.indexOf(right);
  if (modifiers.includes('contains')) return at >= 0;
  if (modifiers.includes('startswith')) return at === 0;
  if (modifiers.includes('endswith')) return left.slice(Math.max(0, left.length - right.length)) === right;
  return left === right;
}

const TIMES = ['minute', 'hour', 'day', 'week', 'month', 'year'];
const OPERATORS: { readonly [name: string]: (left: number, right: number) => boolean } = {
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
};

/** Whether one text of the event fits one value of the rule. */
function valueHolds(
  value: SpecValue,
  modifiers: readonly string[],
  text: string,
  known: SpecPlaceholders,
): boolean {
  const time = modifiers.find((name) => TIMES.includes(name));
  const operator = modifiers.find((name) => Object.hasOwn(OPERATORS, name));
  if (time !== undefined) {
    const part = partOfDate(text, time);
    return part !== undefined && (OPERATORS[operator ?? ''] ?? Object.is)(part, Number(value));
  }
  if (operator !== undefined) return isNumber(text) && OPERATORS[operator]!(Number(text), Number(value));
  if (modifiers.includes('re')) {
    const flags = ['i', 'm', 's'].filter((flag) => modifiers.includes(flag)).join('');
    return new RegExp(`${value}`, flags).test(text);
  }
  if (modifiers.includes('cidr')) {
    const networks =
      modifiers.includes('expand') && /^%\w+%$/.test(`${value}`)
        ? known[`${value}`.slice(1, -1)]!
        : [`${value}`];
    return networks.some((network) => inside(text, network));
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    if (modifiers.every((name) => name === 'all' || name === 'neq')) return text.toLowerCase() === `${value}`;
  }
  let forms: Token[][] = [tokensOf(`${value}`)];
  for (const name of modifiers) forms = forms.flatMap((form) => transform(name, form, known));
  const cased = modifiers.includes('cased');
  return forms.some((form) => fits(form, text, cased));
}

/** A character as it is, `*`, `?`, or a run of characters that a modifier has yet to make something of. */
type Token = { readonly char: string } | '*' | '?';

/** "Escaping": backslash before `*`, `?` and backslash; a backslash before anything else is itself. */
function tokensOf(text: string): Token[] {
  const escaped = /\\([*?\\])|([*?])|([\s\S])/gu;
  return [...text.matchAll(escaped)].map(([, plain, wildcard, char]): Token => {
    if (wildcard === '*' || wildcard === '?') return wildcard;
    return { char: (plain ?? char)! };
  });
}

function plainOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (typeof token === 'string' ? token : token.char)).join('');
}

const literal = (text: string): Token[] => Array.from(text, (char) => ({ char }));
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];

function transform(name: string, tokens: Token[], known: SpecPlaceholders): Token[][] {
  const encode = (encoding: BufferEncoding) => Buffer.from(plainOf(tokens), encoding);
  // What an encoding made is bytes, one for each character; ordinary text is UTF-8 before base64.
  const bytes = (tokens as { bytes?: boolean }).bytes === true ? encode('latin1') : encode('utf8');
  const made = (buffer: Buffer) => Object.assign(literal(buffer.toString('latin1')), { bytes: true });
  switch (name) {
    case 'contains':
      return [['*', ...tokens, '*']];
    case 'startswith':
      return [[...tokens, '*']];
    case 'endswith':
      return [['*', ...tokens]];
    case 'windash': {
      const isWord = (token: Token | undefined) =>
        token !== undefined && typeof token !== 'string' && /[\p{L}\p{N}_]/u.test(token.char);
      let forms: Token[][] = [[]];
      for (const [at, token] of tokens.entries()) {
        const dash =
          typeof token !== 'string' &&
          DASHES.includes(token.char) &&
          isWord(tokens[at + 1]) &&
          !isWord(tokens[at - 1]);
        const choices: Token[] = dash ? DASHES.map((char) => ({ char })) : [token];
        forms = choices.flatMap((choice) => forms.map((form) => [...form, choice]));
      }
      return forms;
    }
    case 'wide':
    case 'utf16le':
      return [made(encode('utf16le'))];
    case 'utf16be':
      return [made(encode('utf16le').swap16())];
    case 'utf16':
      return [made(Buffer.concat([Buffer.from([0xff, 0xfe]), encode('utf16le')]))];
    case 'base64':
      return [literal(bytes.toString('base64'))];
    case 'base64offset':
      return [0, 1, 2].map((offset) => {
        // Bits of the encoded text that are the value's own, six to a character: the static middle.
        const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
        const first = Math.ceil((offset * 8) / 6);
        const last = Math.floor(((offset + bytes.length) * 8) / 6);
        return literal(shifted.slice(first, last));
      });
    case 'expand': {
      const text = plainOf(tokens);
      const found = /%(\w+)%/.exec(text);
      if (!found) return [tokens];
      const before = text.slice(0, found.index);
      const after = text.slice(found.index + found[0].length);
      return known[found[1]!]!.map((value) => [...literal(before), ...tokensOf(value), ...literal(after)]);
    }
    default:
      return [tokens];
  }
}

function fits(tokens: readonly Token[], text: string, cased: boolean): boolean {
  const source = tokens
    .map((token) => {
      if (token === '*') return '[\\s\\S]*';
      if (token === '?') return '[\\s\\S]';
      const char = cased ? token.char : token.char.toLowerCase();
      return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`).test(cased ? text : text.toLowerCase());
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && /^[\s\d.+eE-]*$/.test(text) && Number.isFinite(Number(text));
}

function inside(text: string, network: string): boolean {
  const [base = '', length] = network.split('/');
  const left = addressOf(text);
  const right = addressOf(base);
  if (!left || !right || left.bits !== right.bits) return false;
  const shift = BigInt(left.bits - (length === undefined ? left.bits : Number(length)));
  return left.value >> shift === right.value >> shift;
}

function addressOf(text: string): { bits: number; value: bigint } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    if (parts.some((part) => part > 255)) return undefined;
    return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(':')) return undefined;
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const gap = 8 - left.length - right.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const all = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

/** "It is not designed to handle timezone or format conversions": the digits as they stand. */
function partOfDate(text: string, part: string): number | undefined {
  const iso = /^(\d\d\d\d)-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d).*)?$/.exec(text);
  if (!iso) return undefined;
  const [, year, month, day, hour, minute] = iso.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const monthLengths = [
    31,
    year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28,
    31,
    30,
    31,
    30,
    31,
    31,
    30,
    31,
    30,
    31,
  ];
  if (month < 1 || month > 12 || day < 1 || day > monthLengths[month - 1]!) return undefined;
  if (part === 'year') return year;
  if (part === 'month') return month;
  if (part === 'day') return day;
  if (part === 'week') {
    const ordinal = monthLengths.slice(0, month - 1).reduce((sum, days) => sum + days, day);
    // Zeller's congruence: 0 is Saturday.
    const [m, y] = month < 3 ? [month + 12, year - 1] : [month, year];
    const zeller =
      (day +
        Math.floor((13 * (m + 1)) / 5) +
        y +
        Math.floor(y / 4) -
        Math.floor(y / 100) +
        Math.floor(y / 400)) %
      7;
    const monday = ((zeller + 5) % 7) + 1;
    const week = Math.floor((ordinal - monday + 10) / 7);
    if (week < 1) return weeksOf(year - 1);
    return week > weeksOf(year) ? 1 : week;
  }
  if (iso[4] === undefined) return undefined;
  return part === 'hour' ? hour : minute;
}

/** A year has 53 ISO weeks if it begins, or ends, on a Thursday. */
function weeksOf(year: number): number {
  const ends = (own: number) =>
    (own + Math.floor(own / 4) - Math.floor(own / 100) + Math.floor(own / 400)) % 7;
  return ends(year) === 4 || ends(year - 1) === 3 ? 53 : 52;
}

/** "or", "and", "not", "x of", brackets: loosest first. Evaluates while it reads. */
function conditionHolds(text: string, names: readonly string[], holds: (name: string) => boolean): boolean {
  const words = text.replace(/[()]/g, ' $& ').trim().split(/\s+/);
  let at = 0;
  const is = (word: string) => words[at]?.toLowerCase() === word;
  const or = (): boolean => {
    let value = and();
    while (is('or')) {
      at++;
      const right = and();
      value = value || right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (is('and')) {
      at++;
      const right = not();
      value = value && right;
    }
    return value;
  };
  const not = (): boolean => {
    if (is('not')) {
      at++;
      return !not();
    }
    if (is('(')) {
      at++;
      const value = or();
      at++;
      return value;
    }
    const [word = '', of, what = ''] = words.slice(at, at + 3);
    if (of?.toLowerCase() !== 'of') {
      at++;
      return holds(word);
    }
    at += 3;
    const wild = new RegExp(`^${what.replaceAll('*', '.*')}$`);
    const covered = names.filter((name) => (what === 'them' ? !name.startsWith('_') : wild.test(name)));
    const count = covered.filter(holds).length;
    if (word.toLowerCase() === 'all') return count === covered.length;
    return count >= (word.toLowerCase() === 'any' ? 1 : Number(word));
  };
  return or();
}
