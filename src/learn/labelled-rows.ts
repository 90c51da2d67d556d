import type { FeatureMatrix } from './matrix.ts';

/** Rows with what is to be predicted of each. */
export interface LabelledRows {
  readonly matrix: FeatureMatrix;
  /** Length rows: 0 or 1 for `binary`. */
  readonly target: Float64Array;
}
