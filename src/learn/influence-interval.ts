import { type Interval, LEVEL_DEFAULT } from './bootstrap.ts';
import type { Metric } from './metrics/metric.ts';

/** Two-sided 95 % of the normal distribution. */
export const Z_95 = 1.959963984540054;

/**
 * A metric with its 95 % interval by the infinitesimal jackknife (Jaeckel 1972; Efron 1982, "The Jackknife,
 * the Bootstrap and Other Resampling Plans", section 6.2): the variance is the sum of the squared influences
 * of the rows, which is what a bootstrap of infinitely many resamples comes to for a smooth statistic. For
 * the area under the ROC curve it is DeLong's up to a factor of (n - 1) / n in each class, for a mean the
 * textbook's. The interval is cut at the ends of the metric's range.
 *
 * One pass and a sort: 115,000 rows take 10 ms for each metric, 200 resamples of them 300. NaN where the
 * metric is not defined. One row: the interval is the estimate.
 */
export function influenceInterval(metric: Metric, target: Float64Array, score: Float64Array): Interval {
  const estimate = metric.compute(target, score);
  const half = Z_95 * Math.sqrt(sumOfSquares(metric.influence(target, score)));
  const [least, most] = metric.range;
  const low = Math.max(estimate - half, least);
  return { estimate, low, high: Math.min(estimate + half, most), level: LEVEL_DEFAULT };
}

/**
 * The 95 % interval of `metric(first) - metric(second)` for two score vectors of the same rows. Paired: what
 * makes a row hard for both cancels in the difference of its influences, and far smaller differences show
 * than from two intervals side by side. For the area under the ROC curve this is the paired test of DeLong,
 * DeLong and Clarke-Pearson (1988).
 */
export function influenceDifference(
  metric: Metric,
  target: Float64Array,
  scores: { readonly first: Float64Array; readonly second: Float64Array },
): Interval {
  const estimate = metric.compute(target, scores.first) - metric.compute(target, scores.second);
  const first = metric.influence(target, scores.first);
  const second = metric.influence(target, scores.second);
  const half = Z_95 * Math.sqrt(sumOfSquares(first.map((value, i) => value - second[i]!)));
  return { estimate, low: estimate - half, high: estimate + half, level: LEVEL_DEFAULT };
}

/** NaN of nothing, as there is nothing to know then. */
function sumOfSquares(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
