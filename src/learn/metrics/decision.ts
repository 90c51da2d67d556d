import { defineMetric, type Metric, type Statistic } from './metric.ts';

/** How decisions met the truth: rows by (selected, positive). */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/**
 * Selects rows with a score at or above this, unless told otherwise: the more likely class of a
 * probability.
 */
export const THRESHOLD_DEFAULT = 0.5;

/** Share of rows decided rightly. */
export function accuracyAt(threshold: number): Metric {
  return decisionMetric('accuracy', threshold, (c) => {
    const right = c.truePositives + c.trueNegatives;
    return right / (right + c.falsePositives + c.falseNegatives);
  });
}

/** Share of the selected rows that are positive (PPV). NaN when none is selected (scikit-learn says 0). */
export function precisionAt(threshold: number): Metric {
  return decisionMetric(
    'precision',
    threshold,
    (c) => c.truePositives / (c.truePositives + c.falsePositives),
  );
}

/** Share of the positive rows that are selected (TPR). NaN without a positive row (scikit-learn says 0). */
export function recallAt(threshold: number): Metric {
  return decisionMetric('recall', threshold, (c) => c.truePositives / (c.truePositives + c.falseNegatives));
}

/**
 * Harmonic mean of precision and recall, 2TP / (2TP + FP + FN). 0 when positives are there and none is
 * selected; NaN when no row is positive or selected (scikit-learn says 0).
 */
export function f1At(threshold: number): Metric {
  return decisionMetric('f1', threshold, (c) => {
    const twice = 2 * c.truePositives;
    return twice / (twice + c.falsePositives + c.falseNegatives);
  });
}

function decisionMetric(name: string, threshold: number, of: (counts: Confusion) => number): Metric {
  return defineMetric({
    name,
    kinds: ['classification'],
    direction: 'higher',
    threshold,
    prepare: (target, score): Statistic => {
      const cells = cellsOf(target, score, threshold);
      return (weights) => of(countCells(cells, weights));
    },
  });
}

/** 2 * selected + positive, for each row. */
function cellsOf(target: Float64Array, score: Float64Array, threshold: number): Uint8Array {
  const cells = new Uint8Array(target.length);
  for (let i = 0; i < cells.length; i++) {
    cells[i] = (score[i]! >= threshold ? 2 : 0) + (target[i] === 1 ? 1 : 0);
  }
  return cells;
}

function countCells(cells: Uint8Array, weights?: Uint32Array): Confusion {
  const counts = new Float64Array(4);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    counts[cell] = counts[cell]! + (weights === undefined ? 1 : weights[i]!);
  }
  return {
    truePositives: counts[3]!,
    falsePositives: counts[2]!,
    falseNegatives: counts[1]!,
    trueNegatives: counts[0]!,
  };
}
