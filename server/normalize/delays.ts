/**
 * Times between event and receipt, counted in classes that are one per cent wide. Negative: the event claims to
 * have happened after it was received.
 */

const WIDTH = Math.log(1.01);
/** Nothing below a tenth of a second is told apart. */
const UNIT = 100;

/** Counts by class, as {@link delayClass} numbers them. */
export type DelayCounts = Readonly<Record<number, number>>;

/** Class of a delay in milliseconds. */
export function delayClass(milliseconds: number): number {
  return Math.sign(milliseconds) * Math.round(Math.log1p(Math.abs(milliseconds) / UNIT) / WIDTH);
}

/** Milliseconds in the middle of a class. */
export function delayOf(number: number): number {
  return Math.sign(number) * Math.expm1(Math.abs(number) * WIDTH) * UNIT;
}

/** Quantiles of counted delays, milliseconds; undefined of none. */
export function delayQuantiles(
  counts: readonly DelayCounts[],
  quantiles: readonly number[],
): { events: number; values: number[] } | undefined {
  const joined = new Map<number, number>();
  let events = 0;
  for (const one of counts)
    for (const [number, count] of Object.entries(one)) {
      joined.set(Number(number), (joined.get(Number(number)) ?? 0) + count);
      events += count;
    }
  if (events === 0) return undefined;
  const sorted = [...joined].sort(([a], [b]) => a - b);
  const values = quantiles.map((quantile) => {
    let left = quantile * events;
    for (const [number, count] of sorted) {
      left -= count;
      if (left <= 0) return delayOf(number);
    }
    return delayOf(sorted.at(-1)![0]);
  });
  return { events, values };
}
