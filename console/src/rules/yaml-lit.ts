/** A coloured piece of a YAML text. */
export interface Token {
  readonly kind: 'key' | 'string' | 'comment' | 'number' | 'plain';
  readonly text: string;
}

/**
 * Colours one line of YAML by its look: key, quoted text, comment, number. It is a reader's aid, no parser:
 * inside block scalars the colours may be wrong, the text never is. Linear in the line's length.
 */
export function litLine(line: string): Token[] {
  const tokens: Token[] = [];
  const body = cutComment(line);
  const key = /^(\s*(?:- )?)([^\s:'"#][^:'"#]{0,200}?)(:)(?=\s|$)/.exec(body);
  let rest = body;
  if (key !== null) {
    tokens.push(
      { kind: 'plain', text: key[1]! },
      { kind: 'key', text: key[2]! },
      { kind: 'plain', text: key[3]! },
    );
    rest = body.slice(key[0].length);
  } else {
    const dash = /^\s*- /.exec(body);
    if (dash !== null) {
      tokens.push({ kind: 'plain', text: dash[0] });
      rest = body.slice(dash[0].length);
    }
  }
  const lead = rest.length - rest.trimStart().length;
  if (lead > 0) tokens.push({ kind: 'plain', text: rest.slice(0, lead) });
  const value = rest.slice(lead);
  if (value !== '')
    tokens.push({
      kind: /^['"]/.test(value)
        ? 'string'
        : /^(?:-?\d[\d.]*|true|false|null)\s*$/.test(value)
          ? 'number'
          : 'plain',
      text: value,
    });
  if (body.length < line.length) tokens.push({ kind: 'comment', text: line.slice(body.length) });
  return tokens.filter((token) => token.text !== '');
}

/** The part before a `#` that starts a comment: outside quotes, at the start or after a space. */
function cutComment(line: string): string {
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if ((character === '"' || character === "'") && /[\s:[{,-]/.test(line[index - 1] ?? ' '))
      quote = character;
    else if (character === '#' && /\s/.test(line[index - 1] ?? ' ')) return line.slice(0, index);
  }
  return line;
}
