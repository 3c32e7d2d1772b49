/**
 * The target of a relation in a `Link` header (RFC 8288); undefined when there is none. Linear: the header is
 * read from one `<` to the next.
 */
export function linkTarget(header: string | undefined, relation: string): string | undefined {
  if (header === undefined || header.length > 16_384) return undefined;
  for (let at = header.indexOf('<'); at >= 0; ) {
    const close = header.indexOf('>', at);
    if (close < 0) return undefined;
    const next = header.indexOf('<', close);
    const parameters = header.slice(close + 1, next < 0 ? undefined : next);
    for (const parameter of parameters.split(/[;,]/)) {
      const [name = '', value = ''] = parameter.split('=', 2);
      const names = value.trim().replaceAll('"', '').toLowerCase().split(/\s+/);
      if (name.trim().toLowerCase() === 'rel' && names.includes(relation)) return header.slice(at + 1, close);
    }
    at = next;
  }
  return undefined;
}
