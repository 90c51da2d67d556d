import { defineMetric, meanStatistic } from './metric.ts';

/** Mean absolute error, in the target's unit. */
export const mae = defineMetric({
  name: 'mae',
  kinds: ['regression'],
  direction: 'lower',
  prepare: (target, score) => {
    const errors = new Float64Array(target.length);
    for (let i = 0; i < errors.length; i++) errors[i] = Math.abs(score[i]! - target[i]!);
    return meanStatistic(errors);
  },
});
