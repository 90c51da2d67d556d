import { defineMetric, meanInfluence, meanStatistic } from './metric.ts';

/** Probabilities are kept this far from 0 and 1: the spacing of doubles at 1, scikit-learn's choice. */
const CLIP = Number.EPSILON;

/**
 * Minus the log-likelihood of each row in nats: -ln p for target 1, -ln(1 - p) for 0, with p clipped to
 * [2^-52, 1 - 2^-52] as in scikit-learn, so that a certain mistake costs 36.04 and not infinity.
 */
export function logLosses(target: Float64Array, score: Float64Array): Float64Array {
  const losses = new Float64Array(target.length);
  for (let i = 0; i < losses.length; i++) {
    const likelihood = target[i] === 1 ? score[i]! : 1 - score[i]!;
    losses[i] = -Math.log(Math.min(Math.max(likelihood, CLIP), 1 - CLIP));
  }
  return losses;
}

/** Mean log loss (cross-entropy) in nats, at least 0; defined with one class alone too. */
export const logLoss = defineMetric({
  name: 'log_loss',
  kinds: ['classification'],
  direction: 'lower',
  range: [0, -Math.log(CLIP)],
  prepare: (target, score) => meanStatistic(logLosses(target, score)),
  influence: (target, score) => meanInfluence(logLosses(target, score)),
});
