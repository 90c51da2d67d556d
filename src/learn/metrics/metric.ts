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
  /** Does what can be done once, so that hundreds of weightings of the same rows are cheap. */
  readonly prepare: (target: Float64Array, score: Float64Array) => Statistic;
}

/** A metric from its statistic, which is called with at least one row, equal lengths and no NaN. */
export function defineMetric(metric: Omit<Metric, 'compute'>): Metric {
  const prepare = (target: Float64Array, score: Float64Array): Statistic => {
    assert.equal(score.length, target.length, 'one score for each target');
    if (target.length === 0 || hasNaN(target) || hasNaN(score)) return () => Number.NaN;
    return metric.prepare(target, score);
  };
  return { ...metric, prepare, compute: (target, score) => prepare(target, score)() };
}

function hasNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
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
