/**
 * Adjusted p-values that keep the expected share of false discoveries among all below the level that they are
 * compared with (Benjamini and Hochberg 1995; the step-up procedure), as
 * `scipy.stats.false_discovery_control`. In the order of the input; NaN stays NaN and counts as no test.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const adjusted = Float64Array.from(pValues);
  const order = [...adjusted.keys()].filter((i) => !Number.isNaN(adjusted[i]));
  order.sort((a, b) => adjusted[b]! - adjusted[a]! || b - a);
  let least = 1;
  for (const [place, i] of order.entries()) {
    const rank = order.length - place;
    least = Math.min(least, (adjusted[i]! * order.length) / rank);
    adjusted[i] = least;
  }
  return adjusted;
}
