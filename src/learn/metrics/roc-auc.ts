import { defineMetric } from './metric.ts';
import { rankingOf } from './ranking.ts';

/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one, ties half (the
 * Mann-Whitney statistic by mid-ranks; Hanley and McNeil 1982). In [0, 1]; all scores equal give 0.5; NaN
 * when only one class is there.
 */
export const rocAuc = defineMetric({
  name: 'roc_auc',
  kinds: ['classification'],
  direction: 'higher',
  range: [0, 1],
  prepare: (target, score) => {
    const { order, positive, runEnd } = rankingOf(target, score);
    return (weights) => {
      let wins = 0;
      let positives = 0;
      let negatives = 0;
      let runPositives = 0;
      let runCount = 0;
      for (let i = 0; i < order.length; i++) {
        const weight = weights === undefined ? 1 : weights[order[i]!]!;
        runCount += weight;
        runPositives += weight * positive[i]!;
        if (runEnd[i] === 0) continue;
        const runNegatives = runCount - runPositives;
        wins += runPositives * (negatives + runNegatives / 2);
        positives += runPositives;
        negatives += runNegatives;
        runPositives = 0;
        runCount = 0;
      }
      return wins / (positives * negatives);
    };
  },
  // (V - area) / positives of a positive row, V being the share of negative rows that it is above, and alike
  // for a negative one: the placements of DeLong, DeLong and Clarke-Pearson (1988).
  influence: (target, score) => {
    const { order, positive, runEnd } = rankingOf(target, score);
    const positives = positive.reduce((sum, one) => sum + one, 0);
    const negatives = order.length - positives;
    const placement = new Float64Array(order.length);
    let area = 0;
    let below = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      let inRun = 0;
      do inRun += positive[end]!;
      while (runEnd[end++] === 0);
      const negativesInRun = end - start - inRun;
      const ofPositive = (start - below + negativesInRun / 2) / negatives;
      const ofNegative = (positives - below - inRun / 2) / positives;
      for (let i = start; i < end; i++) placement[order[i]!] = positive[i] === 1 ? ofPositive : ofNegative;
      area += (inRun * ofPositive) / positives;
      below += inRun;
    }
    return placement.map((value, row) => (value - area) / (target[row] === 1 ? positives : negatives));
  },
});
