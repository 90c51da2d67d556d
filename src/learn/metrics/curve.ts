import { type Ranking, rankingOf } from './ranking.ts';

/** Points kept of a curve that a picture shows: more than a screen's worth of bends, 5 kB of JSON. */
export const CURVE_POINTS_MAX = 200;

/** A curve as three aligned vectors; `threshold[i]` selects the rows whose score is at or above it. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly threshold: Float64Array;
}

/**
 * The ROC curve: false positive rate (x) against true positive rate (y), both ascending from (0, 0) at
 * threshold +Infinity to (1, 1) at the lowest score. At most `pointsMax` points (2 or more), spaced evenly
 * along x + y. Empty when only one class is there or no rows. `target` 0 or 1, `score` without NaN.
 */
export function rocCurve(
  target: Float64Array,
  score: Float64Array,
  pointsMax: number = CURVE_POINTS_MAX,
): Curve {
  const steps = stepsOf(rankingOf(target, score), score);
  const positives = steps.truePositives.at(-1) ?? 0;
  const negatives = (steps.selected.at(-1) ?? 0) - positives;
  if (positives === 0 || negatives === 0) return emptyCurve();
  const points = steps.selected.length;
  const x = new Float64Array(points);
  const y = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    x[i] = (steps.selected[i]! - steps.truePositives[i]!) / negatives;
    y[i] = steps.truePositives[i]! / positives;
  }
  return thin({ x, y, threshold: steps.threshold }, 2, (i) => x[i]! + y[i]!, pointsMax);
}

/**
 * The precision-recall curve: recall (x, ascending) against precision (y), one point for each distinct
 * score from the highest to the lowest, after a first point (0, precision of the highest score) that only
 * closes the picture. At most `pointsMax` points (2 or more), spaced evenly along recall. Empty without a
 * positive row.
 */
export function precisionRecallCurve(
  target: Float64Array,
  score: Float64Array,
  pointsMax: number = CURVE_POINTS_MAX,
): Curve {
  const steps = stepsOf(rankingOf(target, score), score);
  const positives = steps.truePositives.at(-1) ?? 0;
  if (positives === 0) return emptyCurve();
  const points = steps.selected.length;
  const x = new Float64Array(points);
  const y = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    const from = Math.max(i, 1);
    x[i] = steps.truePositives[i]! / positives;
    y[i] = steps.truePositives[from]! / steps.selected[from]!;
  }
  return thin({ x, y, threshold: steps.threshold }, 1, (i) => x[i]!, pointsMax);
}

interface Steps {
  readonly selected: Float64Array;
  readonly truePositives: Float64Array;
  readonly threshold: Float64Array;
}

/** What is selected at each distinct score from the highest down, after the point where nothing is. */
function stepsOf(ranking: Ranking, score: Float64Array): Steps {
  const { order, positive, runEnd } = ranking;
  let runs = 0;
  for (let i = 0; i < runEnd.length; i++) runs += runEnd[i]!;
  const selected = new Float64Array(runs + 1);
  const truePositives = new Float64Array(runs + 1);
  const threshold = new Float64Array(runs + 1);
  threshold[0] = Number.POSITIVE_INFINITY;
  let step = 0;
  let hits = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    hits += positive[i]!;
    if (i > 0 && runEnd[i - 1] === 0) continue;
    step++;
    selected[step] = order.length - i;
    truePositives[step] = hits;
    threshold[step] = score[order[i]!]!;
  }
  return { selected, truePositives, threshold };
}

/** Keeps the ends, and between them points at least `length / (pointsMax - 2)` after the last kept. */
function thin(curve: Curve, length: number, way: (i: number) => number, pointsMax: number): Curve {
  const points = curve.x.length;
  if (points <= pointsMax) return curve;
  const stride = length / Math.max(pointsMax - 2, 1);
  const kept: number[] = [0];
  let next = stride;
  for (let i = 1; i < points - 1 && kept.length < pointsMax - 1; i++) {
    if (way(i) < next) continue;
    kept.push(i);
    next = way(i) + stride;
  }
  kept.push(points - 1);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!);
  return { x: pick(curve.x), y: pick(curve.y), threshold: pick(curve.threshold) };
}

function emptyCurve(): Curve {
  return { x: new Float64Array(0), y: new Float64Array(0), threshold: new Float64Array(0) };
}
