type Parameters = Record<string, string>;

const MAX_PARAMETERS = 500;

/**
 * Reads RFC 5424 structured data that starts at `at` (`[id name="value" …][…]`), with `\"`, `\\` and `\]`
 * escapes. Names are data: objects have no prototype.
 *
 * @returns the elements and the index after the last bracket, or `undefined` where it is malformed
 */
export function parseStructuredData(
  text: string,
  at: number,
): { elements: Record<string, Parameters>; end: number } | undefined {
  const elements = Object.create(null) as Record<string, Parameters>;
  let count = 0;
  let i = at;
  while (text.charCodeAt(i) === 91) {
    const start = ++i;
    while (i < text.length && !isEnd(text.charCodeAt(i))) i++;
    if (i === start || i >= text.length) return undefined;
    const parameters = Object.create(null) as Parameters;
    elements[text.slice(start, i)] = parameters;
    while (text.charCodeAt(i) !== 93) {
      while (text.charCodeAt(i) === 32) i++;
      if (text.charCodeAt(i) === 93) break;
      const name = i;
      while (i < text.length && text.charCodeAt(i) !== 61 && !isEnd(text.charCodeAt(i))) i++;
      if (text.charCodeAt(i) !== 61 || text.charCodeAt(i + 1) !== 34 || ++count > MAX_PARAMETERS)
        return undefined;
      const key = text.slice(name, i);
      const from = i + 2;
      i = from;
      let escaped = false;
      while (i < text.length && text.charCodeAt(i) !== 34) {
        if (text.charCodeAt(i) === 92) {
          escaped = true;
          i++;
        }
        i++;
      }
      if (i >= text.length) return undefined;
      const value = text.slice(from, i);
      parameters[key] = escaped ? value.replace(/\\(["\\\]])/g, '$1') : value;
      i++;
    }
    i++;
  }
  return { elements, end: i };
}

/** Blank, `]` and `"` end a name. */
function isEnd(code: number): boolean {
  return code <= 32 || code === 93 || code === 34;
}
