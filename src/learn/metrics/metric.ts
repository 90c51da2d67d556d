import assert from 'node:assert';

/** How often each row counts, by row. A bootstrap resample is such a vector; absent means once each. */
export type Weights = Uint32Array;

/** A number about rows that were prepared once (sorted, losses taken), for any weighting of them. */
export type Statistic = (weights?: Weights) => number;

/** What the predictions are of: a class (scores are probabilities) or a number. */
export type MetricKind = 'classification' | 'regression';

/** A quality of predictions, known by the name that criteria in `tend.yaml` use. */
export interface Metric {
  readonly name: string;
  readonly kinds: readonly MetricKind[];
  /** Which way is better. */
  readonly direction: 'higher' | 'lower';
  /** Scores at or above it count as the positive class; only metrics of decisions have one. */
  readonly threshold?: number;
  /**
   * The metric of `n` rows. Classification: `target` 0 or 1, `score` the probability of 1 (ranking metrics
   * take any monotone score). Regression: both in the target's unit. NaN for no rows, for a NaN anywhere,
   * and where the metric is not defined (each says when); never an arbitrary number.
   */
  readonly compute: (target: Float64Array, score: Float64Array) => number;
  /** The least and the most that it can be. */
  readonly range: readonly [least: number, most: number];
  /**
   * The influence of each row (length n): the derivative of the metric by the weight of the row, all weights
   * being 1. They add up to 0, and their squares to the variance of the metric. NaN throughout where the
   * metric is.
   */
  readonly influence: (target: Float64Array, score: Float64Array) => Float64Array;
  /** Does what can be done once, so that hundreds of weightings of the same rows are cheap. */
  readonly prepare: (target: Float64Array, score: Float64Array) => Statistic;
}

/** A metric from its statistic and influence, called with at least one row, equal lengths and no NaN. */
export function defineMetric(metric: Omit<Metric, 'compute'>): Metric {
  const prepare = (target: Float64Array, score: Float64Array): Statistic => {
    assert.equal(score.length, target.length, 'one score for each target');
    if (target.length === 0 || hasNaN(target) || hasNaN(score)) return () => Number.NaN;
    return metric.prepare(target, score);
  };
  const influence = (target: Float64Array, score: Float64Array): Float64Array => {
    assert.equal(score.length, target.length, 'one score for each target');
    if (hasNaN(target) || hasNaN(score)) return new Float64Array(target.length).fill(Number.NaN);
    return target.length === 0 ? new Float64Array(0) : metric.influence(target, score);
  };
  return { ...metric, prepare, influence, compute: (target, score) => prepare(target, score)() };
}

function hasNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/**
 * The influences of a metric that is a function of the mean of `values`; `slope` is its derivative at the
 * mean.
 */
export function meanInfluence(values: Float64Array, slope = 1): Float64Array {
  const mean = meanStatistic(values)();
  return values.map((value) => ((value - mean) * slope) / values.length);
}

/**
 * The weighted mean of `values` (by row), then `finish` (a square root, say); NaN when all weights are 0.
 */
export function meanStatistic(values: Float64Array, finish: (mean: number) => number = (m) => m): Statistic {
  return (weights) => {
    let sum = 0;
    let count = 0;
    if (weights === undefined) {
      for (let i = 0; i < values.length; i++) sum += values[i]!;
      count = values.length;
    } else {
      for (let i = 0; i < values.length; i++) {
        sum += weights[i]! * values[i]!;
        count += weights[i]!;
      }
    }
    return finish(sum / count);
  };
}
