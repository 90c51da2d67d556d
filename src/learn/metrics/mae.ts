import { defineMetric, meanInfluence, meanStatistic } from './metric.ts';

function absoluteErrors(target: Float64Array, score: Float64Array): Float64Array {
  const errors = new Float64Array(target.length);
  for (let i = 0; i < errors.length; i++) errors[i] = Math.abs(score[i]! - target[i]!);
  return errors;
}

/** Mean absolute error, in the target's unit. */
export const mae = defineMetric({
  name: 'mae',
  kinds: ['regression'],
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  prepare: (target, score) => meanStatistic(absoluteErrors(target, score)),
  influence: (target, score) => meanInfluence(absoluteErrors(target, score)),
});
