/** Longest path and deepest step. */
const LONGEST = 300;

/**
 * Reads a path such as `result.items`, `log["@timestamp"]` or `data[0].id`. It names members and places, and
 * nothing more: there is no expression in it that could run or search.
 *
 * @returns undefined when it is no path; a place is a number
 */
export function parsePath(text: string): (string | number)[] | undefined {
  if (text.length > LONGEST) return undefined;
  const steps: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const found =
      /^\[(\d{1,6})\]/.exec(rest) ??
      /^\["([^"\\]{1,100})"\]/.exec(rest) ??
      (steps.length === 0 ? /^([^.[\]"\s]{1,100})/.exec(rest) : /^\.([^.[\]"\s]{1,100})/.exec(rest));
    if (found === null) return undefined;
    steps.push(/^\[\d/.test(found[0]) ? Number(found[1]) : found[1]!);
    at += found[0].length;
  }
  return steps;
}

/** The value at a path; only what the answer itself holds counts, never what objects inherit. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}
