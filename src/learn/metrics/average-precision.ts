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
  range: [0, 1],
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
  // A row counts in the precision of every threshold at or below its score, and a positive one also where
  // it adds to the recall and in the number of positives: the derivatives of the three, from the lowest
  // score up.
  influence: (target, score) => {
    const { order, positive, runEnd } = rankingOf(target, score);
    const positives = positive.reduce((sum, one) => sum + one, 0);
    const influence = new Float64Array(order.length);
    const area = averagePrecision.compute(target, score);
    let found = positives;
    let gained = 0;
    let lost = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      let inRun = 0;
      do inRun += positive[end]!;
      while (runEnd[end++] === 0);
      const selected = order.length - start;
      const precision = found / selected;
      gained += inRun / selected;
      lost += (inRun * precision) / selected;
      for (let i = start; i < end; i++) {
        const own = positive[i] === 1 ? precision - area + gained : 0;
        influence[order[i]!] = (own - lost) / positives;
      }
      found -= inRun;
    }
    return influence;
  },
});
