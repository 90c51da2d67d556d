/**
 * The quantile `q` in [0, 1] of ascending numbers, interpolated linearly between neighbours: definition 7
 * of Hyndman and Fan (1996), the default of numpy and R. NaN of none; the number itself of one.
 */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return interpolate(sorted[below]!, sorted[above]!, at - below);
}

/**
 * Between `a` (share 0) and `b` (share 1), rounding as numpy does, so that ties with data fall the same
 * way.
 */
export function interpolate(a: number, b: number, share: number): number {
  return share >= 0.5 ? b - (b - a) * (1 - share) : a + (b - a) * share;
}
