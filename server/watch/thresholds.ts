/**
 * When is a value so unusual that somebody should be told? Each measure of a source (its gaps, its volume …)
 * is reduced to one worst value a day, and today's is compared with what the worst of a day has been. Daily
 * maxima of most processes follow a Gumbel distribution, whose scale is estimated robustly, from the median
 * absolute deviation, so that a past outage does not teach that outages are usual.
 *
 * @see Coles, An Introduction to Statistical Modeling of Extreme Values, 2001, chapter 3 (block maxima)
 */

/** Days in which a single measure of a source may cross its threshold once by chance. */
export const RETURN_DAYS = 1_500;

/** Median absolute deviation of a Gumbel distribution in units of its scale: solves F(m+x)-F(m-x)=1/2. */
const GUMBEL_MAD = 0.767_049;
/** Median of a Gumbel distribution above its location, in units of its scale: -ln(ln 2). */
const GUMBEL_MEDIAN = 0.366_513;

/** Middle value; NaN of an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Quantile by linear interpolation (type 7 of Hyndman and Fan); NaN of an empty list. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/** Median absolute deviation from the median. */
export function mad(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/**
 * The value that a day's worst exceeds once in {@link RETURN_DAYS} days.
 *
 * Two estimates, of which the greater counts: the return level of the Gumbel distribution, and the worst value
 * ever seen with a margin that shrinks as days are seen, which covers distributions with a heavier tail.
 *
 * @param worst one value a day
 * @param floor what is never worth telling
 * @returns Infinity when fewer than five days are known
 */
export function threshold(worst: readonly number[], floor: number): number {
  if (worst.length < 5) return Number.POSITIVE_INFINITY;
  // Of few days the scale is little more than a guess.
  const scale = (mad(worst) / GUMBEL_MAD) * (1 + 6 / worst.length);
  const level = median(worst) + scale * (Math.log(RETURN_DAYS) - GUMBEL_MEDIAN);
  const seen = Math.max(...worst);
  return Math.max(floor, level, seen > 0 ? seen * (1.1 + 1.5 / worst.length) : seen);
}
