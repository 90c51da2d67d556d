import { defineMetric } from './metric.ts';
import { rankingOf } from './ranking.ts';

/**
 * Average precision, the area under the precision-recall curve without interpolation: the sum over
 * thresholds of (R_n - R_{n-1}) P_n, as scikit-learn defines it. In [0, 1]; all scores equal give the share
 * of positives; NaN without a positive row (scikit-learn warns and says 0).
 */
export const averagePrecision = defineMetric({
  name: 'average_precision',
  kinds: ['classification'],
  direction: 'higher',
  prepare: (target, score) => {
    const { order, positive, runEnd } = rankingOf(target, score);
    return (weights) => {
      let area = 0;
      let positives = 0;
      let selected = 0;
      let positivesBefore = 0;
      for (let i = order.length - 1; i >= 0; i--) {
        const weight = weights === undefined ? 1 : weights[order[i]!]!;
        selected += weight;
        positives += weight * positive[i]!;
        const runStart = i === 0 || runEnd[i - 1] === 1;
        if (!runStart || positives === positivesBefore) continue;
        area += ((positives - positivesBefore) * positives) / selected;
        positivesBefore = positives;
      }
      return area / positives;
    };
  },
});
