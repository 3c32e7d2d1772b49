import type { Wait } from './ports.ts';

/** Joins times that overlap or touch; oldest first. An open one (`to` null) swallows all that begin after it. */
export function joinWaits(times: readonly Wait[]): Wait[] {
  const joined: { from: number; to: number | null }[] = [];
  for (const { from, to } of [...times].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || (last.to !== null && from > last.to)) joined.push({ from, to });
    else if (last.to !== null) last.to = to === null ? null : Math.max(last.to, to);
  }
  return joined;
}
