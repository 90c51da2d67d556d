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
});
