/** Longest name that is compared. */
const MAX_LENGTH = 64;

/**
 * The name most like a written one: equal but for case, or at most two changed, missing, added or swapped
 * characters away (one for names of up to four).
 */
export function mostSimilar(written: string, names: Iterable<string>): string | undefined {
  if (written.length > MAX_LENGTH) return undefined;
  const lower = written.toLowerCase();
  const bound = written.length <= 4 ? 1 : 2;
  let best: string | undefined;
  let least = bound + 1;
  for (const name of names) {
    if (name === written) return undefined;
    if (Math.abs(name.length - written.length) >= least) continue;
    const distance = name.toLowerCase() === lower ? 0 : distanceOf(lower, name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/** Damerau–Levenshtein distance, adjacent swaps only. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, before[j - 2]! + 1);
      current.push(value);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
