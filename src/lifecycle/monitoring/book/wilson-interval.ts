/**
 * Interval of a share of `count` among `rows` (Wilson 1927), `z` standard deviations to each side: right
 * for few rows and for shares near 0 and 1. [0, 1] without rows.
 */
export function wilsonInterval(
  count: number,
  rows: number,
  z: number,
): { readonly low: number; readonly high: number } {
  if (rows === 0) return { low: 0, high: 1 };
  const share = count / rows;
  const squared = (z * z) / rows;
  const middle = share + squared / 2;
  const half = z * Math.sqrt((share * (1 - share)) / rows + squared / rows / 4);
  return {
    low: Math.max((middle - half) / (1 + squared), 0),
    high: Math.min((middle + half) / (1 + squared), 1),
  };
}
