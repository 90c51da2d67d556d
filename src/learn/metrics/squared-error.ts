import { defineMetric, meanInfluence, meanStatistic } from './metric.ts';

/** (score - target)² of each row, in the square of the target's unit. */
export function squaredErrors(target: Float64Array, score: Float64Array): Float64Array {
  const errors = new Float64Array(target.length);
  for (let i = 0; i < errors.length; i++) errors[i] = (score[i]! - target[i]!) ** 2;
  return errors;
}

/** Brier score: mean squared error of a probability, in [0, 1] (Brier 1950, the form for two classes). */
export const brier = defineMetric({
  name: 'brier',
  kinds: ['classification'],
  direction: 'lower',
  range: [0, 1],
  prepare: (target, score) => meanStatistic(squaredErrors(target, score)),
  influence: (target, score) => meanInfluence(squaredErrors(target, score)),
});

/** Root of the mean squared error, in the target's unit. */
export const rmse = defineMetric({
  name: 'rmse',
  kinds: ['regression'],
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  prepare: (target, score) => meanStatistic(squaredErrors(target, score), Math.sqrt),
  influence: (target, score) => {
    const errors = squaredErrors(target, score);
    const root = Math.sqrt(meanStatistic(errors)());
    // Without an error there is no slope, and none is needed.
    return meanInfluence(errors, root === 0 ? 0 : 1 / (2 * root));
  },
});
