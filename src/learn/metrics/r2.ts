import { defineMetric, meanStatistic } from './metric.ts';
import { squaredErrors } from './squared-error.ts';

/**
 * Coefficient of determination, 1 - SS_residual / SS_total: at most 1, 0 for the constant mean, below 0 for
 * worse than that. NaN for fewer than two rows or a constant target, where there is no variation to explain
 * (scikit-learn says 1 or 0 for a constant target).
 */
export const r2 = defineMetric({
  name: 'r2',
  kinds: ['regression'],
  direction: 'higher',
  range: [Number.NEGATIVE_INFINITY, 1],
  prepare: (target, score) => {
    const residual = meanStatistic(squaredErrors(target, score));
    const mean = meanStatistic(target);
    const constant = new Float64Array(target.length);
    return (weights) => {
      const total = meanStatistic(squaredErrors(target, constant.fill(mean(weights))))(weights);
      return total === 0 ? Number.NaN : 1 - residual(weights) / total;
    };
  },
  influence: (target, score) => {
    const residuals = squaredErrors(target, score);
    const mean = meanStatistic(target)();
    const variations = squaredErrors(target, new Float64Array(target.length).fill(mean));
    const residual = meanStatistic(residuals)();
    const total = meanStatistic(variations)();
    // The mean of the target moves with a weight too, to which the sum of squares around it has slope 0.
    return residuals.map(
      (value, i) => ((variations[i]! * residual) / total - value) / (total * target.length),
    );
  },
});
