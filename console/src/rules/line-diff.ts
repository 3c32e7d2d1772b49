/** One line of a comparison. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** Line numbers from 1 in the first and in the second text. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Differences looked for at most; texts that have more are shown as replaced whole. */
const MOST = 1_000;

/**
 * Compares two texts line by line: the shortest way from one to the other by Myers' greedy algorithm
 * (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
 */
export function diffLines(first: string, second: string): DiffLine[] {
  const a = linesOf(first);
  const b = linesOf(second);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const lines: DiffLine[] = [];
  const same = (at: number, shift: number) =>
    lines.push({ kind: 'same', text: a[at]!, before: at + 1, after: at + 1 + shift });
  for (let at = 0; at < start; at++) same(at, 0);
  for (const step of middle(a.slice(start, a.length - end), b.slice(start, b.length - end)))
    lines.push({
      kind: step.kind,
      text: step.kind === 'added' ? b[start + step.b]! : a[start + step.a]!,
      before: step.kind === 'added' ? null : start + step.a + 1,
      after: step.kind === 'removed' ? null : start + step.b + 1,
    });
  for (let at = a.length - end; at < a.length; at++) same(at, b.length - a.length);
  return lines;
}

interface Step {
  readonly kind: DiffLine['kind'];
  readonly a: number;
  readonly b: number;
}

function middle(a: readonly string[], b: readonly string[]): Step[] {
  const most = Math.min(a.length + b.length, MOST);
  const furthest = new Map<number, number>([[1, 0]]);
  const rounds: Map<number, number>[] = [];
  for (let d = 0; d <= most; d++) {
    rounds.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, rounds, d);
    }
  }
  return [
    ...a.map((_, at): Step => ({ kind: 'removed', a: at, b: 0 })),
    ...b.map((_, at): Step => ({ kind: 'added', a: 0, b: at })),
  ];
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  rounds: readonly Map<number, number>[],
  last: number,
): Step[] {
  const steps: Step[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = last; d >= 0; d--) {
    const furthest = rounds[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (furthest.get(from) ?? 0);
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      steps.push({ kind: 'same', a: x, b: y });
    }
    if (d === 0) break;
    if (down) steps.push({ kind: 'added', a: x, b: --y });
    else steps.push({ kind: 'removed', a: --x, b: y });
  }
  return steps.reverse();
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
