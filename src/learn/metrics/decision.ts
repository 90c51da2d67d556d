import { defineMetric, type Metric } from './metric.ts';

/** What a row counts for above and below the line, by how its decision met the truth. */
interface Ratio {
  readonly above: Cells;
  readonly below: Cells;
}

/** In the order of 2 × selected + positive: true negatives, false negatives, false and true positives. */
type Cells = readonly [number, number, number, number];

/**
 * Selects rows with a score at or above this, unless told otherwise: the more likely class of a
 * probability.
 */
export const THRESHOLD_DEFAULT = 0.5;

/** Share of rows decided rightly. */
export function accuracyAt(threshold: number): Metric {
  return decisionMetric('accuracy', threshold, { above: [1, 0, 0, 1], below: [1, 1, 1, 1] });
}

/** Share of the selected rows that are positive (PPV). NaN when none is selected (scikit-learn says 0). */
export function precisionAt(threshold: number): Metric {
  return decisionMetric('precision', threshold, { above: [0, 0, 0, 1], below: [0, 0, 1, 1] });
}

/** Share of the positive rows that are selected (TPR). NaN without a positive row (scikit-learn says 0). */
export function recallAt(threshold: number): Metric {
  return decisionMetric('recall', threshold, { above: [0, 0, 0, 1], below: [0, 1, 0, 1] });
}

/**
 * Harmonic mean of precision and recall, 2TP / (2TP + FP + FN). 0 when positives are there and none is
 * selected; NaN when no row is positive or selected (scikit-learn says 0).
 */
export function f1At(threshold: number): Metric {
  return decisionMetric('f1', threshold, { above: [0, 0, 0, 2], below: [0, 1, 1, 2] });
}

function decisionMetric(name: string, threshold: number, { above, below }: Ratio): Metric {
  return defineMetric({
    name,
    kinds: ['classification'],
    direction: 'higher',
    threshold,
    range: [0, 1],
    prepare: (target, score) => {
      const cells = cellsOf(target, score, threshold);
      return (weights) => {
        const counts = countCells(cells, weights);
        return total(counts, above) / total(counts, below);
      };
    },
    influence: (target, score) => {
      const cells = cellsOf(target, score, threshold);
      const counts = countCells(cells);
      const whole = total(counts, below);
      const ratio = total(counts, above) / whole;
      const byCell = above.map((value, cell) => (value - ratio * below[cell]!) / whole);
      return Float64Array.from(cells, (cell) => byCell[cell]!);
    },
  });
}

function total(counts: Float64Array, of: Cells): number {
  return of.reduce((sum, value, cell) => sum + value * counts[cell]!, 0);
}

/** 2 * selected + positive, for each row. */
function cellsOf(target: Float64Array, score: Float64Array, threshold: number): Uint8Array {
  const cells = new Uint8Array(target.length);
  for (let i = 0; i < cells.length; i++) {
    cells[i] = (score[i]! >= threshold ? 2 : 0) + (target[i] === 1 ? 1 : 0);
  }
  return cells;
}

function countCells(cells: Uint8Array, weights?: Uint32Array): Float64Array {
  const counts = new Float64Array(4);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    counts[cell] = counts[cell]! + (weights === undefined ? 1 : weights[i]!);
  }
  return counts;
}
