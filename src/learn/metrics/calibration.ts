import { defineMetric, type Weights } from './metric.ts';
import { orderAscending } from './order.ts';
import { interpolate } from './quantile.ts';

/** Bins of equal mass unless told otherwise: the ten that reliability diagrams have. */
export const CALIBRATION_BINS = 10;

/** One bin of a reliability table. */
export interface CalibrationBin {
  readonly rows: number;
  /** Mean predicted probability in the bin. */
  readonly score: number;
  /** Share of positives in the bin. */
  readonly rate: number;
}

/**
 * Predicted against observed rates in bins with equally many rows, lowest scores first. The edges are the
 * quantiles of the scores (a score on an edge belongs to the bin below it), so equal scores share a bin;
 * bins left empty by ties are not listed. As `sklearn.calibration.calibration_curve(strategy='quantile')`.
 *
 * No rows: no bins. All scores equal: one bin. `target` 0 or 1, `score` probabilities without NaN.
 */
export function calibrationTable(
  target: Float64Array,
  score: Float64Array,
  bins: number = CALIBRATION_BINS,
): CalibrationBin[] {
  return binsOf(target, score, orderAscending(score), bins);
}

/**
 * Expected calibration error over ten bins of equal mass: the mean over rows of |mean score - share of
 * positives| of the row's bin, in [0, 1] (Naeini et al. 2015; equal mass as Nixon et al. 2019). Biased
 * upward on few rows: a perfect forecaster with n rows in a bin of rate p still shows about
 * sqrt(2 p (1 - p) / (π n)).
 */
export const calibrationError = defineMetric({
  name: 'calibration_error',
  kinds: ['classification'],
  direction: 'lower',
  range: [0, 1],
  prepare: (target, score) => {
    const order = orderAscending(score);
    return (weights) => {
      let error = 0;
      let rows = 0;
      for (const bin of binsOf(target, score, order, CALIBRATION_BINS, weights)) {
        error += bin.rows * Math.abs(bin.score - bin.rate);
        rows += bin.rows;
      }
      return error / rows;
    };
  },
  // With the edges as they are, each bin adds the absolute sum of score - target of its rows. A bin that is
  // off by chance alone has no slope, and counts with its whole spread: the interval is then too wide.
  influence: (target, score) => {
    const order = orderAscending(score);
    const influence = new Float64Array(order.length);
    const table = binsOf(target, score, order, CALIBRATION_BINS);
    const error =
      table.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.score - bin.rate), 0) / order.length;
    let at = 0;
    for (const bin of table) {
      const sign = Math.sign(bin.score - bin.rate);
      for (const end = at + bin.rows; at < end; at++) {
        const row = order[at]!;
        influence[row] = (sign * (score[row]! - target[row]!) - error) / order.length;
      }
    }
    return influence;
  },
});

function binsOf(
  target: Float64Array,
  score: Float64Array,
  order: Uint32Array,
  bins: number,
  weights?: Weights,
): CalibrationBin[] {
  const edges = quantileEdges(score, order, bins, weights);
  const table: CalibrationBin[] = [];
  let at = 0;
  for (let bin = 0; bin < bins; bin++) {
    // The last bin takes everything that is left.
    const edge = edges[bin] ?? Number.POSITIVE_INFINITY;
    let rows = 0;
    let scores = 0;
    let positives = 0;
    for (; at < order.length && score[order[at]!]! <= edge; at++) {
      const row = order[at]!;
      const weight = weights === undefined ? 1 : weights[row]!;
      rows += weight;
      scores += weight * score[row]!;
      positives += weight * target[row]!;
    }
    if (rows > 0) table.push({ rows, score: scores / rows, rate: positives / rows });
  }
  return table;
}

/** The `bins - 1` inner edges: quantiles of the scores, each row repeated as often as its weight says. */
function quantileEdges(
  score: Float64Array,
  order: Uint32Array,
  bins: number,
  weights?: Weights,
): Float64Array {
  let total = 0;
  for (let i = 0; i < order.length; i++) total += weights === undefined ? 1 : weights[order[i]!]!;
  const edges = new Float64Array(bins - 1);
  let at = -1;
  let end = 0;
  /** The score at place `k` of the repeated, sorted scores; `k` never goes down. */
  const scoreAt = (k: number): number => {
    while (end <= k && at + 1 < order.length) {
      at++;
      end += weights === undefined ? 1 : weights[order[at]!]!;
    }
    return score[order[Math.max(at, 0)]!]!;
  };
  for (let bin = 1; bin < bins; bin++) {
    const place = (total - 1) * ((bin * (1 / bins) * 100) / 100);
    const below = Math.floor(place);
    const a = scoreAt(below);
    const aAt = at;
    const aEnd = end;
    edges[bin - 1] = interpolate(a, scoreAt(Math.min(below + 1, total - 1)), place - below);
    at = aAt;
    end = aEnd;
  }
  return edges;
}
