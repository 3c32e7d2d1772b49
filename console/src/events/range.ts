/** The time range as the address holds it: `range=24h`, or `from` and `to` in epoch milliseconds. */

/** Quick ranges in the order of the menu, with their length in milliseconds. */
export const QUICK = {
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
  '365d': 31_536_000_000,
} as const;
export type Quick = keyof typeof QUICK;

export type Range =
  | { readonly kind: 'quick'; readonly quick: Quick }
  | { readonly kind: 'absolute'; readonly from: number; readonly to: number };

/** Reads the range of an address; anything unreadable becomes the last 24 hours. */
export function rangeOf(params: URLSearchParams): Range {
  const from = Number(params.get('from') ?? Number.NaN);
  const to = Number(params.get('to') ?? Number.NaN);
  if (Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to > from)
    return { kind: 'absolute', from, to };
  const quick = params.get('range');
  return { kind: 'quick', quick: quick !== null && Object.hasOwn(QUICK, quick) ? (quick as Quick) : '24h' };
}

/** The parameters that say this range. */
export function rangeParams(range: Range): {
  range: string | undefined;
  from: string | undefined;
  to: string | undefined;
} {
  return range.kind === 'quick'
    ? { range: range.quick === '24h' ? undefined : range.quick, from: undefined, to: undefined }
    : { range: undefined, from: String(Math.floor(range.from)), to: String(Math.ceil(range.to)) };
}

/** The half-open interval a range means at `now`. A quick range ends a little later, for clocks that run ahead. */
export function interval(range: Range, now: number): { from: number; to: number } {
  return range.kind === 'absolute'
    ? { from: range.from, to: range.to }
    : { from: now - QUICK[range.quick], to: now + 60_000 };
}

/** Twice the time around the same middle, never beyond `now`. */
export function zoomOut(from: number, to: number, now: number): Range {
  const half = (to - from) / 2;
  return {
    kind: 'absolute',
    from: Math.max(0, from - half),
    to: Math.max(from + 1, Math.min(now, to + half)),
  };
}
