/**
 * Names of fields below a prefix, built once for each prefix: a key that is put together for every log costs more
 * than the value that is written under it.
 *
 *     const KEYS = fieldKeys('ip', 'address');
 *     doc[KEYS('source').ip] = …
 *
 * Prefixes come from the code, never from a log.
 */
export function fieldKeys<const N extends string>(
  ...names: readonly N[]
): (prefix: string) => Readonly<Record<N, string>> {
  const built = new Map<string, Readonly<Record<N, string>>>();
  return (prefix) => {
    let keys = built.get(prefix);
    if (keys === undefined) {
      const entries = names.map((name) => [name, interned(`${prefix}.${name}`)] as const);
      keys = Object.fromEntries(entries) as Record<N, string>;
      built.set(prefix, keys);
    }
    return keys;
  };
}

/** The text in the form that engines keep for names of properties. */
function interned(name: string): string {
  return Object.keys({ [name]: 0 })[0]!;
}
