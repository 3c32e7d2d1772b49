/** Quantile of the standard normal distribution for two-sided 95 %. */
const Z = 1.959_963_984_540_054;

/**
 * Wilson's score interval of 95 % for a rate (Wilson, 1927): unlike the plain one it holds for few cases and for rates
 * near 0 and 1.
 *
 * @param right successes, 0 to `of`
 * @param of cases; more than 0
 * @returns bounds from 0 to 1
 */
export function wilson(right: number, of: number): { low: number; high: number } {
  const p = right / of;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
